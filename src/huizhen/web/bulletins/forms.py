"""What writing, reviewing and voiding a bulletin ask for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from huizhen.reports.actions.bulletins import KEPT, LONGEST_NOTE, LONGEST_REASON, SHORTEST
from huizhen.web.forms import CleanCharField


class WordsForm(forms.Form):
    """The writers' texts. Whatever is typed is kept; the action says what is too long or missing."""

    title = forms.CharField(label=pgettext_lazy("bulletin", "标题"), required=False)
    addressees = forms.CharField(label=_("主送"), required=False)
    issuer = forms.CharField(label=_("发文单位"), required=False, help_text=_("红头、署名和版记都用它。"))
    copies = forms.CharField(label=_("抄送"), required=False, help_text=_("几个单位之间用顿号隔开，可以不填。"))
    overview = forms.CharField(label=_("总体情况"), required=False, widget=forms.Textarea({"rows": 5}))
    highlights = forms.CharField(label=_("工作亮点"), required=False, widget=forms.Textarea({"rows": 6}))
    problems = forms.CharField(label=_("存在问题"), required=False, widget=forms.Textarea({"rows": 6}))
    next_steps = forms.CharField(label=_("下步工作"), required=False, widget=forms.Textarea({"rows": 6}))

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs |= {"data-count": f"id_{name}_count", "data-max": KEPT[name]}


class NoteForm(forms.Form):
    """A reviewer's words: needed when she sends it back."""

    note = CleanCharField(label=_("审核意见"), max_length=LONGEST_NOTE, lines=True, rows=3, required=False)


class ReasonForm(forms.Form):
    reason = CleanCharField(
        label=_("作废的理由"), max_length=LONGEST_REASON, min_length=SHORTEST, lines=True, rows=3,
        help_text=_("人人看得到，写清为什么、以哪一份为准。"),
    )  # fmt: skip


def typed(data: QueryDict) -> dict[str, str]:
    """The texts that were sent; those that were not stay as they are."""
    return {name: data[name] for name in KEPT if name in data}


def seen(data: QueryDict) -> int | None:
    """The revision that was before who sent the form."""
    number = data.get("version", "")
    return int(number) if number.isdecimal() and len(number) < 10 else None
