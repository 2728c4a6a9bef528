"""Is the record whole? Walks every chain and every seal in constant memory. Safe while people work: nothing is locked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from huizhen.journal.models import COVERED, ChainHead, Entry, Seal, digest_of, journal_key
from huizhen.journal.queries.seals import Line, SealFile, read_lines, read_seals, seals_folder

PAGE = 2000
KEPT_FAULTS = 1000
_SEQ, _PREVIOUS, _TARGET = COVERED.index("seq"), COVERED.index("previous"), COVERED.index("target_id")


@dataclass(frozen=True)
class ChainFault:
    """One thing wrong. `target` is type:id, or the name of a seal file; `seq` the place in the chain, or the seal's number.

    Kinds: changed (a row differs from its digest: altered, renumbered or forged) · missing (a gap) · unlinked (does not follow
    the row before) · cut (the end is gone) · headless · head_behind · head_changed · sealed_missing, sealed_changed (a row
    that a seal lists) · entries_lost (fewer than a seal counted; seq = how many) · seal_missing · seal_changed · seal_unchained ·
    unreadable (values of the wrong type; `target` is the type of the chains not walked to their end).
    """

    kind: str
    target: str
    seq: int


@dataclass
class Report:
    """What was walked and what was found. `faults` keeps the first thousand, `faults_found` counts all."""

    entries: int = 0
    chains: int = 0
    seals: int = 0
    faults: list[ChainFault] = field(default_factory=list)
    faults_found: int = 0
    sealed_until: datetime | None = None

    @property
    def is_whole(self) -> bool:
        return not self.faults_found

    @property
    def vouched_until(self) -> datetime | None:
        """Up to this moment nothing was altered, removed or added. None: there is no seal yet, or something is wrong."""
        return self.sealed_until if self.is_whole else None

    def add(self, kind: str, target: str, seq: int) -> None:
        self.faults_found += 1
        if len(self.faults) < KEPT_FAULTS:
            self.faults.append(ChainFault(kind, target, seq))


@dataclass
class _Place:
    """How far one chain has been walked."""

    target: str
    seq: int = 0
    digest: str = ""


def verify(*, folder: Path | None = None) -> Report:
    """Walk all chains, then hold them against the seals of `folder` (default: VAR/seals)."""
    report = Report()
    # The seals are read first: whatever they list was committed before the walk begins.
    seals = list(read_seals(folder or seals_folder()))
    kinds = set(Entry.objects.order_by().values_list("target_type", flat=True).distinct())
    kinds |= set(ChainHead.objects.order_by().values_list("target_type", flat=True).distinct())
    for kind in sorted(kinds):
        try:
            _walk_kind(kind, report)
        except (ValueError, TypeError, AttributeError):  # SQLite lets a vandal write words into a column of moments
            report.add("unreadable", kind, 0)
    _check_seals(seals, report)
    return report


# --- chains ---


def _walk_kind(kind: str, report: Report) -> None:
    """Entries and heads of one type side by side, both by ascending id."""
    key = journal_key()
    heads = _heads(kind)
    head = next(heads, None)
    for target_id, rows in groupby(_entries(kind), key=lambda row: int(row[_TARGET])):
        while head and head[0] < target_id:
            _settle(kind, head[0], _Place(f"{kind}:{head[0]}"), key, report)
            head = next(heads, None)
        place = _Place(f"{kind}:{target_id}")
        report.chains += 1
        for row in rows:
            _check_row(row, place, key, report)
        ours = head if head and head[0] == target_id else None
        if ours:
            head = next(heads, None)
        if ours is None or ours[1:] != (place.seq, place.digest):
            _settle(kind, target_id, place, key, report)
    while head:
        _settle(kind, head[0], _Place(f"{kind}:{head[0]}"), key, report)
        head = next(heads, None)


def _check_row(row: tuple[Any, ...], place: _Place, key: bytes, report: Report) -> None:
    report.entries += 1
    seq, previous, digest = row[_SEQ], row[_PREVIOUS], row[-1]
    follows = seq == place.seq + 1
    if not follows:
        report.add("missing" if seq > place.seq else "changed", place.target, place.seq + 1)
    if digest_of(row[:-1], key) != digest:
        report.add("changed", place.target, seq)
    elif follows and previous != place.digest:
        report.add("unlinked", place.target, seq)
    place.seq, place.digest = seq, digest


def _settle(kind: str, target_id: int, place: _Place, key: bytes, report: Report) -> None:
    """Walk and head disagree. Either somebody wrote meanwhile, which is fine, or something is wrong.

    The head is read after the rows, and both commit together: a head behind the rows is never the work of a live writer.
    """
    now = ChainHead.objects.filter(target_type=kind, target_id=target_id).values_list("seq", "digest").first()
    if now is None:
        report.add("headless", place.target, place.seq)
        return
    seq, digest = now
    if seq > place.seq:
        tail = Entry.objects.filter(target_type=kind, target_id=target_id, seq__gt=place.seq, seq__lte=seq)
        for row in tail.order_by("seq").values_list(*COVERED, "digest").iterator(chunk_size=PAGE):
            _check_row(row, place, key, report)
    if seq > place.seq:
        report.add("cut", place.target, place.seq + 1)
    elif seq < place.seq:
        report.add("head_behind", place.target, seq)
    elif digest != place.digest:
        report.add("head_changed", place.target, seq)


def _entries(kind: str) -> Iterator[tuple[Any, ...]]:
    """Rows of one type by (id, seq), a page at a time; each page is one or two ranges of the chain index."""
    entries = Entry.objects.filter(target_type=kind).order_by("target_id", "seq").values_list(*COVERED, "digest")
    page = list(entries[:PAGE])
    while page:
        yield from page
        target_id, seq = page[-1][_TARGET], page[-1][_SEQ]
        page = list(entries.filter(target_id=target_id, seq__gt=seq)[:PAGE])
        if len(page) < PAGE:
            page += entries.filter(target_id__gt=target_id)[: PAGE - len(page)]


def _heads(kind: str) -> Iterator[tuple[int, int, str]]:
    heads = ChainHead.objects.filter(target_type=kind).order_by("target_id")
    rows: QuerySet[ChainHead, tuple[int, int, str]] = heads.values_list("target_id", "seq", "digest")
    page = list(rows[:PAGE])
    while page:
        yield from page
        page = list(rows.filter(target_id__gt=page[-1][0])[:PAGE])


# --- seals ---


def _check_seals(files: list[SealFile], report: Report) -> None:
    """Every seal from the first: there, unchanged, chained; and everything it lists still in the journal."""
    rows = {number: (name, digest) for number, name, digest in Seal.objects.values_list("number", "file", "digest")}
    readable = {file.number: file for file in files if file.number}
    for file in files:
        if readable.get(file.number) is not file:
            report.add("seal_changed", file.path.name, file.number)
    unbroken = True
    previous = ""
    for number in range(1, max([0, *rows, *readable]) + 1):
        name, noted = rows.get(number, ("", ""))
        file_ = readable.get(number)
        fault = _fault_of_seal(file_, noted, previous)
        if fault:
            report.add(fault, file_.path.name if file_ else name, number)
            unbroken = False
        previous = file_.digest if file_ else noted
        if file_ is None or not file_.is_intact:
            continue
        report.seals += 1
        _check_lines(file_, report)
        if report.entries < file_.entries:
            report.add("entries_lost", file_.path.name, file_.entries - report.entries)
        if unbroken:
            report.sealed_until = file_.at


def _fault_of_seal(file: SealFile | None, noted: str, previous: str) -> str | None:
    if file is None:
        return "seal_missing"
    if not file.is_intact or (noted and noted != file.digest):
        return "seal_changed"
    return "seal_unchained" if file.previous != previous else None


def _check_lines(file: SealFile, report: Report) -> None:
    lines = read_lines(file.path)
    while page := list(islice(lines, 500)):
        found = _digests_at(page)
        for kind, target_id, seq, digest in page:
            present = found.get((kind, target_id, seq))
            if present != digest:
                report.add("sealed_changed" if present else "sealed_missing", f"{kind}:{target_id}", seq)


def _digests_at(page: Iterable[Line]) -> dict[tuple[str, int, int], str]:
    """Digests of exactly these places; one index look-up each, in one statement."""
    places = [place for kind, target_id, seq, _ in page for place in (kind, target_id, seq)]
    values = ", ".join(["(%s, %s, %s)"] * (len(places) // 3))
    sql = (
        f"WITH sealed (target_type, target_id, seq) AS (VALUES {values}) "
        "SELECT e.target_type, e.target_id, e.seq, e.digest FROM sealed JOIN journal_entry e "
        "ON e.target_type = sealed.target_type AND e.target_id = sealed.target_id AND e.seq = sealed.seq"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, places)
        return {(kind, target_id, seq): digest for kind, target_id, seq, digest in cursor.fetchall()}
