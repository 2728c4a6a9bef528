"""Sentences of the import: what is wrong with a list or a row of it, what was guessed, why nothing was written."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huizhen.web import sentences

FILE = {
    "list_missing_header": _("没有找到这些列：%(headers)s。列的顺序和叫法不限，但要有支部、项目和一个时间。"),
    "list_column_kept": _("“%(header)s”不是清单的列，内容原样留在病例里。"),
    "list_years_guessed": _("有 %(count)s 处日期没有写年份，按 %(year)s 年记。"),
    "list_column_twice": _("“%(header)s”这一列出现了不止一次，只读第一列，其余原样留在病例里。"),
}
ROW = {
    "list_bad_moment": _("“%(value)s”看不出是哪一天。请写成 2025-03-05 或 3月5日。"),
    "list_branch_unknown": _("没有叫“%(value)s”的支部，也没有相近的。"),
    "list_branch_open": _("没有叫“%(value)s”的支部，请在上面选是哪一个。"),
    "list_not_your_unit": _("%(name)s不在您的单位，请由党建工作部导入。"),
    "list_row_twice": _("与第 %(row)s 行是同一例，内容却不一样。"),
    "list_nobody": _("找不到首问专家，也没有团长或导诊台可记。"),
}
GUESS = {
    "list_day_guessed": _("没有写哪一天，按 %(day)s 记。"),
    "list_registered_guessed": _("没有挂号时间，按最早的时间 %(day)s 记。"),
    "list_order": _("有的时间早于挂号时间，照原样记。"),
    "list_branch_former": _("支部按现在的%(name)s记。"),
    "list_branch_guessed": _("按相近的名称，记为%(name)s。"),
    "list_group_guessed": _("按相近的名称，记为%(name)s。"),
    "list_group_unknown": _("没有叫“%(value)s”的专家团，不记团。"),
    "list_person_elsewhere": _("%(name)s不在这个团里，照记。"),
    "list_person_unknown": _("没有找到“%(value)s”，首问责任人记为%(name)s。"),
    "list_responder_guessed": _("没有写首问专家，记为%(name)s。"),
    "list_requester_guessed": _("问诊人记为%(name)s。"),
    "list_people_unknown": _("没有找到%(names)s，姓名留在原清单里。"),
    "list_invited_unknown": _("没有找到%(names)s，名称留在原清单里。"),
    "list_measure_cut": _("有的举措超过 %(max)s 个字，只取前面；全文留在原清单里。"),
    "list_title_cut": _("项目名称超过 %(max)s 个字，只取前面；全文写在病情开头。"),
    "list_verdict_unknown": _("“%(value)s”看不出疗效，不记疗效。"),
}
_NOTHING = _("没有写入任何内容。")
REFUSALS = {
    "import_staff_only": (_("历史清单由综合员或党建工作部导入"), _("需要导入时请联系本单位综合员。")),
    "import_not_yours": (_("这份清单是别人上传的"), _("由上传的人来确认或撤回。没有任何内容被改动。")),
    "import_confirmed": (_("这份清单已经确认过"), _("没有任何内容被改动。")),
    "import_checking": (_("这份清单还在核对"), _("核对完再看，没有写入任何内容。")),
    "import_stale": (_("核对之后情况变了"), _("有的病例刚由别人写入，或名称有了变化。没有写入任何内容，请重新核对。")),
    "import_has_rejected": (
        _("还有 %(count)s 行不能导入"),
        _("整份清单要么全部写入，要么一行不写。请改好这些行再传。"),
    ),
    "import_nothing_new": (_("清单里的病例都已经在这里"), _NOTHING),
    "import_not_done": (_("这份清单没有写入，不用撤回"), _NOTHING),
    "import_too_late": (_("已过七天，不能整份撤回"), _("没有任何内容被改动。")),
    "import_touched": (_("有人动过这份清单里的病例，不能整份撤回"), _("没有任何内容被改动。")),
    "import_half_written": (
        _("写到一半，情况变了：只写入了 %(done)s 例"),
        _("再传一次同一份清单，只会补上其余的；也可以把已写入的整份撤回。"),
    ),
    "import_half_back": (
        _("撤回到一半，有人动了清单里的病例：还留下 %(done)s 例"),
        _("已撤回的不再恢复，留下的照常可以查看。"),
    ),
    "import_broken": (_("写入时出了错"), _("没有写入任何内容。请稍后重新上传；再不行，请管理员看后台任务。")),
}


def install() -> None:
    """Make the words known to the pages."""
    sentences.register(FILE | ROW | GUESS, REFUSALS)
