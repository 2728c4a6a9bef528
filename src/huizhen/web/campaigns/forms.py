"""Settings of a campaign and a new version of its clock table."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huizhen.directory.choices import DAY_MINUTES, SETTINGS, ClockName, ClockUrgency
from huizhen.directory.models import Campaign, ClockPolicy
from huizhen.directory.queries import clock_amount
from huizhen.web.campaigns.sentences import FAULTS
from huizhen.web.forms import CleanCharField, DateField, Segments
from huizhen.web.moments import span_words

_PARTS = re.compile(
    r"(\d{1,5}(?:\.\d{1,2})?)\s*(?:(天|日|days?|d)|(小时|时|hours?|hrs?|h)|(分钟|分|minutes?|mins?|m))\s*",
    re.IGNORECASE,
)
_YES_OR_NO = (("1", gettext_lazy("算")), ("0", gettext_lazy("不算")))


def words_of(minutes: int) -> str:
    """Working minutes as they are typed and read: 3 天, 1 天 2 小时, 30 分. Unlike a clock's, exact to the minute."""
    days, rest = divmod(minutes, DAY_MINUTES)
    said = [span_words(timedelta(minutes=days * DAY_MINUTES))] if days else []
    if rest or not days:
        said.append(span_words(timedelta(minutes=rest)))
    return " ".join(said)


def minutes_of(text: str) -> int | None:
    """Working minutes of “1 天 2 小时”, “4h” or “30 分”; a day is seven hours. None: it cannot be read."""
    text = unicodedata.normalize("NFKC", text).strip()
    if not text or _PARTS.sub("", text):
        return None
    total = 0.0
    for number, day, hour, _minute in _PARTS.findall(text):
        total += float(number) * (DAY_MINUTES if day else 60 if hour else 1)
    return round(total)


class AmountField(CleanCharField):
    """An amount of working time, in words; gives minutes."""

    def __init__(self, label: Any) -> None:
        widget = forms.TextInput({"class": "form-control hz-amount", "aria-label": label, "autocomplete": "off"})
        super().__init__(label=label, max_length=30, counter=False, widget=widget)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        minutes = minutes_of(text)
        if minutes is None:
            raise forms.ValidationError(FAULTS["no_amount"], "no_amount")
        return minutes


class PolicyForm(forms.Form):
    """The whole table: one amount by clock and urgency, named `clock.urgency` as in the journal."""

    note = CleanCharField(label=gettext_lazy("为什么改"), max_length=200, required=False, counter=True)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, policy: ClockPolicy, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"seen": policy.version})
        self.policy = policy
        for clock in ClockName:
            for urgency in ClockUrgency:
                name = f"{clock.value}.{urgency.value}"
                label = _("%(clock)s，%(urgency)s") % {"clock": clock.label, "urgency": urgency.label}
                self.fields[name] = AmountField(label)
                self.initial[name] = words_of(clock_amount(policy, clock, urgency))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and self.table() == _table(self.policy):
            raise forms.ValidationError(FAULTS["nothing_changed"], "nothing_changed")
        return given

    def table(self) -> dict[str, dict[str, int]]:
        return {
            clock: {urgency: self.cleaned_data[f"{clock}.{urgency}"] for urgency in ClockUrgency.values}
            for clock in ClockName.values
        }

    def rows(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """Clock and its three fields."""
        return [
            (clock.label, [self[f"{clock.value}.{urgency}"] for urgency in ClockUrgency.values]) for clock in ClockName
        ]


def _table(policy: ClockPolicy) -> dict[str, dict[str, int]]:
    return {
        clock: {urgency: clock_amount(policy, clock, urgency) for urgency in ClockUrgency.values}
        for clock in ClockName.values
    }


def differences(new: ClockPolicy, old: ClockPolicy) -> list[tuple[Any, Any, str, str]]:
    """Clock, urgency, before, after."""
    return [
        (
            clock.label,
            urgency.label,
            words_of(clock_amount(old, clock, urgency)),
            words_of(clock_amount(new, clock, urgency)),
        )
        for clock in ClockName
        for urgency in ClockUrgency
        if clock_amount(old, clock, urgency) != clock_amount(new, clock, urgency)
    ]


class CampaignForm(forms.Form):
    """The facts of a campaign; what does not fit together is said by the action."""

    name = CleanCharField(label=gettext_lazy("名称"), max_length=60, counter=False)
    short_name = CleanCharField(
        label=gettext_lazy("简称"), max_length=20, counter=False, help_text=gettext_lazy("写在通报和报表的标题里")
    )
    basis = CleanCharField(label=gettext_lazy("依据"), max_length=120, required=False, counter=False)
    starts_on = DateField(label=gettext_lazy("开始日期"))
    ends_on = DateField(label=gettext_lazy("结束日期"))
    report_day = forms.IntegerField(
        label=gettext_lazy("报送日"), help_text=gettext_lazy("每月几日前报送，1–28；不是工作日的月份提前到前一个工作日")
    )
    notice_groups = forms.IntegerField(label=gettext_lazy("通知列的专家团数"), min_value=0, max_value=9999)
    notice_experts = forms.IntegerField(label=gettext_lazy("通知列的专家数"), min_value=0, max_value=99999)

    def __init__(self, campaign: Campaign, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={name: getattr(campaign, name) for name in self.base_fields})


class EndForm(forms.Form):
    """Ending a campaign: its name typed, and what becomes of its open cases. `has_next`: there is somewhere to go on."""

    carries = forms.TypedChoiceField(
        label=gettext_lazy("未结的病例"), coerce=lambda value: value == "1",
        choices=(("1", gettext_lazy("结转到新一届，接着办")), ("0", gettext_lazy("留在本届办完"))), widget=forms.RadioSelect,
    )  # fmt: skip
    confirmation = CleanCharField(
        label=gettext_lazy("输入活动简称，确认结束"), max_length=40, counter=False,
        widget=forms.TextInput({"class": "form-control", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, has_next: bool, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"carries": "1" if has_next else "0"})
        if not has_next:
            self.fields["carries"].choices = [("0", _("留在本届办完（还没有新一届）"))]


class NextForm(forms.Form):
    """The next campaign; it begins on the day after this one at the earliest choice."""

    name = CleanCharField(label=gettext_lazy("名称"), max_length=60, counter=False)
    short_name = CleanCharField(label=gettext_lazy("简称"), max_length=20, counter=False)
    basis = CleanCharField(label=gettext_lazy("依据"), max_length=120, required=False, counter=False)
    starts_on = DateField(label=gettext_lazy("开始日期"))
    ends_on = DateField(label=gettext_lazy("结束日期"))

    def __init__(self, campaign: Campaign, data: QueryDict | None = None) -> None:
        starts = campaign.ends_on + timedelta(days=1)
        super().__init__(
            data, initial={"starts_on": starts, "ends_on": starts + (campaign.ends_on - campaign.starts_on)}
        )


class SettingsForm(forms.Form):
    """The numbers of product.md section 7; what is wrong with one is said by the action."""

    def __init__(self, values: Mapping[str, int], data: QueryDict | None = None) -> None:
        super().__init__(data, initial=dict(values))
        for name, known in SETTINGS.items():
            if (known.least, known.most) == (0, 1):
                field: forms.Field = forms.TypedChoiceField(
                    label=known.label, choices=_YES_OR_NO, coerce=int, widget=Segments
                )
                self.initial[name] = str(values[name])
            else:
                bounds = {"least": known.least, "most": known.most, "default": known.default}
                field = forms.IntegerField(
                    label=known.label,
                    help_text=_("%(least)s–%(most)s，默认 %(default)s") % bounds,
                    widget=forms.NumberInput({"min": known.least, "max": known.most, "inputmode": "numeric"}),
                )
            self.fields[name] = field
