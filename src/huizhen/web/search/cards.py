"""Hits as cards: what kind of thing it is, where it is, what is said under its title."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from huizhen.cases.verbs import STAGES
from huizhen.challenges.choices import ChallengeState
from huizhen.directory.models import Group
from huizhen.methods.choices import EvidenceWords
from huizhen.reports.choices import BulletinState
from huizhen.search.queries import Hit
from huizhen.search.registry import SUMMARY, sources

Words = str | Promise


@dataclass(frozen=True)
class Kind:
    """A kind of thing: what one and many are called, its icon, its page, and what its states are called."""

    label: Words
    plural: Words
    icon: str
    route: str
    states: dict[str, Any]
    is_dated: bool = True


KINDS: dict[str, Kind] = {
    "case": Kind(pgettext_lazy("hit", "病例"), pgettext_lazy("hits", "病例"), "folder-heart", "case:page", STAGES),
    "method": Kind(
        pgettext_lazy("hit", "工作法"), pgettext_lazy("hits", "工作法"), "book-open-check", "methods:page",
        dict(EvidenceWords.choices),
    ),
    "group": Kind(
        pgettext_lazy("hit", "专家团"), pgettext_lazy("hits", "专家团"), "users", "directory:group", {}, is_dated=False
    ),
    "expert": Kind(
        pgettext_lazy("hit", "专家"), pgettext_lazy("hits", "专家"), "user-round", "directory:expert", {}, is_dated=False
    ),
    "story": Kind(pgettext_lazy("hit", "宣传稿"), pgettext_lazy("hits", "宣传稿"), "newspaper", "stories:page", {}),
    "challenge": Kind(
        pgettext_lazy("hit", "领题"), pgettext_lazy("hits", "领题"), "flag", "challenges:page", dict(ChallengeState.choices)
    ),
    "bulletin": Kind(
        pgettext_lazy("hit", "通报"), pgettext_lazy("hits", "通报"), "megaphone", "bulletins:page", dict(BulletinState.choices)
    ),
}  # fmt: skip
"""In the order of the tabs. A kind that no source brings is not shown."""


@dataclass(frozen=True)
class Card:
    """One hit as it is shown."""

    kind: str
    label: Words
    icon: str
    url: str
    code: str
    title: Sequence[tuple[str, bool]]
    snippet: Sequence[tuple[str, bool]]
    is_summary: bool
    state: str
    state_label: Words
    group: str
    at: datetime | None


def kinds() -> dict[str, Kind]:
    """The kinds that can be found here: those of a source, with a page."""
    return {name: kind for name, kind in KINDS.items() if name in sources() and _address(kind.route, "0")}


def _address(route: str, code: str) -> str:
    try:
        return reverse(route, args=[code])
    except NoReverseMatch:
        return ""


def cards(hits: Iterable[Hit]) -> list[Card]:
    """One query, for the names of the groups."""
    hits = [hit for hit in hits if hit.kind in KINDS]
    codes = {hit.facets.get("group", "") for hit in hits if hit.kind != "group"} - {""}
    groups = dict(Group.objects.filter(code__in=codes, campaign__is_current=True).values_list("code", "name"))
    return [_card(hit, groups) for hit in hits]


def _card(hit: Hit, groups: dict[str, str]) -> Card:
    kind = KINDS[hit.kind]
    is_summary = hit.level == SUMMARY
    state = hit.facets.get("state", "")
    return Card(
        kind=hit.kind,
        label=kind.label,
        icon=kind.icon,
        url=_address("cases:summary" if is_summary else kind.route, hit.code),
        code=hit.code,
        title=hit.title,
        snippet=hit.snippet,
        is_summary=is_summary,
        state=state,
        state_label=kind.states.get(state, ""),
        group=groups.get(hit.facets.get("group", ""), "") if hit.kind != "group" else "",
        at=hit.at if kind.is_dated else None,
    )
