"""Cost of lists and first screens among many cases. Run: python benchmarks/lists.py [cases]; DATABASE_URL chooses the database.

Makes a scratch database, fills it by bulk, prints the median and the 95th percentile in milliseconds of the first page, of a page
deep in the list, and of the closed cases of each scope; then the first screen of each role.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from time import perf_counter
from typing import Any

NOW = datetime(2026, 11, 23, 2, 24, tzinfo=UTC)
OPEN_SHARE = 0.06
ROUNDS = 40
SITUATIONS = ("contact", "session", "prescription", "acceptance", "measures", "follow_up", "archive", "paused")
STAGES = {
    "contact": "registered",
    "session": "in_consultation",
    "prescription": "in_consultation",
    "archive": "resolved",
}


def main(total: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huizhen.config.settings")
    os.environ.setdefault("HUIZHEN_VAR", tempfile.mkdtemp(prefix="huizhen-benchmark-"))
    import django

    django.setup()
    from django.db import connection

    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        readers = fill(total)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        print(f"{connection.vendor}, {total} cases, {OPEN_SHARE:.0%} open; milliseconds: median / 95th percentile")
        measure(readers)
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def fill(total: int) -> dict[str, Any]:
    """The world of one province and its cases."""
    from huizhen.accounts.models import User
    from huizhen.cases.models import FAR, Access, Case, Closing, Following, Round
    from huizhen.directory.models import Branch, Campaign, Domain, Group, Membership, Person, Posting, Unit

    chance = random.Random(1)
    since = date(2026, 1, 1)
    campaign = Campaign.objects.create(
        name="c", short_name="c", starts_on=since, ends_on=date(2026, 12, 31), is_current=True
    )
    units = [Unit.objects.create(code=f"U{n}", name=f"u{n}", kind="city") for n in range(46)]
    domains = [Domain.objects.create(code=f"D{n}", name=f"d{n}", lead_unit=units[0]) for n in range(12)]
    groups = [
        Group.objects.create(campaign=campaign, code=f"G{n}", domain=domains[n % 12], name=f"g{n}") for n in range(52)
    ]
    branches = Branch.objects.bulk_create(Branch(code=f"B{n}", unit=units[n % 46], name=f"b{n}") for n in range(1000))
    experts = Person.objects.bulk_create(Person(code=f"E{n}", name=f"e{n}", unit=units[0]) for n in range(364))
    Membership.objects.bulk_create(
        Membership(group=groups[n % 52], person=one, role="leader" if n < 52 else "member", since=since)
        for n, one in enumerate(experts)
    )
    askers = Person.objects.bulk_create(Person(code=f"R{n}", name=f"r{n}", unit=units[0]) for n in range(1000))
    Posting.objects.bulk_create(
        Posting(person=one, role="requester", branch=branch, since=since)
        for one, branch in zip(askers, branches, strict=True)
    )
    others = {}
    for role, place in (
        ("liaison", {"domain": domains[0]}),
        ("clerk", {"unit": units[0]}),
        ("coordinator", {}),
        ("viewer", {}),
    ):
        others[role] = Person.objects.create(code=role, name=role, unit=units[0])
        Posting.objects.create(person=others[role], role=role, since=since, **place)

    def case(n: int) -> Case:
        group_at, is_open = chance.randrange(52), chance.random() < OPEN_SHARE
        expert = experts[group_at + 52 * chance.randrange(7)]
        at = chance.randrange(1000)
        situation = chance.choice(SITUATIONS) if is_open else "closed"
        due = NOW + timedelta(minutes=chance.randrange(-3000, 20000)) if is_open and situation != "paused" else FAR
        return Case(
            campaign=campaign, code=f"HZ26-{n:06d}", title=f"题目 {n} {chance.randrange(10**6)}", condition="病情" * 200,
            stage=STAGES.get(situation, "in_treatment") if is_open else "archived", situation=situation, is_open=is_open,
            branch=branches[at], unit=units[at % 46], requester=askers[at], group=groups[group_at],
            domain=domains[group_at % 12], first_responder=expert, accountable=expert, registered_at=NOW, due_at=due,
            closed_at=None if is_open else NOW, clock="session" if due != FAR else "",
            clock_since=NOW - timedelta(hours=9) if due != FAR else None, is_sensitive=chance.random() < 0.005,
        )  # fmt: skip

    for start in range(0, total, 5000):
        made = Case.objects.bulk_create(case(n) for n in range(start, min(start + 5000, total)))
        Access.objects.bulk_create(
            Access(case=one, person_id=one.accountable_id, why="accountable", since=NOW) for one in made
        )
        ended = [one for one in made if not one.is_open]
        rounds = Round.objects.bulk_create(Round(case=one, number=1, since=NOW, why="registered") for one in ended)
        Closing.objects.bulk_create(
            Closing(case=one.case, round=one, resolved_at=NOW, resolved_by=experts[0], verdict="marked", silent_at=NOW,
                    formed_at=NOW, replied_at=NOW, extraction="no") for one in rounds
        )  # fmt: skip
        Access.objects.bulk_create(
            Access(case=one, group=groups[one.pk % 52], why="invited", since=NOW) for one in made if one.pk % 10 == 0
        )
    Following.objects.bulk_create(
        Following(case_id=pk, person=others["coordinator"], since=NOW)
        for pk in Case.objects.order_by("?").values_list("pk", flat=True)[:50]
    )
    people = {"leader": experts[0], "expert": experts[60], "requester": askers[0], **others}
    for name, person in people.items():
        Person.objects.filter(pk=person.pk).update(user=User.objects.create(username=name, name=name))
    return {name: Person.objects.select_related("user", "unit").get(pk=one.pk) for name, one in people.items()}


def timed(act: Callable[[], Any]) -> str:
    """Median and 95th percentile of a read."""
    act()
    spans = []
    for _ in range(ROUNDS):
        start = perf_counter()
        act()
        spans.append((perf_counter() - start) * 1000)
    return f"{statistics.median(spans):7.1f} /{statistics.quantiles(spans, n=20)[-1]:7.1f}"


def measure(readers: dict[str, Any]) -> None:
    from huizhen.cases.queries import home, lists
    from huizhen.directory.queries import standing_of_person

    scopes = (
        ("expert", "mine"), ("expert", "group"), ("expert", "joined"), ("requester", "branch"), ("liaison", "domain"),
        ("clerk", "unit"), ("coordinator", "all"), ("coordinator", "following"),
    )  # fmt: skip
    print(f"{'list':24} {'first page':>16} {'deep page':>16} {'closed':>16} {'closed, deep':>16} {'rare word':>16}")
    for role, scope in scopes:
        print(f"{role + ' ' + scope:24} " + " ".join(cells_of(standing_of_person(readers[role], on=NOW.date()), scope)))
    standing = standing_of_person(readers["viewer"], on=NOW.date())
    print(f"{'solved':24} {timed(partial(lists.solved, standing))}")
    for role, person in readers.items():
        standing = standing_of_person(person, on=NOW.date())
        print(f"{'home ' + role:24} {timed(partial(home.home, standing, person.user, now=NOW))}")


def cells_of(standing: Any, scope: str) -> list[str]:
    """First page, tenth page, closed cases, tenth page of them, and a word that no title has."""
    from huizhen.cases.queries import lists
    from huizhen.cases.queries.lists import Filters

    read = partial(lists.page, standing, scope=scope, now=NOW)

    def deep(filters: Filters) -> str:
        place = ""
        for _ in range(10):
            place = read(filters=filters, after=place).after or place
        return place

    opened, closed, rare = Filters(), Filters(closed=True), Filters(q="no such word")
    return [
        timed(partial(read, filters=opened)),
        timed(partial(read, filters=opened, after=deep(opened))),
        timed(partial(read, filters=closed)),
        timed(partial(read, filters=closed, after=deep(closed))),
        timed(partial(read, filters=rare)),
    ]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
