"""Forms of clinics: planning and changing one, another time, calling off, minutes with attendance."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from huizhen.cases.models import Case
from huizhen.directory.models import Person
from huizhen.methods.actions.clinics import LIMITS, Pick
from huizhen.methods.choices import ClinicState
from huizhen.methods.queries.clinics import Company, Sheet
from huizhen.web.filters import Filters, one_of, sought
from huizhen.web.forms import CleanCharField, DateTimeField

LENGTHS = (60, 90, 120, 150, 180, 240)
MOST_CODES = 30
_CODE = re.compile(r"[A-Z]{2}\d{2}-\d{3,8}")


class ClinicFilters(Filters):
    q = sought(pgettext_lazy("clinic", "讨论会"), _("题目里的字，或编号"))
    domain = one_of(_("领域"), _("全部领域"))
    state = one_of(_("状态"), _("全部状态"), ClinicState.choices)


def codes_in(text: str) -> list[str]:
    """The case codes in what somebody typed, e.g. "HZ26-00012、hz26-00013"."""
    return list(dict.fromkeys(_CODE.findall(text[:600].upper())))[:MOST_CODES]


def _length(initial: int = 90) -> forms.TypedChoiceField:
    choices = [(n, _("%(n)s 分钟") % {"n": n}) for n in LENGTHS]
    return forms.TypedChoiceField(label=_("时长"), coerce=int, choices=choices, initial=initial)


class PeopleForm(forms.Form):
    """Tick boxes of people under their groups; `whole` stands for everybody of a group, with or without script."""

    whole = forms.MultipleChoiceField(required=False)

    def __init__(
        self,
        boxes: str,
        companies: Sequence[tuple[str, str, Sequence[Person]]],
        data: QueryDict | None,
        ticked: set[str],
    ) -> None:
        super().__init__(data)
        self.boxes, self.companies = boxes, companies
        self.fields[boxes] = forms.MultipleChoiceField(required=False, label=_("请谁来"))
        self.fields[boxes].choices = [(one.code, one.name) for _, _, people in companies for one in people]
        self.fields["whole"].choices = [(code, name) for code, name, _people in companies if code]
        self._ticked = set(data.getlist(boxes)) if data is not None else ticked
        self._whole = set(data.getlist("whole")) if data is not None else set()

    def sections(self) -> Iterator[dict[str, Any]]:
        """Each group with its people and whether they are ticked. Its own box is ticked by hand or by script: it outdoes theirs."""
        for code, name, people in self.companies:
            rows = [(one, code in self._whole or one.code in self._ticked) for one in people]
            n = sum(is_in for _one, is_in in rows)
            yield {"code": code, "name": name, "rows": rows, "whole": code in self._whole, "n": n}

    def ticked(self) -> list[Person]:
        """Everybody ticked, alone or with the whole group."""
        given = self.cleaned_data
        codes, whole = set(given[self.boxes]), set(given["whole"])
        return [one for code, _name, people in self.companies for one in people if code in whole or one.code in codes]


class ClinicForm(PeopleForm):
    """What a clinic is about, where, with whom. Planning also asks when."""

    title = CleanCharField(label=_("题目"), max_length=LIMITS["title"])
    starts_at = DateTimeField(label=_("什么时候"))
    minutes = _length()
    place = CleanCharField(label=_("地点"), max_length=LIMITS["place"], required=False)
    link = CleanCharField(label=_("入会链接"), max_length=LIMITS["link"], required=False)
    agenda = CleanCharField(
        label=_("议程"), max_length=LIMITS["agenda"], lines=True, rows=8, required=False, counter=False,
        help_text=_("所有受邀的人都看得到议程，病例标题请不要写进来：标题另列，各人按自己的权限看。"),
    )  # fmt: skip
    picks = forms.Field(label=_("病例"), required=False)
    more = CleanCharField(
        label=_("再加病例"), max_length=300, required=False, counter=False, help_text=_("写编号，例如 HZ26-00012。")
    )
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        cases: Sequence[Case],
        presenters: Mapping[int, Sequence[Person]],
        companies: Sequence[tuple[str, str, Sequence[Person]]],
        data: QueryDict | None = None,
        *,
        initial: Mapping[str, Any],
        ticked: set[str],
        is_new: bool,
    ) -> None:
        super().__init__("people", companies, data, ticked)
        self.initial = {"key": uuid4(), **initial}
        self.cases = list(cases)
        self.choices = {case.code: {one.code: one for one in presenters.get(case.pk, ())} for case in cases}
        if not is_new:
            for name in ("starts_at", "minutes", "key"):
                del self.fields[name]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Each case with whether it stays, and who can present it."""
        for number, case in enumerate(self.cases, 1):
            chosen = self._presenter(case.code) or self.initial.get("presenters", {}).get(case.code, "")
            kept = not self.is_bound or case.code in self.data.getlist("picks")
            yield {
                "number": number,
                "case": case,
                "people": self.choices[case.code].values(),
                "chosen": chosen,
                "kept": kept,
            }

    def _presenter(self, code: str) -> str:
        return str(self.data.get(f"by_{code}", "")) if self.is_bound else ""

    def values(self) -> dict[str, Any]:
        """What the actions take."""
        given = self.cleaned_data
        codes = [case.code for case in self.cases if case.code in self.data.getlist("picks")]
        picks = [Pick(code, self.choices[code].get(self._presenter(code))) for code in codes]
        picks += [Pick(code) for code in codes_in(given["more"]) if code not in codes]
        names = ("title", "starts_at", "minutes", "place", "link", "agenda")
        return {
            **{name: given[name] for name in names if name in self.fields}, "picks": picks, "people": self.ticked(),
        }  # fmt: skip


class PostponeForm(forms.Form):
    starts_at = DateTimeField(label=_("改到什么时候"))
    minutes = _length()
    reason = CleanCharField(label=_("为什么改期"), min_length=2, max_length=LIMITS["reason"], counter=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


class CancelForm(forms.Form):
    reason = CleanCharField(label=_("为什么取消"), min_length=2, max_length=LIMITS["reason"], counter=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


class MinutesForm(PeopleForm):
    """Who came, the minutes, what was learned of each case the writer sees and by each person."""

    minutes = CleanCharField(
        label=_("纪要"), min_length=2, max_length=LIMITS["minutes"], lines=True, rows=12,
        help_text=_("受邀的人和本领域各团都看得到。可以用列表和小标题。"),
    )  # fmt: skip
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, sheet: Sheet, data: QueryDict | None = None) -> None:
        # The sections are numbered: a group of another year may have lost its code.
        companies = [(str(n), name, [seat.person for seat in seats]) for n, (name, seats) in enumerate(sheet.groups, 1)]
        super().__init__("came", companies, data, {seat.person.code for seat in sheet.seats if seat.came})
        self.fields["came"].label = _("谁到会了")
        self.initial = {"minutes": sheet.clinic.minutes, "seen": sheet.clinic.version}
        self.items = [item for item in sheet.items if item.case]
        for item in self.items:
            self.fields[f"case_{item.case.code}"] = CleanCharField(
                label=_("学到了什么"),
                max_length=LIMITS["learned"],
                lines=True,
                rows=2,
                required=False,
                initial=item.learned,
            )
        for seat in sheet.seats:
            self.fields[f"take_{seat.person.code}"] = CleanCharField(
                label=seat.person.name, max_length=LIMITS["takes"], required=False, counter=False, initial=seat.learned
            )

    def lessons(self) -> Iterator[tuple[Any, Any]]:
        """Each case with its field."""
        for item in self.items:
            yield item, self[f"case_{item.case.code}"]

    def taken(self) -> Iterator[tuple[str, list[Any]]]:
        """Each group with the fields of its people."""
        for _code, name, people in self.companies:
            yield name, [self[f"take_{one.code}"] for one in people]

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "minutes": given["minutes"],
            "came": {one.code for one in self.ticked()},
            "learned": {item.case.code: given[f"case_{item.case.code}"] for item in self.items},
            "takes": {name[5:]: words for name, words in given.items() if name.startswith("take_")},
            "seen": given["seen"],
        }


def sections(
    companies: Sequence[Company], others: Sequence[Person], rest: str
) -> list[tuple[str, str, Sequence[Person]]]:
    """Groups to tick, and who sits in none of them."""
    found: list[tuple[str, str, Sequence[Person]]] = [(one.group.code, one.group.name, one.people) for one in companies]
    return [*found, ("", rest, others)] if others else found
