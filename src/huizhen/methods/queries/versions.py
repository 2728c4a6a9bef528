"""The versions of a method: who wrote, reviewed and changed what, and the differences between any two."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch

from huizhen.directory.queries import Standing
from huizhen.methods.lifecycle import VersionState
from huizhen.methods.matching import TEXTS, Part, StepWords, differences, pairs_of_steps
from huizhen.methods.models import Method, MethodReview, MethodVersion
from huizhen.methods.policy import reads_unpublished, sees_origin
from huizhen.methods.queries.pieces import plain
from huizhen.methods.queries.reading import veil
from huizhen.methods.queries.words import words_of

OUT = (VersionState.PUBLISHED, VersionState.REPLACED)


@dataclass(frozen=True)
class Changed:
    """One field in two versions. `step`, `was`: of a step its number in the new and in the old version, 0 if it is not in it."""

    name: str
    parts: list[Part]
    is_changed: bool
    step: int = 0
    was: int = 0


def versions_of(method: Method, standing: Standing) -> list[MethodVersion]:
    """The versions she may read with their reviews, newest first. Readers see what was published. Three queries."""
    reviews = Prefetch("reviews", MethodReview.objects.select_related("by").order_by("at"))
    rows = method.versions.select_related("by__unit").prefetch_related(reviews).order_by("-number")
    found = list(rows if reads_unpublished(standing, method) else rows.filter(state__in=OUT))
    if not sees_origin(standing, method):
        veil(method, *found)
    return found


def changes_between(old: MethodVersion, new: MethodVersion) -> list[Changed]:
    """Field by field and step by step; fields that are empty in both are left out."""
    before, after = words_of(old), words_of(new)
    found = []

    def compare(name: str, one: str, other: str, step: int = 0, was: int = 0) -> None:
        if one or other:
            found.append(Changed(name, differences(one, other), one != other or step != was, step, was))

    for name in TEXTS[:5]:
        compare(name, before.of(name), after.of(name))
    for was, now in pairs_of_steps(before.steps, after.steps):
        one = _whole(before.steps[was]) if was is not None else ""
        other = _whole(after.steps[now]) if now is not None else ""
        compare("step", one, other, 0 if now is None else now + 1, 0 if was is None else was + 1)
    for name in TEXTS[5:]:
        compare(name, before.of(name), after.of(name))
    compare("figures", _figures(old), _figures(new))
    return found


def _whole(step: StepWords) -> str:
    return f"{step.title}\n{step.text}".strip()


def _figures(version: MethodVersion) -> str:
    if version.before is None and version.after is None:
        return version.indicator
    unit = version.indicator_unit
    return f"{version.indicator} {plain(version.before)}{unit} → {plain(version.after)}{unit}".strip()
