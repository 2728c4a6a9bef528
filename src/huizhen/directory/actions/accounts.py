"""Accounts as head office gives and takes them. Nobody but the person herself ever knows her password: what is given is a door link
(`accounts.queries.door_of`), which is not stored and of which the journal holds nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.accounts.queries import is_awaited
from huizhen.directory.actions.rights import need_coordinator
from huizhen.directory.choices import PostingRole
from huizhen.directory.models import Person, Posting
from huizhen.directory.queries.accounts import gone_with_account, working_coordinators
from huizhen.journal import actions as journal
from huizhen.lib.errors import Fault, Invalid, NotAllowed, NotNow, StaleWrite
from huizhen.lib.text import clean

MOST = 500
"""How many accounts are opened in one go."""


@dataclass(frozen=True)
class Opening:
    """Who got an account, and who did not: she has one already, or she has left."""

    opened: tuple[Person, ...]
    had: tuple[Person, ...]
    left: tuple[Person, ...]


def user_name(person: Person) -> str:
    """What somebody types to sign in: her staff number, else her code."""
    return clean(person.staff_no) or person.code


@transaction.atomic
def open_accounts(people: Sequence[Person], *, by: User | None, at: datetime) -> Opening:
    """Accounts without a password for people who have none; a door link lets each choose hers. Who has one or has left is told.

    All or nothing. Side effects: journal `account_opened` for each. NotAllowed: not head office. Invalid: nobody is named, more than
    `MOST` are, or a user name is taken (which one is said).
    """
    lender = need_coordinator(by, at)
    if not 0 < len(people) <= MOST:
        raise Invalid.one("people", "too_many" if people else "nobody_ticked", max=MOST)
    today = timezone.localdate(at)
    locked = list(Person.objects.select_for_update().filter(pk__in=[one.pk for one in people]).order_by("pk"))
    left = tuple(one for one in locked if one.left_on is not None and one.left_on <= today)
    had = tuple(one for one in locked if one.user_id is not None and one not in left)
    fresh = [one for one in locked if one not in left and one not in had]
    _need_free([user_name(one) for one in fresh])
    try:
        with transaction.atomic():
            users = User.objects.bulk_create(_account(one, at) for one in fresh)
    except IntegrityError:  # somebody took one of the names in this very moment
        _need_free([user_name(one) for one in fresh])
        raise
    for one, user in zip(fresh, users, strict=True):
        one.user = user
    Person.objects.bulk_update(fresh, ["user"], batch_size=200)
    rows = [journal.Told(one, one.name) for one in fresh]
    journal.record_all("account_opened", rows, by=by, at=at, on_behalf_of=lender)
    return Opening(tuple(fresh), had, left)


def _need_free(names: list[str]) -> None:
    taken = set(User.objects.filter(username__in=names).values_list("username", flat=True))
    taken |= {name for name, n in Counter(names).items() if n > 1}
    if taken:
        raise Invalid({"people": [Fault("username_taken", {"name": name}) for name in sorted(taken)[:5]]})


def _account(person: Person, at: datetime) -> User:
    user = User(username=user_name(person), name=person.name, created_at=at)
    user.set_unusable_password()
    return user


@transaction.atomic
def renew_account(person: Person, *, by: User, at: datetime) -> Person:
    """A forgotten password or a lost link: the password ends at once, with her sessions, tokens and earlier links; a new link is to be given.

    Side effects, in order: unusable password; tokens gone; journal `account_renewed`, of which she is told. NotAllowed: not head office, or
    it is an account of head office and the right is only lent. NotNow: her own, none, closed, left, of the demo, or the last of head office.
    """
    locked, user, lender = _account_of(person, by, at)
    if not user.is_active:
        raise NotNow("account_is_closed", name=locked.name)
    _keep_head_office(locked, at)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    user.tokens.all().delete()
    journal.record("account_renewed", locked, by=by, at=at, on_behalf_of=lender, label=locked.name)
    return locked


@transaction.atomic
def close_account(person: Person, *, by: User, at: datetime) -> Person:
    """She cannot sign in any more: password, sessions, tokens and links end at once. Her posts, seats and cases stay.

    Side effects: as said; journal `account_closed`. NotAllowed, NotNow as for renewing; StaleWrite: it is closed already.
    """
    locked, user, lender = _account_of(person, by, at)
    if not user.is_active:
        raise StaleWrite("account_is_closed", name=locked.name)
    _keep_head_office(locked, at)
    shut(user)
    journal.record("account_closed", locked, by=by, at=at, on_behalf_of=lender, label=locked.name)
    return locked


@transaction.atomic
def reopen_account(person: Person, *, by: User, at: datetime) -> Person:
    """A closed account may be used again, with a new link: the old password ended when it was closed.

    Side effects: journal `account_reopened`. NotAllowed, NotNow as for renewing; StaleWrite: it is open.
    """
    locked, user, lender = _account_of(person, by, at)
    if user.is_active:
        raise StaleWrite("account_is_open", name=locked.name)
    user.is_active = True
    user.save(update_fields=["is_active"])
    journal.record("account_reopened", locked, by=by, at=at, on_behalf_of=lender, label=locked.name)
    return locked


@transaction.atomic
def export_doors(people: Sequence[Person], *, by: User, at: datetime) -> list[Person]:
    """Those of them whose door is still to be opened, for a file of their links. Side effects: journal `door_links_exported` on the
    account of who takes it out, naming the people. NotAllowed: not head office. NotNow: nobody is left of them.
    """
    lender = need_coordinator(by, at)
    awaited = [one for one in people if one.user and is_awaited(one.user)]
    if not awaited:
        raise NotNow("no_doors")
    journal.record(
        "door_links_exported", by, by=by, at=at, on_behalf_of=lender, label=by.name, count=len(awaited),
        persons=[one.code for one in awaited],
    )  # fmt: skip
    return awaited


@transaction.atomic
def close_accounts_of_gone(*, at: datetime) -> int:
    """The accounts of who has left by today; a job calls it. Side effects: journal `account_closed` for each. Returns how many."""
    people = gone_with_account(on=timezone.localdate(at))
    for one in people:
        if one.user:
            shut(User.objects.select_for_update().get(pk=one.user.pk))
    journal.record_all("account_closed", [journal.Told(one, one.name) for one in people], by=None, at=at)
    return len(people)


def shut(user: User) -> None:
    """Ends everything that lets somebody in. The known password of a demo account stays, or it could never be opened again."""
    user.is_active = False
    if not user.is_demo:
        user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    user.tokens.all().delete()


def _account_of(person: Person, by: User, at: datetime) -> tuple[Person, User, str]:
    """Person and account, both locked, and for whom the actor acts."""
    lender = need_coordinator(by, at)
    locked = Person.objects.select_for_update().get(pk=person.pk)
    if lender and Posting.objects.filter(person=locked, role=PostingRole.COORDINATOR, until=None).exists():
        raise NotAllowed("lent_right")
    if locked.user_id is None:
        raise NotNow("no_account", name=locked.name)
    user = User.objects.select_for_update().get(pk=locked.user_id)
    if user.pk == by.pk:
        raise NotNow("own_account")
    if locked.left_on is not None and locked.left_on <= timezone.localdate(at):
        raise NotNow("has_left_already", name=locked.name)
    if user.is_demo and user.is_active and user.has_usable_password():
        raise NotNow("demo_account")
    return locked, user, lender


def _keep_head_office(person: Person, at: datetime) -> None:
    """NotNow: nobody of head office could sign in any more. Two who close each other's account wait for one another."""
    posts = Posting.objects.select_for_update().filter(role=PostingRole.COORDINATOR).order_by("pk")
    if person.pk in [post.person_id for post in posts] and working_coordinators(on=timezone.localdate(at)) == {
        person.pk
    }:
        raise NotNow("last_account", name=person.name)
