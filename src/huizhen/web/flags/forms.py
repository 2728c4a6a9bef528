"""What a flag asks: the expert's reasons, the leader's note."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from huizhen.cases.actions.flags import LONGEST
from huizhen.web.forms import CleanCharField


class ReasonsForm(forms.Form):
    text = CleanCharField(
        label=_("情况是怎样的"),
        help_text=_("只有与您谈话的人看得到。谈话记下之前可以再改。"),
        max_length=LONGEST,
        min_length=2,
        lines=True,
        rows=5,
    )


class NoteForm(forms.Form):
    note = CleanCharField(
        label=_("谈了什么，说好怎么做"),
        help_text=_("只有您和对方看得到。记下之后，这一条就从两边的首页上撤下。"),
        max_length=LONGEST,
        min_length=2,
        lines=True,
        rows=5,
    )
