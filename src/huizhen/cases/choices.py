"""Enumerations of the case with the words people read."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from huizhen.challenges.choices import InnovationKind as Innovation

__all__ = ["Innovation"]


class Urgency(models.TextChoices):
    NORMAL = "normal", _("普通")
    URGENT = "urgent", _("加急")
    CRITICAL = "critical", _("特急")


class Mode(models.TextChoices):
    """How the branch would like to be seen, and how a session is held."""

    ON_SITE = "on_site", _("现场")
    ONLINE = "online", _("线上")
    EITHER = "either", _("都可以")


class Channel(models.TextChoices):
    PHONE = "phone", _("电话")
    VISIT = "visit", _("当面")
    VIDEO = "video", _("视频")
    CHAT = "chat", _("即时消息")
    MAIL = "mail", _("邮件")


class Party(models.TextChoices):
    """With whom a conversation was held."""

    BRANCH = "branch", _("与支部")
    GROUP = "group", _("团内")


class Source(models.TextChoices):
    BRANCH = "branch", _("支部问诊")
    PROXY = "proxy", _("代挂号")
    OUTREACH = "outreach", _("专家寻诊")
    IMPORTED = "imported", _("历史清单")


class Link(models.TextChoices):
    """Where in the chain 省–市–县–班组 a cause lies."""

    PROVINCE = "province", _("省")
    CITY = "city", _("市")
    COUNTY = "county", _("县")
    TEAM = "team", _("班组")


class MeasureState(models.TextChoices):
    TODO = "todo", _("待办")
    DOING = "doing", _("进行中")
    DONE = "done", _("已完成")
    DROPPED = "dropped", _("未采纳")


class Verdict(models.TextChoices):
    MARKED = "marked", _("显效")
    EFFECTIVE = "effective", _("有效")
    NONE = "none", _("无效")
    WORSE = "worse", _("加重")


class Outcome(models.TextChoices):
    """First question of the closing form."""

    NEW_IDEA = "new_idea", _("有了新思路")
    CONFIRMED = "confirmed", _("证实了我们的想法")
    LITTLE = "little", _("帮助不大")


class DeclineBasis(models.TextChoices):
    """The list from which a refusal must name its ground."""

    NOT_A_PROBLEM = "not_a_problem", _("不属于破题攻坚问题")
    SECRET = "secret", _("涉密内容")
    WHISTLE = "whistle", _("信访举报")
    EMERGENCY = "emergency", _("应急抢险")
    DUPLICATE = "duplicate", _("同一问题已挂号")


class SessionState(models.TextChoices):
    PLANNED = "planned", _("已约")
    HELD = "held", _("已举行")
    CANCELLED = "cancelled", _("已取消")


class PrescriptionState(models.TextChoices):
    SIGNED = "signed", _("待支部接受")
    ACCEPTED = "accepted", _("已接受")
    RETURNED = "returned", _("已退回")
    DISPUTED = "disputed", _("待团长裁定")
    REPLACED = "replaced", _("已被新版代替")


class TransferState(models.TextChoices):
    OPEN = "open", _("待答复")
    ACCEPTED = "accepted", _("已接受")
    REFUSED = "refused", _("未接受")
    DISPUTED = "disputed", _("待裁定")
    RULED = "ruled", _("已裁定")
    TAKEN_BACK = "taken_back", _("已收回")


class InvitationState(models.TextChoices):
    INVITED = "invited", _("待答复")
    ACCEPTED = "accepted", _("已接受")
    SIGNED = "signed", _("意见已签")
    DECLINED = "declined", _("未接受")


class RoundWhy(models.TextChoices):
    REGISTERED = "registered", pgettext_lazy("happening", "挂号")
    REOPENED = "reopened", pgettext_lazy("happening", "复开")
    WORSENED = "worsened", _("复诊加重")
    IMPORTED = "imported", _("历史清单导入")


class AskKind(models.TextChoices):
    """Somebody asks, somebody answers, a clock runs: one shape for three things."""

    ASK = "ask", _("续问")
    COMPLAINT = "complaint", _("投诉")
    SUPPORT = "support", _("支撑")


class SupportTopic(models.TextChoices):
    """What a unit is asked to give."""

    TRAVEL = "travel", _("出差")
    DATA = "data", _("数据")
    ACCESS = "access", _("权限")
    TIME = "time", _("时间")


class FlagKind(models.TextChoices):
    """Why a leader should talk with an expert."""

    REFUSALS = "refusals", _("多次不接")
    OVERDUE = "overdue", _("超时一天以上")
    EMPTY_ADVICE = "empty_advice", _("处方落不了地")


class ProposalKind(models.TextChoices):
    WITHDRAW = "withdraw", pgettext_lazy("proposal", "撤号")
    DECLINE = "decline", pgettext_lazy("proposal", "不予受理")
    UNRESOLVED = "unresolved", pgettext_lazy("proposal", "未破题结案")


class ImportState(models.TextChoices):
    """How far a list of earlier cases has come."""

    CHECKING = "checking", _("核对中")
    KEPT = "kept", _("待确认")
    QUEUED = "queued", _("写入中")
    DONE = "done", _("已导入")
    FAILED = "failed", _("没有导入")
    UNDOING = "undoing", _("撤回中")
    UNDONE = "undone", _("已撤回")


class CheckedAs(models.IntegerChoices):
    """What a row of an earlier list would become, in the order in which a reader wants to see them."""

    REJECTED = 0, _("不收")
    GUESSED = 1, _("有猜测")
    NEW = 2, _("新病例")
    REPEATED = 3, _("表内重复")
    KNOWN = 4, _("已在这里")
