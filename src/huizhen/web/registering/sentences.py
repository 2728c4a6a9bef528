"""Sentences of registration: what a draft refuses. The faults of its fields are those of the case room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huizhen.web import sentences

REFUSALS = {
    "not_your_branch": (
        _("您不能替%(name)s挂号"),
        _("本支部的问诊人可以挂号；专家、综合员和党建工作部可以代挂号。没有任何内容被改动。"),
    ),
    "branch_registers": (
        _("要由%(name)s确认"),
        _("代挂号是写给支部的草稿，支部确认才算挂号。草稿还在，没有任何内容被改动。"),
    ),
    "nobody_to_register_for": (
        _("挂号由支部的问诊人来办"),
        _("您没有支部问诊人、专家或综合员的岗位。需要时请联系本支部的问诊人，或请党建工作部开通。"),
    ),
    "draft_registered": (_("这份草稿已经挂号，编号 %(code)s"), _("刚才填的没有写入，请在病例里续问或补充附件。")),
    "draft_changed": (
        _("这份草稿刚在别处存过"),
        _("您填的还在这一页，请看对方改了什么再决定。"),
    ),
    "draft_gone": (_("这份草稿已经丢弃"), _("没有挂号。需要时请另写一份。")),
}


def install() -> None:
    """Make the words known to the pages."""
    sentences.register(refusals=REFUSALS)
