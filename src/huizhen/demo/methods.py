"""工作法 of the demo: extracted from solved cases by their leaders, reviewed by the liaisons, tried by other branches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from huizhen.cases.models import Case
from huizhen.demo.reading import data
from huizhen.demo.scenes import DAY
from huizhen.demo.stage import Stage
from huizhen.methods.actions.reuse import adopt, tell_result
from huizhen.methods.actions.reviewing import publish
from huizhen.methods.actions.standing import retire
from huizhen.methods.actions.writing import extract, save_version, submit
from huizhen.methods.models import Method
from huizhen.methods.queries.pieces import files_of
from huizhen.methods.queries.words import findings_in

Progress = Callable[[str, int, int], None]
_WORDS = ("name", "meaning", "problem", "applies", "applies_not", "effect")
_EMPTY = {"tools": "", "indicator": "", "indicator_unit": "", "before": "", "after": "", "sample": "", "period": ""}


def load_methods(stage: Stage, cases: Mapping[str, Case], *, progress: Progress) -> None:
    """Write, review, try and retire. `cases` maps keys of problems to cases."""
    rows: Sequence[Mapping[str, Any]] = data("methods")["methods"]
    progress("methods", 0, len(rows))
    for number, row in enumerate(rows, 1):
        _play(stage, row, Case.objects.get(pk=cases[row["case"]].pk))
        progress("methods", number, len(rows))


def _play(stage: Stage, row: Mapping[str, Any], case: Case) -> None:
    def moment(days: float) -> datetime:
        return stage.before(max(row["days"] - days, 0.2) * DAY)

    author = stage.leaders[case.group_id or 0].user
    method = extract(case, by=author, at=moment(0))
    steps = [{"title": title, "text": text} for title, text in row["steps"]]
    values = {**_EMPTY, **{name: row[name] for name in _WORDS}, "steps": steps}
    version = save_version(method, values, by=author, at=moment(0.1))
    if row["ends"] == "drafted":
        return
    found = {one.key for one in findings_in(version, files_of([case]))}
    submit(method, by=author, at=moment(1), confirmed=found)
    if row["ends"] == "submitted":
        return
    reviewer = stage.liaisons[method.domain_id].user
    publish(method, by=reviewer, at=moment(2.5), note="步骤清楚，边界写明了，可以发布。")
    for number, trial in enumerate(row.get("trials", ())):
        _try(stage, method, trial, moment(3.5 + number), moment(9 + number))
    if row["ends"] == "retired":
        retire(method, by=reviewer, at=moment(20), reason=row["reason"])


def _try(stage: Stage, method: Method, trial: Sequence[Any], begun: datetime, told: datetime) -> None:
    place, why, use, before, after, result, evidence = trial
    branch = [one for one in stage.branches.values() if one.pk in stage.askers and one.pk != method.first_branch_id][
        place
    ]
    asker = stage.askers[branch.pk][0].user
    adoption = adopt(method, branch, by=asker, at=begun, why=why)
    if use:
        tell_result(
            adoption, by=asker, at=told, use=use, result=result, evidence=evidence, indicator="前后对比", indicator_unit="",
            before=Decimal(before), after=Decimal(after),
        )  # fmt: skip
