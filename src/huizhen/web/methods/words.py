"""Words of methods on pages: names of fields, where a piece came from, a finding with its place marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from huizhen.cases.choices import MeasureState, Verdict
from huizhen.lib.errors import Fault
from huizhen.methods.choices import PieceKind
from huizhen.methods.matching import LONGEST, Finding
from huizhen.methods.models import MethodVersion, Piece
from huizhen.methods.queries.pieces import SourcePiece
from huizhen.methods.queries.words import words_of
from huizhen.web import sentences

FIELDS: Mapping[str, str | Promise] = {
    "name": pgettext_lazy("method", "名称"),
    "meaning": gettext_lazy("一句话说清"),
    "problem": gettext_lazy("解决什么问题"),
    "applies": pgettext_lazy("method", "适用"),
    "applies_not": pgettext_lazy("method", "不适用"),
    "steps": pgettext_lazy("method", "步骤"),
    "step": pgettext_lazy("method", "步骤"),
    "tools": gettext_lazy("工具和材料"),
    "effect": pgettext_lazy("method", "效果"),
    "indicator": pgettext_lazy("method", "指标"),
    "indicator_unit": pgettext_lazy("method", "单位"),
    "before": pgettext_lazy("method", "之前"),
    "after": pgettext_lazy("method", "之后"),
    "figures": gettext_lazy("量出来的效果"),
    "sample": pgettext_lazy("method", "样本"),
    "period": pgettext_lazy("method", "时段"),
    "experts": gettext_lazy("指导专家"),
    "consent": gettext_lazy("署名同意"),
    "change": gettext_lazy("改了什么，为什么"),
}
HINTS: Mapping[str, str | Promise] = {
    "name": gettext_lazy("不超过 24 字。名称里的数要和步骤数一致，例：宿舍负荷三步法。"),
    "meaning": gettext_lazy("别的支部只看这一句，也知道做什么。"),
    "problem": gettext_lazy("什么情况，有多严重。"),
    "applies": gettext_lazy("什么条件下照做有效。"),
    "applies_not": gettext_lazy("什么情况下不要用，用了会怎样。"),
    "tools": gettext_lazy("用到的系统、表格、脚本，在哪里取。"),
    "effect": gettext_lazy("看到了什么变化，怎么知道是这个办法起的作用。"),
    "consent": gettext_lazy("文中出现姓名时，写明谁同意、何时同意。不写就不要出现姓名。"),
    "change": gettext_lazy("给读过上一版的人看。"),
}
ROWS: Mapping[str, int] = {"problem": 5, "applies": 3, "applies_not": 3, "tools": 2, "effect": 3}
INTO: Mapping[str, str] = {
    "condition": "problem", "findings": "problem", "cause": "applies", "measure": "steps", "effect": "effect", "minutes": "tools",
    "reply": "effect",
}  # fmt: skip
"""Where a kind of piece goes unless somebody says otherwise."""
KINDS = dict(PieceKind.choices)


def field_label(name: str) -> str:
    """The name of a field or of one part of a step: steps-0-title."""
    if name.startswith("steps-"):
        return _("第 %(number)s 步") % {"number": int(name.split("-")[1]) + 1}
    return str(FIELDS.get(name, name))


def piece_label(kind: str, number: int = 0) -> str:
    """病因 2, 复诊 1, 病情."""
    label = str(KINDS.get(kind, kind))
    if kind == PieceKind.EFFECT and number:
        return _("复诊 %(number)s") % {"number": number}
    return f"{label} {number}" if number else label


def verdict_label(piece: SourcePiece) -> str:
    """What a 复诊 came to; of a measure only that it was not carried out."""
    if piece.kind == PieceKind.EFFECT:
        return str(dict(Verdict.choices).get(piece.verdict, ""))
    return str(MeasureState.DROPPED.label) if piece.verdict == MeasureState.DROPPED else ""


def origins(put: Iterable[Piece], pieces: Iterable[SourcePiece]) -> dict[str, list[str]]:
    """Field → where its words came from."""
    numbers = {(one.case.pk, str(one.kind), one.source_id): one.number for one in pieces}
    found: dict[str, list[str]] = {}
    for one in put:
        label = piece_label(one.kind, numbers.get((one.case_id, one.kind, one.source_id), 0))
        row = found.setdefault(one.field, [])
        if label not in row:
            row.append(label)
    return found


@dataclass(frozen=True)
class Told:
    """A finding as it is read: its sentence, and the words around the place."""

    key: str
    label: str
    anchor: str
    sentence: str
    blocks: bool
    can_mask: bool
    before: str = ""
    hit: str = ""
    after: str = ""


def told(version: MethodVersion, found: Iterable[Finding]) -> list[Told]:
    """Each kind of finding once for the same words in the same field; what blocks first."""
    texts = dict(words_of(version).fields())
    rows: dict[str, Told] = {}
    for one in sorted(found, key=lambda one: not one.blocks):
        text = texts.get(one.name, "")
        rows.setdefault(
            one.key,
            Told(
                one.key, field_label(one.name), anchor_of(one.name), sentences.of_fault(Fault(one.code, dict(one.args))), one.blocks,
                bool(one.instead), text[max(0, one.start - 12) : one.start], text[one.start : one.end], text[one.end : one.end + 12],
            ),
        )  # fmt: skip
    return list(rows.values())


def anchor_of(name: str) -> str:
    """The id of the control of a field."""
    return f"id_{name}"


def control(version: MethodVersion, name: str, **more: Any) -> dict[str, Any]:
    """What the template needs to draw one field."""
    value = more.pop("value", None)
    return {
        "name": name, "label": FIELDS[name], "hint": HINTS.get(name, ""), "rows": ROWS.get(name, 0),
        "value": getattr(version, name) if value is None else value, "max": LONGEST.get(name, 0), **more,
    }  # fmt: skip
