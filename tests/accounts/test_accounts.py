"""Signing in, tokens, passwords, language, kept answers."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.contrib.auth import authenticate
from django.test import RequestFactory

from huizhen.accounts import actions
from huizhen.accounts.backends import Backend
from huizhen.accounts.models import KeptAnswer, Token, User
from huizhen.accounts.queries import demo_users, user_of_token
from huizhen.journal.models import Entry
from huizhen.lib.errors import Invalid, NotNow

PASSWORD = "correct horse battery"


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("wang", PASSWORD, name="王五")


def test_user_signs_in_with_the_right_password(user: User) -> None:
    request = RequestFactory().post("/sign-in/")
    assert authenticate(request, username="wang", password=PASSWORD) == user
    assert Backend().authenticate(request, username=" wang\x00", password=PASSWORD) == user


@pytest.mark.parametrize(
    "username, password",
    [
        ("wang", "wrong"), ("nobody", PASSWORD), ("", ""), ("wang", ""), ("x" * 5000, PASSWORD), ("wang", "x" * 10_000_000),
        ("wang\ud800", PASSWORD + " "), (None, None),
    ],
)  # fmt: skip
def test_user_is_refused_with_anything_else(user: User, username: str | None, password: str | None) -> None:
    assert Backend().authenticate(None, username=username, password=password) is None


def test_user_who_may_not_sign_in_is_refused(user: User) -> None:
    user.is_active = False
    user.save()
    assert Backend().authenticate(None, username="wang", password=PASSWORD) is None
    assert Backend().get_user(user.pk) is None
    User.objects.create_user("silent")
    assert Backend().authenticate(None, username="silent", password="") is None


def test_unknown_name_costs_a_hash_too(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str | None] = []
    monkeypatch.setattr(User, "set_password", lambda self, raw: hashed.append(raw))
    assert Backend().authenticate(None, username="nobody", password="secret") is None
    assert hashed == ["secret"]


def test_token_opens_for_thirty_days(user: User, at: datetime) -> None:
    plain = actions.issue_token(user, at=at)
    assert user_of_token(plain, at=at + timedelta(days=29)) == user
    assert user_of_token(plain, at=at + timedelta(days=30)) is None
    assert user_of_token(plain + "x", at=at) is None
    assert user_of_token("", at=at) is None
    assert plain not in Token.objects.get().digest
    assert Entry.objects.get().verb == "token_issued"


def test_token_dies_with_its_user_and_by_revoking(user: User, at: datetime) -> None:
    plain = actions.issue_token(user, at=at)
    actions.issue_token(user, at=at)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert user_of_token(plain, at=at) is None
    User.objects.filter(pk=user.pk).update(is_active=True)
    assert actions.revoke_tokens(user, by=user, at=at) == 2
    assert user_of_token(plain, at=at) is None


def test_token_that_ran_out_is_forgotten(user: User, at: datetime) -> None:
    actions.issue_token(user, at=at)
    actions.issue_token(user, at=at + timedelta(days=31))
    assert Token.objects.count() == 1


def test_password_is_changed(user: User, at: datetime) -> None:
    actions.issue_token(user, at=at)
    actions.change_password(user, old=PASSWORD, new="another long phrase", at=at)
    assert Backend().authenticate(None, username="wang", password="another long phrase") == user
    assert Token.objects.count() == 0
    assert list(Entry.objects.order_by("pk").values_list("verb", flat=True)) == ["token_issued", "password_changed"]


@pytest.mark.parametrize(
    "old, new, field, code",
    [
        ("wrong", "another long phrase", "old", "password_wrong"),
        (PASSWORD, "short", "new", "password_too_short"),
        (PASSWORD, "password1234", "new", "password_too_common"),
    ],
)
def test_password_faults_are_told(user: User, at: datetime, old: str, new: str, field: str, code: str) -> None:
    with pytest.raises(Invalid) as told:
        actions.change_password(user, old=old, new=new, at=at)
    assert code in [fault.code for fault in told.value.faults[field]]
    assert User.objects.get().check_password(PASSWORD)


def test_password_of_the_demo_stays(user: User, at: datetime) -> None:
    user.is_demo = True
    user.save()
    assert demo_users() == [user]
    with pytest.raises(NotNow):
        actions.change_password(user, old=PASSWORD, new="another long phrase", at=at)


def test_language_is_remembered(user: User, at: datetime) -> None:
    actions.change_language(user, language="en", at=at)
    actions.change_language(user, language="en", at=at)
    assert User.objects.get().language == "en"
    assert Entry.objects.filter(verb="language_changed").count() == 1
    with pytest.raises(Invalid):
        actions.change_language(user, language="xx", at=at)


def test_answer_is_kept_and_given_again(user: User, at: datetime) -> None:
    claim = actions.claim_answer(user, key="k1", digest="d", at=at)
    assert isinstance(claim, KeptAnswer)
    actions.keep_answer(claim, status=201, body={"code": "HZ26-00001"})
    assert actions.claim_answer(user, key="k1", digest="d", at=at) == actions.Replay(201, {"code": "HZ26-00001"})


def test_answer_of_another_request_or_a_running_one_is_refused(user: User, at: datetime) -> None:
    actions.claim_answer(user, key="k1", digest="d", at=at)
    with pytest.raises(NotNow):
        actions.claim_answer(user, key="k1", digest="d", at=at)
    with pytest.raises(Invalid):
        actions.claim_answer(user, key="k1", digest="other", at=at)
    for key in ("", "x" * 129):
        with pytest.raises(Invalid):
            actions.claim_answer(user, key=key, digest="d", at=at)
    other = User.objects.create_user("li")
    assert isinstance(actions.claim_answer(other, key="k1", digest="z", at=at), KeptAnswer)


def test_answers_are_forgotten_after_a_week(user: User, at: datetime) -> None:
    actions.claim_answer(user, key="old", digest="d", at=at)
    actions.claim_answer(user, key="new", digest="d", at=at + timedelta(days=6))
    assert actions.forget_answers(at=at + timedelta(days=8)) == 1
    assert KeptAnswer.objects.get().key == "new"
