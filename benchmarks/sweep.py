"""What a sweep costs among many open cases. Run: python benchmarks/sweep.py [most]; DATABASE_URL chooses the database.

Makes a scratch database, fills it by bulk with 1,000, 10,000 and 100,000 open cases of which 500 are due, and as many closed ones;
prints for each the queries, the median and least time and the plan of finding those that are due, then the same of finding those whose clocks
an older calendar measured (none), then the time of a whole sweep that finds nothing to do.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from typing import Any

NOW = datetime(2026, 11, 23, 2, 24, tzinfo=UTC)
DUE = 500
SIZES = (1_000, 10_000, 100_000)
ROUNDS = 30


def main(most: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huizhen.config.settings")
    os.environ.setdefault("HUIZHEN_VAR", tempfile.mkdtemp(prefix="huizhen-benchmark-"))
    import django

    django.setup()
    from django.db import connection

    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        add = world()
        print(f"{connection.vendor}; {DUE} cases due; median and least of {ROUNDS} rounds")
        made = 0
        for size in (size for size in SIZES if size <= most):
            add(made, size)
            made = size
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
            measure(size)
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def world() -> Callable[[int, int], None]:
    """One branch, one expert; gives what fills up to a number of open cases. The first 500 are due."""
    from huizhen.cases.models import FAR, Case
    from huizhen.cases.queries.upkeep import measured_by
    from huizhen.directory.models import Branch, Campaign, Domain, Group, Person, Unit

    campaign = Campaign.objects.create(
        name="c", short_name="c", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31), is_current=True
    )
    unit = Unit.objects.create(code="U", name="u", kind="city")
    domain = Domain.objects.create(code="D", name="d", lead_unit=unit)
    group = Group.objects.create(campaign=campaign, code="G", domain=domain, name="g")
    branch = Branch.objects.create(code="B", unit=unit, name="b")
    person = Person.objects.create(code="E", name="e", unit=unit)
    token = measured_by(campaign)

    def case(n: int, is_open: bool) -> Case:
        moment = NOW - timedelta(minutes=n) if n < DUE else NOW + timedelta(minutes=1 + n % 20_000)
        return Case(
            campaign=campaign, code=f"HZ26-{2 * n + is_open:07d}", title=f"题目 {n}", condition="病情" * 200,
            stage="in_treatment" if is_open else "archived", situation="measures" if is_open else "closed", is_open=is_open,
            branch=branch, unit=unit, requester=person, group=group, domain=domain, first_responder=person, accountable=person,
            registered_at=NOW, due_at=moment if is_open else FAR, next_due_at=moment if is_open else FAR,
            closed_at=None if is_open else NOW, calendar_version=token,
        )  # fmt: skip

    def add(made: int, size: int) -> None:
        for start in range(made, size, 5000):
            rows = range(start, min(start + 5000, size))
            Case.objects.bulk_create(case(n, is_open) for n in rows for is_open in (True, False))

    return add


def measure(size: int) -> None:
    """Find what is due, find what is stale, sweep with nothing due."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from huizhen.cases import jobs
    from huizhen.cases.queries.upkeep import cases_to_look_at, stale_cases

    print(f"\n{size:,} open cases, {size:,} closed")
    for label, build in (
        ("due", lambda: cases_to_look_at(NOW)[: jobs.BATCH]),
        ("stale", lambda: stale_cases()[: jobs.BATCH]),
    ):
        with CaptureQueriesContext(connection) as seen:
            found = len(list(build()))
        print(f"  {label:<6} {found:>4} found, {len(seen)} queries, {timed(lambda build=build: list(build()))}")
        print("         " + build().explain().replace("\n", "\n         "))
    print(f"  idle sweep {timed(lambda: jobs.sweep(NOW - timedelta(days=1)))}")


def timed(act: Callable[[], Any]) -> str:
    """Median and least of a read."""
    act()
    spans = []
    for _ in range(ROUNDS):
        begin = perf_counter()
        act()
        spans.append(perf_counter() - begin)
    return f"{statistics.median(spans) * 1000:.2f} ms (least {min(spans) * 1000:.2f})"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SIZES[-1])
