"""Forms of people and accounts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from huizhen.directory.choices import AccountState, MemberRole, PostingRole
from huizhen.directory.models import Branch, Domain, Group, Membership, Person, Unit
from huizhen.directory.queries.accounts import EXPERT, NO_POST
from huizhen.lib.zh import mask_phone
from huizhen.web.filters import Filters, one_of, sought
from huizhen.web.forms import CleanCharField, DateField, Searchable, Segments
from huizhen.web.templatetags.hz import mask_email

_PLACES = {PostingRole.REQUESTER: "branch", PostingRole.CLERK: "unit", PostingRole.LIAISON: "domain"}


class PeopleFilters(Filters):
    q = sought(gettext_lazy("查找"), gettext_lazy("姓名、拼音、工号"))
    unit = one_of(gettext_lazy("单位"), gettext_lazy("全部单位"))
    state = one_of(pgettext_lazy("sign-in", "账号"), gettext_lazy("全部账号情况"), AccountState.choices)
    post = one_of(
        gettext_lazy("岗位"),
        gettext_lazy("全部岗位"),
        [*PostingRole.choices, (EXPERT, gettext_lazy("专家")), (NO_POST, gettext_lazy("没有岗位"))],
    )


class PersonForm(forms.Form):
    """Who she is. A newcomer also brings phone and e-mail; of somebody known they are changed on a page of their own."""

    name = CleanCharField(label=gettext_lazy("姓名"), max_length=40)
    unit = forms.ChoiceField(label=gettext_lazy("单位"), widget=Searchable)
    post = CleanCharField(label=pgettext_lazy("job", "职务"), max_length=60, required=False)
    staff_no = CleanCharField(
        label=gettext_lazy("工号"), max_length=32, required=False, help_text=gettext_lazy("开通账号时用作登录名。")
    )

    def __init__(
        self, units: Iterable[Unit], data: QueryDict | None = None, *, person: Person | None = None, unit: str = ""
    ) -> None:
        start: dict[str, Any] = {"unit": unit}
        if person:
            start = {name: getattr(person, name) for name in ("name", "post", "staff_no")}
            start["unit"] = person.unit.code if person.unit else ""
        super().__init__(data, initial=start)
        self.units = {one.code: one for one in units}
        self.fields["unit"].choices = [("", _("请选一个")), *((code, one.name) for code, one in self.units.items())]

    def values(self) -> dict[str, Any]:
        return self.cleaned_data | {"unit": self.units[self.cleaned_data["unit"]]}


class NewcomerForm(PersonForm):
    phone = CleanCharField(label=gettext_lazy("手机"), max_length=32, required=False)
    email = CleanCharField(label=gettext_lazy("邮箱"), max_length=120, required=False)
    is_namesake = forms.BooleanField(label=gettext_lazy("同单位已有同名的人，这是另一位"), required=False)


class ContactForm(forms.Form):
    """What is left empty stays as it is: full numbers are not shown here."""

    phone = CleanCharField(label=gettext_lazy("新手机"), max_length=32, required=False)
    email = CleanCharField(label=gettext_lazy("新邮箱"), max_length=120, required=False)

    def __init__(self, person: Person, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.person = person
        now = {"phone": mask_phone(person.phone), "email": mask_email(person.email)}
        for name, value in now.items():
            self.fields[name].help_text = (
                _("现在是 %(value)s；留空就不改。") % {"value": value} if value else _("现在没有。")
            )

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] or getattr(self.person, name) for name in ("phone", "email")}


class PostForm(forms.Form):
    """One list for every post there is, under its role: its place says which."""

    post = forms.ChoiceField(label=gettext_lazy("岗位"), widget=Searchable)
    title = CleanCharField(
        label=gettext_lazy("称呼"), max_length=40, required=False, help_text=gettext_lazy("如“党支部书记”。")
    )
    since = DateField(label=gettext_lazy("从哪天起"))

    def __init__(
        self, today: date, data: QueryDict | None = None, *, first: str = "", unit: Unit | None = None
    ) -> None:
        start = {"since": today, "post": first}
        if first.startswith(PostingRole.REQUESTER):
            start["title"] = _("党支部书记")
        super().__init__(data, initial=start)
        branches = sorted(_branches(today), key=lambda one: one.unit_id != (unit.pk if unit else None))
        places: dict[PostingRole, list[Any]] = {
            PostingRole.REQUESTER: branches,
            PostingRole.LIAISON: list(Domain.objects.order_by("order", "pk")),
            PostingRole.CLERK: list(Unit.objects.order_by("order", "sort_key", "pk")),
        }
        self.places: dict[str, tuple[PostingRole, Any]] = {str(role): (role, None) for role in _HEAD_OFFICE}
        groups = []
        for role, found in places.items():
            self.places |= {f"{role}:{one.code}": (role, one) for one in found}
            groups.append((role.label, [(f"{role}:{one.code}", f"{role.label} · {one.name}") for one in found]))
        groups.append((_("省公司"), [(str(role), role.label) for role in _HEAD_OFFICE]))
        self.fields["post"].choices = [("", _("请选一个")), *groups]

    def values(self) -> dict[str, Any]:
        role, place = self.places[self.cleaned_data["post"]]
        given = {"role": role, "title": self.cleaned_data["title"], "since": self.cleaned_data["since"]}
        return given | ({_PLACES[role]: place} if place else {})


_HEAD_OFFICE = (PostingRole.COORDINATOR, PostingRole.VIEWER, PostingRole.AUDITOR)


def _branches(today: date) -> Iterable[Branch]:
    return Branch.objects.filter(until=None).order_by("sort_key", "pk")


class SeatForm(forms.Form):
    """In which group, as what."""

    group = forms.ChoiceField(label=pgettext_lazy("one", "专家团"), widget=Searchable)
    role = forms.ChoiceField(label=gettext_lazy("角色"), choices=MemberRole.choices, widget=Segments)

    def __init__(
        self, groups: Iterable[Group], data: QueryDict | None = None, *, seat: Membership | None = None
    ) -> None:
        start = {"group": seat.group.code, "role": seat.role} if seat else {"role": MemberRole.MEMBER}
        super().__init__(data, initial=start)
        self.groups = {one.code: one for one in groups}
        named = [(code, f"{one.name} {code}") for code, one in self.groups.items()]
        self.fields["group"].choices = [("", _("请选一个")), *named]

    def values(self) -> dict[str, Any]:
        return {"group": self.groups[self.cleaned_data["group"]], "role": MemberRole(self.cleaned_data["role"])}


class ChooseForm(forms.Form):
    """Who of a unit."""

    person = forms.ChoiceField(label=gettext_lazy("谁来担任"), widget=Searchable)

    def __init__(self, people: Iterable[Person], data: QueryDict | None = None) -> None:
        super().__init__(data)
        named = [(one.code, f"{one.name} {one.post}".strip()) for one in people]
        self.fields["person"].choices = [("", _("请选一位")), *named]
