"""Signed work lists: what would be signed now, what was signed, the difference to the month before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Q
from django.utils import timezone, translation

from huizhen.cases.models import Case
from huizhen.cases.policy import visible
from huizhen.directory.models import Group
from huizhen.directory.queries import Standing
from huizhen.lib.errors import NotVisible
from huizhen.reports.clocks.periods import DAY, Period, report_month
from huizhen.reports.models import Snapshot
from huizhen.reports.policy.worklist import signed_groups
from huizhen.reports.queries.worklist import COLUMNS, WORDS, Row, rows
from huizhen.reports.queries.worklist.facts import BATCH

MONTHS = 3
"""Months in the overview."""


@dataclass(frozen=True)
class SnapshotRow:
    """One case as it was signed. `case`: its key; `version`: of its words; `cells`: column → text, Chinese."""

    case: int
    code: str
    title: str
    is_open: bool
    stage: str
    situation: str
    version: int
    cells: dict[str, str]

    def as_row(self) -> Row:
        """As the sheet wants it."""
        words = tuple(self.cells.get(name, "") for name in WORDS)
        texts = tuple(self.cells.get(name, "") for name in COLUMNS)
        return Row(self, texts, self.version, (words[0], words[1], words[2]))


def months(group: Group, today: date) -> list[Period]:
    """Report months, this one first."""
    found = [report_month(today, group.campaign.report_day)]
    while len(found) < MONTHS:
        found.append(report_month(found[-1].since - DAY, group.campaign.report_day))
    return found


def name_of(period: Period) -> date:
    """A report month goes by the month in which it is due."""
    return period.until.replace(day=1)


def period_of(group: Group, month: str) -> Period:
    """2026-03 → 2026-02-16 … 2026-03-15. NotVisible: no month."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise NotVisible("month_unknown", month=month[:10]) from None
    return report_month(first, group.campaign.report_day)


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def draft(group: Group, period: Period, standing: Standing) -> list[SnapshotRow]:
    """What would be signed now: cases registered by the end of the month that are open, or ended in it or since. No 敏感 case."""
    held = Q(is_open=True) | Q(is_open=False, closed_at__gte=_start(period.since))
    cases = Case.objects.filter(held, group=group, is_sensitive=False, registered_at__lt=_start(period.until + DAY))
    ids = list(cases.order_by("pk").values_list("pk", flat=True))
    found: list[SnapshotRow] = []
    with translation.override("zh-hans"):
        for start in range(0, len(ids), BATCH):
            for row in rows(ids[start : start + BATCH], tuple(COLUMNS), standing=standing, first=start + 1):
                case = row.case
                cells = {name: text for name, text in zip(COLUMNS, row.texts, strict=True) if text}
                found.append(
                    SnapshotRow(case.pk, case.code, case.title, case.is_open, case.stage, case.situation, row.version, cells)
                )  # fmt: skip
    return found


def digest_of(found: Iterable[SnapshotRow]) -> str:
    """SHA-256 of the rows as they are kept."""
    told = json.dumps([vars(one) for one in found], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def rows_of(snapshot: Snapshot) -> list[SnapshotRow]:
    return [SnapshotRow(**one) for one in snapshot.rows]


@dataclass(frozen=True)
class Seen:
    """What a reader sees of a signed list: the rows, without those that became 敏感 since; keys of the cases that she can open."""

    rows: tuple[SnapshotRow, ...]
    open_to_her: frozenset[int]
    hidden: int


def seen(standing: Standing, found: Sequence[SnapshotRow]) -> Seen:
    """Two queries."""
    ids = [one.case for one in found]
    mine = frozenset(visible(standing).filter(pk__in=ids).values_list("pk", flat=True))
    hushed = set(Case.objects.filter(pk__in=ids, is_sensitive=True).values_list("pk", flat=True)) - mine
    shown = tuple(one for one in found if one.case not in hushed)
    return Seen(shown, mine, len(found) - len(shown))


def snapshot(group: Group, period: Period, version: int | None = None) -> Snapshot | None:
    """The signed list of a month: its current version, or a certain one. NotVisible: no such version."""
    found = Snapshot.objects.filter(group=group, month=name_of(period)).select_related("signed_by")
    if version is None:
        return found.filter(is_current=True).first()
    one = found.filter(version=version).first()
    if one is None:
        raise NotVisible("snapshot_unknown")
    return one


def versions(group: Group, period: Period) -> list[Snapshot]:
    """All versions of a month, the newest first, without their rows."""
    found = Snapshot.objects.filter(group=group, month=name_of(period)).select_related("signed_by").defer("rows")
    return list(found.order_by("-version"))


@dataclass(frozen=True)
class Change:
    """One case in a difference. `before`, `after`: words of its state."""

    row: SnapshotRow
    before: SnapshotRow | None = None


@dataclass(frozen=True)
class Difference:
    """To the month before. new: not there then · ended: open then, closed now · moved: another stage or situation · words: other words,
    the state the same · gone: open then and not in this list."""

    new: tuple[Change, ...]
    ended: tuple[Change, ...]
    moved: tuple[Change, ...]
    words: tuple[Change, ...]
    gone: tuple[Change, ...]


def difference(now: Sequence[SnapshotRow], before: Sequence[SnapshotRow]) -> Difference:
    """Each case once, under the first that fits."""
    then = {one.case: one for one in before}
    found: dict[str, list[Change]] = {name: [] for name in ("new", "ended", "moved", "words")}
    for one in now:
        was = then.get(one.case)
        if was is None:
            found["new"].append(Change(one))
        elif was.is_open and not one.is_open:
            found["ended"].append(Change(one, was))
        elif (was.stage, was.situation) != (one.stage, one.situation):
            found["moved"].append(Change(one, was))
        elif any(was.cells.get(name) != one.cells.get(name) for name in WORDS):
            found["words"].append(Change(one, was))
    here = {one.case for one in now}
    gone = tuple(Change(one, one) for one in before if one.is_open and one.case not in here)
    told = {name: tuple(changes) for name, changes in found.items()}
    return Difference(told["new"], told["ended"], told["moved"], told["words"], gone)


@dataclass(frozen=True)
class GroupLine:
    """A group in the overview: its signed list of each month, or None."""

    group: Group
    signed: tuple[Snapshot | None, ...]


def overview(standing: Standing, periods: Sequence[Period]) -> list[GroupLine]:
    """Groups whose signed lists she may read, with those of these months. Two queries."""
    groups = list(signed_groups(standing).select_related("domain").order_by("domain__order", "order", "code"))
    names = [name_of(one) for one in periods]
    rows: dict[tuple[Any, date], Snapshot] = {
        (one.group_id, one.month): one
        for one in Snapshot.objects.filter(group__in=groups, month__in=names, is_current=True)
        .select_related("signed_by")
        .defer("rows")
    }
    return [GroupLine(group, tuple(rows.get((group.pk, name)) for name in names)) for group in groups]


def may_sign(group: Group, period: Period, today: date) -> bool:
    """This report month and the one before can be signed."""
    return period in months(group, today)[:2]
