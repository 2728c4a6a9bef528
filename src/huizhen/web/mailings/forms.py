"""A view that is sent: its name, the days, the people."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huizhen.reports.actions.mailings import LONGEST_NAME
from huizhen.reports.choices import MailedView, Rhythm
from huizhen.web.forms import CleanCharField

WEEKDAYS = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
HOURS = tuple(f"{hour:02}:{minute:02}" for hour in range(7, 20) for minute in (0, 30))


class MailingForm(forms.Form):
    """`kind` and `query` say which page; the day is one of a week or of a month, in one list so that it needs no script."""

    kind = forms.ChoiceField(choices=MailedView, widget=forms.HiddenInput)
    query = forms.CharField(max_length=1600, required=False, widget=forms.HiddenInput)
    name = CleanCharField(label=_("名称"), max_length=LONGEST_NAME, counter=False)
    number = forms.ChoiceField(label=_("哪一天"), widget=forms.Select({"class": "form-select"}))
    hour = forms.ChoiceField(
        label=_("几点"), choices=[(one, one) for one in HOURS], widget=forms.Select({"class": "form-select"})
    )
    to = CleanCharField(
        label=_("发给谁"), max_length=1000, lines=True, rows=2, counter=False,
        help_text=_("姓名或编号，用顿号分开；每人只收到自己看得到的内容"),
    )  # fmt: skip
    has_file = forms.BooleanField(label=_("附上 Excel（电话不显示全号）"), required=False)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["number"].choices = days()

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if "number" in told and "hour" in told:
            rhythm, _dash, number = told["number"].partition("-")
            hour, _colon, minute = told["hour"].partition(":")
            told |= {"rhythm": rhythm, "number": int(number), "hour": time(int(hour), int(minute))}
        return told


def days() -> list[tuple[Any, Any]]:
    """Every day it can be, as a select groups them."""
    weekly = [(f"{Rhythm.WEEKLY}-{at}", word) for at, word in enumerate(WEEKDAYS, 1)]
    monthly = [(f"{Rhythm.MONTHLY}-{at}", _("%(n)s 日") % {"n": at}) for at in range(1, 29)]
    return [(Rhythm.WEEKLY.label, weekly), (Rhythm.MONTHLY.label, monthly)]
