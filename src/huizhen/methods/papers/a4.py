"""A4 one-pager of a method: what it does, when it applies and when not, its steps, what it showed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from itertools import chain

from django.utils import timezone
from django.utils.translation import gettext as _

from huizhen.directory.models import Person
from huizhen.lib.onepage import A4, Box, Sheet, fit, head_of, is_cut
from huizhen.lib.prose import lines, plain
from huizhen.methods.choices import EvidenceWords
from huizhen.methods.models import Method, MethodVersion

_ITEM = re.compile(r"^(\d+)\. ")


def sheet_of(method: Method, version: MethodVersion, experts: Iterable[Person], *, at: datetime) -> Sheet:
    """The sheet of one version. `method` comes with its domain and first branch. No query."""
    names = _("、").join(one.name for one in experts)
    facts = [
        (_("编号"), f"{method.code} · {_('第 %(n)s 版') % {'n': version.number}}"),
        (_("状态"), str(EvidenceWords(method.evidence).label)),
        (_("领域"), method.domain.name),
    ]
    if method.first_branch:
        facts.append((_("首创支部"), method.first_branch.name))
    if names:
        facts.append((_("指导专家"), names))
    head = head_of(A4, version.name or method.code, plain(version.meaning).replace("\n", " "), facts)
    steps = _steps(version)
    boxes = fit(
        [
            Box("problem", _("解决什么问题"), lines(version.problem)),
            Box("applies", _("适用于"), lines(version.applies)),
            Box("applies_not", _("不适用于"), lines(version.applies_not)),
            Box("steps", _("步骤"), tuple(chain(*steps)), parts=tuple(map(len, steps))),
            Box("tools", _("工具与资料"), lines(version.tools)),
            Box("effect", _("成效（前→后）"), _effect(version)),
        ],
        A4,
        head,
    )
    foot = [
        _("会诊 %(code)s") % {"code": method.code},
        _("生成于 %(day)s") % {"day": timezone.localdate(at).isoformat()},
    ]
    if cut := is_cut(head, [boxes]):
        foot.append(_("“……”处为节选，全文见工作法 %(code)s") % {"code": method.code})
    return Sheet(A4, head.title, head.subtitle, head.facts, (boxes,), tuple(foot), cut)


def _steps(version: MethodVersion) -> list[list[str]]:
    """Of each step its title, then its text."""
    found: list[list[str]] = []
    steps = [one for one in version.steps if isinstance(one, dict)]
    for number, one in enumerate(steps, 1):
        told = lines(str(one.get("text", "")))
        head = f"{number}. {plain(str(one.get('title', '')))}".strip()
        if len(told) == 1:
            found.append([f"{head}{_('：')}{told[0]}"])
        else:
            # its own items must not be taken for the next steps
            found.append([head, *(_ITEM.sub(r"（\1）", line) for line in told)])
    return found


def _effect(version: MethodVersion) -> tuple[str, ...]:
    found: list[str] = []
    if version.indicator and (version.before is not None or version.after is not None):
        told = {
            "name": version.indicator, "before": _number(version.before), "after": _number(version.after),
            "unit": version.indicator_unit,
        }  # fmt: skip
        found.append(_("%(name)s：%(before)s → %(after)s %(unit)s") % told)
    around = [one for one in (version.sample, version.period) if one]
    if around:
        found.append(_("样本与时段：%(what)s") % {"what": _("，").join(around)})
    return (*found, *lines(version.effect))


def _number(value: Decimal | None) -> str:
    return f"{value.normalize():f}" if value is not None else "—"
