"""What the page of an author sends: the fields of a version by their controls, and what its buttons do to the steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from huizhen.methods.actions.writing import KEPT, NUMBERS
from huizhen.web.cases.forms import rows_in

STEPS_READ = 40
"""Steps that are read from a form, to be shown again where they are too many to be kept."""


def typed(data: QueryDict) -> dict[str, Any]:
    """Values for `save_version`; a control that was not sent leaves its field alone."""
    values: dict[str, Any] = {name: data[name] for name in (*KEPT, *NUMBERS) if name in data}
    count = min(rows_in(data, "steps"), STEPS_READ)
    if count:
        rows = range(count)
        values["steps"] = [
            {"title": data.get(f"steps-{n}-title", ""), "text": data.get(f"steps-{n}-text", "")}
            for n in rows
            if f"steps-{n}-title" in data
        ]
    if "experts-there" in data:
        values["experts"] = data.getlist("experts")
    return values | {"steps": _moved(values.get("steps", []), data.get("step", ""))} if "step" in data else values


def _moved(rows: list[Mapping[str, Any]], button: str) -> list[Mapping[str, Any]]:
    """After a button of the steps: add, up-2, down-2, drop-2. What it does not know it leaves alone."""
    kind, _, place = button.partition("-")
    n = int(place) if place.isdecimal() and len(place) < 3 else -1
    if kind == "add":
        return [*rows, {"title": "", "text": ""}]
    if not 0 <= n < len(rows):
        return rows
    if kind == "drop":
        return [row for at, row in enumerate(rows) if at != n]
    to = {"up": n - 1, "down": n + 1}.get(kind, n)
    if 0 <= to < len(rows):
        rows = list(rows)
        rows[n], rows[to] = rows[to], rows[n]
    return rows


def seen(data: QueryDict) -> int:
    """The revision the page was drawn with; what is no number was never one."""
    text = data.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def step_anchor(button: str, count: int) -> str:
    """Where the page goes on after a button of the steps."""
    kind, _, place = button.partition("-")
    if kind == "add":
        return f"step-{count}"
    to = int(place) + {"up": 0, "down": 2}.get(kind, 1) if place.isdecimal() and len(place) < 3 else 1
    return f"step-{max(1, min(to, count))}"
