"""Lists: which scopes a reader has, what they hold, in which order, by which index; chips; summaries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from huizhen.cases.clocks import Clock
from huizhen.cases.models import FAR, Case
from huizhen.cases.policy import summarised, visible
from huizhen.cases.queries.chips import chip, chip_of_clock
from huizhen.cases.queries.lists import Filters, Page, cases_in, cursor, filters_of, narrowed, page, scopes, solved
from huizhen.cases.queries.summary import NAMELESS, summary
from huizhen.directory.queries import Standing, standing
from huizhen.lib.errors import NotVisible
from huizhen.worktime.queries import calendar
from tests.cast import MONDAY, ROLES, Cast

pytestmark = pytest.mark.django_db
NOW = MONDAY + timedelta(days=1)

SCOPES = {
    "requester": "branch following",
    "expert": "mine group joined following",
    "leader": "mine group joined following",
    "liaison": "mine joined domain following",
    "clerk": "unit following",
    "coordinator": "mine joined all following",
    "viewer": "all following",
    "auditor": "all following",
    "outsider": "branch following",
}


def of(cast: Cast, role: str) -> Standing:
    return standing(cast.users[role], on=NOW.date())


def codes(found: Page) -> list[str]:
    return [case.code for case in found.cases]


def listed(cast: Cast, role: str, scope: str, **filters: Any) -> list[str]:
    return codes(page(of(cast, role), scope=scope, filters=Filters(**filters), now=NOW))


@pytest.mark.parametrize("role", ROLES)
def test_scopes_are_those_of_the_role(cast: Cast, role: str) -> None:
    assert " ".join(scopes(of(cast, role))) == SCOPES[role]


def test_scope_somebody_does_not_have_is_not_visible(cast: Cast) -> None:
    with pytest.raises(NotVisible):
        page(of(cast, "expert"), scope="all", filters=Filters(), now=NOW)


def test_reader_without_a_person_has_no_scope() -> None:
    assert scopes(Standing()) == ()


def test_scopes_hold_what_is_visible_and_nothing_else(cast: Cast) -> None:
    cast.register()
    hidden = cast.contacted()
    cast.take(hidden, "mark_sensitive", "leader", NOW, reason="涉及个人")
    cast.register(group="FIN-01")
    invited = cast.contacted()
    cast.take(invited, "invite", "expert", NOW, group="FIN-01", ask="请看成本")
    place = {"branch": "branch_ids", "group": "group_ids", "domain": "domain_ids", "unit": "unit_ids"}
    for role in (*ROLES, "other_expert", "mate"):
        reader = of(cast, role)
        seen = set(visible(reader).values_list("pk", flat=True))
        for scope in scopes(reader):
            found = set(cases_in(reader, scope).values_list("pk", flat=True))
            assert found <= seen, (role, scope)
            if scope in place:
                ids = getattr(reader, place[scope])
                assert found == set(visible(reader).filter(**{f"{scope}__in": ids}).values_list("pk", flat=True))
            if scope == "all":
                assert found == seen
    assert listed(cast, "other_expert", "joined") == [invited.code]
    assert hidden.code not in listed(cast, "coordinator", "all")
    assert hidden.code in listed(cast, "expert", "mine")


def test_filters_narrow_the_list(cast: Cast) -> None:
    fresh = cast.register(title="宿舍晚高峰负荷超限", at=NOW)
    late = cast.register(title="骑楼街区弱覆盖", urgency="urgent", urgency_reason="投诉多")
    other = cast.register(group="FIN-01", title="报销审批太慢", at=NOW)
    met = cast.treated(title="已经在执行的一例", at=NOW - timedelta(hours=4))
    gone = cast.register(title="撤掉的一例")
    cast.take(gone, "withdraw", "requester", NOW, reason="已自行解决")

    def found(**filters: Any) -> set[str]:
        return set(listed(cast, "coordinator", "all", **filters))

    assert found() == {fresh.code, late.code, other.code, met.code}
    assert found(overdue=True) == {late.code}
    assert found(today=True) == {fresh.code, other.code}
    assert found(urgency="urgent") == {late.code}
    assert found(situation="measures") == {met.code}
    assert found(stage="in_treatment") == {met.code}
    assert found(group="FIN-01") == {other.code}
    assert found(domain="FIN") == {other.code}
    assert found(unit="FS") == {fresh.code, late.code, other.code, met.code}
    assert found(unit="ZJ") == set()
    assert found(q="街区") == {late.code}
    assert found(q="骑楼 覆盖") == {late.code}
    assert found(q=fresh.code.lower()) == {fresh.code}
    assert found(q="100%_") == set()
    assert found(closed=True) == {gone.code}
    assert found(stage="withdrawn") == {gone.code}


def test_filters_of_an_address_drop_nonsense() -> None:
    given = {
        "situation": "contact",
        "urgency": "<script>",
        "stage": "nowhere",
        "q": "a\x00b ",
        "overdue": "yes",
        "x": "1",
    }
    assert filters_of(given) == Filters(situation="contact", q="ab")
    assert filters_of({"closed": "1", "group": "NET-01"}).as_params() == {"group": "NET-01", "closed": "1"}
    assert Filters(q="a", overdue=True).without("overdue") == Filters(q="a")


def _row(cast: Cast, n: int, due_at: datetime, *, is_open: bool = True) -> Case:
    person = cast.person("expert")
    return Case.objects.create(
        campaign=cast.campaign, code=f"HZ26-{90000 + n}", title=f"第 {n} 例", condition="", branch=cast.branch,
        unit=cast.branch.unit, requester=cast.person("requester"), group=cast.group, domain=cast.group.domain,
        first_responder=person, accountable=person, registered_at=MONDAY, due_at=due_at, is_open=is_open,
        stage="registered" if is_open else "archived", situation="contact" if is_open else "closed",
    )  # fmt: skip


@pytest.mark.parametrize("is_open", [True, False])
def test_pages_hold_each_row_once_in_both_directions(cast: Cast, is_open: bool) -> None:
    moments = (
        [NOW, NOW, NOW + timedelta(microseconds=1), NOW - timedelta(days=1), FAR, FAR, FAR] if is_open else [FAR] * 7
    )
    for n, moment in enumerate(moments):
        _row(cast, n, moment, is_open=is_open)
    reader, filters = of(cast, "expert"), Filters(closed=not is_open)
    everything = codes(page(reader, scope="group", filters=filters, now=NOW))
    assert len(everything) == 7
    if is_open:
        assert everything == [f"HZ26-9000{n}" for n in (3, 1, 0, 2, 6, 5, 4)]

    def turn(**place: str) -> Page:
        return page(reader, scope="group", filters=filters, now=NOW, limit=2, **place)

    ahead, pages = turn(), []
    while True:
        pages.append(ahead)
        if not ahead.after:
            break
        ahead = turn(after=ahead.after)
    assert [code for one in pages for code in codes(one)] == everything
    assert (pages[0].before, pages[-1].after) == ("", "")
    back = pages[-1]
    for earlier in reversed(pages[:-1]):
        back = turn(before=back.before)
        assert codes(back) == codes(earlier)
    assert back.before == ""


@pytest.mark.parametrize(
    "place", ["x", "1", "1.", ".1", "-1.1", "1.1.1", "9" * 40 + ".1", "1." + "9" * 40, "\uff11.\uff11"]
)
def test_cursor_that_cannot_be_read_starts_at_the_beginning(cast: Cast, place: str) -> None:
    case = cast.register()
    found = page(of(cast, "expert"), scope="mine", filters=Filters(), now=NOW, after=place)
    assert codes(found) == [case.code]


def test_cursor_says_where_a_row_stands(cast: Cast) -> None:
    assert cursor(Case(pk=7, due_at=datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))) == "1000000.7"


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("role", "scope"), [("expert", "mine"), ("expert", "group"), ("coordinator", "all")])
def test_list_costs_one_query(cast: Cast, django_assert_num_queries: Any, rows: int, role: str, scope: str) -> None:
    for _ in range(rows):
        cast.register()
    reader = of(cast, role)
    with django_assert_num_queries(1):
        found = page(reader, scope=scope, filters=Filters(), now=NOW)
        shown = [(one.group, one.unit.name, one.branch.name, one.accountable.name) for one in found.cases]
    assert shown == [(cast.group, "佛山分公司", "佛山分公司网络部党支部", "沈言行")] * rows


INDEXES = [
    ("expert", "mine", "case_mine"), ("requester", "branch", "case_branch"), ("leader", "group", "case_group"),
    ("liaison", "domain", "case_domain"), ("clerk", "unit", "case_unit"), ("coordinator", "all", "case_all"),
]  # fmt: skip


@pytest.mark.parametrize(("role", "scope", "index"), INDEXES)
@pytest.mark.parametrize("filters", [Filters(), Filters(closed=True), Filters(overdue=True)])
def test_list_walks_its_index_in_order(cast: Cast, role: str, scope: str, index: str, filters: Filters) -> None:
    cases = narrowed(cases_in(of(cast, role), scope), filters, now=NOW).order_by("due_at", "-pk")[:51]
    if connection.vendor == "postgresql":  # a handful of rows is read any way, unless that is forbidden
        with connection.cursor() as cursor_:
            for setting in ("enable_seqscan", "enable_bitmapscan", "enable_sort", "enable_incremental_sort"):
                cursor_.execute(f"SET LOCAL {setting} = off")
            if index != "case_all":
                cursor_.execute("DROP INDEX case_all")
    plan = cases.explain()
    assert f"INDEX {index} (" in plan or f"using {index} on" in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan


def test_solved_cases_are_newest_first_and_never_sensitive(cast: Cast) -> None:
    old = cast.archived()
    hidden = cast.resolved(at=MONDAY + timedelta(days=14))
    cast.take(hidden, "mark_sensitive", "leader", MONDAY + timedelta(days=22, hours=2), reason="涉及个人")
    new = cast.resolved("effective", at=MONDAY + timedelta(days=28), title="骑楼街区弱覆盖")
    cast.register()
    reader = of(cast, "outsider")
    assert [one.case.code for one in solved(reader).closings] == [new.code, old.code]
    assert {one.case_id for one in solved(reader).closings} == set(summarised(reader).values_list("pk", flat=True))
    first = solved(reader, limit=1)
    assert [one.case.code for one in solved(reader, after=first.after).closings] == [old.code]
    assert [one.case.code for one in solved(reader, q="骑楼").closings] == [new.code]
    assert solved(reader, group="FIN-01").closings == ()
    assert solved(Standing()).closings == ()


@pytest.mark.parametrize("rows", [1, 3])
def test_solved_cases_cost_six_queries(cast: Cast, django_assert_num_queries: Any, rows: int) -> None:
    for n in range(rows):
        cast.resolved(at=MONDAY + timedelta(days=14 * n))
    reader = of(cast, "outsider")
    with django_assert_num_queries(6):
        found = solved(reader)
        assert len({(one.case.group and one.case.group.name, one.case.title) for one in found.closings}) == 1


def test_summary_tells_the_cure_and_no_names(cast: Cast) -> None:
    case = cast.archived(
        condition="沈言行说近三个月晚高峰负荷超过九成，梁思远与曾维舟都测过，投诉每周四十件，还在上升，找 13800138000 可问。"
    )
    told = summary(of(cast, "outsider"), case.code)
    assert told.condition.startswith(f"{NAMELESS}说近三个月")
    assert [one.text for one in told.causes] == ["小区容量不足", "未做负荷均衡"]
    assert [one.what for one in told.measures] == ["做负荷均衡", "扩容两个小区"]
    assert (told.verdict, told.actual, told.visits, told.changed) == ("marked", 68, 1, "负荷降到六成八")
    said = repr(told)
    assert [
        name for name in ("沈言行", "梁思远", "曾维舟", "13800138000") if name in said.replace(repr(told.case), "")
    ] == []


def test_summary_of_an_open_or_sensitive_case_is_not_visible(cast: Cast) -> None:
    case = cast.register()
    hidden = cast.archived()
    cast.take(hidden, "mark_sensitive", "leader", MONDAY + timedelta(days=9), reason="涉及个人")
    for code in (case.code, hidden.code, "HZ26-99999", "x" * 200):
        with pytest.raises(NotVisible):
            summary(of(cast, "outsider"), code)


def test_chip_follows_the_clock_of_the_row(cast: Cast) -> None:
    case = cast.register()  # 4 h of working time from 9:00, due 13:00 + lunch = 15:00
    sums = calendar()
    hour = timedelta(hours=1)
    states = []
    for at in (MONDAY + hour, MONDAY + 2 * hour, MONDAY + 7 * hour):
        drawn = chip(case, at, sums)
        assert drawn is not None
        states.append((drawn.state, drawn.left, drawn.percent, drawn.is_late))
    assert states == [
        ("running", 3 * hour, 25, False),
        ("half", 2 * hour, 50, False),
        ("over", hour, 100, True),
    ]


def test_chip_is_absent_without_a_clock_and_pauses_with_the_case() -> None:
    sums = calendar()
    assert chip(Case(due_at=FAR, situation="follow_up"), NOW, sums) is None
    drawn = chip(Case(due_at=FAR, situation="paused"), NOW, sums)
    assert drawn is not None
    assert (drawn.state, drawn.clock, drawn.due) == ("pause", "", None)


def test_chip_of_a_clock_says_early_late_and_paused() -> None:
    sums, hour = calendar(), timedelta(hours=1)

    def clock(**more: Any) -> Clock:
        values = {
            "name": "session", "key": "", "start": MONDAY, "amount": 2 * hour, "due": MONDAY + 2 * hour, "stop": None,
            "breaks": (), "paused_since": None, "is_provisional": False,
        }  # fmt: skip
        return Clock(**{**values, **more})

    early = chip_of_clock(clock(stop=MONDAY + hour), NOW, sums)
    late = chip_of_clock(clock(stop=MONDAY + 2.5 * hour), NOW, sums)
    paused = chip_of_clock(clock(paused_since=MONDAY + hour, due=None), MONDAY + 2 * hour, sums)
    running = chip_of_clock(clock(), MONDAY + hour / 2, sums)
    assert [(one.state, one.left, one.is_late) for one in (early, late, paused, running)] == [
        ("met", hour, False),
        ("met", -hour / 2, True),
        ("pause", hour, False),
        ("running", 1.5 * hour, False),
    ]
