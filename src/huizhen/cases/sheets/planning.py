"""What each row of a list would become, what was guessed, what is missing, and what must be asked. Reads; writes nothing."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from huizhen.cases.choices import CheckedAs
from huizhen.cases.lifecycle import Stage
from huizhen.cases.queries.imports import QUESTIONS, Question, written_down
from huizhen.cases.sheets.moments import Written
from huizhen.cases.sheets.parsing import Effect, Step
from huizhen.cases.sheets.reading import Line, Sheet
from huizhen.directory.models import Branch, Campaign, Domain, Group, Person
from huizhen.lib.errors import Fault
from huizhen.lib.zh import mask_personal

TITLE_LONG = 60
NEW, KNOWN, REPEATED, REJECTED = "new", "known", "repeated", "rejected"
KINDS = ("branch", "group", "person")
NOBODY = "-"
"""The choice that a name means nobody here."""


@dataclass(frozen=True)
class Past:
    """A case of the past, as it will be written. Persons named only by the list stay in `cells`."""

    campaign: Campaign
    branch: Branch
    requester: Person
    group: Group | None
    domain: Domain | None
    responder: Person
    number: str
    identity: str
    title: str
    condition: str
    urgency: str
    mode: str
    stage: Stage
    registered_at: datetime
    closed_at: datetime
    contacted_at: datetime | None
    session_at: datetime | None
    people: tuple[Person, ...]
    invited: tuple[Group, ...]
    findings: str
    causes: tuple[str, ...]
    steps: tuple[Step, ...]
    step_state: str
    progress: str
    innovation: str
    followed_at: datetime | None
    verdict: str
    words: str
    effect: Effect | None
    effect_words: str
    fallback_owner: str
    cells: tuple[tuple[str, str], ...]


@dataclass
class Row:
    """What becomes of one row. `case`: code of the case that is here already, for known rows; `twin`: number of the same row before."""

    line: Line
    outcome: str = NEW
    past: Past | None = None
    faults: list[Fault] = field(default_factory=list)
    guesses: list[Fault] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    case: str = ""
    twin: int = 0

    @property
    def number(self) -> int:
        return self.line.number

    @property
    def kind(self) -> CheckedAs:
        """Under which heading its page shows it."""
        if self.outcome == NEW:
            return CheckedAs.GUESSED if self.guesses else CheckedAs.NEW
        return {REJECTED: CheckedAs.REJECTED, REPEATED: CheckedAs.REPEATED, KNOWN: CheckedAs.KNOWN}[self.outcome]

    def wrong(self, code: str, column: str, /, **args: object) -> None:
        """The row cannot be taken, because of this cell."""
        self.faults.append(Fault(code, args, self.number, column))

    def guess(self, code: str, column: str, /, **args: object) -> None:
        """Something was assumed; the reader of the plan decides whether it is right."""
        self.guesses.append(Fault(code, args, self.number, column))


@dataclass(frozen=True)
class Plan:
    """What a list would do. `digest` changes with the file, with the answers and with what is here already."""

    sheet: Sheet
    rows: tuple[Row, ...]
    questions: tuple[Question, ...]
    notices: tuple[Fault, ...]
    digest: str

    @property
    def counts(self) -> Counter[str]:
        return Counter(row.outcome for row in self.rows)

    @property
    def fresh(self) -> list[Row]:
        """The rows that become cases."""
        return [row for row in self.rows if row.outcome == NEW]

    def of(self, outcome: str) -> list[Row]:
        return [row for row in self.rows if row.outcome == outcome]

    @property
    def guessed(self) -> list[Row]:
        """New rows in which something was assumed."""
        return [row for row in self.fresh if row.guesses]

    @property
    def gaps(self) -> list[tuple[str, int]]:
        """Columns that new rows leave empty, and how many do."""
        return Counter(name for row in self.fresh for name in row.missing).most_common()


@dataclass(frozen=True)
class Moments:
    """The moments of a row in order; `first` is where the case begins."""

    registered: Written | None
    contacted: Written | None
    session: Written | None
    followed: Written | None

    @property
    def all(self) -> list[Written]:
        return [one for one in (self.registered, self.contacted, self.session, self.followed) if one is not None]


def identity_of(branch: Branch, number: str, title: str, day: date) -> str:
    """The same for the same row whenever it is handed in."""
    told = ["number", branch.pk, number] if number else ["row", branch.pk, title, day.isoformat()]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def digest_of(content_digest: str, rows: list[Row], choices: Mapping[str, Mapping[str, str]]) -> str:
    """What was shown, in one word: the file, the answers, and what each row becomes with whom."""
    told = hashlib.sha256(f"{content_digest} {json.dumps(choices, sort_keys=True)}".encode())
    for row in rows:
        past = row.past
        who = (past.identity, past.requester.pk, past.responder.pk, past.group.pk if past.group else 0) if past else ()
        told.update(f"{row.number} {row.outcome} {row.case} {who}\n".encode())
    return told.hexdigest()


def report_told(planned: Plan) -> dict[str, Any]:
    """What a plan says about the list as a whole, as JSON that `queries.imports.report_of` reads. Open questions come first."""
    asked = sorted(planned.questions, key=lambda one: bool(one.chosen))[:QUESTIONS]
    return {
        "digest": planned.digest,
        "counts": Counter(str(row.kind.value) for row in planned.rows),
        "gaps": planned.gaps,
        "notices": written_down(planned.notices),
        "questions": [asdict(one) for one in asked],
        "open": sum(1 for one in planned.questions if not one.chosen),
    }


def told_of(row: Row) -> dict[str, Any]:
    """What a row would become, as JSON that `queries.imports.checked_rows` reads; personal data masked."""
    past = row.past
    return {
        "title": past.title if past else mask_personal(row.line.text("title"))[0][:TITLE_LONG],
        "number": past.number if past else mask_personal(row.line.text("number"))[0][:40],
        "branch": past.branch.name if past else "",
        "group": past.group.name if past and past.group else "",
        "responder": past.responder.name if past else "",
        "registered": timezone.localdate(past.registered_at).isoformat() if past else "",
        "stage": str(past.stage) if past else "",
        "case": row.case,
        "twin": row.twin,
        "faults": [_masked(one) for one in written_down(row.faults)],
        "guesses": [_masked(one) for one in written_down(row.guesses)],
    }


def _masked(told: list[Any]) -> list[Any]:
    code, column, args = told
    return [code, column, {name: mask_personal(one)[0] if isinstance(one, str) else one for name, one in args.items()}]
