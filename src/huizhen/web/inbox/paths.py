"""Where a message leads: kinds and codes of `notifications` become paths of pages. One query for each kind that needs a look-up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model
from django.urls import reverse

from huizhen.cases.models import Draft, Flag
from huizhen.challenges.models import Challenge
from huizhen.directory.models import Group, Person
from huizhen.methods.models import Clinic, Method
from huizhen.notifications.registry import Link
from huizhen.reports.models import Bulletin, Mailing, MonthlyReport, Story, Suggestion

ANCHORS = {"duty": "duty", "story": "jingguo", "measures": "cuoshi"}
"""Part of a case page → the block's id there."""

# kind → model, the column that its address shows, and the route
_LOOKED_UP: Mapping[str, tuple[type[Model], str, str]] = {
    "draft": (Draft, "key", "registration:review"),
    "person": (Person, "code", "directory:expert"),
    "flag": (Flag, "key", "flags:page"),
    "group": (Group, "code", "directory:group"),
    "challenge": (Challenge, "code", "challenges:page"),
    "method": (Method, "code", "methods:page"),
    "clinic": (Clinic, "code", "clinics:page"),
    "bulletin": (Bulletin, "code", "bulletins:page"),
    "mailing": (Mailing, "key", "mailings:open"),
    "report": (MonthlyReport, "code", "monthly:page"),
    "suggestion": (Suggestion, "key", "rounds:suggestion"),
    "story": (Story, "code", "stories:page"),
}
_PLAIN = {"campaign": "directory:groups", "home": "home", "rounds": "rounds:board"}


def path(link: Link) -> str:
    """The path of one thing, for who registers it with `notifications.registry`."""
    return paths([link])[link]


def paths(links: Iterable[Link]) -> dict[Link, str]:
    """Link → path. What is gone meanwhile leads to the inbox."""
    wanted = list(links)
    known = _codes(wanted)
    return {link: _path(link, known) for link in wanted}


def _codes(links: list[Link]) -> dict[tuple[str, str], Any]:
    by_kind: dict[str, set[int]] = defaultdict(set)
    for link in links:
        if link.kind in _LOOKED_UP and link.code.isdecimal():
            by_kind[link.kind].add(int(link.code))
    found = {}
    for kind, pks in by_kind.items():
        model, column, _route = _LOOKED_UP[kind]
        rows = model._default_manager.filter(pk__in=pks).values_list("pk", column)
        found.update({(kind, str(pk)): code for pk, code in rows})
    return found


def _path(link: Link, known: Mapping[tuple[str, str], Any]) -> str:
    if link.kind == "case":
        anchor = ANCHORS.get(link.part, "")
        return reverse("case:page", args=[link.code]) + (f"#{anchor}" if anchor else "")
    if link.kind == "digest" and link.code.isdecimal():
        return reverse("inbox:digest", args=[int(link.code)])
    if link.kind in _LOOKED_UP:
        code = known.get((link.kind, link.code))
        return reverse(_LOOKED_UP[link.kind][2], args=[code]) if code else reverse("inbox:page")
    return reverse(_PLAIN.get(link.kind, "inbox:page"))
