"""Who sees a case: the SQL predicates and their Python twins agree about everybody and everything."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from django.utils import timezone

from huizhen.cases.lifecycle import OPEN, STAGES
from huizhen.cases.models import Access, Case
from huizhen.cases.policy import get_summarised, get_visible, is_summarised, is_visible, summarised, visible
from huizhen.directory.models import Leave, Membership, Posting
from huizhen.directory.queries import Standing, standing
from huizhen.directory.queries.standings import standing_of_person
from huizhen.lib.errors import NotVisible
from tests.cast import MONDAY, Cast

TODAY = date(2026, 3, 2)


def populate(cast: Cast) -> list[Case]:
    """A case for every stage × 敏感 × place, admitting one party after the other, some no longer."""
    places = [
        (cast.branch, cast.group),
        (cast.branch, None),
        (cast.other_branch, cast.other_group),
        (cast.other_branch, cast.group),
    ]
    admitted: list[dict[str, object]] = [
        {}, {"person": cast.person("expert")}, {"person": cast.person("outsider")}, {"group": cast.other_group},
        {"unit": cast.branch.unit}, {"person": cast.person("viewer")}, {"group": cast.group}, {"person": cast.person("clerk")},
    ]  # fmt: skip
    rows = []
    for number, (stage, sensitive, (branch, group)) in enumerate(product(STAGES, (False, True), places)):
        rows.append(
            Case(
                campaign=cast.campaign,
                code=f"HZ26-{number:05d}",
                stage=stage,
                is_open=stage in OPEN,
                branch=branch,
                unit=branch.unit,
                requester=cast.person("requester"),
                group=group,
                domain=group.domain if group else None,
                first_responder=cast.person("expert"),
                accountable=cast.person("expert"),
                title="题目",
                condition="病情",
                is_sensitive=sensitive,
                registered_at=MONDAY,
            )
        )
    Case.objects.bulk_create(rows)
    made = list(Case.objects.order_by("pk"))
    for number, case in enumerate(made):
        # shifted by one in every block of eight, so that every place meets every kind of access
        party = admitted[(number + number // len(admitted)) % len(admitted)]
        if party:
            ended = MONDAY + timedelta(days=1) if number % 3 == 0 else None
            Access.objects.create(case=case, why="test", since=MONDAY, until=ended, **party)
    return made


def change_the_crowd(cast: Cast) -> None:
    """People on leave, deputies of deputies, ended and coming posts, two hats on one head."""
    month = timedelta(days=30)
    Leave.objects.create(person=cast.person("expert"), deputy=cast.person("mate"), since=TODAY, until=TODAY + month)
    Leave.objects.create(person=cast.person("mate"), deputy=cast.person("clerk"), since=TODAY, until=TODAY + month)
    Posting.objects.filter(person=cast.person("second")).update(until=TODAY)
    Posting.objects.filter(person=cast.person("other_liaison")).update(since=TODAY + month)
    Membership.objects.filter(person=cast.person("other_expert")).update(until=TODAY)
    Posting.objects.create(person=cast.person("outsider"), role="liaison", domain=cast.group.domain, since=TODAY)
    Posting.objects.create(person=cast.person("leader"), role="clerk", unit=cast.other_branch.unit, since=TODAY)


@pytest.mark.parametrize("changed", [False, True])
def test_twins_agree_about_everybody(cast: Cast, changed: bool) -> None:
    cases = populate(cast)
    if changed:
        change_the_crowd(cast)
    accesses: dict[int, list[Access]] = {case.pk: [] for case in cases}
    for one in Access.objects.all():
        accesses[one.case_id].append(one)
    seen_by_someone = set()
    readers = [standing_of_person(person, on=TODAY) for person in cast.people.values()]
    for reader in [*readers, Standing()]:
        in_full = set(visible(reader).values_list("pk", flat=True))
        in_short = set(summarised(reader).values_list("pk", flat=True))

        assert in_full == {case.pk for case in cases if is_visible(reader, case, accesses[case.pk])}
        assert in_short == {case.pk for case in cases if is_summarised(reader, case)}
        seen_by_someone |= in_full
    assert 0 < len(seen_by_someone) <= len(cases)


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("requester", True), ("second", True), ("expert", True), ("mate", True), ("leader", True), ("liaison", True), ("clerk", True),
        ("coordinator", True), ("viewer", True), ("auditor", True), ("outsider", False), ("other_leader", False),
        ("other_liaison", False),
    ],
)  # fmt: skip
def test_case_of_a_branch_and_its_readers(cast: Cast, who: str, sees: bool) -> None:
    case = cast.contacted()
    reader = standing(cast.users[who], on=timezone.localdate(MONDAY))

    if sees:
        assert get_visible(reader, case.code) == case
    else:
        with pytest.raises(NotVisible):
            get_visible(reader, case.code)
    with pytest.raises(NotVisible):
        get_summarised(reader, case.code)


def test_sensitive_case_is_for_those_who_have_a_part_in_it(cast: Cast) -> None:
    case = cast.diagnosed()
    cast.take(case, "mark_sensitive", "requester", MONDAY + timedelta(hours=2), reason="涉及个人")
    on = timezone.localdate(MONDAY)
    sees = {who for who, user in cast.users.items() if visible(standing(user, on=on)).exists()}

    # mate signed an opinion; head office, viewers and the clerk of the unit are out
    assert sees == {"requester", "expert", "mate", "leader", "liaison"}


def test_sensitive_case_that_is_passed_on_stays_among_its_parties(cast: Cast) -> None:
    case = cast.contacted()
    hour = timedelta(hours=1)
    cast.take(case, "mark_sensitive", "requester", MONDAY + hour, reason="涉及个人")
    cast.take(case, "propose_transfer", "expert", MONDAY + hour, person="other_expert", reason="属于财务")
    cast.take(case, "accept_transfer", "other_expert", MONDAY + 2 * hour)
    on = timezone.localdate(MONDAY)
    sees = {who for who, user in cast.users.items() if visible(standing(user, on=on)).exists()}

    # the new group's leader and liaison must be able to decide; the rest of both groups stays out
    assert sees == {
        "requester", "expert", "leader", "liaison", "other_expert", "other_leader", "other_liaison",
    }  # fmt: skip


def test_summary_of_a_solved_case_is_for_everybody_until_it_is_sensitive(cast: Cast) -> None:
    case = cast.archived()
    outsider = standing(cast.outsider, on=timezone.localdate(MONDAY))

    assert get_summarised(outsider, case.code) == case
    cast.take(case, "mark_sensitive", "leader", MONDAY + timedelta(days=20), reason="涉密")
    with pytest.raises(NotVisible):
        get_summarised(outsider, case.code)


def test_owner_of_a_measure_in_another_unit_sees_the_case_and_reports_on_it(cast: Cast) -> None:
    case = cast.diagnosed()
    at = MONDAY + timedelta(hours=2)
    values = cast.prescription(at)
    values["measures"][0] |= {"owner": "outsider", "owner_name": ""}
    cast.take(case, "prescribe", "expert", at, **values)
    measure = str(Case.objects.get(pk=case.pk).prescriptions.get().measures.get(number=1).key)

    cast.take(case, "update_measure", "outsider", at, measure=measure, state="doing")
    assert Case.objects.get(pk=case.pk).prescriptions.get().measures.get(number=1).state == "doing"
