"""Forms of handing over: who takes what, who answers which, who acts for somebody who left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huizhen.cases.queries.handing import Held
from huizhen.directory.models import Membership, Person
from huizhen.web.forms import CleanCharField, DateField, Searchable


def _named(person: Person) -> str:
    return f"{person.name} {person.unit.name}" if person.unit else person.name


class HandoverForm(forms.Form):
    """One receiver for all, another one for some of them, and why."""

    receiver = forms.ChoiceField(
        label=gettext_lazy("都交给谁"),
        widget=Searchable,
        required=False,
        help_text=gettext_lazy("个别病例要交给别人，在那一行另选。"),
    )
    reason = CleanCharField(label=gettext_lazy("为什么移交"), min_length=2, max_length=500, lines=True, rows=2)
    cases = forms.MultipleChoiceField(label=gettext_lazy("移交哪些"))

    def __init__(
        self, ready: Sequence[Held], seats: Sequence[Membership], reason: str, data: QueryDict | None = None
    ) -> None:
        super().__init__(data, initial={"reason": reason, "cases": [one.case.code for one in ready]})
        self.people = {seat.person.code: seat.person for seat in seats}
        groups: dict[str, list[tuple[str, str]]] = {}
        for seat in seats:
            groups.setdefault(seat.group.name, []).append((seat.person.code, _named(seat.person)))
        self.fields["receiver"].choices = [("", _("请选一位")), *groups.items()]
        self.fields["cases"].choices = [(one.case.code, one.case.code) for one in ready]
        for one in ready:
            self.fields[f"to_{one.case.code}"] = forms.ChoiceField(
                label=_("%(code)s 交给谁") % {"code": one.case.code},
                choices=[("", _("同上")), *groups.items()],
                required=False,
                widget=forms.Select(attrs={"class": "form-select"}),
            )

    def row(self, code: str) -> tuple[bool, Any]:
        """Whether a case is ticked, and its own choice of a receiver."""
        ticked = self.data.getlist("cases") if self.is_bound else self.initial["cases"]
        return code in ticked, self[f"to_{code}"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        missing = [code for code in given.get("cases", ()) if not self._receiver(code)]
        if missing and "receiver" not in self.errors:
            self.add_error("receiver", _("请选由谁接：%(codes)s。") % {"codes": _("、").join(missing)})
        return given

    def _receiver(self, code: str) -> str:
        return self.cleaned_data.get(f"to_{code}") or self.cleaned_data.get("receiver") or ""

    def receivers(self) -> dict[str, Person]:
        return {code: self.people[self._receiver(code)] for code in self.cleaned_data["cases"]}


class AnswerForm(forms.Form):
    """Which of the transfers offered; why, when they are refused."""

    cases = forms.MultipleChoiceField(label=gettext_lazy("哪些病例"))
    reason = CleanCharField(label=gettext_lazy("不接的理由"), min_length=2, max_length=500, lines=True, rows=2)

    def __init__(self, codes: Iterable[str], data: QueryDict | None = None, *, refusing: bool = True) -> None:
        super().__init__(data)
        self.fields["cases"].choices = [(code, code) for code in codes]
        if not refusing:
            del self.fields["reason"]


class LeavingForm(forms.Form):
    """From which day somebody is gone, and who acts until her cases are handed over."""

    left_on = DateField(
        label=gettext_lazy("从哪天起不在"), help_text=gettext_lazy("这一天起，席位、任职和值班都结束。")
    )
    deputy = forms.ChoiceField(
        label=gettext_lazy("移交完之前谁来代"),
        widget=Searchable,
        help_text=gettext_lazy("病例在对方接受之前仍记在本人名下，由代理人办理。"),
    )

    def __init__(self, people: dict[str, list[Person]], data: QueryDict | None = None, *, first: str = "") -> None:
        super().__init__(data, initial={"deputy": first})
        self.people = {person.code: person for group in people.values() for person in group}
        groups = [(name, [(one.code, _named(one)) for one in group]) for name, group in people.items()]
        self.fields["deputy"].choices = [("", _("请选一位")), *groups]

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"left_on": given["left_on"], "deputy": self.people[given["deputy"]]}
