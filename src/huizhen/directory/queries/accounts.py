"""People with their accounts: the list of head office, who may sign in, whose account is the last of head office."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Replace

from huizhen.directory.choices import AccountState, PostingRole
from huizhen.directory.models import Membership, Person, Posting
from huizhen.lib.text import clean

EXPERT, NO_POST = "expert", "none"
"""What the filter of posts knows besides the posts: sits in a group; holds nothing at all."""
UNUSABLE = "!"  # how Django begins a password nobody can type


def _lasting(on: date) -> Q:
    return Q(since__lte=on) & (Q(until=None) | Q(until__gt=on))


def _left(on: date) -> Q:
    return Q(left_on__isnull=False, left_on__lte=on)


def _in_state(state: str, on: date) -> Q:
    """The people in a state; twin of `state_of`."""
    here, active = ~_left(on), Q(user__is_active=True)
    return {
        AccountState.NONE: here & Q(user=None),
        AccountState.AWAITED: here & active & Q(user__password__startswith=UNUSABLE),
        AccountState.OPEN: here & active & ~Q(user__password__startswith=UNUSABLE),
        AccountState.CLOSED: here & Q(user__is_active=False),
        AccountState.LEFT: _left(on),
    }[AccountState(state)]


def state_of(person: Person, *, on: date) -> AccountState:
    """How somebody stands to signing in on a day."""
    if person.left_on is not None and person.left_on <= on:
        return AccountState.LEFT
    if person.user is None:
        return AccountState.NONE
    if not person.user.is_active:
        return AccountState.CLOSED
    return AccountState.OPEN if person.user.has_usable_password() else AccountState.AWAITED


@dataclass(frozen=True)
class Sought:
    """Which people: words (name, pinyin, code, staff number, user name), a unit's code, a state, a post. Empty is everybody."""

    text: str = ""
    unit: str = ""
    state: str = ""
    post: str = ""


@dataclass(frozen=True)
class Row:
    """Somebody in the list, with her account, posts and seats of the day."""

    person: Person
    state: AccountState
    posts: Sequence[Posting]
    seats: Sequence[Membership]


@dataclass(frozen=True)
class People:
    """A slice of the list and the key of the next one; "" at the end."""

    rows: Sequence[Row]
    after: str


def _found(sought: Sought, on: date) -> QuerySet[Person]:
    found = Person.objects.alias(joined=Replace("sort_key", Value(" ")))
    for word in clean(sought.text)[:60].split():
        found = found.filter(
            Q(name__icontains=word)
            | Q(sort_key__istartswith=word)
            | Q(sort_key__icontains=f" {word}")
            | Q(joined__istartswith=word)
            | Q(code__iexact=word)
            | Q(staff_no__iexact=word)
            | Q(user__username__iexact=word)
        )
    if sought.unit:
        found = found.filter(unit__code=sought.unit)
    if sought.state in AccountState.values:
        found = found.filter(_in_state(sought.state, on))
    posts = Posting.objects.filter(_lasting(on), person=OuterRef("pk"))
    seats = Membership.objects.filter(_lasting(on), person=OuterRef("pk"))
    if sought.post in PostingRole.values:
        found = found.filter(Exists(posts.filter(role=sought.post)))
    elif sought.post == EXPERT:
        found = found.filter(Exists(seats))
    elif sought.post == NO_POST:
        found = found.filter(~Exists(posts), ~Exists(seats))
    return found


def people(sought: Sought, *, on: date, after: str = "", limit: int = 50) -> People:
    """By pinyin of their names; three queries."""
    found = _found(sought, on).select_related("unit", "user")
    key, _, last = clean(after).rpartition("|")
    if key and last.isdecimal() and len(last) < 19:
        found = found.filter(Q(sort_key__gt=key) | Q(sort_key=key, pk__gt=int(last)))
    held = (Prefetch("postings", posts_on(on), to_attr="posts"), Prefetch("memberships", _seats(on), to_attr="seats"))
    persons = list(found.order_by("sort_key", "pk").prefetch_related(*held)[: limit + 1])
    more = persons[limit - 1] if len(persons) > limit else None
    rows = [Row(one, state_of(one, on=on), one.posts, one.seats) for one in persons[:limit]]
    return People(rows, f"{more.sort_key}|{more.pk}" if more else "")


def posts_on(on: date) -> QuerySet[Posting]:
    """Posts that last or begin later, with their places."""
    lasting = Posting.objects.filter(Q(until=None) | Q(until__gt=on))
    return lasting.select_related("branch", "unit", "domain").order_by("since", "pk")


def _seats(on: date) -> QuerySet[Membership]:
    lasting = Membership.objects.filter(Q(until=None) | Q(until__gt=on))
    return lasting.select_related("group__domain", "group__campaign").order_by("-is_primary", "pk")


def without_account(sought: Sought, *, on: date, most: int) -> list[str]:
    """Codes of those who have no account yet, by name; one more than `most` when there are more. One query, no count."""
    if sought.state not in ("", AccountState.NONE):
        return []
    found = _found(sought, on).filter(_in_state(AccountState.NONE, on)).order_by("sort_key", "pk")
    return list(found.values_list("code", flat=True)[: most + 1])


def people_by_code(codes: Sequence[str]) -> list[Person]:
    """The people with these codes, by name; a code nobody has is passed over."""
    found = Person.objects.filter(code__in=codes).select_related("unit", "user")
    return list(found.order_by("sort_key", "pk"))


def place_key(post: Posting) -> str:
    """What names a post of somebody in an address: its role and the code of its place. Nobody holds the same one twice."""
    place = post.branch or post.unit or post.domain
    return f"{post.role}:{place.code}" if place else str(post.role)


def is_last_of_its_place(post: Posting, *, on: date) -> bool:
    """Without her nobody would ask for the branch, or answer for the domain or the unit. One query; head office is never so."""
    place = {"branch": post.branch_id, "unit": post.unit_id, "domain": post.domain_id}
    named = {f"{name}_id": pk for name, pk in place.items() if pk is not None}
    others = Posting.objects.filter(Q(until=None) | Q(until__gt=on), role=post.role, **named).exclude(pk=post.pk)
    return bool(named) and not others.exists()


def working_coordinators(*, on: date) -> set[int]:
    """Ids of the people of head office who can sign in on a day. One query."""
    posts = Posting.objects.filter(_lasting(on), role=PostingRole.COORDINATOR, person__user__is_active=True)
    here = posts.exclude(person__user__password__startswith=UNUSABLE)
    here = here.filter(Q(person__left_on=None) | Q(person__left_on__gt=on))
    return set(here.values_list("person_id", flat=True))


def gone_with_account(*, on: date) -> list[Person]:
    """People who have left and whose account is still open, by id; the index on `left_on` finds them."""
    found = Person.objects.filter(_left(on), user__is_active=True).select_related("user")
    return list(found.order_by("pk")[:500])
