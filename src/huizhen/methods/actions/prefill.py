"""What a draft holds before anybody wrote in it: the words of its case, each with where it came from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from huizhen.cases.models import Measure
from huizhen.cases.queries.file import CaseFile
from huizhen.directory.models import Person
from huizhen.methods.choices import PieceKind
from huizhen.methods.matching import (
    LONGEST,
    NAME_LONGEST,
    STEP_LONGEST,
    STEP_TITLE_LONGEST,
    STEPS_LEAST,
    STEPS_MOST,
    name_for,
)

_ASKED = re.compile(r"(?<=[。；;，,])[^。；;，,]*请专家[^。]*。?$")
"""What a branch asks of the experts at the end of its 病情 is no part of the problem."""
_WHERE = "同样的问题，查下来是这些原因的时候："
"""A cause alone does not say where a method applies; that the same cause was found does."""
_CLAUSE = "，。；;,、：:（( \n"


@dataclass
class Prefilled:
    """Values of a version, the experts who guided the case, and (kind, key of the piece, field) of what was put where."""

    values: dict[str, Any] = field(default_factory=dict)
    experts: list[Person] = field(default_factory=list)
    put: list[tuple[PieceKind, int, str]] = field(default_factory=list)

    def set(self, name: str, text: str, kind: PieceKind, source_id: int) -> None:
        if text := whole(text, LONGEST[name]):
            self.values[name] = text
            self.put.append((kind, source_id, name))


def whole(text: str, longest: int) -> str:
    """A text that ends where a sentence ends, within so many characters; a loose comma at its end becomes a full stop."""
    text = text.strip()
    if len(text) > longest:
        cut = max(text.rfind(mark, 0, longest) for mark in "。；！？\n") + 1
        text = text[: cut if cut > longest // 2 else longest].strip()
    bare = text.rstrip("，,、；;：:（( ")
    return bare if bare == text or not bare else f"{bare}。"[:longest]


def title_of(text: str) -> str:
    """A short title from a longer text: whole when it fits, else its first clause that does."""
    text = text.strip()
    if len(text) <= STEP_TITLE_LONGEST:
        return text.rstrip(_CLAUSE)
    cut = max((text.rfind(mark, 0, STEP_TITLE_LONGEST + 1) for mark in _CLAUSE), default=0)
    return text[: cut if cut >= 4 else STEP_TITLE_LONGEST].rstrip(_CLAUSE)


def prefilled(file: CaseFile) -> Prefilled:
    """Field by field: problem from the 病情, where it applies from the causes, a step for each measure, the effect from the 复诊."""
    made, case = Prefilled(), file.case
    measures = [one for one in file.standing_measures if one.state != "dropped"][:STEPS_MOST]
    steps = [_step(one) for one in measures]
    made.put += [(PieceKind.MEASURE, int(one.pk), "steps") for one in measures]
    causes = file.standing_causes
    if causes and len(steps) < STEPS_LEAST and causes[0].diagnosis.findings:
        found = causes[0].diagnosis
        steps.insert(0, {"title": title_of(found.findings), "text": found.findings[:STEP_LONGEST]})
        made.put.append((PieceKind.FINDINGS, int(found.pk), "steps"))
    made.values["steps"] = steps
    made.values["name"] = name_for(case.title, len(steps)) if len(steps) >= STEPS_LEAST else case.title[:NAME_LONGEST]
    made.set("problem", _ASKED.sub("", case.condition) or case.condition, PieceKind.CONDITION, int(case.pk))
    if causes:
        made.set(
            "applies", "\n".join([_WHERE, "", *(f"- {one.text}" for one in causes)]), PieceKind.CAUSE, int(causes[0].pk)
        )
        made.put += [(PieceKind.CAUSE, int(one.pk), "applies") for one in causes[1:]]
    if file.prescription:
        made.values["meaning"] = whole(file.prescription.thinking, LONGEST["meaning"])
    _effect(made, file)
    made.experts = list(file.contributors.values())
    return made


def _step(measure: Measure) -> dict[str, str]:
    title = title_of(measure.what)
    whole = (measure.what if title != measure.what else "", measure.expected, measure.criterion)
    return {"title": title, "text": "；".join(text for text in whole if text)[:STEP_LONGEST]}


def _effect(made: Prefilled, file: CaseFile) -> None:
    case, sheet = file.case, file.closing
    told = [one for one in file.follow_ups if one.verdict]
    measured = [one for one in told if one.value is not None]
    if sheet is not None and sheet.changed:
        made.set("effect", sheet.changed, PieceKind.REPLY, int(sheet.pk))
    elif told:
        made.set("effect", told[-1].evidence, PieceKind.EFFECT, int(told[-1].pk))
    if measured and case.indicator and case.baseline is not None:
        last, rx = measured[-1], file.prescription
        made.values |= {
            "indicator": case.indicator, "indicator_unit": case.indicator_unit, "before": case.baseline, "after": last.value,
        }  # fmt: skip
        made.put.append((PieceKind.EFFECT, int(last.pk), "indicator"))
        if rx is not None:
            since = timezone.localdate(rx.answered_at or rx.signed_at)
            made.values["period"] = f"{since} — {timezone.localdate(last.at)}"
