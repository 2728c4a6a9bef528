"""What the journal calls the happenings of the directory, in words people read."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

VERBS = {
    "campaign_created": _("建立活动"),
    "campaign_changed": _("修改活动信息"),
    "campaign_made_current": _("设为当前活动"),
    "campaign_ended": _("结束活动"),
    "campaign_resumed": _("撤回结束活动"),
    "settings_changed": _("修改活动设置"),
    "policy_set": _("发布新的时限表"),
    "duty_set": _("排定值班"),
    "leave_recorded": pgettext_lazy("happening", "登记请假"),
    "leave_ended": pgettext_lazy("happening", "提前销假"),
    "leave_is_long": pgettext_lazy("happening", "请假较长，应移交病例"),
    "posted": _("任职"),
    "posting_ended": _("免去任职"),
    "member_joined": _("加入专家团"),
    "member_moved": _("调整专家团或角色"),
    "member_left": _("离开专家团"),
    "person_left": pgettext_lazy("happening", "离开"),
    "stand_in_ended": pgettext_lazy("happening", "代理结束"),
    "leader_changed": _("更换团长"),
    "group_split": pgettext_lazy("happening", "拆分专家团"),
    "group_merged": pgettext_lazy("happening", "并入专家团"),
    "branch_renamed": pgettext_lazy("happening", "支部更名"),
    "branch_dissolved": pgettext_lazy("happening", "支部撤销"),
    "contact_changed": _("修改联系方式"),
    "person_added": pgettext_lazy("happening", "新增人员"),
    "person_changed": _("修改人员资料"),
    "roster_imported": _("导入名册"),
    "secretaries_imported": _("导入书记"),
    "roster_exported": _("导出名册"),
    "founded": _("建立安装"),
    "account_opened": _("开通账号"),
    "account_renewed": pgettext_lazy("happening", "重发启用链接"),
    "account_closed": pgettext_lazy("happening", "停用账号"),
    "account_reopened": pgettext_lazy("happening", "恢复账号"),
    "door_links_exported": _("导出启用链接"),
    "directory_loaded": _("载入演示名册"),
    "cases_filled": _("批量载入演示病例"),
}
