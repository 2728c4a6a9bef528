"""What people read: the journal's verbs of this app, and the sentence of each message.

A sentence is found by verb and kind of happening, because the same act says one thing to who must answer and another to who looks on.
What has none of its own reads as the journal tells it: who, and what was done. Sentences hold no text of a case; its title follows
in a line of its own, for those who may read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

PHRASES = {
    "endpoint_added": _("添加机器人"),
    "endpoint_changed": _("修改机器人"),
    "endpoint_stopped": _("停用机器人"),
    "endpoint_removed": _("删除机器人"),
    "endpoint_tested": _("试发机器人"),
    "preferences_changed": _("修改消息设置"),
}

TOLD = _("%(actor)s：%(phrase)s")
"""Any happening: who, and the journal's words for it."""
TOLD_BY_ITSELF = _("%(phrase)s")
"""Something that happened without anybody: the system did it."""

SENTENCES: Mapping[tuple[str, str], str | _StrPromise] = {
    ("draft_handed", "awaited"): _("%(actor)s代写了挂号，请支部确认"),
    ("register", "assigned"): _("新病例派给您，您是首问责任人"),
    ("register", "progress"): _("病例已挂号，责任人是%(person)s"),
    ("redirect", "assigned"): _("支部改挂，病例派给您"),
    ("redirect", "transfer"): _("支部改挂，病例不再由您负责"),
    ("route", "assigned"): _("导诊台分诊，病例派给您"),
    ("route", "progress"): _("病例已分到专家团，责任人是%(person)s"),
    ("plan_session", "assigned"): _("%(actor)s约您会诊：%(moment)s"),
    ("plan_session", "progress"): _("%(actor)s约定会诊：%(moment)s"),
    ("reschedule_session", "assigned"): _("%(actor)s把会诊改到了%(moment)s"),
    ("reschedule_session", "progress"): _("%(actor)s把会诊改到了%(moment)s"),
    ("cancel_session", "assigned"): _("%(actor)s取消了会诊，您不用去"),
    ("sign_opinion", "joint"): _("协诊团%(actor)s签署了意见"),
    ("exempt", "ruling"): _("团长同意免集体会诊，可以开处方"),
    ("prescribe", "awaited"): _("处方已开出，请支部接受或退回"),
    ("accept_prescription", "assigned"): _("处方已接受，请开始您负责的措施"),
    ("return_prescription", "awaited"): _("支部退回处方，请重新开方"),
    ("return_prescription", "ruling"): _("处方第二次有分歧，请您裁定"),
    ("rule_prescription", "assigned"): _("处方照此执行，请开始您负责的措施"),
    ("rule_prescription", "ruling"): _("团长裁定了处方"),
    ("follow_up", "awaited"): _("第 %(number)s 次复诊已记录，请支部评价效果"),
    ("give_verdict", "ruling"): _("双方评价不一致，请您裁定疗效"),
    ("give_verdict", "escalation"): _("几次复诊没有见效，列为疑难会诊"),
    ("rule_verdict", "ruling"): _("团长裁定了疗效"),
    ("rule_verdict", "escalation"): _("几次复诊没有见效，列为疑难会诊"),
    ("resolve", "awaited"): _("病例已破题，请支部填写反馈"),
    ("resolve", "assigned"): _("病例已破题，请您签发最终答复"),
    ("resolve", "ruling"): _("病例显效，请您决定是否萃取"),
    ("sign_final_reply", "answer"): _("%(actor)s签发了最终答复"),
    ("withdraw", "assigned"): _("支部撤号，病例不用再办"),
    ("propose_decline", "awaited"): _("%(actor)s提请不予受理，请您答复"),
    ("decline", "ruling"): _("%(actor)s同意不予受理"),
    ("propose_unresolved", "awaited"): _("%(actor)s提请未破题结案，请您答复"),
    ("close_unresolved", "ruling"): _("%(actor)s同意未破题结案"),
    ("refuse_proposal", "ruling"): _("%(actor)s不同意结束病例，请继续办"),
    ("reopen", "assigned"): _("病例复开，由您负责"),
    ("propose_transfer", "awaited"): _("%(actor)s提议把病例转给您，请答复"),
    ("propose_transfer", "transfer"): _("%(actor)s提议转诊，接受之前责任不变"),
    ("take_back_transfer", "transfer"): _("%(actor)s收回了转诊"),
    ("accept_transfer", "assigned"): _("转诊已接受，病例由您负责"),
    ("accept_transfer", "transfer"): _("转诊已接受，责任人是%(person)s"),
    ("accept_transfer", "progress"): _("转诊已接受，责任人是%(person)s"),
    ("refuse_transfer", "transfer"): _("%(actor)s不接转诊，责任不变"),
    ("refuse_transfer", "ruling"): _("转诊两次被拒，请您指定承办"),
    ("transfer_lapsed", "transfer"): _("转诊没有按时答复，转交裁定"),
    ("transfer_lapsed", "ruling"): _("转诊没有按时答复，请您指定承办"),
    ("transfer_lapsed", "escalation"): _("转诊答复超时，仍可答复"),
    ("rule_transfer", "assigned"): _("%(actor)s指定您承办"),
    ("rule_transfer", "transfer"): _("%(actor)s指定%(person)s承办"),
    ("rule_transfer", "progress"): _("%(actor)s指定%(person)s承办"),
    ("invite", "awaited"): _("%(actor)s邀请贵团协诊，请答复"),
    ("accept_invitation", "joint"): _("%(actor)s接受了协诊邀请"),
    ("decline_invitation", "joint"): _("%(actor)s没有接受协诊邀请"),
    ("pause", "awaited"): _("计时暂停，请支部补充材料"),
    ("resume", "assigned"): _("%(actor)s恢复了计时，请继续办"),
    ("ask_on", "awaited"): _("支部续问，请答复"),
    ("answer_ask", "answer"): _("%(actor)s答复了您的续问"),
    ("complain", "complaint"): _("支部投诉，请您办理并答复"),
    ("answer_complaint", "answer"): _("%(actor)s答复了您的投诉"),
    ("ask_support", "complaint"): _("%(actor)s请贵单位支撑，请答复"),
    ("answer_support", "answer"): _("%(actor)s答复了您的支撑请求"),
    ("flag_raised", "complaint"): _("有一件事需要您和%(person)s谈一谈"),
    ("flag_raised", "system"): _("团长会和您谈一件事，您可以先说明情况"),
    ("deny_contact", "awaited"): _("支部答没有联系过，请尽快沟通"),
    ("deny_contact", "escalation"): _("支部答没有联系过，首次沟通不算数"),
    ("clock_half", "deadline"): _("%(clock)s时限已用去一半，%(due)s到期"),
    ("clock_late", "deadline"): _("%(clock)s已到期，请马上办"),
    ("clock_late", "escalation"): _("本团病例%(clock)s超时"),
    ("clock_late_1", "deadline"): _("%(clock)s超时 %(amount)s 个工作日，已报领域接口人"),
    ("clock_late_1", "escalation"): _("本领域病例%(clock)s超时 %(amount)s 个工作日"),
    ("clock_late_3", "deadline"): _("%(clock)s超时 %(amount)s 个工作日，已报党建工作部"),
    ("clock_late_3", "escalation"): _("病例%(clock)s超时 %(amount)s 个工作日"),
    ("measure_soon", "deadline"): _("第 %(number)s 条措施 %(due)s到期"),
    ("measure_due", "deadline"): _("第 %(number)s 条措施今天到期"),
    ("measure_late_1", "deadline"): _("第 %(number)s 条措施超期 %(amount)s 个工作日"),
    ("measure_late_1", "escalation"): _("本团病例第 %(number)s 条措施超期 %(amount)s 个工作日"),
    ("measure_late_3", "deadline"): _("第 %(number)s 条措施超期 %(amount)s 个工作日"),
    ("measure_late_3", "escalation"): _("本领域病例第 %(number)s 条措施超期 %(amount)s 个工作日"),
    ("leave_recorded", "assigned"): _("%(label)s请假期间由您代理：%(since)s至%(until)s"),
    ("leave_recorded", "system"): _("%(actor)s为您登记了请假：%(since)s至%(until)s"),
    ("person_left", "assigned"): _("%(label)s离开后由您代理，直到病例移交完"),
    ("person_left", "escalation"): _("%(label)s离开，请安排移交病例"),
    ("leader_changed", "assigned"): _("由您担任%(label)s团长，%(since)s起"),
    ("group_split", "assigned"): _("%(label)s拆分，新团由您担任团长"),
    ("branch_moved", "assigned"): _("支部调整，本例今后由您的支部问诊"),
    ("leave_is_long", "assigned"): _("%(label)s请假较长，请安排移交病例"),
    ("leave_is_long", "system"): _("您的请假较长，病例请移交"),
    ("leave_ended", "system"): _("%(label)s提前销假，代理到此为止"),
    ("account_opened", "system"): _("%(actor)s为您开通了账号"),
    ("account_renewed", "system"): _("%(actor)s让您的旧密码失效，重发了启用链接"),
    ("account_closed", "system"): _("%(actor)s停用了您的账号"),
    ("account_reopened", "system"): _("%(actor)s恢复了您的账号"),
    ("duty_set", "system"): _("%(actor)s排您值班：%(week)s起的一周"),
    ("use_said", "progress"): _("%(actor)s评价了工作法 %(label)s 的效果"),
    ("method_submitted", "awaited"): _("工作法 %(label)s 等您评审"),
    ("method_returned", "awaited"): _("工作法 %(label)s 退回修改"),
    ("method_published", "answer"): _("工作法 %(label)s 通过评审，已发布"),
    ("method_published", "progress"): _("本领域新发布工作法 %(label)s"),
    ("method_published", "system"): _("从贵支部病例萃取的工作法 %(label)s 已发布"),
    ("method_proved", "progress"): _("又有一个病例印证了工作法 %(label)s"),
    ("method_adopted", "progress"): _("有支部试用工作法 %(label)s"),
    ("adoption_told", "progress"): _("工作法 %(label)s 的试用有了结果"),
    ("trial_due", "deadline"): _("工作法 %(label)s 试用到期，请记下结果"),
    ("method_verified", "system"): _("别的支部用工作法 %(label)s 见了效，已验证"),
    ("method_promoted", "system"): _("工作法 %(label)s 列为推广"),
    ("method_retired", "system"): _("工作法 %(label)s 已退役，不再引用和试用"),
    ("method_revived", "system"): _("工作法 %(label)s 已恢复"),
    ("method_confirmed", "system"): _("%(actor)s确认工作法 %(label)s 仍然有效"),
    ("method_wavered", "assigned"): _("工作法 %(label)s 的来源病例有了反复，可信度下降，请您留意"),
    ("method_steadied", "system"): _("工作法 %(label)s 的来源病例再次见效，可信度回升"),
    ("method_hushed", "assigned"): _(
        "工作法 %(label)s 的来源病例成了敏感病例，首创支部和数字已隐去，请看正文里还有没有不该公开的"
    ),
    ("method_hushed", "awaited"): _("工作法 %(label)s 的来源病例成了敏感病例，请看是否修订或退役"),
    ("method_unhushed", "system"): _("工作法 %(label)s 的来源病例不再敏感，首创支部和数字重新显示"),
    ("method_stale", "awaited"): _("工作法 %(label)s 一年半没有人用，请看看是否仍然有效"),
    ("case_carried", "system"): _("病例由上年度结转到新一届活动，编号、责任人、时限都不变"),
    ("round_made", "progress"): _("%(actor)s查房，写了批注"),
    ("rounds_due", "deadline"): _("本轮查房%(until)s止，还有 %(number)s 例没查"),
    ("suggested", "awaited"): _("%(actor)s提了一条建议，请答复"),
    ("suggestion_answered", "answer"): _("%(actor)s答复了您的建议"),
    ("suggestion_withdrawn", "progress"): _("%(actor)s撤回了建议，不用答复"),
    ("story_asked", "awaited"): _("%(actor)s写了贵支部的宣传稿，请看过后答复是否同意"),
    ("story_taken_back", "progress"): _("宣传稿 %(label)s 收回修改，不用答复，改好再请贵支部同意"),
    ("story_agreed", "answer"): _("支部同意了宣传稿 %(label)s，可以提交审核"),
    ("story_refused", "answer"): _("支部不同意宣传稿 %(label)s，写了理由"),
    ("story_consent_withdrawn", "answer"): _("支部撤回了对宣传稿 %(label)s 的同意，已撤下"),
    ("story_consent_withdrawn", "system"): _("支部撤回了对宣传稿 %(label)s 的同意，已撤下"),
    ("story_submitted", "awaited"): _("宣传稿 %(label)s 等您审核"),
    ("story_returned", "awaited"): _("宣传稿 %(label)s 退回修改"),
    ("story_published", "answer"): _("宣传稿 %(label)s 通过审核，已发布"),
    ("story_published", "system"): _("贵支部的宣传稿 %(label)s 已发布"),
    ("story_withdrawn", "answer"): _("宣传稿 %(label)s 已撤下"),
    ("story_withdrawn", "system"): _("贵支部的宣传稿 %(label)s 已撤下"),
    ("bulletin_submitted", "awaited"): _("通报 %(label)s 等您审核"),
    ("bulletin_taken_back", "progress"): _("通报 %(label)s 收回修改，不用审核"),
    ("bulletin_returned", "awaited"): _("通报 %(label)s 退回修改"),
    ("bulletin_passed", "answer"): _("通报 %(label)s 审核通过，可以签发"),
    ("bulletin_issued", "report"): _("新通报：%(label)s"),
    ("bulletin_voided", "report"): _("通报 %(label)s 作废"),
    ("report_opened", "awaited"): _("本月月报开报了，%(due)s前报送"),
    ("report_due", "deadline"): _("月报还没有报，%(due)s到期"),
    ("report_overdue", "deadline"): _("月报已过期没有报（应报%(due)s），请尽快补报"),
    ("report_reminded", "awaited"): _("党建工作部催报月报，应报%(due)s"),
    ("mailing_sent", "report"): _("定时发送：%(label)s"),
    ("mailing_refused", "report"): _("定时发送“%(label)s”没有发给%(person)s：已看不到这个范围"),
    ("report_sent", "report"): _("月报 %(label)s 已报送"),
    ("report_withdrawn", "report"): _("月报 %(label)s 已撤回，会重新报送"),
    ("clinic_planned", "awaited"): _("病例讨论会请您主讲：%(moment)s"),
    ("clinic_planned", "assigned"): _("%(actor)s请您参加病例讨论会：%(moment)s"),
    ("clinic_edited", "awaited"): _("病例讨论会请您主讲：%(moment)s"),
    ("clinic_edited", "assigned"): _("%(actor)s请您参加病例讨论会：%(moment)s"),
    ("clinic_edited", "progress"): _("病例讨论会换了地点，时间不变：%(moment)s"),
    ("clinic_postponed", "assigned"): _("病例讨论会改到%(moment)s"),
    ("clinic_cancelled", "assigned"): _("病例讨论会取消，您不用去"),
    ("clinic_held", "progress"): _("病例讨论会的纪要写好了"),
    ("digest", "digest"): _("本周小结：未结 %(open)s 例，超时 %(late)s 例，破题 %(resolved)s 例"),
}
"""Verb and kind of happening → sentence. Places: actor, person, label, number, amount, clock, moment, due, since, until, week, figures."""

FIGURE = _("%(name)s %(n)s 例")
"""One situation in the weekly digest."""
NEW_METHODS = _("本领域新工作法 %(n)s 个")
REUSED = _("用工作法破题 %(n)s 例")
"""What the weekly digest says about methods."""
MANY = _("%(title)s，另有 %(n)s 件")
"""Title of a message that tells of several happenings."""
STANDS_IN = _("代%(name)s")
"""Beside a message that came because its reader acts for somebody away."""
TRIAL = _("测试消息")
TRIAL_TEXT = _("“%(name)s”已接通。收到这条，说明地址和密钥都对。")
SUBJECT = pgettext_lazy("mail", "[会诊] %(title)s")
FOOT = pgettext_lazy("mail", "这封邮件由会诊系统发出，请不要回复。在“消息设置”里可以选择哪些事发邮件。")
DAY = pgettext_lazy("format of a day", "n月j日")
MOMENT = pgettext_lazy("format of a moment", "n月j日 G:i")
