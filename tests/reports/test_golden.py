"""The golden month: queries, lists behind the numbers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from huizhen.directory.models import Unit
from huizhen.directory.queries import standing
from huizhen.reports import jobs
from huizhen.reports.choices import Kind
from huizhen.reports.clocks.periods import months_to, report_month
from huizhen.reports.policy.scopes import ALL, Scope
from huizhen.reports.queries.behind import TOP, WHOLE, behind
from huizhen.reports.queries.figures import Figures, by_period, by_scope, figures
from huizhen.reports.queries.metrics import METRICS
from tests.cast import Cast
from tests.reports.golden import EXPECTED, TODAY, golden_month

MARCH = report_month(date(2026, 3, 10), 15)


def told(found: Figures) -> dict[str, tuple[int, int | None, str | None]]:
    return {
        one.metric.code: (one.numerator, one.denominator, None if one.value is None else str(one.value))
        for one in found
    }


def test_golden_month(cast: Cast, django_assert_num_queries: Any) -> None:
    cases = golden_month(cast)
    jobs.drain(timezone.now())
    with django_assert_num_queries(5):
        found = figures(cast.campaign, ALL, MARCH, today=TODAY)
    assert told(found) == EXPECTED
    unit = Unit.objects.get(code="FS")
    scopes = {
        Kind.GROUP: Scope("group", "NET-01", "", cast.group.pk),
        Kind.DOMAIN: Scope("domain", "NET", "", cast.group.domain_id),
        Kind.UNIT: Scope("unit", "FS", "", unit.pk),
    }
    for kind, scope in scopes.items():
        assert told(figures(cast.campaign, scope, MARCH, today=TODAY)) == EXPECTED, kind
        with django_assert_num_queries(1):
            rows = by_scope(cast.campaign, kind, MARCH, today=TODAY)
        assert list(rows) == [scope.key]
        assert told(rows[scope.key]).items() <= EXPECTED.items()
    empty = told(figures(cast.campaign, Scope("group", "FIN-01", "", cast.other_group.pk), MARCH, today=TODAY))
    assert {n for n, _, _ in empty.values()} == {0}, "the group that only helps"

    # Asked on the 5th: what is due that day or later is not late yet.
    early = told(figures(cast.campaign, ALL, MARCH, today=date(2026, 3, 5)))
    assert early["session_on_time"] == (0, 1, None)  # 9
    assert early["prescription_on_time"] == (4, 5, "80.0")  # 9
    assert early["execution"] == (0, 0, None)

    codes = ["registered", "prescription_on_time"]
    with django_assert_num_queries(1):
        months = by_period(cast.campaign, ALL, months_to(MARCH, 3), codes, today=date(2026, 4, 1))
    assert [(one["registered"].numerator, one["prescription_on_time"].denominator) for one in months] == [
        (0, 0), (0, 0), (9, 7),
    ]  # fmt: skip

    _cases_behind(cast, [one.code for one in cases], django_assert_num_queries)


def _cases_behind(cast: Cast, codes: list[str], num_queries: Any) -> None:
    """Every number opens its cases; the sensitive one is counted, and listed to whom may see it."""
    metric = METRICS["first_contact_on_time"]

    def listed(who: str, part: str = WHOLE, after: str = "", limit: int = 30) -> Any:
        reader = standing(cast.users[who], on=TODAY)
        return behind(
            reader, cast.campaign, metric, ALL, MARCH, today=TODAY, part=part, after=after, limit=limit
        )  # fmt: skip

    leader = listed("leader")
    assert (leader.total, leader.hidden, leader.after) == (8, 0, "")
    assert sorted(one.case.code for one in leader.events) == sorted(set(codes) - {codes[3]})
    assert len(listed("leader", TOP).events) == 7
    for who in ("viewer", "clerk"):
        found = listed(who)
        assert (found.total, found.hidden, len(found.events)) == (8, 1, 7), who
        assert codes[4] not in [one.case.code for one in found.events]
    stranger = listed("outsider")
    assert (stranger.total, stranger.hidden, stranger.events) == (8, 8, ())

    first = listed("leader", limit=3)
    second = listed("leader", limit=3, after=first.after)
    third = listed("leader", limit=3, after=second.after)
    walked = [one.case.code for page in (first, second, third) for one in page.events]
    assert (walked, third.after) == ([one.case.code for one in leader.events], "")
    reader = standing(cast.viewer, on=TODAY)
    with num_queries(1 + 3 + 3):  # the total; three kinds of facts, listed and counted
        num = behind(reader, cast.campaign, metric, ALL, MARCH, today=TODAY, part=WHOLE)
    assert num.total == 8
    for strange in ("x", "20260302-1", "99999999-1-1-a", "20260302-9999999999999-0-a", "20260302-1-1-" + "x" * 40):
        assert len(listed("leader", after=strange).events) == 8

    response = behind(
        standing(cast.leader, on=TODAY), cast.campaign, METRICS["response_median"], ALL, MARCH, today=TODAY
    )
    assert {one.hours for one in response.events} == {0.5}
    assert Decimal(EXPECTED["response_median"][2] or 0) == Decimal("0.5")
