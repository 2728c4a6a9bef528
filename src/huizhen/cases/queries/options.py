"""What may be done with a case now, by whom, and why not. Buttons, POSTs and the API's `available_moves` read this."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from huizhen.cases.lifecycle import MOVES, Move
from huizhen.cases.policy import roles_on
from huizhen.cases.queries.file import CaseFile
from huizhen.cases.queries.needs import Ask, Why, why_not
from huizhen.directory.queries import Standing


@dataclass(frozen=True)
class Option:
    """A move that belongs to the reader's roles at this stage; `why` says what is still missing (None: allowed now)."""

    move: Move
    why: Why | None

    @property
    def name(self) -> str:
        return self.move.name

    @property
    def is_open(self) -> bool:
        return self.why is None


def options(file: CaseFile, standing: Standing, *, at: datetime) -> list[Option]:
    """Every move of the reader's roles at this stage, in the order of the table."""
    roles = roles_on(standing, file.case, file.parties)
    ask = Ask(file, standing, roles, at)
    return [
        Option(move, why_not(move.needs, ask))
        for move in MOVES.values()
        if move.roles & roles and file.case.stage in move.sources
    ]
