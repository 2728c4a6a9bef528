"""Cost of the figures among many cases. Run: python benchmarks/dashboards.py [cases]; DATABASE_URL chooses the database.

Makes a scratch database, fills cases, facts and sums in bulk over one year, and prints for each page and for the interface the number of
queries, the median and the 95th percentile in milliseconds until the first byte, and how much of it the web process itself worked.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from time import perf_counter, process_time
from typing import Any

START, DAYS = date(2026, 1, 1), 360
TODAY = START + timedelta(days=DAYS)
BATCH = 20_000
ROUNDS = 40
OPEN = 0.02
"""Share of cases that are still open: bounded by what experts can carry."""
YEAR = "from=2026-01-01&to=2026-12-31"
PAGES = {
    "page, everything, campaign, by domain": "/figures/?scope=all&period=campaign",
    "page, everything, campaign, by group": "/figures/?scope=all&period=campaign&by=group&sort=-marked",
    "page, everything, campaign, by unit": "/figures/?scope=all&period=campaign&by=unit",
    "page, everything, report month": "/figures/?scope=all&period=report",
    "page, one group, campaign": "/figures/?scope=group:G7&period=campaign",
    "cases registered, everything, year": f"/figures/cases/?metric=registered&scope=all&{YEAR}",
    "cases of first contact, everything, year": f"/figures/cases/?metric=first_contact_on_time&part=whole&scope=all&{YEAR}",
    "cases of first contact, one group, year": f"/figures/cases/?metric=first_contact_on_time&part=whole&scope=group:G7&{YEAR}",
    "cases of response time, one unit, year": f"/figures/cases/?metric=response_median&scope=unit:U7&{YEAR}",
    "help": "/figures/help/",
    "overview, everything, campaign": "/overview/?scope=all&period=campaign",
    "overview, one domain, campaign": "/overview/?scope=domain:D3&period=campaign",
    "overview, one group, campaign": "/overview/?scope=group:G7&period=campaign",
    "overview, one unit, campaign": "/overview/?scope=unit:U7&period=campaign",
    "wall screen": "/overview/screen/",
}


def main(total: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huizhen.config.settings")
    os.environ.setdefault("HUIZHEN_VAR", tempfile.mkdtemp(prefix="huizhen-benchmark-"))
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.SECURE_SSL_REDIRECT = False
    settings.STORAGES = {
        **settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }  # fmt: skip
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        begun = perf_counter()
        reader = fill(total)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
        print(f"{connection.vendor}, {total} cases, {perf_counter() - begun:.0f} s to fill; {sizes()}")
        measure(reader)
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def fill(total: int) -> Any:
    """One province, its cases of a year with eleven or twelve facts each, and a coordinator."""
    from django.db import connection, transaction
    from django.utils import timezone

    from huizhen.accounts.models import User
    from huizhen.cases.models import Case
    from huizhen.directory.models import Branch, Campaign, Domain, Group, Person, Posting, Unit
    from huizhen.reports.actions import mark_filled
    from huizhen.reports.actions.loading import Loading, insert, load
    from huizhen.reports.actions.sums import Place

    chance = random.Random(1)
    campaign = Campaign.objects.create(
        name="c", short_name="c", starts_on=START, ends_on=date(2026, 12, 31), is_current=True
    )
    units = [Unit.objects.create(code=f"U{n}", name=f"u{n}", kind="city") for n in range(46)]
    domains = [Domain.objects.create(code=f"D{n}", name=f"d{n}", lead_unit=units[0]) for n in range(12)]
    groups = [
        Group.objects.create(campaign=campaign, code=f"G{n}", domain=domains[n % 12], name=f"g{n}") for n in range(52)
    ]
    branch = Branch.objects.create(code="B", unit=units[0], name="b")
    people = Person.objects.bulk_create(Person(code=f"E{n}", name=f"e{n}", unit=units[0]) for n in range(364))
    user = User.objects.create(username="coordinator", name="c")
    head = Person.objects.create(code="head", name="h", unit=units[0], user=user)
    Posting.objects.create(person=head, role="coordinator", since=START)

    pattern = Case(
        campaign=campaign, code="", branch=branch, unit=units[0], requester=people[0], group=groups[0], domain=domains[0],
        first_responder=people[0], accountable=people[0], title="题目", condition="病情" * 60, stage="archived",
        is_open=False, situation="closed", registered_at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    fields = list(Case._meta.concrete_fields)
    names = [one.column for one in fields]
    fixed = [
        one.get_db_prep_save(getattr(pattern, one.attname), connection) if one.column != "id" else 0 for one in fields
    ]
    fixed = [one.dumps(one.obj) if hasattr(one, "dumps") and hasattr(one, "obj") else one for one in fixed]
    places = [
        names.index(one) for one in ("id", "code", "unit_id", "group_id", "domain_id", "is_sensitive", "accountable_id")
    ]
    for start in range(1, total + 1, BATCH):
        rows, counts = [], Loading()
        for key in range(start, min(start + BATCH, total + 1)):
            at, unit = chance.randrange(52), units[chance.randrange(46)]
            row = list(fixed)
            holder = people[chance.randrange(364)].pk if chance.random() < OPEN else None
            told = (
                key, f"HZ26-{key:07d}", unit.pk, groups[at].pk, domains[at % 12].pk, chance.random() < 0.005,
                holder or people[0].pk,
            )  # fmt: skip
            for place, value in zip(places, told, strict=True):
                row[place] = value
            if holder:
                due = datetime(2026, 12, 26, tzinfo=UTC) + timedelta(hours=chance.randrange(240))
                row[names.index("due_at")] = fields[names.index("due_at")].get_db_prep_save(due, connection)
                for name, value in (("is_open", True), ("stage", "in_treatment"), ("clock", "follow_up")):
                    row[names.index(name)] = value
                row[names.index("situation")] = chance.choice(("follow_up", "measures"))
            rows.append(row)
            counts.add(
                key,
                Place(campaign.pk, domains[at % 12].pk, groups[at].pk, unit.pk, holder),
                happened(chance, START + timedelta(days=(key - 1) * DAYS // total)),
            )
        with transaction.atomic():
            insert(Case, names, rows)
            load(counts)
    mark_filled(at=timezone.now())
    return user


def happened(chance: random.Random, day: date) -> list[tuple[str, date, int, int]]:
    """The facts of one case registered on a day."""

    def late(share: float) -> str:
        return "late" if chance.random() < share else "met"

    def after(days: int) -> date:
        return day + timedelta(days=days)

    verdict = chance.choices(("marked", "effective", "none", "worse"), (60, 25, 12, 3))[0]
    return [
        ("registered", day, 0, 1), ("reached_contact", day, 0, 1), ("reached_effect", day, 0, 1),
        (f"first_contact_{late(0.05)}", day, 0, 1), ("response", day, chance.randrange(1, 60), 1),
        (f"session_{late(0.1)}", after(3), 0, 1), ("session_held", after(3), 0, 1), (f"prescription_{late(0.1)}", after(7), 0, 1),
        ("measure_done", after(14), 0, 2), (f"follow_up_{late(0.15)}", after(18), 0, 1), (f"verdict_{verdict}", after(18), 0, 1),
        ("cured", after(18), 0, 1),
    ]  # fmt: skip


def sizes() -> str:
    from huizhen.reports.models import Fact, Spread, Tally

    return ", ".join(f"{model.objects.count()} {model.__name__.lower()} rows" for model in (Fact, Tally, Spread))


def measure(user: Any) -> None:
    import time_machine
    from django.db import connection
    from django.test import Client

    from huizhen.accounts.actions import issue_token

    with time_machine.travel(datetime(2026, 12, 27, 4, tzinfo=UTC), tick=True):
        client = Client()
        client.force_login(user, backend="huizhen.accounts.backends.Backend")
        token = issue_token(user, at=datetime(2026, 12, 27, 4, tzinfo=UTC))
        told = {"Authorization": f"Bearer {token}"}
        asked = [(name, address, {}) for name, address in PAGES.items()]
        asked.append(("interface", "/api/v1/figures?scope=all&since=2026-01-01&until=2026-12-31", told))
        for name, address, headers in asked:
            client.get(address, headers=headers)
            spent: list[float] = []

            def watch(execute: Any, sql: str, params: Any, many: bool, context: Any, spent: Any = spent) -> Any:
                begun = perf_counter()
                try:
                    return execute(sql, params, many, context)
                finally:
                    spent.append((perf_counter() - begun) * 1000)

            with connection.execute_wrapper(watch):
                status = client.get(address, headers=headers).status_code
            times, used = [], process_time()
            for _ in range(ROUNDS):
                begun = perf_counter()
                client.get(address, headers=headers)
                times.append((perf_counter() - begun) * 1000)
            used = (process_time() - used) * 1000 / ROUNDS
            print(
                f"{name:45} {status} {len(spent):3} queries {statistics.median(times):7.1f} / "
                f"{statistics.quantiles(times, n=20)[-1]:7.1f} ms; {used:5.1f} ms of the web process; longest query {max(spent):.0f} ms"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
