"""Sentences of the directory: what is wrong with a roster file or one of its rows, and what the directory refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huizhen.web import sentences

# A roster file as a whole.
FILE = {
    "roster_empty": _("文件是空的，请重新选择。"),
    "roster_too_large": _("文件超过 %(megabytes)s MB，请拆开或删去图片后再传。"),
    "file_not_xlsx": _("这不是 Excel 工作簿（.xlsx）。请在表格软件里另存为 .xlsx 再传。"),
    "file_old_or_locked": _("这是旧版 .xls 或加了密码的文件。请另存为不带密码的 .xlsx 再传。"),
    "file_damaged": _("文件不完整或已损坏。请用表格软件打开、重新保存后再传。"),
    "file_unpacks_too_large": _("文件解开后超过 %(megabytes)s MB，不能读取。请只保留要导入的那一张表。"),
    "file_too_many_rows": _("表格超过 %(rows)s 行。请删去多余的行再传。"),
    "file_too_many_columns": _("表格超过 %(columns)s 列。请删去多余的列再传。"),
    "file_no_rows": _("表头下面没有一行内容。"),
    "file_missing_header": _("缺少这些列：%(headers)s。列的顺序不限，名称要一致。"),
    "file_duplicate_header": _("“%(header)s”这一列出现了不止一次。"),
    "column_ignored": _("不认识“%(header)s”这一列，已忽略。"),
    "merged_filled": _("第 %(rows)s 行的合并单元格，按每行都是同一内容读取。"),
}

# One row of it.
ROW = {
    "formula": _("这一格是公式。请粘贴为数值。"),
    "unknown_domain": _("没有“%(value)s”这个领域。"),
    "unknown_unit": _("没有“%(value)s”这个单位。"),
    "unknown_role": _("角色只能是团长、副团长或成员，不能是“%(value)s”。"),
    "bad_phone": _("手机号写法不对。"),
    "bad_email": _("邮箱写法不对。"),
    "bad_staff_no": _("工号只能用字母、数字和 - _ . /。"),
    "group_mismatch": _("编号和名称对不上：已有 %(value)s。"),
    "domain_mismatch": _("这个专家团属于%(value)s领域。"),
    "group_is_closed": _("这个专家团已并入 %(value)s。"),
    "group_incomplete": _("新的专家团要同时写编号和名称。"),
    "bad_code": _("编号只能用文字、数字和短横线，最多 20 个字。"),
    "row_duplicate": _("与第 %(row)s 行是同一个人、同一个团。"),
    "second_group": _("第 %(row)s 行已写了主属专家团；确需兼任，请在角色后加%(mark)s。"),
    "differs_from_row": _("与第 %(row)s 行是同一个人，内容却不一致。"),
    "unknown_branch": _("没有“%(value)s”这个支部，或已撤销。"),
    "branch_elsewhere": _("%(name)s不属于这个单位。"),
    "two_leaders": _("第 %(row)s 行已是这个团的团长。"),
    "two_candidates": _("可能是不止一个人：%(names)s。请补工号或手机号。"),
    "phone_taken": _("这个手机号是%(names)s的，工号却不同。"),
    "phone_twice": _("第 %(row)s 行工号不同，手机号却相同。"),
}

# Fields of the other forms of the directory.
FIELD = {
    "username_taken": _("登录名“%(name)s”为空或已被使用。"),
    "ends_before_start": _("结束要晚于开始。"),
    "unknown_setting": _("没有这项设置。"),
    "out_of_bounds": _("要在 %(least)s 到 %(most)s 之间。"),
    "urgent_is_slower": _("越急的时限不能越长。"),
    "not_of_this_group": _("这位专家那一周不在本团。"),
    "not_of_the_desk": _("这位同事不是导诊台人员。"),
    "leave_overlaps": _("与已登记的请假重叠。"),
    "deputy_is_self": _("代理人不能是本人。"),
    "deputy_circle": _("对方也有休假，而且转回由本人代理，那几天就没有人了。请换一位。"),
    "deputy_left": _("代理人已离开。"),
    "post_held": _("已经担任这个岗位。"),
    "seat_held": _("已经在这个专家团里。"),
    "leads_already": _("%(name)s已是这个团的团长。"),
    "leader_to_come": _("已登记由%(name)s从%(day)s起任团长，到那天之后再改。"),
    "member_to_come": _("%(name)s从%(day)s起才在本团，请选那天或更晚。"),
    "day_is_far": _("最多提前 %(days)s 天登记。"),
    "group_taken": _("“%(given)s”已有专家团在用。"),
    "leader_stays": _("原团长留在原团；先更换团长，再拆分。"),
    "leader_goes_along": _("新团的团长要在去新团的人里。"),
    "other_group_wanted": _("请选本活动里另一个没有并走的专家团。"),
    "same_name": _("和现在的名称一样。"),
    "branch_taken": _("已有支部叫“%(given)s”。"),
    "other_branch_wanted": _("请选另一个没有撤销的支部。"),
    "branch_without_contact": _("%(name)s还没有问诊人，接不了病例；先为它安排问诊人。"),
    "leader_exists": _("这个团已有团长，请先调整原团长的角色。"),
    "number_taken": _("%(name)s已用这个号码。"),
    "nobody_ticked": _("先勾选要开通账号的人。"),
    "namesake": _("这个单位已有%(name)s；确实是另一个人，就勾选下面一项。"),
}

_NOTHING = _("没有任何内容被改动。")

REFUSALS = {
    "already_founded": (_("这个安装已经建立过"), _("建立只做一次，没有任何内容被改动。")),
    "has_account": (_("%(name)s已经有账号"), _("没有任何内容被改动。")),
    "coordinator_only": (_("这件事由党建工作部来办"), _NOTHING),
    "leader_only": (_("值班由本团团长或党建工作部来排"), _NOTHING),
    "own_person_only": (_("只有本人、本团团长或党建工作部可以改"), _NOTHING),
    "policy_newer": (_("时限表已有第 %(version)s 版"), _("别人刚发布了新的一版。请看过新版再改，没有任何内容被改动。")),
    "roster_stale": (_("名册在核对之后变过"), _("没有任何内容被改动。请重新上传核对一次。")),
    "roster_has_rejected": (
        _("还有 %(count)s 行不能导入"),
        _("整份名册要么全部导入，要么一行不动。请改好这些行再传。"),
    ),
    "group_closed": (_("%(name)s已并入别的专家团"), _NOTHING),
    "branch_gone": (_("%(name)s已撤销"), _NOTHING),
    "has_left_already": (_("%(name)s已登记离开"), _NOTHING),
    "leader_leaves": (_("%(name)s是%(group)s的团长"), _("先为这个团更换团长，再登记离开。没有任何内容被改动。")),
    "week_over": (_("这一周已经过去"), _NOTHING),
    "leave_over": (_("这次请假已经结束"), _NOTHING),
    "posting_over": (_("这个任职已经结束"), _NOTHING),
    "seat_over": (_("这位专家已不在这个团"), _NOTHING),
    "last_coordinator": (_("党建工作部至少要留一人"), _("先请另一位同事担任，再免去这一位。没有任何内容被改动。")),
    "lent_right": (_("代理期间不能动党建工作部的账号"), _NOTHING),
    "no_account": (_("%(name)s还没有账号"), _NOTHING),
    "own_account": (
        _("自己的账号不能这样改"),
        _("换密码在“我的资料与设置”里；停用或重发链接请另一位同事来办。没有任何内容被改动。"),
    ),
    "demo_account": (_("演示账号不能改"), _("演示账号人人在用。没有任何内容被改动。")),
    "account_is_closed": (_("%(name)s的账号已停用"), _("要再用，先恢复账号。没有任何内容被改动。")),
    "account_is_open": (_("%(name)s的账号没有停用"), _NOTHING),
    "last_account": (
        _("%(name)s是党建工作部最后一位能登录的人"),
        _("先让另一位同事启用账号。没有任何内容被改动。"),
    ),
    "no_doors": (_("这些链接都用过了或已作废"), _("没有导出任何内容。需要时在本人的页面上重发。")),
    "key_in_progress": (_("同一个请求正在处理"), _("稍等片刻再查看结果。")),
}


def install() -> None:
    """Make the words known to the pages."""
    sentences.register(FILE | ROW | FIELD, REFUSALS)
