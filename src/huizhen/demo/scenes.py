"""Scripts and scenes: a script is a list of steps with working time between them, a scene is the script being played."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.cases import actions
from huizhen.cases.choices import Source
from huizhen.cases.models import Case
from huizhen.demo.stage import Stage
from huizhen.directory.models import Person
from huizhen.methods.actions.reuse import say_use
from huizhen.methods.actions.weighing import learn

DAY = 420
"""Working minutes of a day."""
Values = Callable[["Scene"], Mapping[str, Any]] | Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """One act: a move (or a word of `ACTS`), the role that takes it, working minutes since the step before."""

    name: str
    by: str
    gap: float
    values: Values


@dataclass
class Script:
    """Steps in order. `text` is what plays_*.yaml says about this problem, `problem` what problems.yaml says."""

    key: str
    problem: Mapping[str, Any]
    text: Mapping[str, Any]
    steps: list[Step] = field(default_factory=list)
    rng: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.key)

    @property
    def urgency(self) -> str:
        return (
            self.text.get("urgency")
            or {"普通": "normal", "加急": "urgent", "特急": "critical"}[self.problem["urgency"]]
        )

    def act(self, name: str, by: str, gap: float, /, **values: Any) -> None:
        """A step whose inputs are known beforehand. People do not act by the clock: the gap varies by a quarter."""
        self.steps.append(Step(name, by, gap * self.rng.uniform(0.78, 1.22), values))

    def later(self, name: str, by: str, gap: float, values: Callable[[Scene], Mapping[str, Any]]) -> None:
        """A step whose inputs depend on what happened before."""
        self.steps.append(Step(name, by, gap * self.rng.uniform(0.78, 1.22), values))

    def pace(self, normal: float, urgent: float, critical: float) -> float:
        return {"normal": normal, "urgent": urgent, "critical": critical}[self.urgency]


@dataclass
class Scene:
    """A script on the stage: moments are set back from now, so that the last step lies as far back as the text wants."""

    stage: Stage
    script: Script
    moments: list[datetime]
    number: int = 0
    case: Case | None = None
    draft: Any = None

    @property
    def text(self) -> Mapping[str, Any]:
        return self.script.text

    @property
    def at(self) -> datetime:
        return self.moments[self.number]

    @property
    def day(self) -> date:
        return timezone.localdate(self.at)

    @property
    def played(self) -> Case:
        """The case, once registered."""
        if self.case is None:
            raise LookupError(f"{self.script.key}: nothing is registered yet")
        return self.case

    def coming(self, name: str) -> datetime | None:
        """When the next step of that name will be taken."""
        steps = enumerate(self.script.steps)
        return next((self.moments[index] for index, step in steps if index > self.number and step.name == name), None)

    def branch_people(self) -> list[Person]:
        branch = self.stage.branches[self.text.get("branch") or self.script.problem["branch"]]
        return self.stage.askers[branch.pk]

    def person(self, role: str) -> Person:
        """Who takes a role in this case at this moment."""
        kind, _, name = role.partition(":")
        stage = self.stage
        if kind == "requester":
            return self.branch_people()[0]
        if kind == "code":
            return stage.coded(name)
        if kind == "user":
            return stage.named(name)
        case = self.played
        group = case.group_id or 0
        if kind == "guest":
            return stage.guest(case, name)
        if kind == "mate":
            return stage.mates(case)[int(name or 0)]
        if kind == "leader":
            return stage.leaders[group]
        if kind == "consent":  # the second hand: the leader, or where she proposed it herself the liaison
            return self.person("liaison" if stage.leaders[group].pk == case.accountable_id else "leader")
        if kind == "liaison":
            return stage.liaisons[stage.domains[group]]
        if kind == "receiver":
            return stage.persons[case.transfers.latest("pk").to_person_id]
        if kind == "handler":  # whom the complaint that waits was given to
            return stage.persons[case.asks.filter(kind="complaint", answered_at=None).earliest("pk").handler_id or 0]
        if kind == "supporter":
            return stage.clerks[case.asks.filter(kind="support", answered_at=None).earliest("pk").unit_id or 0]
        if kind == "owner":
            return stage.persons[int(name)]
        if kind == "first":
            return stage.persons[Case.objects.values_list("first_responder_id", flat=True).get(pk=case.pk)]
        if kind == "accountable":
            return stage.persons[case.accountable_id]
        raise LookupError(f"{self.script.key}: nobody plays {role}")

    def user(self, role: str) -> User | None:
        return None if role == "system" else self.person(role).user

    def play(self) -> None:
        """Take the next step."""
        step = self.script.steps[self.number]
        values = step.values(self) if callable(step.values) else step.values
        act = ACTS.get(step.name)
        if act is not None:
            act(self, step.by, values)
        else:
            by = values.get("_by", step.by)
            told = {name: value for name, value in values.items() if name != "_by"}
            actions.take(self.played, step.name, by=self.user(by), at=self.at, values=told)
        self.number += 1


def _start_draft(scene: Scene, by: str, values: Mapping[str, Any]) -> None:
    branch = scene.stage.branches[scene.text.get("branch") or scene.script.problem["branch"]]
    told = dict(values)
    source = told.pop("_source", None)
    scene.draft = actions.start_draft(branch, by=scene.user(by), at=scene.at, source=source, values=told)
    if scene.draft.source != Source.BRANCH:
        actions.hand_draft(scene.draft, by=scene.user(by), at=scene.at)


def _register(scene: Scene, by: str, values: Mapping[str, Any]) -> None:
    user = scene.user(by)
    if scene.draft is not None:
        scene.case = actions.register(scene.draft, by=user, at=scene.at)
        return
    branch = scene.stage.branches[scene.text.get("branch") or scene.script.problem["branch"]]
    scene.case = actions.register_at_once(branch, values, by=user, at=scene.at)


def _attach(scene: Scene, by: str, values: Mapping[str, Any]) -> None:
    actions.attach(scene.played, by=scene.user(by), at=scene.at, name=values["name"], content=values["content"])


def _archive(scene: Scene, by: str, values: Mapping[str, Any]) -> None:
    actions.archive(scene.played, by=scene.user(by), at=scene.at)


def _lapse_transfer(scene: Scene, by: str, values: Mapping[str, Any]) -> None:
    actions.lapse_transfer(scene.played, at=scene.at)


def _lapse_form(scene: Scene, by: str, values: Mapping[str, Any]) -> None:
    actions.lapse_form(scene.played, at=scene.at)


def _say_use(scene: Scene, by: str, values: Mapping[str, Any]) -> None:
    learn([scene.played.pk], at=scene.at)
    user = scene.person(by).user
    say_use(
        scene.stage.methods[values["key"]], scene.played, by=user, at=scene.at, use=values["use"], note=values["note"]
    )


ACTS: dict[str, Callable[[Scene, str, Mapping[str, Any]], None]] = {
    "start_draft": _start_draft,
    "register": _register,
    "attach": _attach,
    "archive": _archive,
    "lapse_transfer": _lapse_transfer,
    "lapse_form": _lapse_form,
    "say_use": _say_use,
}
