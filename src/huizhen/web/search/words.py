"""Sentences of search: what was not understood, and how to ask."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huizhen.lib.errors import Fault

Words = str | Promise

FAULTS: dict[str, Words] = {
    "unknown_operator": _("没有“%(name)s:”这种条件，已当作普通的词来找。"),
    "unknown_value": _("“%(name)s”里没有“%(value)s”，这个条件没有用上。"),
    "empty_value": _("“%(name)s:”后面还没有写内容。"),
    "bad_period": _("看不懂时间“%(value)s”。可以写 2026-03..2026-06、今年、近30天。"),
    "too_long": _("太长了，只看前 %(most)s 个字。"),
    "too_many_words": _("词太多了，只用前 %(most)s 个。"),
}

# How to ask: what is typed, and what it finds.
HELP: tuple[tuple[Words, Words], ...] = (
    (_("光缆 施工"), _("两个词都有")),
    (_("“大气波导”"), _("原样连在一起")),
    (_("光缆 -挖断"), _("有“光缆”而没有“挖断”")),
    (_("标题:专线"), _("只看标题")),
    (_("领域:网络运维"), _("某个领域；同样还有单位、专家团、状态、紧急")),
    (_("类型:专家 携转"), _("只找专家")),
    (_("时间:2026-03..2026-06"), _("某段时间；也可写今年、近30天")),
    (_("zhangsan、zs"), _("按拼音或首字母找人")),
)


def sentences(faults: Iterable[Fault]) -> list[str]:
    """What was left out of the question, and why; a code without words is passed over."""
    return [str(FAULTS[fault.code]) % dict(fault.args) for fault in faults if fault.code in FAULTS]
