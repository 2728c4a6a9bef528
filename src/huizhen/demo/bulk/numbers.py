"""What is counted of a case made from a template: the facts of the template on other days, under other scopes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from huizhen.demo.bulk.days import Days
from huizhen.demo.bulk.world import Cast
from huizhen.reports.actions.counting import Count
from huizhen.reports.actions.sums import Place


@dataclass(frozen=True)
class Figures:
    """Under which scopes a template is counted; kind of fact, day, length and number of each. A day that moves along is the number of its
    working day, counted from the one of registration."""

    place: Place
    facts: tuple[tuple[str, int | date, int, int], ...]

    def place_of(self, cast: Cast) -> Place:
        """The scopes of who stands for whom."""
        one = self.place
        return replace(
            one,
            group=cast.groups.get(one.group or 0, one.group),
            unit=cast.units.get(one.unit, one.unit),
            holder=cast.people.get(one.holder or 0, one.holder),
        )

    def facts_of(self, begins: int, days: Days) -> Iterable[tuple[str, date, int, int]]:
        """The facts of a case registered on the working day `begins`."""
        for metric, day, value, n in self.facts:
            yield metric, days.dates[begins + day] if isinstance(day, int) else day, value, n


def figures_of(count: Count, days: Days, begins: int | None) -> Figures:
    """What was counted of the template, registered on the working day `begins`; None: its days stay."""
    facts = (
        (metric, day if begins is None else days.number(day) - begins, value, n)
        for (metric, day, value), n in count.facts.items()
    )
    return Figures(count.place, tuple(facts))
