"""Drafts that wait, and the branches somebody may register for. The rule itself is `actions.may_register_for`; here is its SQL."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from huizhen.accounts.models import User
from huizhen.cases.choices import Source
from huizhen.cases.models import Draft
from huizhen.challenges.models import Challenge
from huizhen.directory.choices import PostingRole
from huizhen.directory.models import Branch, Person, Posting
from huizhen.directory.queries import Standing
from huizhen.lib.text import clean

DRAFTS_SHOWN = 50


def addressed_to(branch_ids: Iterable[int]) -> Q:
    """Drafts that branches may read: of their own people, and those handed over to them."""
    return Q(branch__in=branch_ids) & (Q(source=Source.BRANCH) | Q(handed_at__isnull=False))


def open_drafts(user: User, standing: Standing) -> list[Draft]:
    """Drafts of her own and those addressed to her branches, newest first; one query."""
    found = Draft.objects.filter(Q(owner=user) | addressed_to(standing.branch_ids), case=None)
    return list(found.select_related("branch__unit", "owner").order_by("-saved_at", "-pk")[:DRAFTS_SHOWN])


def registers_for_others(standing: Standing) -> bool:
    """代挂号 is open to experts, clerks and head office."""
    return bool(standing.group_ids or standing.unit_ids or standing.is_coordinator)


def branches_for(standing: Standing, *, on: date, text: str = "", limit: int = 30) -> list[Branch]:
    """Branches she may open a draft for, her own first, then by name; at most two queries.

    `text` narrows the others by name, code, unit or pinyin. Who may register for every branch is shown none before she asks.
    """
    lasting = Branch.objects.filter(Q(until=None) | Q(until__gt=on)).select_related("unit")
    own = list(lasting.filter(pk__in=standing.branch_ids).order_by("sort_key", "pk"))
    is_wide = bool(standing.group_ids or standing.is_coordinator)
    words = clean(text)[:60].split()
    if not registers_for_others(standing) or (is_wide and not words):
        return own
    others = lasting.exclude(pk__in=standing.branch_ids)
    if not is_wide:
        others = others.filter(unit__in=standing.unit_ids)
    for word in words:
        others = others.filter(
            Q(name__icontains=word)
            | Q(code__iexact=word)
            | Q(unit__name__icontains=word)
            | Q(sort_key__icontains=word.lower())
        )
    return [*own, *others.order_by("sort_key", "pk")[:limit]]


def challenges_of(branch: Branch) -> list[Challenge]:
    """What the branch works on in the current campaign, newest first: the challenges a case may point to."""
    going = Challenge.objects.filter(
        branch=branch, campaign__is_current=True, state__in=["chosen", "approved", "active"]
    )
    return list(going.order_by("-pk")[:50])


def requesters_of(branch: Branch, *, on: date) -> list[Person]:
    """Who may confirm a draft for the branch."""
    held = Posting.objects.filter(
        Q(until=None) | Q(until__gt=on), branch=branch, role=PostingRole.REQUESTER, since__lte=on
    )
    return [one.person for one in held.select_related("person__unit").order_by("since", "pk")[:10]]
