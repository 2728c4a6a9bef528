"""The words of a version and their measures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

NAME_LONGEST = 24
STEPS_LEAST, STEPS_MOST = 2, 6
STEP_TITLE_LONGEST = 24
LONGEST: Mapping[str, int] = {
    "name": NAME_LONGEST, "meaning": 120, "problem": 1000, "applies": 1000, "applies_not": 1000, "tools": 1000, "effect": 1000,
    "indicator": 40, "indicator_unit": 12, "sample": 60, "period": 60, "consent": 200, "change": 200,
}  # fmt: skip
"""Longest texts of a version that is submitted, in characters."""
STEP_LONGEST = 1000
REQUIRED = ("name", "meaning", "problem", "applies", "applies_not")
TEXTS = ("name", "meaning", "problem", "applies", "applies_not", "tools", "effect", "sample", "period")
"""Fields whose words are read by everybody."""


@dataclass(frozen=True)
class StepWords:
    title: str = ""
    text: str = ""


@dataclass(frozen=True)
class Words:
    """The words of a version. Numbers are whether they are given; of `texts` a field that is missing is empty."""

    texts: Mapping[str, str] = field(default_factory=dict)
    steps: Sequence[StepWords] = ()
    has_before: bool = False
    has_after: bool = False
    is_first: bool = True

    def of(self, name: str) -> str:
        return self.texts.get(name, "")

    def fields(self) -> Iterator[tuple[str, str]]:
        """Every text that readers see, by the name of its control: `steps-0-title` for the title of the first step."""
        for name in TEXTS:
            yield name, self.of(name)
        for n, step in enumerate(self.steps):
            yield f"steps-{n}-title", step.title
            yield f"steps-{n}-text", step.text
