"""工作法 of the demo: extracted from solved cases by their leaders, reviewed by the liaisons, tried by other branches, promoted, retired.

They are played among the cases, in order of time: a prescription may cite only what was published before it was signed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from huizhen.accounts.models import User
from huizhen.cases.models import Case
from huizhen.demo.files import columns
from huizhen.demo.plays import problems
from huizhen.demo.reading import data
from huizhen.demo.scenes import DAY, Scene
from huizhen.demo.stage import Stage
from huizhen.directory.models import Person
from huizhen.methods.actions.pictures import add_picture, text_of
from huizhen.methods.actions.reuse import adopt, tell_result
from huizhen.methods.actions.reviewing import publish, return_version
from huizhen.methods.actions.standing import promote, retire
from huizhen.methods.actions.writing import extract, revise, save_version, submit
from huizhen.methods.models import Adoption, Method
from huizhen.methods.queries.pieces import files_of
from huizhen.methods.queries.words import findings_in

_WORDS = ("name", "meaning", "problem", "applies", "applies_not", "effect", "sample", "period")
_WRITTEN, _SUBMITTED, _PUBLISHED = 0.1, 1.0, 2.5
"""Working days after the draft."""

Row = Mapping[str, Any]
Act = Callable[[datetime], object]


def user_of(person: Person) -> User:
    """The account of somebody of the demo: everybody there has one."""
    if person.user is None:
        raise LookupError(f"{person.code}: no account")
    return person.user


@dataclass
class MethodStory:
    """What happens to one method, in order of time. `scene` is the case it is extracted from."""

    stage: Stage
    row: Row
    scene: Scene
    acts: list[tuple[datetime, Act]] = field(default_factory=list)
    number: int = 0

    @property
    def moments(self) -> Sequence[datetime]:
        return [moment for moment, _act in self.acts]

    @property
    def method(self) -> Method:
        return self.stage.methods[self.row["case"]]

    @property
    def author(self) -> User:
        return user_of(self.stage.leaders[self.scene.played.group_id or 0])

    @property
    def reviewer(self) -> User:
        return user_of(self.stage.liaisons[self.method.domain_id])

    def at(self, days: float, act: Act) -> None:
        """An act so many working days before now."""
        self.acts.append((self.stage.before(days * DAY), act))

    def play(self) -> None:
        moment, act = self.acts[self.number]
        act(moment)
        self.number += 1


def method_stories(stage: Stage, played: Mapping[str, Scene]) -> list[MethodStory]:
    """Every method with its acts. `played` maps keys of problems to their scenes."""
    return [_story(MethodStory(stage, row, played[row["case"]])) for row in data("methods")["methods"]]


def _story(story: MethodStory) -> MethodStory:
    row, begun = story.row, story.row["days"]
    story.at(begun, lambda at: _draft(story, at))
    story.at(begun - _WRITTEN, lambda at: _write(story, _words(row), at))
    if row["ends"] != "drafted":
        story.at(begun - _SUBMITTED, lambda at: _submit(story, at))
        if "returned" in row:
            back, note = row["returned"]
            story.at(back + 0.5, lambda at: return_version(story.method, by=story.reviewer, at=at, note=note))
            story.at(back, lambda at: _submit(story, at))
    if row["ends"] == "published":
        out = min(begun - _PUBLISHED, row.get("returned", [begun])[0] - 0.5)
        note = "步骤清楚，边界写明了，可以发布。"
        story.at(out, lambda at: publish(story.method, by=story.reviewer, at=at, note=note))
        _lasts(story)
    story.acts.sort(key=lambda one: one[0])
    return story


def _lasts(story: MethodStory) -> None:
    """What happens once it is published."""
    row = story.row
    for trial in row.get("trials", ()):
        _try(story, trial)
    if new := row.get("revised"):
        words = {name: value for name, value in new.items() if name not in ("days", "steps")} | _steps(new["steps"])
        story.at(new["days"], lambda at: revise(story.method, by=story.author, at=at))
        story.at(new["days"] - 0.2, lambda at: _write(story, words, at))
        story.at(new["days"] - 0.8, lambda at: _submit(story, at))
        note = "跨月两处补得清楚，同意更新。"
        story.at(new["days"] - 2, lambda at: publish(story.method, by=story.reviewer, at=at, note=note))
    if "promoted" in row:
        days, why = row["promoted"]
        head = story.stage.named("coordinator").user
        story.at(days, lambda at: promote(story.method, by=head, at=at, reason=why))
    if "retired" in row:
        gone, reason = row["retired"]
        story.at(gone, lambda at: retire(story.method, by=story.reviewer, at=at, reason=reason))


# ── acts


def _draft(story: MethodStory, at: datetime) -> None:
    case = Case.objects.get(pk=story.scene.played.pk)
    story.stage.methods[story.row["case"]] = extract(case, by=story.author, at=at)


def _words(row: Row) -> dict[str, Any]:
    """All fields; the measured effect is that of the problem."""
    metric = problems()[row["case"]]["metric"]
    return {
        **{name: row.get(name, "") for name in _WORDS}, **_steps(row["steps"]), "tools": "", "indicator": metric["name"],
        "indicator_unit": metric["unit"], "before": str(metric["before"]), "after": str(metric["after"]),
    }  # fmt: skip


def _steps(rows: Sequence[Sequence[str]]) -> dict[str, list[dict[str, str]]]:
    return {"steps": [{"title": title, "text": text} for title, text in rows]}


def _write(story: MethodStory, values: Mapping[str, Any], at: datetime) -> None:
    if "chart" in story.row:
        number, caption, heights = story.row["chart"]
        picture = BytesIO(columns(heights))
        shown = add_picture(story.method, by=story.author, at=at, name=f"{caption}.png", content=picture)
        values["steps"][number - 1]["text"] += f"\n\n{text_of(shown)}\n\n图：{caption}"
    save_version(story.method, values, by=story.author, at=at)


def _submit(story: MethodStory, at: datetime) -> None:
    version = story.method.versions.latest("number")
    found = {one.key for one in findings_in(version, files_of([Case.objects.get(pk=story.scene.played.pk)]))}
    submit(story.method, by=story.author, at=at, confirmed=found)


def _try(story: MethodStory, trial: Row) -> None:
    branch = story.stage.branches[trial["branch"]]
    asker = story.stage.askers[branch.pk][0].user
    begun: list[Adoption] = []
    story.at(
        trial["begun"],
        lambda at: begun.append(adopt(story.method, branch, by=asker, at=at, why=trial["why"])),
    )
    if "told" not in trial:
        return
    numbers = {name: Decimal(str(trial[name])) for name in ("before", "after")}
    words = {name: trial[name] for name in ("use", "indicator", "result", "evidence")}
    words["better"] = "lower" if trial["after"] < trial["before"] else "higher"
    story.at(
        trial["told"],
        lambda at: tell_result(begun[0], by=asker, at=at, indicator_unit=trial["unit"], **words, **numbers),
    )
