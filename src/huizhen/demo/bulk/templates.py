"""Cases read back as templates: every row of a case with, for each column, what of it is to be made anew.

A column is a constant, already in the form of the database, or a slot: what a `Make` gives once for the case that is being made.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection, models
from django.utils import timezone

from huizhen.cases import models as cases
from huizhen.cases.models import FAR, Case
from huizhen.demo.bulk.days import Days
from huizhen.demo.bulk.finding import Reads
from huizhen.demo.bulk.numbers import figures_of
from huizhen.demo.bulk.shapes import Happening, Make, Piece, Template, joined
from huizhen.demo.bulk.world import Parts, World
from huizhen.directory.models import Branch, Group, Person, Unit
from huizhen.journal.models import Entry
from huizhen.reports.actions.counting import Count, counts_of

if TYPE_CHECKING:
    from huizhen.demo.bulk.making import Telling


# The tables of a case in the order in which they are written, with the way from a row to its case.
TABLES: dict[type[models.Model], str] = {
    Case: "pk",
    cases.Round: "case",
    cases.Responsibility: "case",
    cases.Access: "case",
    cases.Following: "case",
    cases.Contact: "case",
    cases.Session: "case",
    cases.Attendance: "session__case",
    cases.Opinion: "case",
    cases.Diagnosis: "case",
    cases.Cause: "diagnosis__case",
    cases.Prescription: "case",
    cases.Measure: "prescription__case",
    cases.FollowUp: "case",
    cases.Transfer: "case",
    cases.Invitation: "case",
    cases.Pause: "case",
    cases.Ask: "case",
    cases.Proposal: "case",
    cases.Closing: "case",
    cases.LadderStep: "case",
    cases.Flag: "case",
}
ORDER = list(TABLES)
VARIED = {
    (Case, "condition"): "condition",
    (Case, "tried"): "tried",
    (cases.Contact, "learned"): "learned",
    (cases.Session, "record"): "record",
    (cases.Opinion, "text"): "text",
    (cases.Diagnosis, "findings"): "findings",
    (cases.Prescription, "thinking"): "thinking",
    (cases.FollowUp, "evidence"): "evidence",
    (cases.Closing, "found"): "found",
    (cases.Closing, "changed"): "changed",
}
"""Texts that get a sentence of their own, where there is a text at all."""

# What the keys of journal data name. A number under a key that is not listed here stops the filling: nobody knows what it is.
_PERSONS = {"person", "leader", "stands_in_for"}
_ROWS: dict[str, type[models.Model]] = {
    "contact": cases.Contact,
    "session": cases.Session,
    "opinion": cases.Opinion,
    "diagnosis": cases.Diagnosis,
    "invitation": cases.Invitation,
    "prescription": cases.Prescription,
    "measure": cases.Measure,
    "pause": cases.Pause,
    "follow_up": cases.FollowUp,
    "closing": cases.Closing,
    "transfer": cases.Transfer,
    "ask": cases.Ask,
    "proposal": cases.Proposal,
}
_COUNTS = {
    "amount", "causes", "feasibility", "measures", "missing", "number", "round", "value", "version", "waived", "returned", "dropped", "all",
}  # fmt: skip
_MOMENTS = {"moment", "start", "due"}
_DAYS = {"due_on", "follow_up_on", "next_on"}
_LEFT_OUT = {"attach", "round_made", "round_taken_back", "suggested", "suggestion_answered", "suggestion_withdrawn"}
"""Verbs of what is not told again: files of a case, and what a leader said of it going round."""
_STAMP = re.compile(r"\d{14}")
_STORED_STAMP = "%Y%m%d%H%M%S"
encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
"""JSON as the digests of the journal have it."""


def columns(model: type[models.Model]) -> list[Any]:
    """The columns of a table in the order of its rows here."""
    return list(model._meta.concrete_fields)


def templates_of(codes: Iterable[str], *, days: Days, world: World, is_fixed: bool) -> list[Template]:
    """Templates of those cases, in order of code. `is_fixed`: told again on the very days they happened on."""
    pks = list(Case.objects.filter(code__in=list(codes)).order_by("code").values_list("pk", flat=True))
    found: dict[int, dict[type[models.Model], list[Any]]] = {pk: {} for pk in pks}
    flags: dict[int, int] = {}
    for model, way in TABLES.items():
        owner = way if way == "pk" else f"{way}_id"
        rows = model._default_manager.filter(**{f"{way}__in": pks}).order_by("pk")
        for row, case in zip(rows, rows.values_list(owner, flat=True), strict=True):
            found[case].setdefault(model, []).append(row)
            if model is cases.Flag:
                flags[row.pk] = case
    told: dict[int, list[Entry]] = {pk: [] for pk in pks}
    about = models.Q(target_type="cases.case", target_id__in=pks) | models.Q(
        target_type="cases.flag", target_id__in=list(flags)
    )
    for entry in Entry.objects.filter(about).exclude(verb__in=_LEFT_OUT).order_by("pk"):
        told[entry.target_id if entry.target_type == "cases.case" else flags[entry.target_id]].append(entry)
    told_of, counts = Reads(pks), counts_of(pks)
    made = []
    for pk in pks:
        reading = _Reading(found[pk], told[pk], counts[pk], days, world, is_fixed)
        reading.template.story = told_of.story(pk, found[pk], reading.slots, None if is_fixed else days, world)
        made.append(reading.template)
    return made


class _Reading:
    """Turns the rows of one case into a template."""

    def __init__(
        self,
        rows: dict[type[models.Model], list[Any]],
        entries: Sequence[Entry],
        count: Count,
        days: Days,
        world: World,
        is_fixed: bool,
    ) -> None:
        self.days, self.world, self.is_fixed = days, world, is_fixed
        self.case = rows[Case][0]
        self.slots: dict[Hashable, int] = {}
        self.local = {(model, row.pk): number for model, found in rows.items() for number, row in enumerate(found)}
        held = [row.key for found in rows.values() for row in found if isinstance(getattr(row, "key", None), UUID)]
        self.keys = {str(key): number for number, key in enumerate(held)}
        self.begins = days.number(timezone.localdate(self.case.registered_at))
        self.city = world.city_of(self.case.branch_id)
        last = max(entry.at for entry in entries)
        self.template = Template(
            stage=self.case.stage,
            is_open=self.case.is_open,
            parts=self._parts(rows, entries),
            begins=self.begins,
            spans=days.number(timezone.localdate(last)) - self.begins,
            sizes=[len(rows.get(model, ())) for model in ORDER],
            figures=figures_of(count, days, None if is_fixed else self.begins),
            keys=len(held),
        )
        drawn = [
            (number, [self._column(model, column, row) for column in columns(model)])
            for number, model in enumerate(ORDER)
            for row in rows.get(model, ())
        ]
        for txn, (_, group) in enumerate(groupby(entries, key=lambda one: one.txn)):
            self.template.happenings += [self._happening(entry, txn) for entry in group]
            self.template.txns = txn + 1
        made = len(self.template.slots)
        for number, places in drawn:
            wanted = [place if is_made else made + place for is_made, place in places]
            self.template.rows.append((number, itemgetter(*wanted)))

    def _slot(self, name: Hashable, make: Make) -> int:
        """The number of what is made once for the whole case under that name."""
        if name not in self.slots:
            self.slots[name] = len(self.template.slots)
            self.template.slots.append(make)
        return self.slots[name]

    def _column(self, model: type[models.Model], column: Any, row: Any) -> tuple[bool, int]:
        """Where a column comes from: (True, slot) or (False, number among what stays)."""
        slot = self._make(model, column, getattr(row, column.attname), row.pk)
        if slot is not None:
            return True, slot
        self.template.kept.append(stored(column, getattr(row, column.attname)))
        return False, len(self.template.kept) - 1

    def _parts(self, rows: dict[type[models.Model], list[Any]], entries: Sequence[Entry]) -> Parts:
        groups: set[int] = set()
        persons: set[int] = set()
        for model, found in rows.items():
            for column in columns(model):
                if column.related_model in (Person, Group):
                    named = {getattr(row, column.attname) for row in found} - {None}
                    (persons if column.related_model is Person else groups).update(named)
        actors = {entry.actor_id for entry in entries} - {None}
        persons |= {self.world.persons_of_users[user] for user in actors if user in self.world.persons_of_users}
        return Parts(self.case.branch_id, self.case.group_id, frozenset(groups), frozenset(persons))

    def _make(self, model: type[models.Model], column: Any, value: Any, pk: int) -> int | None:
        """The slot of what makes the column anew; None where it stays."""
        if column.primary_key:
            return self._id(model, value)
        if value is None:
            return None
        if column.related_model is not None:
            return self._key_of(column.related_model, value)
        if isinstance(column, models.UUIDField):
            number = self.keys[str(value)]
            return self._slot(("key", number), lambda t: t.keys[number])
        if isinstance(column, models.DateTimeField):
            return self._moment(value, "stamp", lambda t, moment: t.stamp(moment))
        if isinstance(column, models.DateField):
            return self._day(value)
        if isinstance(column, models.JSONField):
            return self._facts(value)
        if isinstance(value, str) and value:
            make = self._text(model, column.name, value)
            return None if make is None else self._slot((model, pk, column.name), make)
        return None

    def _id(self, model: type[models.Model], pk: int) -> int:
        table, number = ORDER.index(model), self.local[model, pk]
        return self._slot((model, pk), lambda t: t.first[table] + number)

    def _key_of(self, model: type[models.Model], pk: int) -> int | None:
        if (model, pk) in self.local:
            return self._id(model, pk)
        if model is Person:
            return self._slot((model, pk), lambda t: t.cast.people.get(pk, pk))
        if model is Group:
            return self._slot((model, pk), lambda t: t.cast.groups.get(pk, pk))
        if model is Branch:
            return self._slot((model, pk), lambda t: t.cast.branches.get(pk, pk))
        if model is Unit:
            return self._slot((model, pk), lambda t: t.cast.units.get(pk, pk))
        if model._meta.label == "challenges.Challenge":  # of the branch that asked: another one has none
            return self._slot((model, pk), lambda t: None if t.cast.branches else pk)
        return None

    def _moment(self, moment: datetime, name: str, form: Callable[[Telling, datetime], Any]) -> int | None:
        if moment >= FAR or self.is_fixed:
            return None
        number, since = self.days.place(moment)
        number -= self.begins
        return self._slot((name, number, since), lambda t: form(t, t.days.moment(t.begins + number, since)))

    def _day(self, day: date) -> int | None:
        if self.is_fixed:
            return None
        number = self.days.number(day) - self.begins
        return self._slot(("day", number), lambda t: t.days.dates[t.begins + number].isoformat())

    def _text(self, model: type[models.Model], name: str, text: str) -> Make | None:
        if model is Case and name == "code":
            return lambda t: t.code
        if model is Case and name == "title":
            return lambda t: t.words.in_title(text)
        if (model, name) in VARIED:
            kind = VARIED[model, name]
            pieces = text.split(self.city)
            if len(pieces) == 1:
                return lambda t: text + t.words.tail(kind)
            return lambda t: t.cast.city.join(pieces) + t.words.tail(kind)
        if model is cases.Cause and name == "evidence":
            return lambda t: (text + t.words.tail("aside"))[:300]
        if model is cases.LadderStep and name == "key":
            return self._name_of(text)
        if model is cases.Flag and name == "occurrence":
            return self._occurrence(text)
        return None

    def _name_of(self, text: str) -> Make | None:
        """Clocks are told apart by the key of a row, or by the number of a transfer."""
        if text in self.keys:
            number = self.keys[text]
            return lambda t: t.name_of(number)
        if text.isdigit() and (cases.Transfer, int(text)) in self.local:
            return self._whole(self._id(cases.Transfer, int(text)), str)
        return None

    def _whole(self, slot: int, form: Callable[[Any], Any]) -> Make:
        make = self.template.slots[slot]
        return lambda t: form(make(t))

    def _occurrence(self, text: str) -> Make | None:
        """clock:key:start, transfer:number, invitation:number, returned:round, dropped:version."""
        first, *rest = text.split(":")
        makes: list[Make | str] = [first]
        for piece in rest:
            make: Make | None
            if first in ("transfer", "invitation"):
                make = self._whole(self._id(_ROWS[first], int(piece)), str)
            elif _STAMP.fullmatch(piece):
                start = datetime.strptime(f"{piece}+0000", f"{_STORED_STAMP}%z")
                slot = self._moment(start, "occurrence", lambda t, moment: f"{moment:{_STORED_STAMP}}")
                make = None if slot is None else self.template.slots[slot]
            else:
                make = self._name_of(piece)
            makes.append(make or piece)
        return lambda t: ":".join(one if isinstance(one, str) else str(one(t)) for one in makes)

    def _happening(self, entry: Entry, txn: int) -> Happening:
        model = Case if entry.target_type == "cases.case" else cases.Flag
        told: list[Piece] = []
        for name, value in sorted(entry.data.items()):
            slot = self._told(entry.verb, name, value)
            told += [f"{',' if told else '{'}{encode(name)}:", encode(value) if slot is None else slot]
        told.append("}" if told else "{}")
        fixed = entry.at.astimezone(UTC).replace(tzinfo=None)
        at = self._moment(entry.at, "at", lambda t, moment: t.iso(moment))
        stamp = self._moment(entry.at, "stamp", lambda t, moment: t.stamp(moment))
        return Happening(
            target=(ORDER.index(model), self.local[model, entry.target_id]),
            target_id=self._id(model, entry.target_id),
            at=self._slot(("at", fixed), lambda t: t.iso(fixed)) if at is None else at,
            stamp=self._slot(("stamp", fixed), lambda t: t.stamp(fixed)) if stamp is None else stamp,
            txn=txn,
            actor=None if entry.actor_id is None else self._key_of(Person, self.world.persons_of_users[entry.actor_id]),
            verb=entry.verb,
            told=joined(told),
        )

    def _told(self, verb: str, name: str, value: Any) -> int | None:
        """The slot of one word of journal data, as JSON; None where it stays."""
        if value is None or isinstance(value, bool):
            return None
        if name == "people":
            return self._slot((name, tuple(value)), lambda t: encode([t.cast.people.get(one, one) for one in value]))
        if isinstance(value, int):
            return self._number(verb, name, value)
        if name in _MOMENTS:
            moment = datetime.fromisoformat(value)
            return self._moment(moment, "local", lambda t, moment: encode(t.local(moment)))
        if name in _DAYS:
            slot = self._day(date.fromisoformat(value))
            return None if slot is None else self._slot((name, slot), self._whole(slot, encode))
        make: Make | None = None
        if name == "writer":
            make = lambda t: t.namesake(value)  # noqa: E731
        elif isinstance(value, str):
            make = self._name_of(value)
        if make is None:
            return None
        told = make
        return self._slot((name, value), lambda t: encode(told(t)))

    def _number(self, verb: str, name: str, value: int) -> int | None:
        if name in _PERSONS:
            return self._key_of(Person, value)
        if name in ("group", "ruled_group"):
            return self._key_of(Group, value)
        if name == "branch":
            return self._key_of(Branch, value)
        if name == "unit":
            return self._key_of(Unit, value)
        if name in _ROWS:
            return self._id(_ROWS[name], value)
        if name not in _COUNTS:
            raise LookupError(f"journal data of {verb}: nobody knows whether {name} names a row; list it in demo.bulk")
        return None

    def _facts(self, value: Any) -> int | None:
        """JSON columns. Only facts of a flag name moments; everything else is numbers of causes, words and lists of words."""
        if not isinstance(value, dict) or not {"start", "due"} & value.keys() or self.is_fixed:
            return None
        places = {
            name: self.days.place(datetime.fromisoformat(value[name])) for name in ("start", "due") if name in value
        }

        def make(t: Telling) -> str:
            moments = {
                name: t.local(t.days.moment(t.begins + number - self.begins, since))
                for name, (number, since) in places.items()
            }
            return json.dumps(value | moments)

        return self._slot(("facts", json.dumps(value)), make)


def stored(column: Any, value: Any) -> Any:
    """A value in the form in which the database takes it from `writing`."""
    if value is None:
        return None
    if isinstance(column, models.JSONField):
        return json.dumps(value)
    if isinstance(value, datetime) and connection.vendor == "postgresql":
        return value.isoformat(" ")
    if isinstance(value, timedelta):
        raise TypeError(f"{column}: no column of a case is a length of time")
    return column.get_db_prep_save(value, connection)
