"""Branches: by unit, by name, with the people who ask for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Prefetch, Q

from huizhen.directory.choices import PostingRole
from huizhen.directory.models import Branch, Person, Posting, Unit
from huizhen.lib.errors import NotVisible
from huizhen.lib.text import clean

PAGE = 50


def units_with_branches(*, on: date) -> list[Unit]:
    """Units that have branches, in the order of the notice, each with `branch_count`: some dozens of rows, one query."""
    standing = Q(branches__until=None) | Q(branches__until__gt=on)
    found = Unit.objects.annotate(branch_count=Count("branches", filter=standing)).filter(branch_count__gt=0)
    return list(found.order_by("order", "sort_key", "pk"))


@dataclass(frozen=True)
class BranchPage:
    """A slice of branches with their contacts of the day in `contacts`, and the key of the next one; "" at the end."""

    branches: Sequence[Branch]
    after: str


def branches(
    *, on: date, unit: str = "", text: str = "", only: frozenset[int] | None = None, after: str = "", limit: int = PAGE
) -> BranchPage:
    """Branches by name, of the unit with this code; `only` narrows to some. Two queries."""
    found = Branch.objects.filter(Q(until=None) | Q(until__gt=on)).select_related("unit")
    if unit:
        found = found.filter(unit__code=unit)
    if only is not None:
        found = found.filter(pk__in=only)
    for word in clean(text)[:60].split():
        found = found.filter(
            Q(name__icontains=word)
            | Q(former_names__icontains=word)
            | Q(sort_key__startswith=word.lower())
            | Q(code__iexact=word)
        )
    key, _, last = clean(after).rpartition("|")
    if key and last.isdecimal() and len(last) < 19:
        found = found.filter(Q(sort_key__gt=key) | Q(sort_key=key, pk__gt=int(last)))
    rows = list(found.order_by("sort_key", "pk").prefetch_related(_contacts(on))[: limit + 1])
    more = rows[limit - 1] if len(rows) > limit else None
    return BranchPage(rows[:limit], f"{more.sort_key}|{more.pk}" if more else "")


def branch_of(code: str, *, on: date) -> Branch:
    """A branch with its unit and contacts; also one that was dissolved. NotVisible: no such code."""
    found = (
        Branch.objects.select_related("unit", "successor")
        .prefetch_related(_contacts(on))
        .filter(code=code[:20])
        .first()
    )
    if found is None:
        raise NotVisible("branch_unknown", code=code[:20])
    return found


@dataclass(frozen=True)
class Successors:
    """Branches that could take over from one: those of its unit, and the others, each by name."""

    near: list[Branch]
    far: list[Branch]


def successors(branch: Branch, *, on: date) -> Successors:
    """Every other branch that lasts; one query."""
    lasting = Branch.objects.filter(Q(until=None) | Q(until__gt=on)).exclude(pk=branch.pk).order_by("sort_key", "pk")
    found = list(lasting)
    return Successors(
        [one for one in found if one.unit_id == branch.unit_id], [one for one in found if one.unit_id != branch.unit_id]
    )


def contact_of(branch: Branch, *, on: date) -> Person | None:
    """The longest-serving contact of a branch on a day."""
    lasting = Q(until=None) | Q(until__gt=on)
    posts = Posting.objects.filter(lasting, role=PostingRole.REQUESTER, branch=branch, since__lte=on)
    first = posts.select_related("person__unit").order_by("since", "pk").first()
    return first.person if first else None


def _contacts(on: date) -> Prefetch:
    """Who may ask in the name of the branch on that day."""
    lasting = Q(until=None) | Q(until__gt=on)
    posts = Posting.objects.filter(lasting, role=PostingRole.REQUESTER, since__lte=on)
    return Prefetch("postings", posts.select_related("person__unit").order_by("since", "pk"), to_attr="contacts")
