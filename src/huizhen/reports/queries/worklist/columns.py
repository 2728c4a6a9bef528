"""The columns of 附件 2, each defined once: heading, width, how it is read from a case. The headings are those of `cases.sheets`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from huizhen.cases.sheets import HEADERS
from huizhen.directory.queries import Standing
from huizhen.lib.zh import mask_phone
from huizhen.methods.lifecycle import Evidence
from huizhen.reports.policy.worklist import shares
from huizhen.reports.queries.worklist.facts import Facts, moment

WORDS = ("progress", "trouble", "remark")
"""Columns whose words people write, and a filled-in list brings back."""


@dataclass(frozen=True)
class Line:
    """One case as the columns see it. `number`: its place in the list, from 1. `shows_phone`: its reader has a part in it and a purpose."""

    case: Any
    facts: Facts
    number: int
    shows_phone: bool = False

    def word(self, kind: str, code: str) -> str:
        return self.facts.words[kind].get(code, code)


@dataclass(frozen=True)
class Column:
    """`width`: characters of the sheet's default font. `is_long`: a text that is shown in several lines."""

    name: str
    width: int
    read: Callable[[Line], str]
    is_long: bool = False

    @property
    def heading(self) -> str:
        """The heading of 附件 2, Chinese whatever the reader's language."""
        return HEADERS[self.name]


def situation(line: Line) -> str:
    """What 当前进展 says as long as nobody wrote anything: what the case waits for, or how it ended."""
    case = line.case
    if not case.is_open or case.stage == "resolved":
        return line.word("stage", case.stage)
    words = line.word("situation", case.situation)
    measures = line.facts.measures.get(case.pk, ()) if case.situation in ("measures", "follow_up") else ()
    if not measures:
        return words
    done = sum(1 for row in measures if row[-1] in ("done", "dropped"))
    return gettext("%(words)s，举措完成 %(done)s/%(all)s") % {"words": words, "done": done, "all": len(measures)}


def _note(place: int) -> Callable[[Line], str]:
    def read(line: Line) -> str:
        note = line.facts.notes.get(line.case.pk)
        return str(note[place]) if note else ""

    return read


def _requester(line: Line) -> str:
    phone = line.case.requester__phone
    return f"{line.case.requester__name} {phone if line.shows_phone else mask_phone(phone)}".strip()


def _session(place: int) -> Callable[[Line], str]:
    def read(line: Line) -> str:
        held = line.facts.sessions.get(line.case.pk)
        if held is None:
            return ""
        return line.word("mode", held[1]) if place else moment(held[0])

    return read


def _diagnosis(line: Line) -> str:
    pk, findings = line.facts.diagnoses.get(line.case.pk, (0, ""))
    causes = "；".join(f"{number}.{text}" for number, text in line.facts.causes.get(pk, ())) if pk else ""
    return "\n".join(one for one in (findings, causes) if one)


def _measures(line: Line) -> str:
    return "；".join(f"{row[0]}.{row[1]}" for row in line.facts.measures.get(line.case.pk, ()))


def _owners(line: Line) -> str:
    rows = line.facts.measures.get(line.case.pk, ())
    return "；".join(f"{row[0]}.{row[2] or row[3]} {row[4]:%Y-%m-%d}" for row in rows)


def _innovation(line: Line) -> str:
    _, kind = line.facts.prescriptions.get(line.case.pk, (0, ""))
    return line.word("innovation", kind or line.case.innovation)


def _followed(line: Line) -> str:
    visits = line.facts.visits.get(line.case.pk)
    return moment(visits[-1][0]) if visits else ""


def _verdict(line: Line) -> str:
    """Of the last follow-up that was settled; it stays told when the case was opened again."""
    settled = [verdict for _, verdict, _ in line.facts.visits.get(line.case.pk, ()) if verdict]
    return line.word("verdict", settled[-1] if settled else line.case.last_verdict)


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _effect(line: Line) -> str:
    case = line.case
    reached = [value for _, verdict, value in line.facts.visits.get(case.pk, ()) if verdict and value is not None]
    if case.baseline is None or not reached:
        return ""
    unit = case.indicator_unit
    return f"{case.indicator} {_plain(case.baseline)}{unit}→{_plain(reached[-1])}{unit}".strip()


def _method(line: Line) -> str:
    return "、".join(name for name, _ in line.facts.methods.get(line.case.pk, ()))


def _promoted(line: Line) -> str:
    found = line.facts.methods.get(line.case.pk)
    if not found:
        return ""
    return gettext("是") if any(evidence == Evidence.PROMOTED for _, evidence in found) else gettext("否")


_ALL = (
    Column("serial", 6, lambda line: str(line.number)),
    Column("number", 14, lambda line: str(line.case.code)),
    Column("group", 20, lambda line: line.case.group__name or ""),
    Column("leader", 10, lambda line: line.facts.leaders.get(line.case.group_id, "")),
    Column("domain", 12, lambda line: line.case.domain__name or ""),
    Column("source", 10, lambda line: line.word("source", line.case.source)),
    Column("unit", 16, lambda line: line.case.unit__name),
    Column("branch", 24, lambda line: line.case.branch__name),
    Column("lead", 10, lambda line: line.case.challenge__lead__name or ""),
    Column("requester", 20, _requester),
    Column("title", 30, lambda line: line.case.title),
    Column("condition", 36, lambda line: line.facts.conditions.get(line.case.pk, ""), is_long=True),
    Column("urgency", 8, lambda line: line.word("urgency", line.case.urgency)),
    Column("registered", 16, lambda line: moment(line.case.registered_at)),
    Column("responder", 10, lambda line: line.case.first_responder__name),
    Column("contacted", 16, lambda line: moment(line.facts.contacts.get(line.case.pk))),
    Column("mode", 8, _session(1)),
    Column("session", 16, _session(0)),
    Column("people", 20, lambda line: "、".join(line.facts.people.get(line.case.pk, ()))),
    Column("invited", 20, lambda line: "、".join(row[0] for row in line.facts.invited.get(line.case.pk, ()))),
    Column("diagnosis", 36, _diagnosis, is_long=True),
    Column("measures", 40, _measures, is_long=True),
    Column("innovation", 10, _innovation),
    Column("owners", 26, _owners, is_long=True),
    Column("progress", 30, lambda line: _note(0)(line) or situation(line), is_long=True),
    Column("followed", 16, _followed),
    Column("verdict", 8, _verdict),
    Column("effect", 24, _effect),
    Column("method", 20, _method),
    Column("promoted", 8, _promoted),
    Column("trouble", 30, _note(1), is_long=True),
    Column("remark", 24, _note(2), is_long=True),
)
COLUMNS = {column.name: column for column in _ALL}
"""In the order of 附件 2."""
FIXED = ("number", "title")
"""Always in a sheet: a row must be recognised when it comes back."""
SETS = {
    "progress": ("group", "responder", "unit", "registered", "progress", "trouble", "remark"),
    "care": ("urgency", "contacted", "session", "people", "diagnosis", "measures", "owners"),
    "effect": ("measures", "progress", "followed", "verdict", "effect", "method", "promoted"),
    "all": tuple(COLUMNS),
}
"""Sets that everybody has."""


def known(names: Sequence[Any]) -> tuple[str, ...]:
    """These columns, each once, in the order of 附件 2; what is no column is left out."""
    wanted = {name for name in names if isinstance(name, str)}
    return tuple(name for name in COLUMNS if name in wanted)


@dataclass(frozen=True)
class Row:
    """A case with its texts, in the order of the columns asked for. `words`: what people wrote, and its version; 0: nothing yet."""

    case: Any
    texts: tuple[str, ...]
    version: int
    words: tuple[str, str, str]


def rows(
    ids: Sequence[int], names: Sequence[str], *, standing: Standing, contacts: bool = False, first: int = 1
) -> list[Row]:
    """The rows of these cases in this order; what exists no more is left out. At most sixteen queries, however many cases (`facts.BATCH`).

    Whoever calls has made sure that they may be seen. `contacts`: phones in full where she has a part in the case.
    """
    facts = Facts(ids)
    asked = [COLUMNS[name] for name in names]
    found = []
    for place, pk in enumerate((pk for pk in ids if pk in facts.cases), start=first):
        case = facts.cases[pk]
        line = Line(case, facts, place, contacts and shares(standing, case))
        texts = tuple(column.read(line) for column in asked)
        if pk in facts.imported:  # what an earlier list told and nothing here can tell
            texts = tuple(
                text or facts.imported[pk].get(column.heading, "") for text, column in zip(texts, asked, strict=True)
            )
        progress, trouble, remark, version = facts.notes.get(pk, ("", "", "", 0))
        found.append(Row(case, texts, version, (progress, trouble, remark)))
    return found
