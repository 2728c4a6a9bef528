"""Reads of challenges: the list, those of a branch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from huizhen.challenges.models import Challenge
from huizhen.challenges.policy import visible
from huizhen.directory.models import Branch, Campaign
from huizhen.directory.queries import Standing
from huizhen.lib.text import clean

PAGE = 50


@dataclass(frozen=True)
class Page:
    """A slice of challenges, newest first, and the id below which the next one begins; None at the end."""

    challenges: Sequence[Challenge]
    after: int | None


def challenges(
    standing: Standing,
    campaign: Campaign | None,
    *,
    text: str = "",
    unit: str = "",
    branch: str = "",
    state: str = "",
    kind: str = "",
) -> QuerySet[Challenge]:
    """The challenges of a campaign that fit, unit and branch by their codes; not yet ordered or cut."""
    found = visible(standing).filter(campaign=campaign).select_related("branch__unit", "lead")
    named = {"branch__unit__code": unit, "branch__code": branch, "state": state, "kind": kind}
    found = found.filter(**{name: value for name, value in named.items() if value})
    for word in clean(text)[:60].split():
        found = (
            found.filter(code__iexact=word) if word.upper().startswith("LT") else found.filter(title__icontains=word)
        )
    return found


def page_of(found: QuerySet[Challenge], *, before: int | None = None, limit: int = PAGE) -> Page:
    """One page, by keyset on the id; one query."""
    rows = list((found.filter(pk__lt=before) if before else found).order_by("-pk")[: limit + 1])
    return Page(rows[:limit], rows[limit - 1].pk if len(rows) > limit else None)


def of_branch(standing: Standing, branch: Branch, *, limit: int = PAGE) -> list[Challenge]:
    """The challenges of a branch, newest first, of every campaign."""
    return list(visible(standing).filter(branch=branch).select_related("lead").order_by("-pk")[:limit])
