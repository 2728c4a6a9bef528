"""Sentences for refusals and faults: code → words. Below `web` and `api` nobody makes sentences.

Other rooms add their codes with `register`. A code nobody knows is answered by its class, never by a blank page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huizhen.lib.errors import Fault, Invalid, NotAllowed, NotNow, NotVisible, Refusal, StaleWrite
from huizhen.web.moments import day_words, when_words

Words = str | Promise

# What a field can have wrong, whatever the field.
FAULTS: dict[str, Words] = {
    "required": _("这一项要填。"),
    "too_short": _("至少 %(min)s 个字，现在 %(length)s 个。"),
    "too_long": _("最多 %(max)s 个字，现在 %(length)s 个。"),
    "too_many": _("最多 %(max)s 项。"),
    "too_few": _("至少 %(min)s 项。"),
    "invalid": _("这一项写法不对，请核对。"),
    "invalid_choice": _("请从列出的选项里选。"),
    "unknown": _("没有找到“%(value)s”，请核对。"),
    "in_the_past": _("时间要在现在之后。"),
    "in_the_future": _("时间不能晚于现在。"),
    "too_early": _("时间不能早于%(since)s。"),
    "too_late": _("时间不能晚于%(until)s。"),
    "not_a_number": _("请填数字。"),
    "too_large": _("文件不能超过 %(max)s。"),
    "type_not_allowed": _("这种文件不收，请换成 %(types)s。"),
    "empty_file": _("文件是空的，请重新选择。"),
    "duplicate": _("已经有一条相同的了。"),
    "same_person": _("不能选同一个人。"),
    "name_taken": _("这个名称已经用过了。"),
    "no_filter": _("没有可以保存的筛选。"),
    "password_wrong": _("现在的密码不对。"),
    "password_too_short": _("密码至少 %(min_length)s 个字符。"),
    "password_too_common": _("这个密码太常见，换一个。"),
    "password_too_similar": _("密码和账号或姓名太像，换一个。"),
    "password_entirely_numeric": _("密码不能全是数字。"),
    "unknown_language": _("没有这种语言。"),
    "order": _("结束要晚于开始。"),
}

# What a whole act can be refused for: (headline, what happened to the input and what to do).
REFUSALS: dict[str, tuple[Words, Words]] = {
    "no_such_page": (_("没有这个页面，或不在您的范围"), _("核对编号再试。病例编号形如 HZ26-00846。")),
    "stale": (_("有人比您先一步"), _("内容刚刚被更新过。您填的还在上一页，看过最新情况再决定。")),
    "demo_password": (_("演示账号不换密码"), _("演示账号的密码人人知道，换了别人就进不来了。没有任何内容被改动。")),
    "idempotency_conflict": (_("同一个请求号用在了两件事上"), _("换一个请求号再发。")),
}

_BY_CLASS: list[tuple[type[Refusal], tuple[Words, Words]]] = [
    (NotVisible, REFUSALS["no_such_page"]),
    (NotAllowed, (_("这件事不由您来办"), _("您看得到，但改动要由负责的人来做。没有任何内容被改动。"))),
    (StaleWrite, REFUSALS["stale"]),
    (NotNow, (_("现在还不能这样做"), _("情况和您打开页面时不一样了，没有任何内容被改动。您填的还在上一页。"))),
    (Invalid, (_("有内容需要改一下"), _("没有任何内容被改动。您填的还在上一页，返回修改后再交。"))),
    (Refusal, (_("这一步没有办成"), _("没有任何内容被改动。返回上一页再试一次。"))),
]


@dataclass(frozen=True)
class Sentence:
    """What an error page says."""

    status: int
    headline: str
    more: str


def register(
    faults: Mapping[str, Words] | None = None, refusals: Mapping[str, tuple[Words, Words]] | None = None
) -> None:
    """Add the codes of a room. The same code twice with other words is a mistake in the code."""
    for table, added in ((FAULTS, faults or {}), (REFUSALS, refusals or {})):
        for code, words in added.items():
            if table.setdefault(code, words) is not words:  # type: ignore[attr-defined]
                raise ValueError(f"two sentences for {code!r}")


def _words(args: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments as people read them."""
    shown: dict[str, Any] = {}
    for name, value in args.items():
        if isinstance(value, datetime):
            shown[name] = when_words(value)
        elif isinstance(value, date):
            shown[name] = day_words(value)
        elif isinstance(value, (list, tuple, set, frozenset)):
            shown[name] = gettext("、").join(str(item) for item in value)
        else:
            shown[name] = str(value)
    return shown


def _fill(words: Words, args: Mapping[str, Any]) -> str | None:
    """The sentence with its arguments, or None when an argument is missing."""
    try:
        return str(words) % _words(args) if args or "%(" in str(words) else str(words)
    except (KeyError, ValueError, TypeError):
        return None


def of_fault(fault: Fault) -> str:
    """One fault beside its field. A fault may use a refusal's headline when it has no words of its own."""
    words = FAULTS.get(fault.code) or (REFUSALS.get(fault.code) or (None,))[0]
    return (_fill(words, fault.args) if words else None) or str(FAULTS["invalid"])


def of_refusal(refusal: Refusal) -> Sentence:
    """Headline and next words of a refusal; unknown codes are answered by class."""
    if isinstance(refusal, Invalid):
        told = [of_fault(fault) for faults in refusal.faults.values() for fault in faults]
        return Sentence(refusal.status, told[0] if told else str(_BY_CLASS[4][1][0]), str(_BY_CLASS[4][1][1]))
    generic = next(words for kind, words in _BY_CLASS if isinstance(refusal, kind))
    # What may not be known to exist is always answered with the same words.
    known = None if isinstance(refusal, NotVisible) else REFUSALS.get(refusal.code)
    headline, more = (
        _fill(own, refusal.args_) or str(fallback) for own, fallback in zip(known or generic, generic, strict=True)
    )
    return Sentence(refusal.status, headline, more)


def apply(form: forms.BaseForm, invalid: Invalid) -> None:
    """Put the faults of an action beside the fields of the form; what belongs to no field goes to the summary."""
    for name, faults in invalid.faults.items():
        for fault in faults:
            target = name if name in form.fields else None
            form.add_error(target, of_fault(fault))
