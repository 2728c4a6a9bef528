"""Sentences of handing over: why a case cannot go now, what leaving needs first."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huizhen.web import sentences

# Why a case is not proposed with the others; beside each of them.
WHY: dict[str, str | Promise] = {
    "transfer_runs": _("已提议转给%(name)s，等答复"),
    "proposal_runs": _("有一个结束提请还没有答复"),
    "nothing_to_hand": _("已破题，等最终答复、反馈和归档，不必移交"),
    "not_yours_to_hand": _("在别的团，由那个团的团长移交"),
}

# Cases that follow a merged group or a dissolved branch; beside the field.
FAULTS: dict[str, str | Promise] = {
    "branch_has_open_cases": _("%(name)s还有 %(n)s 例在诊，请选由哪个支部接着问诊。"),
    "case_elsewhere": _("%(code)s不是这个团的在诊病例。"),
}

_NOTHING = _("没有任何内容被改动。")
REFUSALS = {
    "hand_over_by_leader": (_("由本人、团长或党建工作部移交"), _NOTHING),
    "holder_changed": (_("责任人已是%(name)s"), _NOTHING),
}


def install() -> None:
    sentences.register(FAULTS, REFUSALS)
