"""Sentences for what the table of synonyms refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huizhen.web import sentences

FAULTS = {
    "too_few_words": _("至少写 %(least)s 个不同的词。"),
    "too_many_words": _("一次最多 %(most)s 个词。"),
    "no_word": _("“%(word)s”里没有字母、数字或汉字。"),
    "word_taken": _("“%(word)s”已经在另一行里了。"),
}
REFUSALS = {
    "no_such_synonym": (_("没有这一行同义词"), _("可能刚被别人改过，回到列表再看。")),
    "synonym_removed": (_("这一行已经删除"), _("先恢复再改。")),
}


def install() -> None:
    sentences.register(FAULTS, REFUSALS)
