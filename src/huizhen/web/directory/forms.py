"""Forms of the directory: filters of its lists, duty of a week, leave with a deputy."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from huizhen.directory.models import Person
from huizhen.directory.queries.presence import Week
from huizhen.web.filters import Filters, one_of, sought
from huizhen.web.forms import CleanCharField, DateField, Searchable
from huizhen.web.moments import day_words


class GroupFilters(Filters):
    q = sought(_("查找"), _("名称、特长、团长，拼音也行"))


class ExpertFilters(Filters):
    q = sought(_("查找"), _("姓名、特长、岗位，拼音也行"))
    domain = one_of(_("领域"), _("全部领域"))
    unit = one_of(_("单位"), _("全部单位"))


class BranchFilters(Filters):
    q = sought(_("查找"), _("支部名称，拼音也行"))
    unit = one_of(_("单位"), _("全部单位"))


class DutyForm(forms.Form):
    """Who is on duty in which week."""

    week = forms.ChoiceField(label=_("哪一周"))
    person = forms.ChoiceField(label=_("谁值班"))

    def __init__(self, weeks: list[Week], members: list[Person], data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id="duty-%s")
        self.weeks = {week.monday.isoformat(): week for week in weeks}
        self.members = {person.code: person for person in members}
        self.fields["week"].choices = [(key, _span(week)) for key, week in self.weeks.items()]
        self.fields["person"].choices = [(code, person.name) for code, person in self.members.items()]
        empty = next((key for key, week in self.weeks.items() if week.person is None), None)
        self.initial = {"week": empty or next(iter(self.weeks), "")}

    def values(self) -> dict[str, Any]:
        return {
            "week": self.weeks[self.cleaned_data["week"]].monday,
            "person": self.members[self.cleaned_data["person"]],
        }


def _span(week: Week) -> str:
    return f"{day_words(week.monday, weekday=False)} – {day_words(week.sunday, weekday=False)}"


class LeaveForm(forms.Form):
    """Away from one day to another, both included, and who acts meanwhile. `people` may be deputies, nearest first."""

    since = DateField(label=_("从哪天"))
    until = DateField(label=_("到哪天"), help_text=_("含这一天；第二天起本人恢复办理。"))
    deputy = forms.ChoiceField(
        label=_("谁来代"), widget=Searchable, help_text=_("请假期间，病例和转诊由代理人全权办理。")
    )
    reason = CleanCharField(label=_("事由"), max_length=100, required=False)

    def __init__(self, people: dict[str, list[Person]], data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.people = {person.code: person for group in people.values() for person in group}
        groups = [(name, [(one.code, _named(one)) for one in group]) for name, group in people.items()]
        self.fields["deputy"].choices = [("", _("请选一位")), *groups]

    def values(self) -> dict[str, Any]:
        """What the action takes: it counts until the day after."""
        given = self.cleaned_data
        return {
            "since": given["since"],
            "until": given["until"] + timedelta(days=1),
            "deputy": self.people[given["deputy"]],
            "reason": given["reason"],
        }


def _named(person: Person) -> str:
    return f"{person.name} {person.unit.name}" if person.unit else person.name
