"""Forms of changes among groups and branches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huizhen.cases.models import Case
from huizhen.directory.models import Branch, Group, Person
from huizhen.web.forms import CleanCharField, DateField, Searchable, Ticks


def _named(person: Person) -> str:
    return f"{person.name} {person.unit.name}" if person.unit else person.name


class LeaderForm(forms.Form):
    """Who leads from which day."""

    person = forms.ChoiceField(label=gettext_lazy("新团长"))
    since = DateField(label=gettext_lazy("从哪天起"))

    def __init__(self, people: Sequence[Person], today: date, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"since": today})
        self.people = {one.code: one for one in people}
        self.fields["person"].choices = [("", _("请选一位")), *((one.code, _named(one)) for one in people)]

    def values(self) -> dict[str, Any]:
        return {"person": self.people[self.cleaned_data["person"]], "since": self.cleaned_data["since"]}


class SplitForm(forms.Form):
    """The new group, who goes along, who leads it, and which open cases it takes."""

    code = CleanCharField(label=gettext_lazy("新团编号"), max_length=20)
    name = CleanCharField(label=gettext_lazy("新团名称"), max_length=60)
    members = forms.MultipleChoiceField(label=gettext_lazy("谁去新团"), widget=Ticks)
    leader = forms.ChoiceField(label=gettext_lazy("新团团长"), help_text=gettext_lazy("要在去新团的人里。"))
    cases = forms.MultipleChoiceField(
        label=gettext_lazy("带走哪些在诊病例"),
        widget=Ticks,
        required=False,
        help_text=gettext_lazy("责任人不变；不选的留在原团。"),
    )

    def __init__(self, people: Sequence[Person], cases: Sequence[Case], data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.people = {one.code: one for one in people}
        named = [(one.code, _named(one)) for one in people]
        self.fields["members"].choices = named
        self.fields["leader"].choices = [("", _("请选一位")), *named]
        self.fields["cases"].choices = [
            (one.code, f"{one.code} {one.title}（{one.accountable.name}）") for one in cases
        ]

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "code": given["code"],
            "name": given["name"],
            "members": [self.people[code] for code in given["members"]],
            "leader": self.people[given["leader"]],
            "cases": given["cases"],
        }


class MergeForm(forms.Form):
    """Into which group."""

    into = forms.ChoiceField(label=gettext_lazy("并入哪个专家团"), widget=Searchable)

    def __init__(self, groups: Iterable[Group], data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.groups = {one.code: one for one in groups}
        named = [(code, f"{one.name} {code}") for code, one in self.groups.items()]
        self.fields["into"].choices = [("", _("请选一个")), *named]

    def values(self) -> dict[str, Any]:
        return {"into": self.groups[self.cleaned_data["into"]]}


class RenameForm(forms.Form):
    """The new name."""

    name = CleanCharField(label=gettext_lazy("新名称"), max_length=120)

    def __init__(self, branch: Branch, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"name": branch.name})

    def values(self) -> dict[str, Any]:
        return {"name": self.cleaned_data["name"]}


class DissolveForm(forms.Form):
    """Which branch asks on; none is possible only while nothing is open."""

    successor = forms.ChoiceField(
        label=gettext_lazy("由哪个支部接着问诊"),
        widget=Searchable,
        required=False,
        help_text=gettext_lazy("还有在诊病例时必选；没有问诊人的支部接不了。"),
    )

    def __init__(self, places: dict[str, list[Branch]], data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.branches = {one.code: one for group in places.values() for one in group}
        groups = [(name, [(one.code, one.name) for one in group]) for name, group in places.items()]
        self.fields["successor"].choices = [("", _("没有，不再问诊")), *groups]

    def values(self) -> dict[str, Any]:
        return {"successor": self.branches.get(self.cleaned_data["successor"])}
