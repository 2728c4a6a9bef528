"""领题 of the demo: the challenge behind most problems, told by its indicator, and some that nobody has asked about yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from huizhen.challenges import actions
from huizhen.challenges.models import Challenge
from huizhen.demo.plays import problems, texts
from huizhen.demo.plays_treating import INNOVATION
from huizhen.demo.reading import data
from huizhen.demo.scenes import DAY
from huizhen.demo.stage import Stage

Progress = Callable[[str, int, int], None]

# Problems that came up beside the branch's challenge.
WITHOUT = {
    "P06", "P07", "P10", "P15", "P16", "P22", "P28", "P30", "P32", "P39", "P41", "P42", "P43", "P48", "P53", "P55", "P57", "P58",
}  # fmt: skip
FIRST = 108
"""Working days before now on which the first branch took on its challenge."""


def load_challenges(stage: Stage, *, progress: Progress) -> dict[str, str]:
    """Creates and advances them by their branches. Returns the code for each problem's key."""
    rows = [(key, _of_problem(problem, texts()[key])) for key, problem in problems().items() if _has_one(key, problem)]
    rows += [("", row) for row in data("challenges")["challenges"]]
    codes: dict[str, str] = {}
    progress("challenges", 0, len(rows))
    for number, (key, row) in enumerate(rows):
        made = _take_on(stage, row, FIRST - number * 0.25)
        if key:
            codes[key] = made.code
        progress("challenges", number + 1, len(rows))
    return codes


def _has_one(key: str, problem: Mapping[str, Any]) -> bool:
    return key not in WITHOUT and bool(problem.get("metric"))


def _of_problem(problem: Mapping[str, Any], text: Mapping[str, Any]) -> dict[str, Any]:
    metric = problem["metric"]
    verb = "提升到" if text["target"] > metric["before"] else "降到"
    unit = metric["unit"]
    title = f"{metric['name']}由{metric['before']}{unit}{verb}{text['target']}{unit}"
    ends = text["until"] == "archive"
    return {
        "branch": text.get("branch") or problem["branch"],
        "title": text.get("challenge") or title,
        "background": problem["condition"],
        "indicator": metric["name"],
        "unit": unit,
        "baseline": metric["before"],
        "goal": text["target"],
        "kind": problem["innov"],
        "state": "active",
        "milestones": [(one, ends or number == 0) for number, one in enumerate(problem["rx"][:3])],
    }


def _take_on(stage: Stage, row: Mapping[str, Any], days: float) -> Challenge:
    branch = stage.branches[row["branch"]]
    lead = stage.askers[branch.pk][0]
    begun = stage.before(days * DAY)
    made = actions.create_challenge(
        branch, by=lead.user, at=begun, title=row["title"], background=row["background"], indicator=row["indicator"],
        indicator_unit=row["unit"], baseline=Decimal(str(row["baseline"])), goal=Decimal(str(row["goal"])), lead=lead,
        kind=INNOVATION[row["kind"]],
        milestones=[
            {"on": stage.day(-45 + 32 * number).isoformat(), "what": what[:80], "done": done}
            for number, (what, done) in enumerate(row["milestones"])
        ],
    )  # fmt: skip
    for number, state in enumerate(
        ("approved", "active")[: {"chosen": 0, "approved": 1, "active": 2}[row["state"]]], 1
    ):
        made = actions.advance(made, state, by=lead.user, at=stage.before((days - number * 4) * DAY))
    return made
