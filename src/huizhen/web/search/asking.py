"""What is asked, as the page shows it: operators in force as chips that take themselves out, others that can be written in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from huizhen.cases.verbs import STAGES
from huizhen.challenges.choices import ChallengeState
from huizhen.directory.models import Domain
from huizhen.lib.zh import normal
from huizhen.methods.choices import EvidenceWords
from huizhen.reports.choices import BulletinState
from huizhen.search.matching.question import OPERATORS
from huizhen.search.registry import words_of

Words = str | Promise
LONGEST = 200

_CODE = re.compile(r"(?:(HZ|LT)\s*)?(\d{2})\s*[-–—\s]\s*(\d{1,9})|(HZ|LT)\s*(\d{2})(\d{5,9})", re.IGNORECASE)
_PIECE = re.compile(r"(?<!\S)[-－]?([^\W\d_]{1,16})[:：](\"[^\"]*\"?|“[^”]*”?|「[^」]*」?|\S*)")

# Facet → how it is called on a chip, and how it is written in the box by a reader of this language.
FACETS: dict[str, tuple[Words, Words]] = {
    "kind": (_("类型"), pgettext_lazy("operator", "类型")),
    "domain": (_("领域"), pgettext_lazy("operator", "领域")),
    "state": (_("状态"), pgettext_lazy("operator", "状态")),
    "situation": (_("情况"), pgettext_lazy("operator", "情况")),
    "group": (pgettext_lazy("one", "专家团"), pgettext_lazy("operator", "专家团")),
    "unit": (_("单位"), pgettext_lazy("operator", "单位")),
    "urgency": (_("紧急"), pgettext_lazy("operator", "紧急")),
    "at": (_("时间"), pgettext_lazy("operator", "时间")),
    "title": (_("标题"), pgettext_lazy("operator", "标题")),
    "code": (_("编号"), pgettext_lazy("operator", "编号")),
}
STATES: dict[str, dict[Any, Any]] = {
    "case": STAGES,
    "method": dict(EvidenceWords.choices),
    "challenge": dict(ChallengeState.choices),
    "bulletin": dict(BulletinState.choices),
}
"""What the states of each kind are called; the other kinds have none."""
PERIODS: tuple[tuple[Words, Words], ...] = (
    (_("近 30 天"), pgettext_lazy("operator", "近30天")),
    (_("近半年"), pgettext_lazy("operator", "近6个月")),
    (_("今年"), pgettext_lazy("operator", "今年")),
    (_("去年"), pgettext_lazy("operator", "去年")),
)


@dataclass(frozen=True)
class Asked:
    """Everything the address says. `kind` and `order`: chosen now or remembered."""

    text: str
    kind: str
    order: str

    def url(self, **changes: str) -> str:
        """The page with something else asked; never past its first results unless `after` says so."""
        told = {"q": self.text, "kind": self.kind, "order": self.order} | changes
        return f"{reverse('search:page')}?{urlencode({name: value for name, value in told.items() if value})}"


@dataclass(frozen=True)
class Chip:
    """An operator in force; `url` is the page without it."""

    label: Words
    value: str
    url: str


@dataclass(frozen=True)
class Offer:
    """One value of an operator that can be written in."""

    label: Words
    url: str
    is_on: bool


@dataclass(frozen=True)
class Menu:
    """An operator with its values."""

    label: Words
    offers: tuple[Offer, ...]


def canonical(text: str) -> str:
    """A code of a case or a challenge as it is written; anything else as it is.

    >>> canonical("hz26-846"), canonical("26 00846"), canonical("10086")
    ('HZ26-00846', 'HZ26-00846', '10086')
    """
    hit = _CODE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if hit is None:
        return text
    prefix, year, number = (hit[1] or "HZ", hit[2], hit[3]) if hit[2] else (hit[4], hit[5], hit[6])
    return f"{prefix.upper()}{year}-{int(number):05d}"


def _operators(text: str) -> Iterator[tuple[re.Match[str], str]]:
    for hit in _PIECE.finditer(text):
        if facet := OPERATORS.get(normal(hit[1]), ""):
            yield hit, facet


def _without(text: str, hit: re.Match[str]) -> str:
    return " ".join((text[: hit.start()] + " " + text[hit.end() :]).split())


def chips(asked: Asked) -> list[Chip]:
    """The operators in the text, in its order."""
    found = []
    for hit, facet in _operators(asked.text):
        value = hit[2].strip('"“”「」')
        found.append(
            Chip(FACETS[facet][0], f"−{value}" if hit[0][0] in "-－" else value, asked.url(q=_without(asked.text, hit)))
        )
    return found


def _written(facet: str, value: str) -> str:
    name = FACETS[facet][1]
    return f'{name}:"{value}"' if " " in value else f"{name}:{value}"


def _menu(asked: Asked, facet: str, values: Iterable[tuple[Words, str]]) -> Menu:
    """Choosing a value replaces what the operator said before."""
    rest, said = asked.text, set()
    for hit, name in reversed(list(_operators(asked.text))):
        if name == facet:
            rest = _without(rest, hit)
            said.add(normal(hit[2].strip('"“”「」')))
    offers = tuple(
        Offer(label, asked.url(q=f"{rest} {_written(facet, value)}".strip()), normal(value) in said)
        for label, value in values
    )
    return Menu(FACETS[facet][0], offers)


def _kinds(asked: Asked) -> list[str]:
    known = words_of("kind")
    said = [known.get(normal(hit[2].strip('"“”「」')), "") for hit, facet in _operators(asked.text) if facet == "kind"]
    return [kind for kind in (asked.kind, *said) if kind in STATES] or list(STATES)


def menus(asked: Asked) -> list[Menu]:
    """Domain, state and period, as a reader of this language writes them; the states of the kind asked for, else of all. One query."""
    states = {str(label): label for kind in _kinds(asked) for label in STATES[kind].values()}.values()
    domains = Domain.objects.order_by("order", "pk").values_list("name", flat=True)
    return [
        _menu(asked, "domain", [(name, name) for name in domains]),
        _menu(asked, "state", [(label, str(label)) for label in states]),
        _menu(asked, "at", [(label, str(written)) for label, written in PERIODS]),
    ]
