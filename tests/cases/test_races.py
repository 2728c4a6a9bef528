"""Two people press at once: real threads, connections of their own, on a shared database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from huizhen.cases import actions
from huizhen.cases.models import Ask, Case, Draft, Invitation, Opinion, Prescription, Responsibility, Transfer
from huizhen.cases.queries.accountability import unaccounted
from huizhen.journal.queries import entries_of, verify
from huizhen.lib.errors import NotNow, Refusal, StaleWrite
from tests.cast import MONDAY, Cast, build
from tests.racing import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
HOUR = timedelta(hours=1)


@pytest.fixture
def crowd(transactional_db: None) -> Cast:
    """The cast, committed: every thread sees it."""
    return build()


def press(crowd: Cast, case: Case, name: str, who: str, hours: int, **values: Any) -> Callable[[], Any]:
    """A button on a page that was read before anybody pressed."""
    page = Case.objects.get(pk=case.pk)
    at = MONDAY + hours * HOUR
    return lambda: actions.take(page, name, by=crowd.users[who], at=at, values=values)


def one_wins(answers: list[Any]) -> Refusal:
    """Exactly one act was done; the refusal of the other. Two pages of one person are told apart from two people."""
    refused = [one for one in answers if isinstance(one, Exception)]
    assert len(refused) == len(answers) - 1, answers
    known = {"someone_was_faster_named", "someone_was_faster_self"}
    assert all(isinstance(one, StaleWrite) and one.code in known for one in refused), refused
    return refused[0]


def whole(case: Case) -> None:
    """One holder, no gap in the journal."""
    assert unaccounted() == []
    seqs = list(entries_of(case).values_list("seq", flat=True))
    assert seqs == list(range(1, len(seqs) + 1))
    assert verify().faults_found == 0


def test_two_accept_and_the_second_page_reads_it_was_herself(crowd: Cast) -> None:
    case = crowd.register()
    answers = at_once(press(crowd, case, "accept", "expert", 1), press(crowd, case, "accept", "expert", 1))

    no = one_wins(answers)
    assert (no.code, no.args_["verb"]) == ("someone_was_faster_self", "accept")
    assert entries_of(case).filter(verb="accept").count() == 1
    whole(case)


def test_two_receivers_accept_a_transfer_and_one_holds_it(crowd: Cast) -> None:
    case = crowd.contacted()
    crowd.take(case, "propose_transfer", "expert", MONDAY + HOUR, group=crowd.other_group.code, reason="属于财务")
    answers = at_once(
        press(crowd, case, "accept_transfer", "other_leader", 2, person="other_leader"),
        press(crowd, case, "accept_transfer", "other_expert", 2),
    )

    no = one_wins(answers)
    assert (no.code, bool(no.args_["name"])) == ("someone_was_faster_named", True)
    assert Responsibility.objects.filter(case=case, until=None).count() == 1
    assert Responsibility.objects.filter(case=case).count() == 2
    assert Transfer.objects.get(case=case).state == "accepted"
    whole(case)


def test_accepting_and_taking_back_a_transfer_leaves_one_outcome(crowd: Cast) -> None:
    case = crowd.contacted()
    crowd.take(case, "propose_transfer", "expert", MONDAY + HOUR, group=crowd.other_group.code, reason="属于财务")
    answers = at_once(
        press(crowd, case, "accept_transfer", "other_expert", 2), press(crowd, case, "take_back_transfer", "expert", 2)
    )

    one_wins(answers)
    state = Transfer.objects.get(case=case).state
    holder = Case.objects.get(pk=case.pk).accountable
    assert (state, holder) in [("accepted", crowd.person("other_expert")), ("taken_back", crowd.person("expert"))]
    whole(case)


def test_two_prescribe_and_one_version_is_signed(crowd: Cast) -> None:
    case = crowd.diagnosed()
    values = crowd.prescription(MONDAY + 2 * HOUR)
    answers = at_once(*[press(crowd, case, "prescribe", "expert", 2, **values) for _ in range(2)])

    one_wins(answers)
    assert [one.version for one in Prescription.objects.filter(case=case)] == [1]
    whole(case)


def test_draft_sent_by_four_hands_is_one_case(crowd: Cast) -> None:
    draft = actions.start_draft(crowd.branch, by=crowd.requester, at=MONDAY, values=crowd.values())

    def send(who: str) -> Callable[[], Any]:
        page = Draft.objects.get(pk=draft.pk)
        return lambda: actions.register(page, by=crowd.users[who], at=MONDAY)

    answers = at_once(send("requester"), send("requester"), send("second"), send("second"))

    assert [one for one in answers if isinstance(one, Exception)] == []
    assert len({one.pk for one in answers}) == Case.objects.count() == 1
    assert entries_of(answers[0]).filter(verb="register").count() == 1
    whole(answers[0])


def test_registrations_at_once_get_numbers_of_their_own(crowd: Cast) -> None:
    answers = at_once(*[lambda: crowd.register() for _ in range(4)])

    assert [one for one in answers if isinstance(one, Exception)] == []
    assert len({one.code for one in answers}) == 4
    whole(answers[0])


def test_two_answers_to_one_question_and_the_first_stands(crowd: Cast) -> None:
    case = crowd.contacted()
    crowd.take(case, "ask_on", "requester", MONDAY + HOUR, text="什么时候来？")
    key = str(Ask.objects.get(case=case).key)
    answers = at_once(
        press(crowd, case, "answer_ask", "expert", 2, ask=key, text="周三"),
        press(crowd, case, "answer_ask", "mate", 2, ask=key, text="周四"),
    )

    refused = [one for one in answers if isinstance(one, Exception)]
    assert [type(one) for one in refused] == [NotNow]
    assert refused[0].code in ("ask_is_answered", "no_ask_waiting")
    assert entries_of(case).filter(verb="answer_ask").count() == 1
    whole(case)


def test_decline_and_withdrawal_at_once_end_the_case_once(crowd: Cast) -> None:
    case = crowd.register()
    crowd.take(case, "propose_decline", "expert", MONDAY + HOUR, basis="secret", address="保密办", reason="涉密")
    answers = at_once(
        press(crowd, case, "decline", "leader", 2), press(crowd, case, "withdraw", "requester", 2, reason="不问了")
    )

    one_wins(answers)
    case = Case.objects.get(pk=case.pk)
    assert (case.stage, entries_of(case).last().verb) in [("declined", "decline"), ("withdrawn", "withdraw")]  # type: ignore[union-attr]
    assert not Responsibility.objects.filter(case=case, until=None).exists()
    whole(case)


def test_two_opinions_at_once_are_both_kept(crowd: Cast) -> None:
    case = crowd.contacted()
    answers = at_once(
        press(crowd, case, "sign_opinion", "expert", 2, text="先均衡"),
        press(crowd, case, "sign_opinion", "mate", 2, text="先扩容", dissent=True),
    )

    assert [one for one in answers if isinstance(one, Exception)] == []
    assert sorted(Opinion.objects.filter(case=case).values_list("text", "is_dissent")) == [
        ("先均衡", False),
        ("先扩容", True),
    ]
    whole(case)


def test_two_members_answer_one_invitation_and_one_counts(crowd: Cast) -> None:
    case = crowd.contacted()
    crowd.take(case, "invite", "expert", MONDAY + HOUR, group=crowd.other_group.code, ask="请看成本")
    answers = at_once(
        press(crowd, case, "accept_invitation", "other_leader", 2),
        press(crowd, case, "decline_invitation", "other_expert", 2, reason="没有时间"),
    )

    assert [isinstance(one, Refusal) for one in answers].count(True) == 1
    assert Invitation.objects.get(case=case).state in ("accepted", "declined")
    whole(case)


def test_move_while_the_case_changes_hands_waits_and_sees_the_new_holder(crowd: Cast) -> None:
    """PostgreSQL evaluates a locking query anew after waiting; with joins in it the case would vanish."""
    case = crowd.contacted()
    crowd.take(case, "propose_transfer", "expert", MONDAY + HOUR, group=crowd.other_group.code, reason="属于财务")
    answers = at_once(
        press(crowd, case, "accept_transfer", "other_expert", 2),
        *[press(crowd, case, "ask_on", "requester", 2, text=f"第{n}个问题") for n in range(3)],
        press(crowd, case, "follow", "second", 2),
    )

    assert [one for one in answers if isinstance(one, Exception)] == []
    assert Ask.objects.filter(case=case).count() == 3
    whole(case)
