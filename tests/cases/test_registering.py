"""挂号: who becomes first responder, drafts, masks, proxies, 改挂 and the triage desk."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from huizhen.cases import actions
from huizhen.cases.models import Case, Draft
from huizhen.directory.models import Campaign, Duty, Leave, Membership, Posting
from huizhen.journal.queries import entries_of
from huizhen.lib.errors import Invalid, NotAllowed, NotNow, NotVisible, StaleWrite
from tests.cases.plays import HOUR
from tests.cast import MONDAY, START, Cast

TODAY = date(2026, 3, 2)


def away(cast: Cast, who: str, deputy: str) -> None:
    Leave.objects.create(
        person=cast.person(who), deputy=cast.person(deputy), since=TODAY, until=TODAY + timedelta(days=9)
    )


def why(case: Case) -> str:
    return str(entries_of(case).get(verb="register").data["why"])


# ── who becomes first responder


def test_duty_of_the_week_comes_first(cast: Cast) -> None:
    case = cast.register()

    assert (case.accountable, case.first_responder, why(case)) == (cast.person("expert"), cast.person("expert"), "duty")


def test_leave_at_registration_makes_the_deputy_accountable(cast: Cast) -> None:
    away(cast, "expert", "mate")
    case = cast.register()

    assert (case.accountable, case.first_responder, why(case)) == (cast.person("mate"), cast.person("mate"), "deputy")
    assert entries_of(case).get(verb="register").data["stands_in_for"] == cast.person("expert").pk


def test_deputy_of_a_deputy_is_found(cast: Cast) -> None:
    away(cast, "expert", "mate")
    away(cast, "mate", "leader")

    assert cast.register(group="", person="expert").accountable == cast.person("leader")


def test_named_expert_is_asked_herself(cast: Cast) -> None:
    case = cast.register(group="", person="mate")

    assert (case.accountable, case.group, why(case)) == (cast.person("mate"), cast.group, "named")


def test_seventh_open_case_goes_to_somebody_else(cast: Cast) -> None:
    held = [cast.register().accountable.code for _ in range(7)]

    assert held[:6] == ["expert"] * 6
    assert held[6] in ("mate", "leader")


def test_full_group_falls_to_its_leader(cast: Cast) -> None:
    Campaign.objects.update(settings={"open_cases_per_person": 1})
    cast.campaign.refresh_from_db()
    held = [cast.register().accountable.code for _ in range(4)]

    assert sorted(held[:3]) == ["expert", "leader", "mate"]
    assert held[3] == "leader"


def test_matching_speciality_comes_before_least_load(cast: Cast) -> None:
    Duty.objects.filter(group=cast.group).delete()
    person = cast.person("mate")
    person.specialities = "负荷均衡、视频卡顿"
    person.save(update_fields=["specialities"])
    cast.register(group="", person="mate")

    case = cast.register()
    assert (case.accountable, why(case)) == (person, "speciality")


def test_nobody_chosen_goes_to_the_desk_with_the_same_clock(cast: Cast) -> None:
    case = cast.register(group="", unknown=True)

    assert (case.accountable, case.group, case.clock) == (cast.person("coordinator"), None, "first_contact")


@pytest.mark.parametrize(
    ("changes", "name", "code"),
    [
        ({"urgency": "urgent"}, "urgency_reason", "urgency_needs_reason"),
        ({"indicator": ""}, "indicator", "number_needs_indicator"),
        ({"group": ""}, "group", "choose_one"),
        ({"person": "mate"}, "group", "choose_one"),
        ({"group": "XX-99"}, "group", "not_found"),
        ({"group": "", "person": "clerk"}, "person", "not_an_expert"),
        ({"group": "", "person": "ghost"}, "person", "not_found"),
        ({"challenge": "C-404"}, "challenge", "not_found"),
        ({"title": "短"}, "title", "too_short"),
        ({"questions": []}, "questions", "required"),
        ({"condition": "太短"}, "condition", "too_short"),
    ],
)
def test_wrong_registration_is_named_and_leaves_nothing(
    cast: Cast, changes: dict[str, Any], name: str, code: str
) -> None:
    with pytest.raises(Invalid) as no:
        cast.register(**changes)
    assert [one.code for one in no.value.faults[name]] == [code]
    assert not Case.objects.exists()


def test_empty_group_empty_desk_and_no_campaign_are_said(cast: Cast) -> None:
    Membership.objects.filter(group=cast.group).update(until=START)
    with pytest.raises(Invalid) as no:
        cast.register()
    assert no.value.faults["group"][0].code == "group_empty"
    Posting.objects.filter(role="coordinator").update(until=START)
    with pytest.raises(Invalid) as no:
        cast.register(group="", unknown=True)
    assert no.value.faults["unknown"][0].code == "desk_empty"
    Campaign.objects.update(is_current=False)
    with pytest.raises(NotNow) as later:
        cast.register()
    assert later.value.code == "no_campaign"


def test_expert_who_left_is_not_asked(cast: Cast) -> None:
    person = cast.person("mate")
    person.left_on = TODAY
    person.save(update_fields=["left_on"])

    with pytest.raises(Invalid) as no:
        cast.register(group="", person="mate")
    assert no.value.faults["person"][0].code == "has_left"


# ── drafts and proxies


def test_personal_data_is_masked_in_draft_and_case(cast: Cast) -> None:
    text = "请联系王先生 13912345678，身份证 110101199003077475，" + "现象" * 20
    draft = actions.start_draft(cast.branch, by=cast.requester, at=MONDAY, values=cast.values(condition=text))
    found = actions.save_draft(draft, {"tried": "打过 13912345678"}, by=cast.requester, at=MONDAY)
    case = actions.register(draft, by=cast.requester, at=MONDAY)
    direct = cast.register(condition=text, questions=[{"text": "能打 13912345678 吗？"}])
    kept = [
        str(Draft.objects.get(pk=draft.pk).values),
        case.condition,
        case.tried,
        direct.condition,
        str(direct.questions),
    ]

    assert sum(found.values()) == 1
    assert not any("13912345678" in one or "110101199003077475" in one for one in kept)


def test_draft_keeps_what_is_wrong_and_tells_it_when_registered(cast: Cast) -> None:
    draft = actions.start_draft(cast.branch, by=cast.requester, at=MONDAY, values={"title": "短", "evil": "x"})

    assert draft.values == {"title": "短"}
    with pytest.raises(Invalid) as no:
        actions.register(draft, by=cast.requester, at=MONDAY)
    assert {"title", "condition", "questions", "urgency"} <= set(no.value.faults)
    assert Draft.objects.get(pk=draft.pk).case is None


def test_draft_saved_by_somebody_else_meanwhile_is_not_overwritten(cast: Cast) -> None:
    draft = actions.start_draft(cast.branch, by=cast.requester, at=MONDAY)
    actions.save_draft(draft, {"title": "先来的"}, by=cast.requester, at=MONDAY, seen=1)

    with pytest.raises(StaleWrite):
        actions.save_draft(draft, {"title": "后到的"}, by=cast.second, at=MONDAY, seen=1)
    assert Draft.objects.get(pk=draft.pk).values["title"] == "先来的"


def test_registered_draft_is_neither_saved_nor_discarded(cast: Cast) -> None:
    draft = actions.start_draft(cast.branch, by=cast.requester, at=MONDAY, values=cast.values())
    case = actions.register(draft, by=cast.requester, at=MONDAY)
    draft = Draft.objects.get(pk=draft.pk)

    with pytest.raises(NotNow):
        actions.save_draft(draft, {"title": "改一下"}, by=cast.requester, at=MONDAY)
    with pytest.raises(NotNow):
        actions.discard_draft(draft, by=cast.requester, at=MONDAY)
    assert actions.register(draft, by=cast.second, at=MONDAY + HOUR) == case


def test_discarded_draft_is_gone(cast: Cast) -> None:
    draft = actions.start_draft(cast.branch, by=cast.requester, at=MONDAY, values=cast.values())
    actions.discard_draft(Draft.objects.get(pk=draft.pk), by=cast.requester, at=MONDAY)

    with pytest.raises(NotNow) as no:
        actions.register(draft, by=cast.requester, at=MONDAY)
    assert no.value.code == "draft_gone"


def test_proxy_drafts_and_only_the_branch_registers(cast: Cast) -> None:
    draft = actions.start_draft(cast.branch, by=cast.expert, at=MONDAY, values=cast.values())

    assert draft.source == "proxy"
    for who in ("expert", "clerk", "outsider"):
        with pytest.raises(NotAllowed):
            actions.register(draft, by=cast.users[who], at=MONDAY)
    actions.hand_draft(draft, by=cast.expert, at=MONDAY)
    case = actions.register(draft, by=cast.requester, at=MONDAY)
    assert (case.source, case.requester) == ("proxy", cast.person("requester"))


@pytest.mark.parametrize(
    ("who", "may"), [("expert", True), ("clerk", True), ("coordinator", True), ("outsider", False), ("viewer", False)]
)
def test_who_may_draft_for_a_branch(cast: Cast, who: str, may: bool) -> None:
    if may:
        assert actions.start_draft(cast.branch, by=cast.users[who], at=MONDAY).branch == cast.branch
    else:
        with pytest.raises(NotAllowed):
            actions.start_draft(cast.branch, by=cast.users[who], at=MONDAY)


def test_draft_is_found_by_its_owner_and_its_branch_only(cast: Cast) -> None:
    draft = actions.start_draft(cast.branch, by=cast.expert, at=MONDAY)
    key = str(draft.key)
    for who in ("requester", "second"):
        with pytest.raises(NotVisible):
            actions.draft_for(key, by=cast.users[who], at=MONDAY)
    assert actions.draft_for(key, by=cast.expert, at=MONDAY) == draft
    for _twice in range(2):
        actions.hand_draft(draft, by=cast.expert, at=MONDAY)

    assert {actions.draft_for(key, by=cast.users[who], at=MONDAY) for who in ("expert", "requester", "second")} == {
        draft
    }
    for who, asked in (("mate", key), ("outsider", key), ("requester", "not-a-key"), ("requester", "0" * 32)):
        with pytest.raises(NotVisible):
            actions.draft_for(asked, by=cast.users[who], at=MONDAY)


# ── 改挂 and the desk


def test_redirect_changes_first_responder_and_voids_a_proposed_end(cast: Cast) -> None:
    case = cast.register()
    cast.take(case, "propose_decline", "expert", MONDAY + HOUR, basis="secret", address="保密办", reason="涉密")
    cast.take(case, "redirect", "requester", MONDAY + 2 * HOUR, group="FIN-01", reason="选错了")
    case = Case.objects.get(pk=case.pk)

    assert (case.first_responder, case.accountable) == (cast.person("other_expert"), cast.person("other_expert"))
    assert (case.group, case.clock_since) == (cast.other_group, MONDAY + 2 * HOUR)
    assert not case.proposals.filter(is_open=True).exists()


@pytest.mark.parametrize(("person", "holder"), [("", "expert"), ("mate", "mate")])
def test_desk_routes_and_stays_first_responder(cast: Cast, person: str, holder: str) -> None:
    case = cast.register(group="", unknown=True)
    cast.take(case, "route", "coordinator", MONDAY + HOUR, group="NET-01", person=person, reason="无线问题")
    case = Case.objects.get(pk=case.pk)

    assert (case.accountable, case.first_responder) == (cast.person(holder), cast.person("coordinator"))
    assert (case.group, case.domain) == (cast.group, cast.group.domain)
    assert [one.why for one in case.responsibilities.order_by("since")] == ["registered", "routed"]


def test_a_named_expert_who_is_full_hands_on_to_her_group(cast: Cast) -> None:
    """The limit of open first-asked cases holds for the one named as well; the journal says who was wished for."""
    cast.campaign.settings = {"open_cases_per_person": 2}
    cast.campaign.save()
    for _ in range(2):
        assert cast.register(group="", person="expert").first_responder == cast.person("expert")
    case = cast.register(group="", person="expert")
    told = entries_of(case).get(verb="register").data
    assert case.first_responder != cast.person("expert")
    assert case.group == cast.group
    assert (told["why"], told["stands_in_for"]) == ("named_full", cast.person("expert").pk)


def test_what_was_written_for_a_branch_registers_only_when_handed_over(cast: Cast) -> None:
    draft = actions.start_draft(cast.branch, by=cast.clerk, at=MONDAY, values=cast.values())
    with pytest.raises(NotVisible):
        actions.register(draft, by=cast.requester, at=MONDAY)
    actions.hand_draft(draft, by=cast.clerk, at=MONDAY)
    case = actions.register(draft, by=cast.requester, at=MONDAY)
    assert entries_of(case).get(verb="register").data["writer"] == "姜书竹"
