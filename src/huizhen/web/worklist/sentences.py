"""Sentences of the work list."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huizhen.web import sentences

FAULTS = {
    "export_many_waiting": _("您已有 %(max)s 份清单在生成，等它们好了再要新的。"),
    "export_purpose": _("请写明用途，至少两个字，它会记入流水。"),
    "filled_no_check": _(
        "这不是从工作清单导出的文件，或者挂号编号、隐藏的核对码、进展的三列不全。请重新导出，填好再传。"
    ),
    "filled_twice": _("与第 %(row)s 行是同一例，只能留一行。"),
    "filled_unknown": _("没有“%(value)s”这一例，或不在您的范围。"),
    "filled_check_gone": _("这一行的核对码不见了或改过。请重新导出，把填的内容抄过去。"),
    "filled_formula": _("这一格是公式，请粘贴为数值。"),
    "filled_stale": _("导出之后有人写过这一例。请重新导出再填。"),
}
REFUSALS = {
    "worklist_words_of": (
        _("工作清单由责任人、团长和问诊支部填写"),
        _("您看得到这一例，但进展由他们来写。没有任何内容被改动。"),
    ),
    "export_not_there": (_("文件还没有生成，或已经删去"), _("生成好了会列在“我的导出”里，留七天。")),
    "filled_has_faults": (_("还有 %(count)s 行不能写入"), _("整份清单要么全部写入，要么一行不写。请改好这些行再传。")),
    "filled_nothing_new": (_("清单里没有要写入的内容"), _("三列进展都和现在一样。没有写入任何内容。")),
    "filled_is_written": (_("这份清单已经写入"), _("没有任何内容被改动。")),
    "snapshot_of_leader": (_("快照由团长签发"), _("您可以看已签的快照。没有任何内容被改动。")),
    "snapshot_not_signed": (_("这个月还没有签发"), _("团长签发后才有文件。")),
    "snapshot_month": (_("只能签本报送月和上一个报送月"), _("更早的月份不再补签，没有任何内容被改动。")),
    "worklist_stale": (_("这一例刚有人写过"), _("看过现在的内容，再决定怎么写。您填的还在。")),
}


def install() -> None:
    """Make the words known to the pages."""
    sentences.register(FAULTS, REFUSALS)
