"""Idempotency-Key: one effect, one answer, also for two at the same moment; a key belongs to one request."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from huizhen.accounts.models import KeptAnswer
from huizhen.cases.models import Case, Contact
from tests.api.conftest import Caller, Callers
from tests.cast import build

CONTACT = {"channel": "phone", "learned": "已问清楚情况"}


def test_same_key_twice_is_one_case(callers: Callers) -> None:
    caller, body = callers.requester, {"branch": "B1", **callers.cast.values()}
    first, second = caller.post("/cases", body, key="k1"), caller.post("/cases", body, key="k1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert Case.objects.count() == 1


def test_without_a_key_every_request_counts(callers: Callers) -> None:
    caller, body = callers.requester, {"branch": "B1", **callers.cast.values()}
    assert [caller.post("/cases", body).status_code for _ in range(2)] == [201, 201]
    assert Case.objects.count() == 2


def test_same_move_twice_is_one_effect(callers: Callers) -> None:
    case, caller = callers.cast.register(), callers.expert
    first, second = (caller.move(case, "log_contact", key="k1", **CONTACT) for _ in range(2))
    assert first.json() == second.json()
    assert Contact.objects.count() == 1


@pytest.mark.parametrize("other", ["body", "address", "version"])
def test_key_of_another_request_is_refused(callers: Callers, other: str) -> None:
    case, caller = callers.cast.register(), callers.expert
    caller.move(case, "log_contact", key="k1", **CONTACT)
    answer = {
        "body": lambda: caller.move(case, "log_contact", key="k1", channel="visit", learned="另一件事"),
        "address": lambda: caller.post(f"/cases/{case.code}/moves/inform_group", CONTACT, key="k1"),
        "version": lambda: caller.move(case, "log_contact", key="k1", seen="2", **CONTACT),
    }[other]()
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_conflict")
    assert answer.json()["detail"].startswith("This Idempotency-Key came with another request before.")
    assert Contact.objects.count() == 1


def test_key_belongs_to_its_user(callers: Callers) -> None:
    case = callers.cast.register()
    assert callers.expert.move(case, "log_contact", key="k1", **CONTACT).status_code == 200
    assert callers.mate.move(case, "log_contact", key="k1", **CONTACT).status_code == 200
    assert Contact.objects.count() == 2


def test_refusal_is_not_kept(callers: Callers) -> None:
    case, caller = callers.cast.register(), callers.expert
    assert caller.move(case, "log_contact", key="k1", channel="phone").status_code == 422
    assert caller.move(case, "inform_group", key="k2", note="已告知").status_code == 409
    assert KeptAnswer.objects.count() == 0
    assert caller.move(case, "log_contact", key="k1", **CONTACT).status_code == 200


@pytest.mark.parametrize("key", ["", "k" * 101, "two words", "schlüssel"])
def test_key_must_be_a_short_word(callers: Callers, key: str) -> None:
    answer = callers.expert.move(callers.cast.register(), "log_contact", key=key, **CONTACT)
    assert (answer.status_code, answer.json()["faults"][0]["code"]) == (422, "key_length")


def test_request_still_running_is_not_now(callers: Callers) -> None:
    """Where a twin could see the unfinished row (it cannot while both databases make it wait), it is told so."""
    case, caller = callers.cast.register(), callers.expert
    caller.move(case, "log_contact", key="k1", **CONTACT)
    KeptAnswer.objects.update(status=None, body=None)
    answer = caller.move(case, "log_contact", key="k1", **CONTACT)
    assert (answer.status_code, answer.json()["code"]) == (409, "key_in_progress")


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one_case() -> None:
    callers = Callers(build())
    caller, start = callers.requester, Barrier(2)
    body = {"branch": "B1", **callers.cast.values()}

    def send(caller: Caller) -> tuple[int, str]:
        start.wait(timeout=10)
        try:
            answer = caller.post("/cases", body, key="k1")
            return answer.status_code, answer.json().get("code", "")
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(send, [caller, caller]))
    assert [status for status, _code in answers] == [201, 201]
    assert {code for _status, code in answers} == {Case.objects.get().code}
