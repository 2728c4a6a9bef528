"""A published method is cited, tried, judged, decided about; what happens to its source case moves its confidence."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from huizhen.cases.models import Case
from huizhen.directory.models import Person, Posting
from huizhen.directory.queries import standing
from huizhen.journal.models import Entry, Outbox
from huizhen.lib.errors import Invalid, NotAllowed, NotNow, NotVisible, StaleWrite
from huizhen.methods import jobs
from huizhen.methods.actions.reuse import adopt, say_use, tell_result
from huizhen.methods.actions.standing import confirm, promote, retire, revive
from huizhen.methods.actions.weighing import learn, weigh
from huizhen.methods.lifecycle import Evidence
from huizhen.methods.models import Adoption, Citation, Method
from huizhen.methods.queries.reuse import counts_of, miscounted, resolve, reuses_of, spread_of
from huizhen.notifications.jobs import drain as tell
from huizhen.notifications.models import Message
from tests.cast import START, Cast
from tests.kept import kept
from tests.methods.test_writing import LATER, published

DAY = timedelta(days=1)
shelved = kept("cast", "published")(published)
GOOD: dict[str, Any] = {
    "use": "solved", "result": "三周后投诉归零", "indicator": "每周投诉", "indicator_unit": "件", "before": Decimal(40),
    "after": Decimal(3), "better": "lower", "period": "10月前三周", "evidence": "客服周报三期",
}  # fmt: skip


def drained(at: datetime = LATER) -> dict[str, int]:
    return dict(jobs.drain(at))


def verbs(method: Method) -> list[str]:
    found = Entry.objects.filter(target_type="methods.method", target_id=method.pk).order_by("seq")
    return list(found.values_list("verb", flat=True))


def cite(cast: Cast, code: str, *, at: datetime = LATER, case: Case | None = None, second: str = "") -> Case:
    """A case whose prescription takes its first measure from a method."""
    case = case or cast.diagnosed(at=at)
    sheet = cast.prescription(at)
    sheet["measures"][0]["source_code"] = code
    sheet["measures"][1]["source_code"] = second
    return cast.take(case, "prescribe", "expert", at + timedelta(hours=2), **sheet)


def solve(cast: Cast, case: Case, verdict: str = "marked", *, at: datetime = LATER) -> Case:
    if Case.objects.get(pk=case.pk).prescriptions.order_by("-version")[0].state == "signed":
        cast.take(case, "accept_prescription", "requester", at + timedelta(hours=3))
    more = {"next_on": (at + 12 * DAY).date().isoformat()} if verdict == "none" else {}
    value = "91" if verdict in ("marked", "effective") else "95"
    cast.take(
        case, "follow_up", "expert", at + 8 * DAY, mode="online", verdict=verdict, value=value, evidence="周报", **more
    )
    return cast.take(case, "give_verdict", "requester", at + 8 * DAY, verdict=verdict)


def test_measures_cite_only_what_can_be_cited(cast: Cast) -> None:
    method = shelved(cast)
    code = method.code
    found = resolve(
        [code, f" {code.lower()}@1 ", f"{code}@v1", f"{code}@9", f"{code}@", "GF99-0001", "nonsense", "\x00"]
    )
    assert {text: one.code for text, one in found.items()} == {
        code: f"{code}@1", f" {code.lower()}@1 ": f"{code}@1", f"{code}@v1": f"{code}@1",
    }  # fmt: skip
    case = cast.diagnosed(at=LATER)
    with pytest.raises(Invalid) as refused:
        cite(cast, "GF99-0001", case=case)
    [fault] = refused.value.faults["measures"]
    assert (fault.code, fault.row, fault.column) == ("source_unknown", 0, "source_code")
    retire(method, by=cast.liaison, at=LATER, reason="口径变了")
    with pytest.raises(Invalid) as refused:
        cite(cast, code, case=case)
    assert refused.value.faults["measures"][0].code == "source_retired"
    revive(method, by=cast.liaison, at=LATER, reason="口径又变回来了")
    cite(cast, code.lower(), case=case)
    assert Case.objects.get(pk=case.pk).prescriptions.get().measures.get(number=1).source_code == f"{code}@1"


def test_citation_follows_the_prescription_and_its_verdict(cast: Cast) -> None:
    """Written once however often the outbox is read; a later version leaves it out; the branch's word outdoes the 复诊."""
    method = shelved(cast)
    before = method.confidence
    assert before == 46  # 显效, measured, one review
    case = cite(cast, method.code, second=method.code)
    assert Citation.objects.count() == 0
    assert drained()["cited"] == 2
    learn([case.pk], at=LATER)
    Outbox.objects.filter(reader="methods").update(done_at=None, lease_until=None)  # as if the worker had died
    assert drained()["cited"] == 0
    assert Citation.objects.count() == 2
    method.refresh_from_db()
    assert (method.reuses, method.effective_reuses, method.confidence) == (1, 0, before)

    solve(cast, case)
    drained()
    method.refresh_from_db()
    assert (method.reuses, method.effective_reuses) == (1, 0)  # the branch it came from proves nothing
    at_home = method.confidence
    assert at_home > before
    [used] = reuses_of(_standing(cast, "requester"), method).rows
    assert (used.outcome, used.is_said, used.seen, used.may_say) == ("solved", False, "full", True)
    assert [one.uses for one in spread_of(method) if one.uses] == [1]

    assert say_use(method, case, by=cast.requester, at=LATER, use="no_use", note="13800138000 说没变化")
    assert not say_use(method, case, by=cast.second, at=LATER, use="no_use", note="13800138000 说没变化")
    method.refresh_from_db()
    assert (method.reuses, method.effective_reuses) == (1, 0)
    assert method.confidence < before
    assert verbs(method).count("use_said") == 1
    note = Citation.objects.values_list("note", flat=True)[0]
    assert "13800138000" not in note
    say_use(method, case, by=cast.requester, at=LATER, use="solved")
    method.refresh_from_db()
    assert method.confidence == at_home
    assert counts_of([method.pk]) == {method.pk: (method.reuses, method.effective_reuses, 0)}
    assert miscounted() == []
    Method.objects.filter(pk=method.pk).update(reuses=7)
    assert miscounted() == [method.code]


def test_later_prescription_takes_the_method_out_again(cast: Cast) -> None:
    method = shelved(cast)
    case = cite(cast, method.code)
    cast.take(case, "accept_prescription", "requester", LATER + timedelta(hours=3))
    cast.take(case, "prescribe", "expert", LATER + DAY, **cast.prescription(LATER + DAY))
    drained(LATER + DAY)
    assert Citation.objects.get().is_current is False
    method.refresh_from_db()
    assert method.reuses == 0
    with pytest.raises(NotNow) as no:
        say_use(method, case, by=cast.requester, at=LATER, use="solved")
    assert no.value.code == "not_cited"


def test_word_is_the_branch_s_own(cast: Cast) -> None:
    method = shelved(cast)
    case = cite(cast, method.code)
    drained()
    with pytest.raises(NotAllowed):
        say_use(method, case, by=cast.expert, at=LATER, use="solved")
    with pytest.raises(NotVisible):
        say_use(method, case, by=cast.outsider, at=LATER, use="solved")
    with pytest.raises(Invalid) as refused:
        say_use(method, case, by=cast.requester, at=LATER, use="wonderful", note="长" * 201)
    assert sorted(refused.value.faults) == ["note", "use"]
    rows = reuses_of(_standing(cast, "outsider"), method)
    assert (rows.rows, rows.hidden) == ((), 1)


def test_method_keeps_standing_when_its_source_turns_out_badly(cast: Cast) -> None:
    """Must hold 5: the confidence falls and the owner is told; a later good verdict lifts it again."""
    method = shelved(cast)
    source, before = method.source_case, method.confidence
    assert source is not None
    cast.take(source, "reopen", "requester", LATER + DAY, reason="又卡了")
    drained(LATER + DAY)
    method.refresh_from_db()
    assert (method.evidence, method.wavers_since) == (Evidence.REVIEWED, LATER + DAY)
    assert method.confidence < before - 20
    tell(LATER + DAY)
    [message] = Message.objects.filter(person=method.owner, verb="method_wavered")
    assert (message.event, message.target_id) == ("assigned", method.pk)
    drained(LATER + DAY)
    assert verbs(method).count("method_wavered") == 1

    at = LATER + DAY
    cast.take(source, "diagnose", "expert", at, findings="还是容量", causes=[{"text": "容量", "chain": ["city"]}])
    cast.take(source, "sign_opinion", "mate", at, text="看小区参数")
    sheet = cast.prescription(at)
    sheet["measures"] = [{**sheet["measures"][0], "main": ["1"]}]
    cast.take(source, "prescribe", "expert", at, **sheet)
    solve(cast, source, at=at)
    drained(at + 8 * DAY)
    method.refresh_from_db()
    assert method.wavers_since is None
    assert method.confidence >= before - 1
    assert verbs(method).count("method_steadied") == 1


def test_trial_of_another_branch_verifies_the_method(cast: Cast) -> None:
    method = shelved(cast)
    before = method.confidence
    trial = adopt(method, cast.other_branch, by=cast.outsider, at=LATER, why="我们也有宿舍")
    assert (trial.number, trial.unit, trial.use) == (1, cast.other_branch.unit, "waiting")
    with pytest.raises(NotNow) as no:
        adopt(method, cast.other_branch, by=cast.outsider, at=LATER)
    assert no.value.code == "trial_open"
    with pytest.raises(NotAllowed):
        adopt(method, cast.other_branch, by=cast.requester, at=LATER)

    assert jobs.remind_trials(LATER + 20 * DAY) == {"reminded": 0}
    assert jobs.remind_trials(LATER + 60 * DAY) == {"reminded": 1}
    assert jobs.remind_trials(LATER + 61 * DAY) == {"reminded": 0}
    tell(LATER + 61 * DAY)
    assert Message.objects.filter(person=cast.person("outsider"), verb="trial_due").count() == 1

    with pytest.raises(NotAllowed):
        tell_result(trial, by=cast.requester, at=LATER, **GOOD)
    for wrong, where in (
        ({"use": ""}, "use"), ({"use": "waiting"}, "use"), ({"result": ""}, "result"), ({"after": None}, "after"),
        ({"after": Decimal(40)}, "after"), ({"before": Decimal("NaN")}, "before"), ({"after": Decimal(10) ** 13}, "after"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            tell_result(trial, by=cast.outsider, at=LATER, **{**GOOD, **wrong})
        assert where in refused.value.faults, wrong
    assert Adoption.objects.get().use == "waiting"

    tell_result(trial, by=cast.outsider, at=LATER + 60 * DAY, **{**GOOD, "evidence": ""})
    method.refresh_from_db()
    assert (trial.is_effective, method.evidence) == (False, Evidence.REVIEWED)
    tell_result(trial, by=cast.outsider, at=LATER + 60 * DAY, **GOOD)
    tell_result(trial, by=cast.outsider, at=LATER + 60 * DAY, **GOOD)
    method.refresh_from_db()
    assert (trial.is_effective, method.evidence) == (True, Evidence.VERIFIED)
    assert method.confidence > before
    assert (verbs(method).count("adoption_told"), verbs(method).count("method_verified")) == (2, 1)
    assert counts_of([method.pk])[method.pk][:2] == (method.reuses, method.effective_reuses) == (1, 1)

    with pytest.raises(NotAllowed):
        promote(method, by=cast.liaison, at=LATER, reason="很好")
    with pytest.raises(Invalid):
        promote(method, by=cast.coordinator, at=LATER)
    promote(method, by=cast.coordinator, at=LATER, reason="全省都需要")
    assert method.evidence == Evidence.PROMOTED


def test_first_branch_s_own_trial_proves_nothing(cast: Cast) -> None:
    method = shelved(cast)
    tell_result(adopt(method, cast.branch, by=cast.requester, at=LATER), by=cast.requester, at=LATER, **GOOD)
    method.refresh_from_db()
    assert (method.evidence, method.reuses, method.effective_reuses) == (Evidence.REVIEWED, 1, 0)


def test_one_branch_cannot_lift_a_method_by_repeating_itself(cast: Cast) -> None:
    """Five successes of one branch are one; a number needs a direction, and a success of the very day the time it was measured."""
    method = shelved(cast)
    scores = []
    for n in range(3):
        trial = adopt(method, cast.other_branch, by=cast.outsider, at=LATER)
        method.refresh_from_db()
        assert (method.reuses, method.trying) == (n, 1)
        assert sum(one.uses for one in spread_of(method)) == n
        told = {**GOOD, "indicator": "日均受理", "before": Decimal(10), "after": Decimal(50 + n)}
        for wrong, code in (
            ({"better": ""}, "direction_wanted"), ({}, "moved_for_the_worse"), ({"better": "higher", "period": ""}, "period_wanted"),
            ({"better": "higher", "indicator": "每周投诉"}, "moved_for_the_worse"),
        ):  # fmt: skip
            with pytest.raises(Invalid) as refused:
                tell_result(trial, by=cast.outsider, at=LATER, **{**told, **wrong})
            assert [one.code for found in refused.value.faults.values() for one in found] == [code]
        tell_result(trial, by=cast.outsider, at=LATER + DAY, **{**GOOD, "after": Decimal(3 + n), "period": ""})
        scores.append(Method.objects.get().confidence)
    method.refresh_from_db()
    assert (method.reuses, method.effective_reuses, method.trying) == (3, 1, 0)
    assert scores == [scores[0]] * 3
    with pytest.raises(Invalid):
        promote(method, by=cast.coordinator, at=LATER)
    assert [(one.uses, one.effective) for one in spread_of(method) if one.uses] == [(3, 1)]


def test_numbers_are_measured_the_way_the_method_s_own_went(cast: Cast) -> None:
    method = shelved(cast)
    own = method.versions.get(state="published")
    assert own.before is not None
    assert own.after is not None
    assert own.after < own.before
    trial = adopt(method, cast.other_branch, by=cast.outsider, at=LATER)
    wrong = {**GOOD, "indicator": own.indicator, "before": Decimal(60), "after": Decimal(80)}
    with pytest.raises(Invalid) as refused:
        tell_result(trial, by=cast.outsider, at=LATER, **wrong)
    assert refused.value.faults["after"][0].code == "moved_the_wrong_way"
    tell_result(trial, by=cast.outsider, at=LATER, **{**wrong, "use": "no_use"})
    assert trial.is_effective is False


def test_decisions_are_for_reviewers_and_head_office(cast: Cast) -> None:
    method = shelved(cast)
    for act in (retire, confirm):
        with pytest.raises(NotAllowed):
            act(method, by=cast.leader, at=LATER, reason="不用了")
    with pytest.raises(Invalid):
        retire(method, by=cast.liaison, at=LATER, reason=" ")
    with pytest.raises(StaleWrite):
        retire(method, by=cast.liaison, at=LATER, reason="过时了", seen=method.version - 1)
    retire(method, by=cast.liaison, at=LATER, reason="过时了", seen=method.version)
    with pytest.raises(NotNow):
        adopt(method, cast.branch, by=cast.requester, at=LATER)
    with pytest.raises(NotNow):
        retire(method, by=cast.coordinator, at=LATER, reason="再退一次")
    revive(method, by=cast.coordinator, at=LATER, reason="又用得上了")
    assert method.evidence == Evidence.REVIEWED
    assert [one.kind for one in method.decisions.order_by("pk")] == ["retire", "revive"]


def test_method_nobody_uses_asks_for_another_look(cast: Cast) -> None:
    method = shelved(cast)
    assert jobs.look_again(LATER + 500 * DAY) == {"stale": 0}
    much_later = LATER + 560 * DAY
    assert jobs.look_again(much_later) == {"stale": 1}
    assert jobs.look_again(much_later) == {"stale": 0}
    tell(much_later)
    assert Message.objects.filter(person=cast.person("liaison"), verb="method_stale", event="awaited").count() == 1
    weighed = weigh(method, at=LATER).confidence
    assert jobs.fade(much_later) == {"methods": 1, "changed": 1}
    method.refresh_from_db()
    assert method.confidence < weighed
    confirm(method, by=cast.liaison, at=much_later)
    assert (method.needs_review_since, method.looked_at) == (None, much_later)
    assert method.confidence > weighed


def test_trouble_with_one_case_stops_no_other(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    method = shelved(cast)
    good, bad = cite(cast, method.code), cite(cast, method.code, at=LATER + DAY)
    real = jobs.learn

    def learns(case_ids: set[int], *, at: datetime) -> Any:
        if bad.pk in case_ids:
            raise RuntimeError
        return real(case_ids, at=at)

    monkeypatch.setattr(jobs, "learn", learns)
    assert drained(LATER + DAY)["failed"] == 1
    assert [one.case_id for one in Citation.objects.all()] == [good.pk]
    monkeypatch.setattr(jobs, "learn", real)
    assert drained(LATER + DAY + timedelta(minutes=10))["cited"] == 1


def _standing(cast: Cast, name: str) -> Any:
    return standing(cast.users[name], on=timezone.localdate(LATER))


def test_second_contact_of_two_branches_tries_for_each(cast: Cast) -> None:
    method = shelved(cast)
    Posting.objects.create(
        person=Person.objects.get(code="outsider"), role="requester", branch=cast.branch, since=START
    )
    for branch in (cast.branch, cast.other_branch):
        adopt(method, branch, by=cast.outsider, at=LATER)
    assert Adoption.objects.count() == 2
