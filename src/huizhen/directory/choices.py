"""Enumerations of the directory with the words people read, and the defaults a campaign may override. No database here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class UnitKind(models.TextChoices):
    CITY = "city", _("市公司")
    DEPARTMENT = "department", _("省公司部门")
    DIRECT = "direct", _("直属单位")


class BranchKind(models.TextChoices):
    ORDINARY = "ordinary", _("党支部")
    JOINT = "joint", _("联合党支部")
    TEMPORARY = "temporary", _("临时党支部")


class MemberRole(models.TextChoices):
    LEADER = "leader", _("团长")
    DEPUTY = "deputy", _("副团长")
    MEMBER = "member", _("成员")


class PostingRole(models.TextChoices):
    """Posts that give rights. Experts and leaders hold memberships instead."""

    REQUESTER = "requester", _("问诊人")
    LIAISON = "liaison", _("领域接口人")
    CLERK = "clerk", _("综合员")
    COORDINATOR = "coordinator", pgettext_lazy("role", "党建工作部")
    VIEWER = "viewer", _("领导")
    AUDITOR = "auditor", _("审计")


class AccountState(models.TextChoices):
    """How somebody stands to signing in: worked out from person and account, stored nowhere."""

    NONE = "none", _("没有账号")
    AWAITED = "awaited", _("待启用")
    OPEN = "open", _("使用中")
    CLOSED = "closed", _("已停用")
    LEFT = "left", _("已离开")


class Home(models.TextChoices):
    """Which first screen a person gets: the first role of this order that she holds (leading implies being an expert)."""

    COORDINATOR = "coordinator", pgettext_lazy("role", "党建工作部")
    LIAISON = "liaison", _("领域接口人")
    LEADER = "leader", _("团长")
    EXPERT = "expert", _("专家")
    REQUESTER = "requester", _("问诊人")
    CLERK = "clerk", _("综合员")
    VIEWER = "viewer", _("领导")
    AUDITOR = "auditor", _("审计")
    NONE = "none", _("暂无岗位")


class ClockUrgency(models.TextChoices):
    """Columns of the clock table."""

    NORMAL = "normal", _("普通")
    URGENT = "urgent", _("加急")
    CRITICAL = "critical", _("特急")


class ClockName(models.TextChoices):
    """Rows of the clock table (product.md 3.4); the follow-up clock is not here, its due moment is a date."""

    FIRST_CONTACT = "first_contact", _("首次沟通")
    GROUP_INFORMED = "group_informed", _("团内反馈")
    SESSION = "session", _("会诊")
    PRESCRIPTION = "prescription", _("处方")
    TRANSFER_ANSWER = "transfer_answer", _("转诊答复")
    RULING = "ruling", _("指定承办")
    INVITATION_ANSWER = "invitation_answer", _("协诊邀请答复")
    OPINION = "opinion", _("会诊意见")
    ASK_ANSWER = "ask_answer", _("续问答复")
    FINAL_REPLY = "final_reply", _("最终答复")
    COMPLAINT_ANSWER = "complaint_answer", _("投诉答复")
    SUPPORT_ANSWER = "support_answer", _("支撑答复")


DAY_MINUTES = 420  # one working day of the clock table: 7 hours

_AMOUNTS: dict[str, tuple[int, int, int]] = {
    ClockName.FIRST_CONTACT: (240, 120, 30),
    ClockName.GROUP_INFORMED: (DAY_MINUTES, 240, 60),
    ClockName.SESSION: (3 * DAY_MINUTES, DAY_MINUTES, 240),
    ClockName.PRESCRIPTION: (5 * DAY_MINUTES, 2 * DAY_MINUTES, DAY_MINUTES),
    ClockName.TRANSFER_ANSWER: (DAY_MINUTES, 240, 60),
    ClockName.RULING: (DAY_MINUTES, DAY_MINUTES, DAY_MINUTES),
    ClockName.INVITATION_ANSWER: (DAY_MINUTES, 240, 60),
    ClockName.OPINION: (3 * DAY_MINUTES, DAY_MINUTES, 240),
    ClockName.ASK_ANSWER: (DAY_MINUTES, 240, 60),
    ClockName.FINAL_REPLY: (DAY_MINUTES, DAY_MINUTES, DAY_MINUTES),
    ClockName.COMPLAINT_ANSWER: (2 * DAY_MINUTES, DAY_MINUTES, DAY_MINUTES),
    ClockName.SUPPORT_ANSWER: (2 * DAY_MINUTES, DAY_MINUTES, 240),
}
EARLIEST = date(2000, 1, 1)
"""No campaign begins and no post is held since before it: an earlier year is a slip of the finger."""
LONGEST_CAMPAIGN = 1100
"""Days, both ends counted: three years. Nobody reads the figures of a longer period at once."""
LONGEST_CLOCK = 60 * DAY_MINUTES


def default_clocks() -> dict[str, dict[str, int]]:
    """The clock table a new campaign starts with: working minutes by clock and urgency. A fresh copy each time."""
    return {
        str(clock): {str(urgency): amount for urgency, amount in zip(ClockUrgency.values, row, strict=True)}
        for clock, row in _AMOUNTS.items()
    }


@dataclass(frozen=True)
class Setting:
    """A number a campaign may override, within bounds."""

    label: Promise | str
    default: int
    least: int
    most: int


# product.md section 7; days are working days unless the label says otherwise.
SETTINGS: Mapping[str, Setting] = MappingProxyType(
    {
        "open_cases_per_person": Setting(_("每人同时首问的病例数"), 6, 1, 100),
        "attachment_megabytes": Setting(_("单个附件上限（MB）"), 20, 1, 100),
        "contact_backdate_days": Setting(_("沟通可补记的工作日数"), 1, 0, 10),
        "denial_days": Setting(_("支部可答“没有联系过”的自然日数"), 10, 0, 60),
        "leave_handover_days": Setting(_("请假超过几个工作日应交接"), 5, 1, 60),
        "silence_days": Setting(_("破题后支部未反馈视为默认的工作日数"), 10, 1, 60),
        "upward_days": Setting(_("上行建议答复工作日数"), 10, 1, 60),
        "follow_up_days": Setting(_("最后一项举措到期后最迟几个工作日复诊"), 4, 1, 60),
        "visits_without_effect": Setting(_("几次复诊无效提请疑难会诊"), 3, 1, 10),
        "contributing_experts": Setting(_("开方前至少几位专家参与"), 2, 1, 10),
        "trial_days": Setting(_("试用工作法后提醒反馈的工作日数"), 30, 1, 250),
        "promotion_reuses": Setting(_("几个别的支部见效后可推广"), 5, 1, 100),
        "extraction_days": Setting(_("萃取决定的工作日数"), 10, 1, 60),
        "reopen_days": Setting(_("可重新打开的自然日数"), 90, 0, 366),
        "half_percent": Setting(_("时限用去百分之几时提醒责任人"), 50, 1, 99),
        "late_days_first": Setting(_("超时几个工作日后报领域接口人"), 1, 1, 60),
        "late_days_second": Setting(_("超时几个工作日后报党建工作部"), 3, 1, 60),
        "measure_soon_days": Setting(_("措施到期前几个工作日提醒"), 3, 1, 60),
        "measure_late_days_first": Setting(_("措施到期未完成，几个工作日后提醒"), 1, 1, 60),
        "measure_late_days_second": Setting(_("措施到期未完成，几个工作日后再次提醒"), 3, 1, 60),
        "round_days": Setting(_("团长几天查房一轮（自然日）"), 14, 7, 60),
        "round_remind_days": Setting(_("一轮查房结束前几个工作日提醒团长"), 3, 0, 20),
        "report_inclusive": Setting(_("报送日当天算按时"), 1, 0, 1),
        "bulletin_second": Setting(_("通报由没有动笔的人审核（0：一人也可）"), 1, 0, 1),
        "minimum_n": Setting(_("样本少于几例只列数量"), 5, 1, 100),
    }
)
