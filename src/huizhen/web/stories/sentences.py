"""Sentences of stories."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huizhen.web import sentences

FAULTS = {
    "story_field_missing": _("还没有写。"),
    "caption_missing": _("给这张图写一句说明，看不到图的人也要知道是什么。"),
    "branch_named": _("不署名的稿子里出现了支部名称“%(word)s”，请隐去。"),
    "too_many_story_pictures": _("一篇宣传稿最多放 %(most)s 张图片。"),
}
_NOTHING = _("没有任何内容被改动。")
REFUSALS = {
    "story_state": (
        _("这篇宣传稿现在不能这样做"),
        _("它已经往下走了，或者被收回、撤下了。打开它看最新情况。没有任何内容被改动。"),
    ),
    "story_of_author": (_("宣传稿由主诊团团长、责任人或党建工作部来写"), _NOTHING),
    "story_of_branch": (_("只有问诊支部能答复自己的宣传稿"), _NOTHING),
    "story_of_reviewer": (_("宣传稿由党建工作部审核"), _NOTHING),
    "own_story": (_("自己写过的稿子不能自己审核"), _("请党建工作部的另一位同事来审核。没有任何内容被改动。")),
    "own_story_consent": (_("自己请的同意不能自己答复"), _("请支部的另一位问诊人来答复。没有任何内容被改动。")),
    "story_of_hushed": (_("敏感病例不写宣传稿"), _("宣传稿人人可读。解除敏感之后再写。没有任何内容被改动。")),
    "story_of_unsolved": (_("病例还没有破题，或者又复开了"), _("破题之后再写。没有任何内容被改动。")),
    "story_consent_missing": (
        _("支部同意的不是现在这份文字，不能发布"),
        _("请退回，改好后再请支部同意。没有任何内容被改动。"),
    ),
}


def install() -> None:
    """Make the words known to the pages."""
    sentences.register(FAULTS, REFUSALS)
