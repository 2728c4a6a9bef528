"""Door links: who gets in, once, and when a link is dead."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from huizhen.accounts.actions import choose_password, issue_token
from huizhen.accounts.models import User
from huizhen.accounts.queries import DOOR_LASTS, door_of, user_of_door
from huizhen.journal.models import Entry
from huizhen.lib.errors import Invalid, NotVisible

PASSWORD = "correct horse battery"


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("wang", name="王五")


def test_a_door_opens_for_a_week_and_once(user: User, at: datetime) -> None:
    token = door_of(user, at=at)
    assert user_of_door(token, at=at) == user == user_of_door(token, at=at + DOOR_LASTS)
    assert user_of_door(token, at=at + DOOR_LASTS + timedelta(seconds=1)) is None
    assert door_of(user, at=at) == token
    issue_token(user, at=at)

    with pytest.raises(Invalid) as weak:
        choose_password(token, new="kurz", at=at)
    assert list(weak.value.faults) == ["new"]
    chosen = choose_password(token, new=PASSWORD, at=at)
    assert chosen.check_password(PASSWORD)
    assert not chosen.tokens.exists()
    entry = Entry.objects.get(verb="password_chosen")
    assert (entry.actor_id, entry.target_id, entry.data) == (user.pk, user.pk, {})
    with pytest.raises(NotVisible):
        choose_password(token, new="another good password", at=at)
    assert door_of(chosen, at=at) == ""


def test_what_is_no_key_opens_nothing(user: User, at: datetime) -> None:
    other = User.objects.create_user("li", name="李四")
    token, theirs = door_of(user, at=at), door_of(other, at=at)
    mixed = f"{token.partition('-')[0]}-{theirs.partition('-')[2]}"
    for wrong in ("", "-", "x", "1-2-3", mixed, token[:-1], token + "0", "z" * 100, "z" * 5000, "\u017f-1", "\x00-1-2"):
        assert user_of_door(wrong, at=at) is None, wrong[:20]

    user.set_unusable_password()  # renewed: another unusable password
    user.save()
    assert user_of_door(token, at=at) is None
    fresh = door_of(user, at=at)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert user_of_door(fresh, at=at) is None
    user.is_active = False
    assert door_of(user, at=at) == ""
