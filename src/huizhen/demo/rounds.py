"""查房 of the demo: leaders who go round, two who do not, and what they suggest. Played among the cases, in order of time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from huizhen.accounts.models import User
from huizhen.cases.models import Case
from huizhen.demo.reading import data
from huizhen.demo.scenes import DAY, Scene
from huizhen.demo.stage import Stage
from huizhen.directory.models import Group, Person
from huizhen.reports.actions.rounds import answer_suggestion, make_round, suggest
from huizhen.reports.choices import Addressee
from huizhen.reports.models import Suggestion

SPREAD = 0.004
"""Working days between one leader's round and the next one's."""
AT_MOST = 4
"""So many cases does a leader see on the newest round; what is left stands on her board."""


@dataclass
class Rounds:
    """Everything that leaders do on their rounds, in order of time. `scenes` maps keys of problems to their scenes."""

    stage: Stage
    scenes: Mapping[str, Scene]
    acts: list[tuple[datetime, Callable[[datetime], object]]] = field(default_factory=list)
    number: int = 0

    @property
    def moments(self) -> Sequence[datetime]:
        return [moment for moment, _act in self.acts]

    def at(self, days: float, act: Callable[[datetime], object]) -> None:
        """An act so many working days before now."""
        self.acts.append((self.stage.before(days * DAY), act))

    def play(self) -> None:
        moment, act = self.acts[self.number]
        act(moment)
        self.number += 1

    def leader(self, group_id: int) -> User:
        return _user(self.stage.leaders[group_id])

    def go(self, group_id: int, back: int, at: datetime) -> None:
        """Every open case of the group, 敏感 ones too: its leader is admitted to them. With words where there are some."""
        cases = Case.objects.filter(group=group_id, is_open=True).order_by("pk")
        leader, wanted = self.leader(group_id), list(cases[: AT_MOST if back == 0 else None])
        said = {
            scene.case.pk: words
            for key, (when, words) in data("rounds")["comments"].items()
            if when == back and (scene := self.scenes[key]).case is not None
        }
        if plain := [one for one in wanted if one.pk not in said]:
            make_round(plain, by=leader, at=at)
        for one in wanted:
            if one.pk in said:
                make_round([one], by=leader, at=at, comment=said[one.pk])

    def suggest(self, row: Mapping[str, Any], made: list[Suggestion], at: datetime) -> None:
        case = Case.objects.get(pk=self.scenes[row["case"]].played.pk) if "case" in row else None
        group_id = case.group_id if case is not None else self.stage.groups[row["group"]]
        group, leader = Group.objects.get(pk=group_id), self.leader(group_id or 0)
        made.append(suggest(group, by=leader, at=at, to=row["to"], text=row["text"], case=case))

    def answerer(self, one: Suggestion) -> User:
        if one.case is not None and one.to == Addressee.REQUESTER:
            return _user(self.stage.askers[one.case.branch_id][0])
        if one.to == Addressee.HEADQUARTERS:
            return _user(self.stage.named("coordinator"))
        leader = self.stage.leaders[one.group_id]
        return _user(next(person for person in self.stage.members[one.group_id] if person.pk != leader.pk))


def rounds(stage: Stage, played: Mapping[str, Scene]) -> Rounds:
    """The rounds of every group but the silent ones, and the suggestions with their answers."""
    told, story = data("rounds"), Rounds(stage, played)
    for n, (code, group_id) in enumerate(sorted(stage.groups.items())):
        if code in told["silent"]:
            continue
        for back, days in enumerate(range(told["last"], told["first"], told["every"])):
            story.at(days + 0.3 + n * SPREAD, lambda at, group_id=group_id, back=back: story.go(group_id, back, at))
    for row in told["suggestions"]:
        _suggesting(story, row, [])
    story.acts.sort(key=lambda one: one[0])
    return story


def _suggesting(story: Rounds, row: Mapping[str, Any], made: list[Suggestion]) -> None:
    story.at(row["days"], lambda at: story.suggest(row, made, at))
    if "answered" in row:
        days, decision, words = row["answered"]
        story.at(days, lambda at: answer_suggestion(
            made[0], by=story.answerer(made[0]), at=at, decision=decision, answer=words
        ))  # fmt: skip


def _user(person: Person) -> User:
    if person.user is None:
        raise LookupError(f"{person.code}: no account")
    return person.user
