"""Sentences of writing and reviewing methods."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huizhen.web import sentences

FAULTS = {
    "field_missing": _("还没有写。"),
    "effect_missing": _("写下效果，或填写前后的数。"),
    "effect_half": _("之前和之后的数要一起填。"),
    "indicator_missing": _("写明这个数是什么指标。"),
    "steps_count": _("步骤要 %(least)s 到 %(most)s 步，现在是 %(steps)s 步。"),
    "too_many_steps": _("最多存 %(most)s 步，这里有 %(steps)s 步。合并几步再存，写的都还在。"),
    "step_untitled": _("第 %(number)s 步还没有小标题。"),
    "name_number": _("名称里的数是 %(said)s，步骤是 %(steps)s 步，要一致。"),
    "superlative": _("“%(word)s”这样的话不要写，用数说话。"),
    "personal_data": _("个人号码不能写进来：%(word)s"),
    "person_named": _("出现了姓名“%(word)s”。在“署名同意”里写出这个姓名和同意的日期，或者隐去。"),
    "address_named": _("“%(word)s”像是住址，不能写进来，请隐去。"),
    "person_guessed": _("“%(word)s”像是某个人，是人名或称呼就要隐去。"),
    "name_bare": _("名称只说了几步，要说出管什么事。"),
    "method_name_taken": _("已有同名的工作法 %(code)s，换一个名称，或者去修订它。"),
    "person_perhaps": _("“%(word)s”和名册里的人同名，是人名就要隐去。"),
    "person_consented": _("写了姓名“%(word)s”，已注明本人同意。"),
    "customer_named": _("“%(word)s”像是客户名称，请核对。"),
    "unconfirmed": _("有 %(n)s 处请核对后打勾，再提交。"),
    "piece_unknown": _("没有这一块内容，或者不能放进这里。"),
    "piece_is_there": _("这一块已经在这里了。"),
}
_NOTHING = _("没有任何内容被改动。")
_KEPT = _("写好的都还在，没有任何内容被改动。")
REFUSALS = {
    "method_state": (_("这一版现在不能这样做"), _("它已经提交、发布，或者被别人处理了。打开它看最新情况。")),
    "method_of_author": (_("这个工作法由萃取它的专家团来写"), _NOTHING),
    "method_of_reviewer": (_("评审由领域接口人来做"), _NOTHING),
    "own_version": (_("自己写的版本不能自己评审"), _("请同领域的另一位接口人来评审；没有的话由党建工作部评审。")),
    "extract_of_group": (_("由承办的专家团来萃取"), _NOTHING),
    "extraction_not_decided": (_("团长还没有决定萃取"), _("在病例页上决定“萃取”之后，就可以成文。")),
    "extract_of_hushed": (_("敏感病例不萃取成工作法"), _("工作法人人可读。解除敏感之后再萃取。")),
    "extract_without_domain": (_("病例还没有分到专家团，不能萃取"), _NOTHING),
    "proof_of_published": (_("只有已发布的工作法可以补充例证"), _NOTHING),
    "source_hushed": (
        _("来源病例是敏感病例，不能提交或发布"),
        _("工作法人人可读。解除敏感之后再提交；现在写好的都还在。"),
    ),
    "method_gone": (_("这个工作法已经退役"), _("写好的都还在，恢复之后才能提交和发布；也可以丢弃这一版。")),
    "version_unknown": (_("没有这一版"), _KEPT),
}


def install() -> None:
    """Make the words known to the pages."""
    sentences.register(FAULTS, REFUSALS)
