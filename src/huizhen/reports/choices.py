"""What is counted of a case, under which scopes. Words of the figures stand with their definitions in `queries.metrics`."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

READER = "figures"
"""Name among the readers of the journal's outbox."""

CLOCKED = ("first_contact", "session", "prescription", "follow_up")
"""Clocks that are counted; each as met, late or pending on its due day."""

COLUMNS = (
    "first_contact_met", "first_contact_late", "first_contact_pending",
    "session_met", "session_late", "session_pending", "session_held",
    "prescription_met", "prescription_late", "prescription_pending",
    "follow_up_met", "follow_up_late", "follow_up_pending", "follow_up_held",
    "measure_done", "measure_open", "measure_dropped",
    "verdict_marked", "verdict_effective", "verdict_none", "verdict_worse",
    "registered", "urgent", "cross",
    "reached_contact", "reached_session", "reached_prescription", "reached_follow_up", "reached_effect",
    "cured", "unresolved", "withdrawn", "declined", "reopened",
    "extracted", "not_extracted", "transfer",
)  # fmt: skip
"""Kinds of facts that are summed by day; each is a column of `Tally`."""

SPREADS = ("response", "transfer_gap")
"""Kinds of facts with a length, in tenths of a working hour; they go into `Spread`."""


class Kind(models.TextChoices):
    """What a scope is."""

    ALL = "all"
    DOMAIN = "domain"
    GROUP = "group"
    UNIT = "unit"


class Addressee(models.TextChoices):
    """To whom a leader suggests something."""

    REQUESTER = "requester", _("问诊支部")
    GROUP = "group", pgettext_lazy("one", "专家团")
    HEADQUARTERS = "headquarters", pgettext_lazy("addressee", "党建工作部")


class SuggestionState(models.TextChoices):
    """What became of a suggestion."""

    OPEN = "open", _("待答复")
    ADOPTED = "adopted", _("已采纳")
    NOT_ADOPTED = "not_adopted", _("没有采纳")
    WITHDRAWN = "withdrawn", _("已撤回")


class StoryWords(models.TextChoices):
    """States of a story (`lifecycle.stories`) as people read them."""

    DRAFT = "draft", pgettext_lazy("story", "撰写中")
    ASKED = "asked", pgettext_lazy("story", "等支部同意")
    AGREED = "agreed", pgettext_lazy("story", "支部已同意")
    IN_REVIEW = "in_review", pgettext_lazy("story", "审核中")
    PUBLISHED = "published", pgettext_lazy("story", "已发布")
    WITHDRAWN = "withdrawn", pgettext_lazy("story", "已撤下")


class Consent(models.TextChoices):
    """What a branch answered to a story about it."""

    WAITING = "waiting", pgettext_lazy("consent", "等支部答复")
    AGREED = "agreed", pgettext_lazy("consent", "同意")
    REFUSED = "refused", pgettext_lazy("consent", "不同意")
    WITHDRAWN = "withdrawn", pgettext_lazy("consent", "撤回了同意")
    LAPSED = "lapsed", pgettext_lazy("consent", "文字改了，不再算数")


class BulletinState(models.TextChoices):
    """Where a bulletin is on its way (`lifecycle.bulletins`)."""

    DRAFT = "draft", pgettext_lazy("bulletin", "起草中")
    IN_REVIEW = "in_review", pgettext_lazy("bulletin", "待审核")
    PASSED = "passed", pgettext_lazy("bulletin", "待签发")
    ISSUED = "issued", pgettext_lazy("bulletin", "已签发")
    VOIDED = "voided", pgettext_lazy("bulletin", "已作废")


class PdfState(models.TextChoices):
    """What became of a Word file that shall be a PDF."""

    WAITING = "waiting", pgettext_lazy("pdf", "等待转换")
    MAKING = "making", pgettext_lazy("pdf", "正在转换")
    READY = "ready", pgettext_lazy("pdf", "可以下载")
    FAILED = "failed", pgettext_lazy("pdf", "没有转成")


class ExportState(models.TextChoices):
    """How far a work list that was asked for is."""

    WAITING = "waiting", _("等待中")
    WRITING = "writing", _("正在生成")
    DONE = "done", pgettext_lazy("export", "已生成")
    FAILED = "failed", pgettext_lazy("export", "没有生成")


class ReportState(models.TextChoices):
    """How a monthly report stands. In time: a version stood sent when the due day ended, whatever became of it afterwards."""

    OPEN = "open", pgettext_lazy("report", "待报")
    ON_TIME = "on_time", pgettext_lazy("report", "按时")
    LATE = "late", pgettext_lazy("report", "迟报")
    MISSING = "missing", pgettext_lazy("report", "未报")


REPORT_SECTIONS = {
    "overall": _("总体情况"),
    "practice": _("主要做法"),
    "problems": _("存在问题"),
    "plans": _("下月打算"),
    "needs": _("需协调事项"),
}
"""Sections of words in a monthly report, in the order of the paper."""


class MailedView(models.TextChoices):
    """Which page is sent."""

    FIGURES = "figures", _("统计")
    CASES = "cases", pgettext_lazy("mailing", "病例列表")
    WORKLIST = "worklist", _("工作清单")


class Rhythm(models.TextChoices):
    """How often."""

    WEEKLY = "weekly", _("每周")
    MONTHLY = "monthly", _("每月")


class MailedState(models.TextChoices):
    """What became of a recipient."""

    SENT = "sent", pgettext_lazy("mailing", "已发")
    REFUSED = "refused", pgettext_lazy("mailing", "看不到，没发")
