"""Suggestions of leaders: the list, and how many wait for the reader."""

from __future__ import annotations

from dataclasses import dataclass

from huizhen.directory.queries import Standing
from huizhen.reports.choices import SuggestionState
from huizhen.reports.models import Suggestion
from huizhen.reports.policy.rounds import suggestions_visible, to_answer

PAGE = 30
BOUND = 100


@dataclass(frozen=True)
class Page:
    """Newest first; `after` is the key of the next page, 0 at the end."""

    suggestions: tuple[Suggestion, ...]
    after: int = 0


def suggestions(standing: Standing, *, show: str = "", after: int | None = None, limit: int = PAGE) -> Page:
    """What she may see, newest first. `show`: "mine" those that wait for her answer, "made" her own, or one state. One query."""
    rows = suggestions_visible(standing)
    if show == "mine":
        rows = rows.filter(to_answer(standing), state=SuggestionState.OPEN)
    elif show == "made":
        rows = rows.filter(by__in=standing.person_ids)
    elif show in SuggestionState.values:
        rows = rows.filter(state=show)
    if after:
        rows = rows.filter(pk__lt=after)
    found = list(rows.select_related("case", "group", "by", "answered_by").order_by("-pk")[: limit + 1])
    return Page(tuple(found[:limit]), found[limit - 1].pk if len(found) > limit else 0)


def awaiting(standing: Standing) -> int:
    """How many wait for her answer, at most `BOUND`. One query."""
    rows = suggestions_visible(standing).filter(to_answer(standing), state=SuggestionState.OPEN)
    return len(rows.values_list("pk")[:BOUND])
