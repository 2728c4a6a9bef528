"""Forms drawn from a move's inputs. The action checks; a form only shows, keeps what was typed and puts faults beside the fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from huizhen.cases import choices as enumerations
from huizhen.cases.lifecycle import Input, Move
from huizhen.cases.models import Ask, Contact
from huizhen.cases.queries.file import CaseFile
from huizhen.cases.queries.lists import units_to_choose
from huizhen.cases.queries.needs import deniable
from huizhen.cases.verbs import CHOICES, DECISIONS, HELP, INPUTS, INPUTS_OF_MOVE
from huizhen.directory.models import Membership, Person
from huizhen.directory.queries import Standing, groups_by_domain
from huizhen.lib.errors import Fault, Invalid
from huizhen.web import sentences
from huizhen.web.forms import Cards, CleanCharField, DateInput, DateTimeInput, Searchable, Segments, Ticks
from huizhen.web.moments import when_words

Options = list[tuple[Any, Any]]
BLANK = ("", "—")
ROWS_SHOWN = 3


@dataclass(frozen=True)
class Around:
    """What the choices of a form are made of: the case's file, its reader, the day."""

    file: CaseFile
    standing: Standing
    day: Any
    preset: Mapping[str, Any]


def _labelled(move: str, item: Input) -> Any:
    return INPUTS_OF_MOVE.get((move, item.name)) or INPUTS.get(item.name, item.name)


def _words(item: Input) -> Options:
    if item.name == "decision":
        return [(value, DECISIONS[value]) for value in item.options]
    known = CHOICES.get(item.name)
    if known is None:
        return [(value, value) for value in item.options]
    labels = dict(getattr(enumerations, known).choices)
    return [(value, labels[value]) for value in item.options]


def _groups(around: Around) -> Options:
    case = around.file.case
    found: Options = [BLANK]
    for domain in groups_by_domain(case.campaign, on=around.day):
        rows = [(row.group.code, row.group.name) for row in domain.groups]
        if rows:
            found.append((domain.domain.name, rows))
    return found


def _members(groups: Iterable[int]) -> list[Person]:
    seats = Person.objects.filter(memberships__group__in=list(groups), memberships__until=None, left_on=None)
    return list(seats.select_related("unit").distinct().order_by("sort_key"))


def _shown(person: Person) -> str:
    if person.unit is None:
        return person.name
    return str(_("%(name)s（%(unit)s）") % {"name": person.name, "unit": person.unit.name})


def _experts(around: Around) -> Options:
    """Every expert of the campaign under his group: the group chosen beside it decides who fits."""
    seats = Membership.objects.filter(group__campaign=around.file.case.campaign_id, until=None, person__left_on=None)
    rows: dict[str, list[tuple[str, str]]] = {}
    for seat in seats.select_related("group", "person__unit").order_by(
        "group__order", "group__code", "person__sort_key"
    ):
        if seat.person_id != around.file.case.accountable_id:
            rows.setdefault(seat.group.name, []).append((seat.person.code, _shown(seat.person)))
    return [BLANK, *rows.items()]


def _person(around: Around, move: str) -> Options:
    file = around.file
    if move in ("route", "propose_transfer", "rule_transfer"):
        return _experts(around)
    group = {"accept_transfer": file.transfer.to_group_id if file.transfer else None}.get(move, file.case.group_id)
    others = [one for one in _members([group] if group else []) if one.pk != file.case.accountable_id]
    return [BLANK, *((one.code, _shown(one)) for one in others)]


def gathered(file: CaseFile) -> list[Person]:
    """Who takes part or may: the branch's contacts, experts of the lead and the joined groups."""
    joined = [one.group_id for one in file.invitations if one.state in ("accepted", "signed")]
    experts = _members([group for group in [file.case.group_id, *joined] if group])
    branch = (
        Person.objects.filter(postings__branch=file.case.branch_id, postings__until=None)
        .select_related("unit")
        .distinct()
    )
    people = {one.pk: one for one in [file.case.requester, file.case.accountable, *experts, *branch]}
    return list(people.values())


def _people(around: Around, move: str) -> Options:
    return [(one.code, _shown(one)) for one in gathered(around.file)]


def _asked(around: Around, move: str) -> list[Ask]:
    """What the move may answer: 续问, complaints, or support asked of the reader's units (head office: of any)."""
    file, reader = around.file, around.standing
    if move == "answer_complaint":
        return file.complaints
    if move == "answer_support":
        return [one for one in file.supports if reader.is_coordinator or one.unit_id in reader.unit_ids]
    return file.questions


def _contact_words(contact: Contact) -> str:
    """When, how, with whom, and the beginning of what was learned."""
    how = contact.get_channel_display()
    return f"{when_words(contact.at)} {contact.by.name} {how}{_('：')}{contact.learned[:30]}"


def _units() -> Options:
    return [BLANK, *((one.code, one.name) for one in units_to_choose())]


def _keys(around: Around, name: str, move: str) -> Options:
    file = around.file
    if name == "session":
        rows = [one for one in file.sessions if one.state == "planned"]
        return [(str(one.key), _session_words(one)) for one in rows]
    if name == "ask":
        return [(str(one.key), one.text[:60]) for one in _asked(around, move) if one.answered_at is None]
    if name == "contact":
        return [(str(one.key), _contact_words(one)) for one in deniable(file, at=timezone.now())]
    if name == "measure":
        mine = around.standing.person_ids
        is_party = file.case.branch_id in around.standing.branch_ids or file.case.accountable_id in mine
        rows = [one for one in file.standing_measures if is_party or one.owner_id in mine]
        return [(str(one.key), f"{one.number}. {one.what}") for one in rows]
    return []


def _session_words(session: Any) -> str:
    return f"{when_words(session.starts_at)} {session.get_mode_display()} {session.place}".strip()


def _field(item: Input, move: str, around: Around) -> forms.Field:
    label, help_text, required = _labelled(move, item), HELP.get((move, item.name), ""), item.required
    common: dict[str, Any] = {"label": label, "help_text": help_text, "required": required}
    if item.kind in ("line", "text"):
        lines = item.kind == "text"
        return CleanCharField(
            max_length=item.longest,
            min_length=item.least or None,
            lines=lines,
            rows=3,
            counter=item.longest >= 100,
            **common,
        )
    if item.kind == "number":
        return forms.CharField(widget=forms.TextInput(attrs={"inputmode": "decimal"}), **common)
    if item.kind == "day":
        return forms.CharField(widget=DateInput(), **common)
    if item.kind == "moment":
        return forms.CharField(widget=DateTimeInput(), **common)
    if item.kind == "flag":
        return forms.BooleanField(**(common | {"required": False}))
    if item.kind == "whole":
        if item.most and item.most - item.least <= 5:
            return forms.ChoiceField(
                choices=[(n, n) for n in range(item.least, item.most + 1)], widget=Segments, **common
            )
        return forms.CharField(widget=forms.NumberInput(attrs={"min": item.least, "max": item.most}), **common)
    return _choosing(item, move, around, common)


def _choosing(item: Input, move: str, around: Around, common: dict[str, Any]) -> forms.Field:
    if item.kind == "choice":
        options = _words(item)
        widget = Segments if len(options) <= 4 and sum(len(str(label)) for _, label in options) <= 22 else Cards
        return forms.ChoiceField(choices=options, widget=widget, **common)
    if item.kind in ("choices", "people"):
        options = _words(item) if item.kind == "choices" else _people(around, move)
        return forms.MultipleChoiceField(choices=options, widget=Ticks, **common)
    if item.kind == "key":
        options = _keys(around, item.name, move)
        if len(options) == 1 and item.required:
            return forms.ChoiceField(choices=options, widget=forms.Select, **common)
        return forms.ChoiceField(choices=options if item.required else [BLANK, *options], **common)
    if item.kind == "unit":
        return forms.ChoiceField(choices=_units(), widget=Searchable, **common)
    options = _groups(around) if item.kind == "group" else _person(around, move)
    return forms.ChoiceField(choices=options, widget=Searchable, **common)


class Drawn(forms.Form):
    """A form whose fields come from a table. It never refuses by itself: choices and limits are the action's to check."""

    def full_clean(self) -> None:
        if self._errors is None:  # type: ignore[has-type]
            self._errors = forms.utils.ErrorDict(renderer=self.renderer)
            self.cleaned_data: dict[str, Any] = {}


def _drawn(
    inputs: Iterable[Input], move: str, around: Around, data: Any, prefix: str | None, initial: Mapping[str, Any]
) -> Drawn:
    form = Drawn(data, prefix=prefix, initial=dict(initial), label_suffix="")
    form.fields = {item.name: _field(item, move, around) for item in inputs if item.kind != "rows"}
    return form


@dataclass
class Rows:
    """A repeated part: its rows, a blank one for the script's template, how many are allowed."""

    item: Input
    label: Any
    help_text: Any
    forms: list[Drawn]
    blank: Drawn
    errors: list[str]

    @property
    def total(self) -> int:
        return len(self.forms)


class MoveForm:
    """Everything a move asks, with what was typed and what was wrong."""

    def __init__(self, move: Move, around: Around, data: QueryDict | None = None) -> None:
        self.move, self.around, self.data = move, around, data
        self.main = _drawn(move.inputs, move.name, around, data, None, around.preset)
        self.rows = [self._rows(item) for item in move.inputs if item.kind == "rows"]

    def _rows(self, item: Input) -> Rows:
        count = min(self._count(item), item.most)
        made = [self._row(item, str(n)) for n in range(count)]
        label = _labelled(self.move.name, item)
        return Rows(
            item, label, HELP.get((self.move.name, item.name), ""), made, self._row(item, "__n__", blank=True), []
        )

    def _row(self, item: Input, number: str, *, blank: bool = False) -> Drawn:
        data = None if blank else self.data
        return _drawn(item.columns, self.move.name, self.around, data, f"{item.name}-{number}", {})

    def _count(self, item: Input) -> int:
        if self.data is None:
            return max(item.least, min(ROWS_SHOWN, item.most))
        return rows_in(self.data, item.name) + (1 if f"add-{item.name}" in self.data else 0)

    @property
    def fields(self) -> list[Any]:
        """Bound fields of the main part in the table's order."""
        return list(self.main)

    def add_faults(self, invalid: Invalid) -> None:
        """Put the faults of the action beside their fields."""
        parts = {part.item.name: part for part in self.rows}
        for name, faults in invalid.faults.items():
            for fault in faults:
                if name in parts:
                    self._row_fault(parts[name], fault)
                else:
                    self.main.add_error(name if name in self.main.fields else None, sentences.of_fault(fault))

    def _row_fault(self, part: Rows, fault: Fault) -> None:
        words = sentences.of_fault(fault)
        if fault.row is not None and fault.row < len(part.forms) and fault.column in part.forms[fault.row].fields:
            part.forms[fault.row].add_error(fault.column, words)
        else:
            part.errors.append(words)
        self.main.add_error(None, f"{part.label}{_('：')}{words}")


def rows_in(data: MultiValueDict[str, Any], name: str) -> int:
    """How many rows of a repeated part were sent: one more than the highest number."""
    numbers = [key.split("-")[1] for key in data if key.startswith(f"{name}-")]
    return max((int(one) + 1 for one in numbers if one.isdecimal() and len(one) < 4), default=0)


def values_in(inputs: Iterable[Input], data: QueryDict, prefix: str = "") -> dict[str, Any]:
    """Read a posted form into the shape of the inputs: lists for lists, dictionaries for rows, text for the rest."""
    found: dict[str, Any] = {}
    for item in inputs:
        name = f"{prefix}{item.name}"
        if item.kind == "rows":
            count = rows_in(data, name)
            found[item.name] = [values_in(item.columns, data, f"{name}-{n}-") for n in range(min(count, item.most + 1))]
        elif item.kind in ("choices", "people"):
            found[item.name] = data.getlist(name)
        else:
            found[item.name] = data.get(name, "")
    return found
