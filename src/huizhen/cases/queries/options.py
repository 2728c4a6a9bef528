"""What may be done with a case now, by whom, and why not. Buttons, POSTs and the API's `available_moves` read this."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from huizhen.cases.lifecycle import MOVES, Move
from huizhen.cases.policy import roles_on
from huizhen.cases.queries.file import CaseFile
from huizhen.cases.queries.needs import Ask, Why, why_not
from huizhen.directory.queries import Standing
from huizhen.lib.errors import NotAllowed, NotNow


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


def demand(file: CaseFile, standing: Standing | None, roles: frozenset[str], name: str, *, at: datetime) -> Move:
    """The move, if it may be taken now. NotAllowed: not the actor's; NotNow: not at this stage, or a need is unmet."""
    move = MOVES[name]
    if not move.roles & roles:
        raise NotAllowed("not_your_move", move=name)
    if file.case.stage not in move.sources:
        raise NotNow("wrong_stage", move=name, stage=file.case.stage)
    why = why_not(move.needs, Ask(file, standing, roles, at))
    if why is not None:
        raise NotNow(why.code, move=name, **why.args)
    return move
