"""The dry run: what a roster file would do to a campaign. Reads only; `actions.apply_roster` makes it again and does it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from huizhen.directory.choices import MemberRole
from huizhen.directory.models import Campaign, Domain, Group, Membership, Person, Unit
from huizhen.directory.sheets.fields import HEADERS, NORMAL, SECOND_GROUP, Entry, code_text, name_text, role_word
from huizhen.directory.sheets.identities import Identities, Identity
from huizhen.directory.sheets.places import PERSON_TEXTS, Places, places_of
from huizhen.directory.sheets.reading import Sheet
from huizhen.lib.codes import is_code
from huizhen.lib.errors import Fault

ADDED, CHANGED, UNCHANGED, REJECTED = "added", "changed", "unchanged", "rejected"


@dataclass(frozen=True)
class Change:
    """A cell that differs from what we know; `column` is the header."""

    column: str
    old: str
    new: str


@dataclass(frozen=True)
class Row:
    """What would happen to one row."""

    entry: Entry
    outcome: str
    identity: Identity = 0
    person: Person | None = None
    seat: Membership | None = None
    group_code: str = ""
    unit: Unit | None = None
    changes: tuple[Change, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Missing:
    """A seat that the file does not mention. It stays unless its person is ticked; `demoted`: the file names another 团长."""

    seat: Membership
    person: Person
    demoted: bool = False

    @property
    def changes(self) -> tuple[Change, ...]:
        """What the import does to the seat unasked: its leader becomes a member."""
        if not self.demoted:
            return ()
        old, new = (role_word(role, self.seat.is_primary) for role in (self.seat.role, MemberRole.MEMBER))
        return (Change(HEADERS["role"], old, new),)


@dataclass(frozen=True)
class Newcomer:
    """A group the file brings with it."""

    code: str
    name: str
    domain: Domain


@dataclass(frozen=True)
class Plan:
    """The whole dry run. `digest` changes when the file or anything it would touch changes.

    `counts` are of rows; a leader whom the file replaces without a row of her own is one more that is changed.
    """

    rows: tuple[Row, ...]
    missing: tuple[Missing, ...]
    groups: tuple[Newcomer, ...]
    notices: tuple[Fault, ...]
    digest: str
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def rejected(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.outcome == REJECTED)

    @property
    def demoted(self) -> tuple[Missing, ...]:
        """Leaders whom the file replaces without naming them: changed, though no row says so."""
        return tuple(item for item in self.missing if item.demoted)

    @property
    def is_empty(self) -> bool:
        """Applying would change nothing, unless somebody missing is ticked."""
        return not (self.counts[ADDED] or self.counts[CHANGED] or self.groups)


def plan(sheet: Sheet, campaign: Campaign, *, on: date) -> Plan:
    """Compares a file with the campaign's roster of a day."""
    places = places_of(campaign, on)
    planner = _Planner(sheet, places)
    rows = tuple(planner.rows())
    missing = tuple(planner.missing(rows))
    groups = tuple(planner.newcomers.values())
    counts = Counter(row.outcome for row in rows)
    counts[CHANGED] += sum(item.demoted for item in missing)
    return Plan(
        rows,
        missing,
        groups,
        sheet.notices,
        _digest(campaign, rows, missing, groups),
        {outcome: counts[outcome] for outcome in (ADDED, CHANGED, UNCHANGED, REJECTED)},
    )


def _digest(campaign: Campaign, rows: Iterable[Row], missing: Iterable[Missing], groups: Iterable[Newcomer]) -> str:
    told = {
        "campaign": campaign.pk,
        "rows": [
            [row.entry.number, row.outcome, row.identity, row.seat.pk if row.seat else 0, row.group_code]
            + [[change.column, change.old, change.new] for change in row.changes]
            + [row.entry.name, row.entry.phone, row.entry.staff_no, row.entry.role]
            for row in rows
        ],
        "missing": [[item.seat.pk, item.demoted] for item in missing],
        "groups": [[group.code, group.name, group.domain.pk] for group in groups],
    }
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


class _Planner:
    """Works through the rows in file order; later rows give way to earlier ones."""

    def __init__(self, sheet: Sheet, places: Places) -> None:
        self.sheet, self.places = sheet, places
        self.newcomers: dict[str, Newcomer] = {}
        self._new_names: dict[str, str] = {}
        self._faults: dict[int, list[Fault]] = {entry.number: list(entry.faults) for entry in sheet.entries}
        self._groups: dict[int, str] = {}
        self._units: dict[int, Unit] = {}
        for entry in sheet.entries:
            self._place(entry)
        placed = [entry for entry in sheet.entries if not self._faults[entry.number]]
        self._who = Identities(placed, places, {entry.number: self._units[entry.number].pk for entry in placed})
        for number, fault in self._who.faults.items():
            self._faults[number].append(fault)
        self._leaders: dict[str, int] = {}
        self._first: dict[Identity, Entry] = {}
        self._primary: dict[Identity, int] = {}
        self._claimed: dict[tuple[Identity, str], int] = {}
        for entry in placed:
            self._check_against_earlier(entry)
        alive = {self._groups[e.number] for e in placed if not self._faults[e.number]}
        self.newcomers = {code: group for code, group in self.newcomers.items() if code in alive}

    def _fault(self, entry: Entry, code: str, column: str, **args: object) -> None:
        self._faults[entry.number].append(Fault(code, args, entry.number, HEADERS[column]))

    def _place(self, entry: Entry) -> None:
        """Domain, unit and group of a row."""
        domain = self.places.domains.get(code_text(entry.domain).casefold())
        unit = self.places.units.get(entry.unit)
        if entry.domain and domain is None:
            self._fault(entry, "unknown_domain", "domain", value=entry.domain[:40])
        if unit:
            self._units[entry.number] = unit
        elif entry.unit:
            self._fault(entry, "unknown_unit", "unit", value=entry.unit[:40])
        known = self.places.groups.get(entry.group_code) or self.places.groups_by_name.get(entry.group)
        if known:
            self._known_group(entry, known, domain)
        elif domain and (entry.group or entry.group_code):
            self._new_group(entry, domain)

    def _known_group(self, entry: Entry, group: Group, domain: Domain | None) -> None:
        if entry.group_code and code_text(group.code) != entry.group_code:
            self._fault(entry, "group_mismatch", "group_code", value=f"{group.code} {group.name}")
        elif entry.group and name_text(group.name) != entry.group:
            self._fault(entry, "group_mismatch", "group", value=f"{group.code} {group.name}")
        elif domain and group.domain_id != domain.pk:
            self._fault(entry, "domain_mismatch", "domain", value=group.domain.name)
        elif group.successor is not None:
            self._fault(entry, "group_is_closed", "group", value=f"{group.successor.code} {group.successor.name}")
        self._groups[entry.number] = group.code

    def _new_group(self, entry: Entry, domain: Domain) -> None:
        if not (entry.group and entry.group_code):
            self._fault(entry, "group_incomplete", "group" if entry.group_code else "group_code")
            return
        if not is_code(entry.group_code):
            self._fault(entry, "bad_code", "group_code")
            return
        group = self.newcomers.setdefault(entry.group_code, Newcomer(entry.group_code, entry.group, domain))
        owner = self._new_names.setdefault(entry.group, entry.group_code)
        if group.name != entry.group or owner != entry.group_code:
            self._fault(entry, "group_mismatch", "group", value=f"{group.code} {group.name}")
        elif group.domain.pk != domain.pk:
            self._fault(entry, "domain_mismatch", "domain", value=group.domain.name)
        self._groups[entry.number] = entry.group_code

    def _check_against_earlier(self, entry: Entry) -> None:
        """One leader per group, one row per seat, one primary group per person, no contradictions between a person's rows."""
        identity = self._who.of.get(entry.number)
        if identity is None:
            return
        code = self._groups[entry.number]
        first = self._first.setdefault(identity, entry)
        if (identity, code) in self._claimed:
            self._fault(entry, "row_duplicate", "name", row=self._claimed[identity, code])
            return
        self._claimed[identity, code] = entry.number
        if entry.is_primary and self._primary.setdefault(identity, entry.number) != entry.number:
            self._fault(entry, "second_group", "group", row=self._primary[identity], mark=SECOND_GROUP)
        if self._units[first.number] != self._units[entry.number]:
            self._fault(entry, "differs_from_row", "unit", row=first.number)
        for name in (*PERSON_TEXTS, "staff_no"):
            if getattr(first, name) != getattr(entry, name):
                self._fault(entry, "differs_from_row", name, row=first.number)
        if entry.member_role == MemberRole.LEADER and self._leaders.setdefault(code, entry.number) != entry.number:
            self._fault(entry, "two_leaders", "role", row=self._leaders[code])

    def rows(self) -> Iterable[Row]:
        """The outcome of each row of the file."""
        for entry in self.sheet.entries:
            identity = self._who.of.get(entry.number, 0)
            person = self.places.persons.get(identity)
            faults = tuple(self._faults[entry.number])
            if faults:
                yield Row(entry, REJECTED, identity, person, faults=faults)
                continue
            code, unit = self._groups[entry.number], self._units[entry.number]
            seat = self._seat(identity, code, entry)
            changes = (*self._person_changes(person, entry, unit), *_seat_changes(seat, entry, code))
            outcome = ADDED if seat is None else CHANGED if changes else UNCHANGED
            yield Row(entry, outcome, identity, person, seat, code, unit, changes)

    def _seat(self, identity: Identity, code: str, entry: Entry) -> Membership | None:
        """The seat a row speaks of: hers in that group, else the primary one she is moved from."""
        seats = self.places.seats.get(identity, [])
        here = next((seat for seat in seats if seat.group.code == code), None)
        if here or not entry.is_primary:
            return here
        free = (s for s in seats if s.is_primary and (identity, s.group.code) not in self._claimed)
        return next(free, None)

    def _person_changes(self, person: Person | None, entry: Entry, unit: Unit) -> list[Change]:
        if person is None:
            return []
        changes = []
        if person.unit_id != unit.pk:
            changes.append(Change(HEADERS["unit"], person.unit.name if person.unit else "", unit.name))
        names = (*PERSON_TEXTS, *(("staff_no",) if entry.staff_no else ()))
        for name in names:
            old, new = getattr(person, name), getattr(entry, name)
            if NORMAL[name](old) != new:
                changes.append(Change(HEADERS[name], old, new))
        return changes

    def missing(self, rows: tuple[Row, ...]) -> Iterable[Missing]:
        """Seats nobody mentions. A rejected row of a known person mentions all her seats."""
        spoken = {row.seat.pk for row in rows if row.seat}
        rejected = {row.identity for row in rows if row.outcome == REJECTED}
        led = {row.group_code for row in rows if row.outcome != REJECTED and row.entry.member_role == MemberRole.LEADER}
        for pk, seats in self.places.seats.items():
            for seat in seats:
                if seat.pk not in spoken and pk not in rejected:
                    demoted = seat.role == MemberRole.LEADER and seat.group.code in led
                    yield Missing(seat, self.places.persons[pk], demoted)


def _seat_changes(seat: Membership | None, entry: Entry, code: str) -> list[Change]:
    changes = []
    role = entry.member_role
    if seat and role:
        if seat.group.code != code:
            changes.append(Change(HEADERS["group_code"], seat.group.code, code))
        if (seat.role, seat.is_primary) != (role, entry.is_primary):
            changes.append(
                Change(HEADERS["role"], role_word(seat.role, seat.is_primary), role_word(role, entry.is_primary))
            )
    return changes
