"""What people read: the journal's verbs of this app."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

PHRASES = {
    # work list
    "worklist_exported": _("导出工作清单"),
    "note_written": _("填写工作清单"),
    "worklist_signed": _("签发工作清单"),
    # rounds
    "round_made": _("查房"),
    "round_taken_back": _("撤回查房"),
    "rounds_due": _("本轮查房快到期"),
    "suggested": _("提建议"),
    "suggestion_answered": _("答复建议"),
    "suggestion_withdrawn": _("撤回建议"),
    # stories
    "story_drafted": _("起草宣传稿"),
    "story_pictured": _("添加宣传稿图片"),
    "story_asked": _("请支部同意宣传稿"),
    "story_taken_back": _("收回宣传稿"),
    "story_agreed": _("同意宣传稿"),
    "story_refused": _("不同意宣传稿"),
    "story_consent_withdrawn": _("撤回对宣传稿的同意"),
    "story_submitted": _("提交宣传稿审核"),
    "story_returned": _("退回宣传稿修改"),
    "story_published": _("发布宣传稿"),
    "story_withdrawn": _("撤下宣传稿"),
    "story_rewritten": _("重写宣传稿"),
    # bulletins, PDFs
    "bulletin_drafted": _("起草通报"),
    "bulletin_submitted": _("提交通报审核"),
    "bulletin_taken_back": _("收回通报"),
    "bulletin_returned": _("退回通报修改"),
    "bulletin_passed": _("审核通过通报"),
    "bulletin_issued": _("签发通报"),
    "bulletin_voided": _("作废通报"),
    "bulletin_discarded": _("丢弃通报草稿"),
    "pdf_asked": _("要一份 PDF"),
    # yearly records
    "record_exported": _("导出履职记录"),
    "summary_exported": _("导出年度总结"),
    # views that are sent
    "mailing_made": _("设定定时发送"),
    "mailing_paused": _("暂停定时发送"),
    "mailing_resumed": _("恢复定时发送"),
    "mailing_removed": _("删除定时发送"),
    "mailing_sent": _("定时发送"),
    "mailing_refused": _("定时发送有人看不到"),
    # monthly reports
    "report_opened": _("月报开报"),
    "report_sent": _("报送月报"),
    "report_withdrawn": _("撤回月报"),
    "report_mailed": _("下载月报邮件"),
    "report_reminded": _("催报月报"),
    "report_due": _("月报快到期"),
    "report_overdue": _("月报到期未报"),
}
