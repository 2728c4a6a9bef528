"""Facts of cases, brought up to what the journal tells, and counted from the beginning where there were none.

One writer at a time, who holds `writing` until the transaction ends: a case's facts are compared with those that were counted, and
only the differences go into the sums. Cases are not locked (docs/decisions/0017): a move that lands meanwhile has its own row in the
outbox, and is counted with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from huizhen.cases.models import Case
from huizhen.cases.queries.files import files_of
from huizhen.journal.actions import hold, read_whole
from huizhen.journal.models import Outbox
from huizhen.lib.workdays import Calendar
from huizhen.reports.actions.sums import Place, Sums
from huizhen.reports.choices import READER
from huizhen.reports.clocks.happenings import facts_of
from huizhen.reports.models import Counted, Fact, Fill
from huizhen.worktime.queries import calendar

LEASE = timedelta(minutes=2)
CASE = "cases.case"
BATCH = 100
"""Cases that are counted at once. A step of a fill is so many: a transaction, and the most a crash can cost."""
Facts = Mapping[tuple[str, date, int], int]


@dataclass(frozen=True)
class Count:
    """All that is counted of one case."""

    place: Place
    facts: Facts


def writing() -> None:
    """Waits until this transaction is the only one that writes figures."""
    hold(READER)


def counts_of(keys: Collection[int]) -> dict[int, Count]:
    """What there is to count of these cases now; who is gone is left out. A constant number of queries."""
    working = calendar()
    files = files_of(Case.objects.filter(pk__in=keys).select_related("campaign"))
    return {
        key: Count(
            Place(
                file.case.campaign_id, file.case.domain_id, file.case.group_id, file.case.unit_id,
                file.case.accountable_id if file.case.is_open else None,
            ),
            {(one.metric, one.day, one.value): one.n for one in facts_of(file, working)},
        )
        for key, file in files.items()
    }  # fmt: skip


def counted(keys: Collection[int]) -> dict[int, Count]:
    """What was counted of these cases. Two queries."""
    facts: dict[int, dict[tuple[str, date, int], int]] = {key: {} for key in keys}
    rows = Fact.objects.filter(counted__in=keys).values_list("counted_id", "metric", "day", "value", "n")
    for key, metric, day, value, n in rows:
        facts[key][metric, day, value] = n
    found = Counted.objects.filter(pk__in=keys)
    return {
        one.case_id: Count(Place(one.campaign_id, one.domain_id, one.group_id, one.unit_id, one.holder_id), facts[one.case_id])
        for one in found
    }  # fmt: skip


def count(keys: Collection[int]) -> int:
    """Count these cases anew and bring the sums up to it. Says how many had changed. Belongs to a transaction that holds `writing`."""
    before, now = counted(keys), counts_of(keys)
    changed = {key for key in keys if before.get(key) != now.get(key)}
    sums = Sums()
    for key in changed:
        if old := before.get(key):
            sums.add(old.place, old.facts, -1)
        if new := now.get(key):
            sums.add(new.place, new.facts)
    _write_facts(
        {key: before[key] for key in changed if key in before}, {key: now[key] for key in changed if key in now}
    )
    sums.write()
    return len(changed)


def _write_facts(before: Mapping[int, Count], now: Mapping[int, Count]) -> None:
    if gone := sorted(before.keys() - now.keys()):
        Fact.objects.filter(counted__in=gone).delete()
        Counted.objects.filter(pk__in=gone).delete()
    Counted.objects.bulk_create(
        [
            Counted(
                case_id=key, campaign_id=one.place.campaign, domain_id=one.place.domain, group_id=one.place.group,
                unit_id=one.place.unit, holder_id=one.place.holder,
            )
            for key, one in sorted(now.items())
            if key not in before or before[key].place != one.place
        ],
        update_conflicts=True,
        unique_fields=["case"],
        update_fields=["campaign", "domain", "group", "unit", "holder"],
        batch_size=500,
    )  # fmt: skip
    fresh, over = [], []
    for key, one in sorted(now.items()):
        old = before[key].facts if key in before else {}
        over += [(key, *fact) for fact in old if fact not in one.facts]
        fresh += [
            Fact(counted_id=key, metric=metric, day=day, value=value, n=n)
            for (metric, day, value), n in one.facts.items()
            if old.get((metric, day, value)) != n
        ]
    if over:
        keys = {row[0] for row in over}
        rows = Fact.objects.filter(counted__in=keys).values_list("pk", "counted_id", "metric", "day", "value")
        unwanted = set(over)
        Fact.objects.filter(pk__in=[pk for pk, *fact in rows if tuple(fact) in unwanted]).delete()
    Fact.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["counted", "metric", "day", "value"],
        update_fields=["n"],
        batch_size=500,
    )


# ── news from the journal


def read_news(*, by: str, at: datetime, limit: int = 30) -> dict[str, int] | None:
    """Take the oldest unread entries and count their cases anew; None when there is nothing to read.

    A case that cannot be counted is put off for LEASE, with its entries; the others go on.
    """
    return read_whole(READER, _take, by=by, at=at, limit=limit, lease=LEASE)


def _take(rows: list[Outbox]) -> dict[str, int]:
    keys = sorted({row.entry.target_id for row in rows if row.entry.target_type == CASE})
    # An import of an earlier list is one transaction of the journal with thousands of cases.
    changed = sum(count(keys[start : start + BATCH]) for start in range(0, len(keys), BATCH))
    return {"cases": len(keys), "changed": changed}


# ── a count of everything


def token_of(working: Calendar) -> str:
    """What a fill remembers of the calendar it counted with: another one moves due days of every case, ended ones too."""
    told = (working.slots, sorted(working.holidays), sorted(working.workdays), sorted(working.years))
    return hashlib.sha256(repr(told).encode()).hexdigest()


def is_unfilled() -> bool:
    """Whether figures were never counted here, or with another calendar. Two queries."""
    newest = Fill.objects.order_by("-pk").first()
    return newest is None or newest.token != token_of(calendar())


@transaction.atomic
def mark_filled(*, at: datetime) -> Fill:
    """Say that all cases are counted: whoever wrote cases with their facts says so, that nobody counts them again."""
    writing()
    Fill.objects.filter(is_open=True).update(is_open=False, ended_at=at)
    return Fill.objects.create(begun_at=at, ended_at=at, is_open=False, token=token_of(calendar()))


@transaction.atomic
def fill_step(*, at: datetime, limit: int = BATCH) -> Fill | None:
    """One step of the fill, begun if there must be one; None when nothing is to be done. The last step ends it.

    Cases in order of their keys. Those that come or change meanwhile are told by the journal.
    """
    if not Fill.objects.filter(is_open=True).exists() and not is_unfilled():
        return None
    writing()
    fill = Fill.objects.filter(is_open=True).first()
    token = token_of(calendar())
    if fill is None or fill.token != token:
        Fill.objects.filter(is_open=True).update(is_open=False, ended_at=at)
        fill = Fill.objects.create(begun_at=at, token=token, total=Case.objects.count())
    keys = list(Case.objects.filter(pk__gt=fill.after).order_by("pk").values_list("pk", flat=True)[:limit])
    if keys:
        count(keys)
        fill.after, fill.done = keys[-1], fill.done + len(keys)
    if len(keys) < limit:
        fill.is_open, fill.ended_at = False, at
    fill.save()
    return fill
