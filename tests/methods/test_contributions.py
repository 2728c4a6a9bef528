"""What somebody has given: counted for the campaign and in all, with the list behind each figure as its reader may see it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from huizhen.cases.models import Case
from huizhen.directory.models import Campaign
from huizhen.directory.queries import standing
from huizhen.methods.actions.clinics import Pick, hold_clinic, plan_clinic
from huizhen.methods.models import Method
from huizhen.methods.queries import contributions as queries
from tests.cast import MONDAY, Cast

DAY = timedelta(days=1)
AT = MONDAY + 12 * DAY


def visited(cast: Cast, case: Case, *, mode: str = "on_site") -> None:
    at = MONDAY + timedelta(hours=1)
    cast.take(case, "hold_session", "expert", at, session="", mode=mode, people=["expert", "mate"], record="看过现场")


def extracted(cast: Cast, case: Case, code: str) -> Method:
    """A published method that the leader wrote and the expert guided."""
    method = Method.objects.create(
        code=code, domain=cast.group.domain, group=cast.group, owner=cast.person("leader"), source_case=case, evidence="reviewed",
        name="宿舍负荷三步法", created_at=AT, published_at=AT, looked_at=AT,
    )  # fmt: skip
    version = method.versions.create(number=1, state="published", by=cast.person("leader"), created_at=AT, saved_at=AT)
    version.experts.set([cast.person("expert"), cast.person("leader")])
    return method


def taught(cast: Cast, *cases: Case) -> None:
    clinic = plan_clinic(
        cast.group.domain, by=cast.leader, at=AT, key=uuid4(), starts_at=AT + DAY, minutes=60, title="三月病例讨论会", place="三楼",
        picks=[Pick(case.code) for case in cases], people=[cast.person("mate"), cast.person("other_expert")],
    )  # fmt: skip
    hold_clinic(
        clinic, by=cast.leader, at=AT + 2 * DAY, minutes="都说清楚了", came={"expert", "mate"}, learned={}, takes={}
    )


def shown(cast: Cast, name: str, campaign: Campaign | None = None) -> dict[str, tuple[int, int]]:
    found = queries.of_person(cast.person(name), campaign or cast.campaign)
    return {one.kind: (one.campaign, one.ever) for one in found.figures}


def world(cast: Cast) -> tuple[Case, Case, Case]:
    """A solved case with a visit, an online one, a 敏感 one; a method; a clinic on the first."""
    solved = cast.archived()
    online, hushed = cast.contacted(at=MONDAY, title="线上看的难题"), cast.contacted(at=MONDAY, title="敏感的难题")
    cast.take(solved, "reopen", "requester", MONDAY + 9 * DAY, reason="又出现了")
    visited(cast, Case.objects.get(pk=solved.pk))
    visited(cast, online, mode="online")
    visited(cast, hushed)
    cast.take(hushed, "mark_sensitive", "requester", AT, reason="涉及个人")
    extracted(cast, solved, "GF26-0001")
    taught(cast, solved, online)
    return solved, online, hushed


def test_each_kind_counts_the_rows_that_make_it(cast: Cast) -> None:
    world(cast)
    none = (0, 0)
    assert shown(cast, "expert") == {
        "answered": (3, 3), "visited": (2, 2), "followed_up": (1, 1), "extracted": (1, 1), "taught": (2, 2), "attended": (1, 1),
    }  # fmt: skip
    assert shown(cast, "mate") == dict.fromkeys(queries.KINDS, none) | {"visited": (2, 2), "attended": (1, 1)}
    assert shown(cast, "leader")["extracted"] == (1, 1), "written and guided is one method"
    assert shown(cast, "other_expert")["attended"] == none, "invited is not come"
    other = Campaign.objects.create(
        name="明年", short_name="明年", starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31)
    )
    assert {ever for _here, ever in shown(cast, "expert", other).values()} == {1, 2, 3}
    assert {here for here, _ever in shown(cast, "expert", other).values()} == {0}
    group = {one.kind: one.ever for one in queries.of_group(cast.group).figures}
    assert group == {"answered": 3, "visited": 2, "followed_up": 1, "extracted": 1, "taught": 2}


def test_no_rate_under_five_cases(cast: Cast) -> None:
    for n in range(5):
        assert queries.of_person(cast.person("expert"), cast.campaign).rate is None
        cast.followed("effective" if n == 4 else "marked", at=MONDAY, title=f"第 {n} 个难题")
    found = queries.of_person(cast.person("expert"), cast.campaign)
    assert (found.judged, found.marked, found.rate) == (5, 4, 80)
    assert queries.of_group(cast.group).rate == 80
    assert queries.of_person(cast.person("outsider"), cast.campaign).is_empty


def test_the_list_shows_what_its_reader_may_see(cast: Cast) -> None:
    solved, online, hushed = world(cast)

    def codes(name: str, kind: str, **more: Any) -> list[tuple[str, str]]:
        page = queries.deeds(standing(cast.users[name], on=AT.date()), cast.person("expert"), kind, **more)
        return [(one.code, one.level) for one in page.deeds]

    own = [(hushed.code, "full"), (online.code, "full"), (solved.code, "full")]
    assert codes("expert", "answered") == own
    assert codes("viewer", "answered") == own[1:], "敏感 cases are for who takes part"
    assert codes("other_expert", "answered") == [], "reopened, it is no summary any more"
    again = cast.archived(title="另一个破了的难题", at=MONDAY - 30 * DAY)
    assert codes("other_expert", "answered") == [(again.code, "summary")]
    assert codes("other_expert", "followed_up") == [(again.code, "summary")]
    assert codes("other_expert", "extracted") == [("GF26-0001", "")]
    assert codes("other_expert", "taught") == codes("mate", "attended") == [("NET-2603", "")]
    assert codes("requester", "taught") == [], "nor invited nor of the domain"
    assert codes("viewer", "visited") == [(solved.code, "full")]
    first = queries.deeds(standing(cast.viewer, on=AT.date()), cast.person("expert"), "answered", limit=2)
    assert [one.code for one in first.deeds] == [again.code, online.code]
    assert codes("viewer", "answered", limit=2, after=first.after) == [(solved.code, "full")]
    assert codes("viewer", "answered", after="x' --") == codes("viewer", "answered")


def test_contributions_cost_the_same_for_one_and_three(cast: Cast, django_assert_num_queries: Any) -> None:
    person, reader = cast.person("expert"), standing(cast.leader, on=AT.date())
    for several in (1, 2):
        for _ in range(several):
            visited(cast, cast.contacted(title=f"第 {Case.objects.count()} 个难题"))
        with django_assert_num_queries(6):
            queries.of_person(person, cast.campaign)
        with django_assert_num_queries(5):
            queries.of_group(cast.group)
        for kind, cost in (
            ("answered", 2),
            ("visited", 2),
            ("followed_up", 1),
            ("extracted", 1),
            ("taught", 1),
            ("attended", 1),
        ):
            with django_assert_num_queries(cost):
                queries.deeds(reader, person, kind)
    assert Case.objects.count() == 3
