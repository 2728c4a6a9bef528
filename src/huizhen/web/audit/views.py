"""The journal for those who check: what happened, who looked at numbers, what was taken out, how far it is sealed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huizhen.cases.models import Case
from huizhen.challenges.models import Challenge
from huizhen.directory.models import Person
from huizhen.directory.queries.presence import accounts_of
from huizhen.journal import queries as journal
from huizhen.journal.models import Entry, Seal
from huizhen.journal.queries.seals import seals_folder
from huizhen.journal.registry import phrase, verbs
from huizhen.lib.errors import NotAllowed
from huizhen.web.audit.forms import KINDS, EntryFilters
from huizhen.web.context import standing_of
from huizhen.web.filters import number_of

_PAGE = 50


def _need_auditor(request: HttpRequest) -> None:
    standing = standing_of(request)
    if not (standing.is_auditor or standing.is_coordinator):
        raise NotAllowed("audit_only")


@dataclass(frozen=True)
class Line:
    """An entry as it is told. `person` is the one it is about, where the entry names one."""

    entry: Entry
    words: str | Promise
    url: str
    person: Person | None
    purpose: str
    facts: tuple[tuple[str, str], ...]


@require_GET
def entries(request: HttpRequest) -> HttpResponse:
    """Newest first. `kind` is 号码查看 or 导出记录."""
    _need_auditor(request)
    kind = request.GET.get("kind", "")
    filters = EntryFilters(request.GET, {"verb": sorted((verb, str(phrase(verb))) for verb in verbs())})
    found = _sought(filters.values, KINDS.get(kind, ()), number_of(request.GET.get("after")))
    rows = [] if found is None else list(found[: _PAGE + 1])
    after = rows[_PAGE - 1].pk if len(rows) > _PAGE else None
    context = {"filters": filters, "kind": kind if kind in KINDS else "", "lines": _lines(rows[:_PAGE]), "after": after}
    return render(request, "audit/entries.html", context)


def _sought(told: dict[str, Any], kinds: tuple[str, ...], before: int | None) -> Any:
    """The entries that fit; None when a code or name leads to nothing."""
    target = _target(told["code"]) if told["code"] else None
    if told["code"] and target is None:
        return None
    actors = accounts_of(told["who"]) if told["who"] else None
    wanted = [verb for verb in ([told["verb"]] if told["verb"] else kinds) if not kinds or verb in kinds]
    if told["verb"] and not wanted:
        return None
    return journal.sought(verbs=wanted, actor_ids=actors, target=target, before=before)


def _target(code: str) -> Case | Challenge | None:
    code = code.upper()
    model: Any = Challenge if code.startswith("LT") else Case
    return model.objects.only("pk").filter(code=code).first()


def _lines(rows: list[Entry]) -> list[Line]:
    """One query more, for the names of the people the entries are about."""
    ids = {row.data.get("person") for row in rows}
    people = Person.objects.in_bulk([key for key in ids if isinstance(key, int)])
    return [_line(row, people) for row in rows]


def _line(row: Entry, people: dict[int, Person]) -> Line:
    facts = tuple((name, _short(value)) for name, value in row.data.items() if value not in (None, ""))
    purpose = str(row.data.get("purpose", ""))
    return Line(row, phrase(row.verb), _address(row), people.get(row.data.get("person", 0)), purpose, facts)


def _short(value: Any) -> str:
    if isinstance(value, list) and len(value) > 8:
        return _("%(first)s 等 %(n)s 项") % {"first": ", ".join(str(one) for one in value[:8]), "n": len(value)}
    return str(value)


def _address(row: Entry) -> str:
    if row.target_type == "cases.case":
        return reverse("case:page", args=[row.target_label])
    if row.target_type == "challenges.challenge":
        return reverse("challenges:page", args=[row.target_label.split(" ")[0]])
    return ""


@require_GET
def seals(request: HttpRequest) -> HttpResponse:
    """What each seal covers. Walking the chains is the command's work, not a page's."""
    _need_auditor(request)
    before = number_of(request.GET.get("after"))
    found = journal.newest_seals()
    rows: list[Seal] = list((found.filter(number__lt=before) if before else found)[: _PAGE + 1])
    folder = seals_folder()
    context = {
        "seals": [(seal, (folder / seal.file).is_file()) for seal in rows[:_PAGE]],
        "after": rows[_PAGE - 1].number if len(rows) > _PAGE else None,
        "folder": folder.name,
        "missing_guards": journal.missing_guards(),
    }
    return render(request, "audit/seals.html", context)
