"""Secretaries as an XLSX: who asks for which branch. Reading, and the dry run of what the file would change; nobody is removed by it."""

from __future__ import annotations

import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import xlsxwriter
from django.db.models import Q

from huizhen.directory.choices import PostingRole
from huizhen.directory.models import Branch, Campaign, Person, Posting, Unit
from huizhen.directory.sheets.fields import CHECKS, LIMITS, NORMAL, Entry, code_text, name_text
from huizhen.directory.sheets.identities import Identities, Identity
from huizhen.directory.sheets.places import Places, places_of
from huizhen.directory.sheets.planning import ADDED, CHANGED, REJECTED, UNCHANGED, Change
from huizhen.lib.errors import Fault, Invalid
from huizhen.lib.workbooks import (
    ROWS_MOST,
    bad_file,
    cells_of,
    header_of,
    open_package,
    scan_sheet,
    sheet_parts,
    text_of,
)

COLUMNS = {
    "name": "姓名", "unit": "单位", "branch": "支部", "post": "职务", "phone": "手机", "email": "邮箱", "staff_no": "工号",
}  # fmt: skip
NEEDED = ("name", "unit", "branch")
KEPT = ("post", "phone", "email", "staff_no")
"""What a file may change of somebody known; an empty cell changes nothing."""
_HEADER_WITHIN = 20


@dataclass(frozen=True)
class Line:
    """What would happen to one row; `is_new` says that she does not ask for the branch yet."""

    entry: Entry
    written: str
    outcome: str
    identity: Identity = 0
    person: Person | None = None
    branch: Branch | None = None
    is_new: bool = False
    changes: tuple[Change, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Secretaries:
    """The dry run. `digest` names exactly this outcome: another file, or other people meanwhile, have another one."""

    lines: tuple[Line, ...]
    digest: str
    counts: Counter[str] = field(default_factory=Counter)


def write_form() -> bytes:
    """The empty form, all cells text."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet, text = book.add_worksheet("支部书记"), book.add_format({"num_format": "@"})
    head = book.add_format({"bold": True, "bottom": 1, "num_format": "@"})
    for column, (name, word) in enumerate(COLUMNS.items()):
        sheet.set_column(column, column, 28 if name == "branch" else 16, text)
        sheet.write_string(0, column, word, head)
    sheet.freeze_panes(1, 1)
    book.close()
    return file.getvalue()


def read_secretaries(content: bytes) -> list[tuple[Entry, str]]:
    """The rows of the first worksheet with the headers, each with the branch as written. Invalid: the file cannot be taken at all."""
    package = open_package(content)
    title, part = next(iter(sheet_parts(package).items()))
    scan = scan_sheet(package, part)
    grid = cells_of(content, title) if scan.rows else []
    words = {word: name for name, word in COLUMNS.items()}
    hits = [sum(header_of(cell) in words for cell in row) for row in grid[:_HEADER_WITHIN]]
    if not hits:
        raise bad_file("file_no_rows")
    top = hits.index(max(hits))
    heads = [header_of(cell) for cell in grid[top]]
    if missing := [COLUMNS[name] for name in NEEDED if COLUMNS[name] not in heads]:
        raise Invalid({"file": [Fault("file_missing_header", {"headers": "、".join(missing)})]})
    if twice := [word for word, n in Counter(heads).items() if word in words and n > 1]:
        raise Invalid({"file": [Fault("file_duplicate_header", {"header": word}) for word in twice]})
    places = {words[word]: index for index, word in enumerate(heads) if word in words}
    found = []
    for index in range(top + 1, len(grid)):
        cells = {name: grid[index][at] if at < len(grid[index]) else "" for name, at in places.items()}
        texts = {name: NORMAL.get(name, name_text)(text_of(value)) for name, value in cells.items()}
        if any(texts.values()):
            formulas = [name for name, at in places.items() if (index, at) in scan.formulas]
            found.append(_row(texts, index + 1, formulas))
    if not found:
        raise bad_file("file_no_rows")
    if len(found) > ROWS_MOST:
        raise bad_file("file_too_many_rows", rows=ROWS_MOST)
    return found


def _row(texts: dict[str, str], number: int, formulas: list[str]) -> tuple[Entry, str]:
    branch = texts.pop("branch", "")
    limits = {**LIMITS, "branch": 120}
    faults = [Fault("formula", {}, number, COLUMNS[name]) for name in formulas]
    for name, value in [*texts.items(), ("branch", branch)]:
        if name in NEEDED and not value:
            faults.append(Fault("required", {}, number, COLUMNS[name]))
        elif len(value) > limits[name]:
            faults.append(Fault("too_long", {"max": limits[name], "length": len(value)}, number, COLUMNS[name]))
        elif value and name in CHECKS and not CHECKS[name][0].fullmatch(value):
            faults.append(Fault(CHECKS[name][1], {}, number, COLUMNS[name]))
    kept = {name: value[: LIMITS[name]] for name, value in texts.items()}
    return Entry(number, **kept, faults=tuple(faults)), branch[:120]


def plan_secretaries(rows: list[tuple[Entry, str]], campaign: Campaign, *, on: date) -> Secretaries:
    """What each row would do; some ten queries, whatever the size of the file."""
    places = places_of(campaign, on)
    lines = tuple(_Planner(rows, places, on).lines())
    told = [
        (line.entry.number, line.outcome, line.identity, line.branch.pk if line.branch else 0, line.is_new,
         [(one.column, one.old, one.new) for one in line.changes], [fault.code for fault in line.faults], str(line.entry))
        for line in lines
    ]  # fmt: skip
    digest = hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()
    return Secretaries(lines, digest, Counter(line.outcome for line in lines))


class _Planner:
    """Looks every row up once, in file order."""

    def __init__(self, rows: list[tuple[Entry, str]], places: Places, on: date) -> None:
        self.rows, self.places = rows, places
        self.units: dict[int, Unit] = {}
        self.branches: dict[str, Branch] = {}
        for branch in Branch.objects.filter(Q(until=None) | Q(until__gt=on)).order_by("pk"):
            names = [branch.name, *filter(None, branch.former_names.split("、"))]
            for name in [*reversed(names), branch.code]:
                self.branches[name_text(name)] = branch
        for entry, _ in rows:
            if unit := places.units.get(entry.unit):
                self.units[entry.number] = unit
        sound = [entry for entry, _ in rows if not entry.faults and entry.number in self.units]
        self.who = Identities(sound, places, {number: unit.pk for number, unit in self.units.items()})
        lasting = Q(until=None) | Q(until__gt=on)
        posts = Posting.objects.filter(lasting, role=PostingRole.REQUESTER)
        self.held = set(posts.values_list("person_id", "branch_id"))
        self.first: dict[Identity, Entry] = {}
        self.claimed: set[tuple[Identity, int]] = set()

    def lines(self) -> Iterable[Line]:
        for entry, written in self.rows:
            branch = self.branches.get(written) or self.branches.get(code_text(written))
            identity = self.who.of.get(entry.number, 0)
            person = self.places.persons.get(identity)
            faults = self._faults(entry, written, branch, identity, person)
            if faults or branch is None:
                yield Line(entry, written, REJECTED, identity, person, faults=tuple(faults))
                continue
            changes = tuple(self._changes(person, entry)) if self.first[identity] is entry else ()
            is_new = (identity, branch.pk) not in self.held
            outcome = ADDED if is_new else CHANGED if changes else UNCHANGED
            yield Line(entry, written, outcome, identity, person, branch, is_new, changes)

    def _faults(
        self, entry: Entry, written: str, branch: Branch | None, identity: Identity, person: Person | None
    ) -> list[Fault]:
        faults, number = list(entry.faults), entry.number
        unit = self.units.get(number)
        if entry.unit and unit is None:
            faults.append(Fault("unknown_unit", {"value": entry.unit[:40]}, number, COLUMNS["unit"]))
        if written and branch is None:
            faults.append(Fault("unknown_branch", {"value": written[:40]}, number, COLUMNS["branch"]))
        if branch and unit and branch.unit_id != unit.pk:
            faults.append(Fault("branch_elsewhere", {"name": branch.name}, number, COLUMNS["branch"]))
        if fault := self.who.faults.get(number):
            faults.append(fault)
        if person and person.left_on is not None:
            faults.append(Fault("has_left_already", {"name": person.name}, number, COLUMNS["name"]))
        if person and name_text(person.name) != entry.name:
            faults.append(Fault("number_taken", {"name": f"{person.name} {person.code}"}, number, COLUMNS["name"]))
        if identity and branch and not faults:
            first = self.first.setdefault(identity, entry)
            if any(getattr(first, name) != getattr(entry, name) for name in ("name", "unit", *KEPT)):
                faults.append(Fault("differs_from_row", {"row": first.number}, number, COLUMNS["name"]))
            if (identity, branch.pk) in self.claimed:
                faults.append(Fault("duplicate", {}, number, COLUMNS["branch"]))
            self.claimed.add((identity, branch.pk))
        return faults

    def _changes(self, person: Person | None, entry: Entry) -> Iterable[Change]:
        for name in KEPT if person else ():
            old, new = getattr(person, name), getattr(entry, name)
            if new and NORMAL[name](old) != new:
                yield Change(COLUMNS[name], old, new)
