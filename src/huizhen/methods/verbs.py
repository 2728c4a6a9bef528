"""What people read: the journal's verbs of this app."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

PHRASES = {
    # writing and reviewing
    "method_drafted": _("起草工作法"),
    "method_discarded": _("删除工作法草稿"),
    "method_submitted": _("提交工作法评审"),
    "method_taken_back": _("撤回工作法评审"),
    "method_returned": _("退回工作法修改"),
    "method_published": _("发布工作法"),
    "method_revised": _("修订工作法"),
    "method_proved": _("为工作法补充例证"),
    "method_pictured": _("添加工作法图片"),
    # reuse
    "method_adopted": _("试用工作法"),
    "adoption_told": _("反馈工作法试用结果"),
    "trial_due": _("工作法试用待反馈"),
    "use_said": _("评价工作法效果"),
    "method_verified": _("工作法已验证"),
    "method_promoted": _("推广工作法"),
    "method_retired": _("工作法退役"),
    "method_revived": _("恢复工作法"),
    "method_confirmed": _("确认工作法仍然有效"),
    "method_wavered": _("工作法存疑"),
    "method_steadied": _("工作法不再存疑"),
    "method_hushed": _("工作法的来源病例成为敏感病例"),
    "method_unhushed": _("工作法的来源病例不再敏感"),
    "method_stale": _("工作法待复审"),
    # learning together
    "clinic_planned": _("安排病例讨论会"),
    "clinic_edited": _("修改病例讨论会"),
    "clinic_postponed": _("病例讨论会改期"),
    "clinic_cancelled": _("取消病例讨论会"),
    "clinic_held": _("登记病例讨论会"),
    "clinic_amended": _("修改病例讨论会纪要"),
}
