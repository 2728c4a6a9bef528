"""People entered by hand and their accounts: given, renewed, closed, and who must keep hers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth import authenticate
from django.test import RequestFactory

from huizhen.accounts.actions import choose_password, issue_token
from huizhen.accounts.queries import door_of, user_of_door
from huizhen.directory import actions
from huizhen.directory.actions.accounts import MOST
from huizhen.directory.choices import AccountState, PostingRole
from huizhen.directory.jobs import close_gone
from huizhen.directory.models import Leave, Person, Posting, Unit
from huizhen.directory.queries.accounts import Sought, people, state_of, without_account
from huizhen.journal.models import Entry
from huizhen.lib.errors import Invalid, NotAllowed, NotNow, StaleWrite
from tests.cast import MONDAY, START, Cast, build
from tests.racing import at_once

TODAY = date(2026, 3, 2)
PASSWORD = "correct horse battery"


def _added(cast: Cast, name: str = "陈新来", **more: object) -> Person:
    unit = Unit.objects.get(code="FS")
    return actions.add_person(name=name, unit=unit, by=cast.coordinator, at=MONDAY, **more)  # type: ignore[arg-type]


def _fresh(person: Person) -> Person:
    return Person.objects.select_related("user").get(pk=person.pk)


def _state(person: Person, on: date = TODAY) -> AccountState:
    return state_of(_fresh(person), on=on)


def _faults(told: pytest.ExceptionInfo[Invalid]) -> dict[str, list[str]]:
    return {name: [fault.code for fault in faults] for name, faults in told.value.faults.items()}


def test_a_person_is_added_and_changed(cast: Cast) -> None:
    person = _added(cast, "陈　新来", post="书记", staff_no="\uff3301", phone="154-0000-7777", email="c@example.com")
    assert (person.code, person.name, person.staff_no, person.phone) == ("E001", "陈新来", "S01", "15400007777")
    assert Entry.objects.get(verb="person_added").data == {"unit": person.unit_id}
    with pytest.raises(Invalid) as told:
        _added(cast)
    assert _faults(told) == {"name": ["namesake"]}
    assert _added(cast, is_namesake=True).code == "E002"
    wrong = {"name": "", "staff_no": "S01", "phone": "15400007777", "email": "nein"}
    with pytest.raises(Invalid) as told:
        _added(cast, **wrong)
    assert _faults(told) == {
        "name": ["required"], "staff_no": ["number_taken"], "phone": ["number_taken"], "email": ["bad_email"],
    }  # fmt: skip
    with pytest.raises(NotAllowed):
        actions.add_person(name="谁", unit=person.unit, by=cast.clerk, at=MONDAY)  # type: ignore[arg-type]

    unit = Unit.objects.get(code="ZJ")
    requester = cast.person("requester")
    told_of = {"name": "曾维周", "unit": unit, "post": "", "staff_no": "S09", "by": cast.coordinator, "at": MONDAY}
    changed = actions.change_person(requester, **told_of)  # type: ignore[arg-type]
    actions.change_person(requester, **told_of)  # type: ignore[arg-type]
    assert (changed.unit, _fresh(requester).user.name) == (unit, "曾维周")  # type: ignore[union-attr]
    assert [e.data["fields"] for e in Entry.objects.filter(verb="person_changed")] == [["name", "staff_no", "unit"]]


def test_accounts_are_opened_without_a_password(cast: Cast) -> None:
    first, second = _added(cast, "甲一", staff_no="S01"), _added(cast, "乙二")
    gone = _added(cast, "丙三")
    Person.objects.filter(pk=gone.pk).update(left_on=TODAY)
    named = [second, first, cast.person("expert"), gone]
    with pytest.raises(NotAllowed):
        actions.open_accounts(named, by=cast.auditor, at=MONDAY)
    told = actions.open_accounts(named, by=cast.coordinator, at=MONDAY)

    assert [one.user.username for one in told.opened if one.user] == ["S01", "E002"]
    assert (told.had, told.left) == ((cast.person("expert"),), (gone,))
    assert [_state(one) for one in (first, second, gone)] == ["awaited", "awaited", "left"]
    assert Entry.objects.filter(verb="account_opened", actor_id=cast.coordinator.pk).count() == 2
    request = RequestFactory().post("/sign-in/")
    assert authenticate(request, username="S01", password="") is None
    again = actions.open_accounts([first], by=cast.coordinator, at=MONDAY)
    assert (again.opened, again.had) == ((), (first,))

    clash = _added(cast, "丁四", staff_no="coordinator")
    with pytest.raises(Invalid) as taken:
        actions.open_accounts([_added(cast, "戊五"), clash], by=cast.coordinator, at=MONDAY)
    assert taken.value.faults["people"][0].args == {"name": "coordinator"}
    assert _state(Person.objects.get(name="戊五")) == "none"
    for wrong in ([], [first] * (MOST + 1)):
        with pytest.raises(Invalid):
            actions.open_accounts(wrong, by=cast.coordinator, at=MONDAY)


def test_renewing_and_closing_end_everything_at_once(cast: Cast) -> None:
    person = cast.person("expert")
    issue_token(cast.expert, at=MONDAY)
    before = cast.expert.get_session_auth_hash()
    actions.renew_account(person, by=cast.coordinator, at=MONDAY)
    user = _fresh(person).user
    assert user is not None
    assert (user.get_session_auth_hash() == before, user.tokens.exists(), _state(person)) == (False, False, "awaited")
    first = door_of(user, at=MONDAY)
    actions.renew_account(person, by=cast.coordinator, at=MONDAY)
    assert user_of_door(first, at=MONDAY) is None
    user.refresh_from_db()
    choose_password(door_of(user, at=MONDAY), new=PASSWORD, at=MONDAY)
    assert _state(person) == "open"

    actions.close_account(person, by=cast.coordinator, at=MONDAY)
    assert _state(person) == "closed"
    with pytest.raises(StaleWrite):
        actions.close_account(person, by=cast.coordinator, at=MONDAY)
    with pytest.raises(NotNow):
        actions.renew_account(person, by=cast.coordinator, at=MONDAY)
    actions.reopen_account(person, by=cast.coordinator, at=MONDAY)
    user.refresh_from_db()
    assert (_state(person), user.has_usable_password()) == ("awaited", False)
    with pytest.raises(StaleWrite):
        actions.reopen_account(person, by=cast.coordinator, at=MONDAY)
    verbs = Entry.objects.filter(target_type="directory.person", target_id=person.pk).order_by("seq")
    assert list(verbs.values_list("verb", flat=True)) == [
        "account_renewed", "account_renewed", "account_closed", "account_reopened",
    ]  # fmt: skip


def test_whose_account_is_not_touched(cast: Cast) -> None:
    other, mate = cast.person("viewer"), cast.person("mate")
    acts = (actions.renew_account, actions.close_account)
    Posting.objects.create(person=other, role=PostingRole.COORDINATOR, since=START)
    type(cast.expert).objects.filter(pk=cast.expert.pk).update(is_demo=True)
    Leave.objects.create(
        person=cast.person("coordinator"), deputy=mate, since=TODAY, until=TODAY + timedelta(days=3), reason=""
    )
    for act in acts:
        with pytest.raises(NotNow, match="own_account"):
            act(cast.person("coordinator"), by=cast.coordinator, at=MONDAY)
        with pytest.raises(NotNow, match="demo_account"):
            act(cast.person("expert"), by=cast.coordinator, at=MONDAY)
        with pytest.raises(NotNow, match="no_account"):
            act(_added(cast, f"没号{act.__name__}"), by=cast.coordinator, at=MONDAY)
        with pytest.raises(NotAllowed, match="lent_right"):
            act(other, by=cast.mate, at=MONDAY)
        with pytest.raises(NotAllowed, match="coordinator_only"):
            act(cast.person("requester"), by=cast.clerk, at=MONDAY)
    actions.renew_account(cast.person("requester"), by=cast.mate, at=MONDAY)
    assert Entry.objects.get(verb="account_renewed").on_behalf_of == "卢泽安"


def test_head_office_keeps_somebody_who_can_sign_in(cast: Cast) -> None:
    second = _added(cast, "第二人")
    post = actions.post(second, role=PostingRole.COORDINATOR, since=TODAY, by=cast.coordinator, at=MONDAY)
    mine = Posting.objects.get(person=cast.person("coordinator"))
    with pytest.raises(NotNow, match="last_coordinator"):  # the second has no account yet
        actions.end_posting(mine, by=cast.coordinator, at=MONDAY)
    user = actions.open_accounts([second], by=cast.coordinator, at=MONDAY).opened[0].user
    assert user is not None
    choose_password(door_of(user, at=MONDAY), new=PASSWORD, at=MONDAY)
    actions.close_account(cast.person("coordinator"), by=user, at=MONDAY)
    with pytest.raises(NotNow, match="last_account"):
        actions.close_account(second, by=_viewer_as_coordinator(cast), at=MONDAY)
    assert post.until is None


def _viewer_as_coordinator(cast: Cast):  # type: ignore[no-untyped-def]
    """Somebody of head office whose own account ended a moment ago: her page was still open."""
    viewer = cast.viewer
    Posting.objects.create(person=cast.person("viewer"), role=PostingRole.COORDINATOR, since=START)
    type(viewer).objects.filter(pk=viewer.pk).update(is_active=False)
    return viewer


def test_who_has_left_cannot_sign_in(cast: Cast) -> None:
    expert, mate, leader = cast.person("expert"), cast.person("mate"), cast.person("leader")
    actions.mark_left(expert, left_on=TODAY, deputy=leader, by=cast.coordinator, at=MONDAY)
    later = TODAY + timedelta(days=2)
    actions.mark_left(mate, left_on=later, deputy=leader, by=cast.coordinator, at=MONDAY)
    assert [_fresh(one).user.is_active for one in (expert, mate)] == [False, True]  # type: ignore[union-attr]
    assert [_state(one) for one in (expert, mate)] == ["left", "open"]
    assert close_gone(MONDAY + timedelta(days=1)) == {"closed": 0}
    assert close_gone(MONDAY + timedelta(days=2)) == {"closed": 1}
    assert close_gone(MONDAY + timedelta(days=2)) == {"closed": 0}
    assert not _fresh(mate).user.is_active  # type: ignore[union-attr]
    with pytest.raises(NotNow, match="has_left_already"):
        actions.reopen_account(expert, by=cast.coordinator, at=MONDAY)


def test_people_are_found_by_state_post_and_words(cast: Cast, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    _added(cast, "陈甲", staff_no="S01")
    opened = _added(cast, "陈乙")
    actions.open_accounts([opened], by=cast.coordinator, at=MONDAY)
    type(cast.viewer).objects.filter(pk=cast.viewer.pk).update(is_active=False)

    def names(**told: str) -> list[str]:
        return [row.person.name for row in people(Sought(**told), on=TODAY).rows]

    assert names(state="none") == ["陈甲"] == names(text="s01") == names(text="chen jia")
    assert names(state="awaited") == ["陈乙"] == names(text="E002")
    assert names(state="closed") == ["欧阳启辰"]
    assert names(unit="FS", post="requester") == ["麦承宇", "曾维舟"]
    assert (names(post="none"), len(names(post="expert")), names(post="coordinator")) == (
        ["陈甲", "陈乙"],
        5,
        ["卢泽安"],
    )
    with django_assert_num_queries(3):
        first = people(Sought(), on=TODAY, limit=3)
    with django_assert_num_queries(3):
        page = people(Sought(), on=TODAY, after=first.after)
    assert len(first.rows) + len(page.rows) == Person.objects.count()
    assert all(row.state == state_of(row.person, on=TODAY) for row in (*first.rows, *page.rows))
    assert without_account(Sought(), on=TODAY, most=5) == ["E001"]
    assert without_account(Sought(state="open"), on=TODAY, most=5) == []


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_hands_at_once() -> None:
    """One account for two clicks; one password for two tabs; two who close each other's account: one stays."""
    cast = build()
    person = _added(cast)
    asked = at_once(*[lambda: actions.open_accounts([person], by=cast.coordinator, at=MONDAY)] * 2)
    assert sorted(len(one.opened) for one in asked) == [0, 1]
    user = _fresh(person).user
    assert user is not None
    token = door_of(user, at=MONDAY)
    chosen = at_once(*[lambda n=n: choose_password(token, new=f"{PASSWORD} {n}", at=MONDAY) for n in (1, 2)])
    assert sorted(type(one).__name__ for one in chosen) == ["NotVisible", "User"]

    viewer, coordinator = cast.person("viewer"), cast.person("coordinator")
    Posting.objects.create(person=viewer, role=PostingRole.COORDINATOR, since=START)
    at_once(
        lambda: actions.close_account(viewer, by=cast.coordinator, at=MONDAY),
        lambda: actions.close_account(coordinator, by=cast.viewer, at=MONDAY),
    )
    assert sorted(_state(one) for one in (viewer, coordinator)) == ["closed", "open"]
