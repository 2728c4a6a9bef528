"""The inputs of the table as JSON Schema: the documentation, `available_moves` and `/moves` all read them here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from huizhen.cases.lifecycle import Input, Move
from huizhen.cases.verbs import HELP, INPUTS, INPUTS_OF_MOVE

_CODES = {
    "person": "code of a person, e.g. E001",
    "group": "code of a group",
    "unit": "code of a unit",
    "key": "key of a row of this case, or its code",
}


def label_of(move: str, item: Input) -> Any:
    """What people read beside the input: lazy, so that a document made once speaks the language of who asks for it."""
    own = (move, item.name)
    return INPUTS_OF_MOVE[own] if own in INPUTS_OF_MOVE else INPUTS.get(item.name, item.name)


def object_of(inputs: Sequence[Input], move: str = "") -> dict[str, Any]:
    """The body of a move. An input that is not required may be left out, null or empty."""
    return {
        "type": "object",
        "properties": {item.name: schema_of(item, move) for item in inputs},
        "required": [item.name for item in inputs if item.required],
        "additionalProperties": False,
    }


def body_of(move: Move) -> dict[str, Any]:
    """The body of a move of the table."""
    return object_of(move.inputs, move.name)


def schema_of(item: Input, move: str = "") -> dict[str, Any]:
    """One input. Limits of text count characters after cleaning (NFC, invisible characters gone)."""
    told = {**_shape(item, move), "title": label_of(move, item)}
    if (move, item.name) in HELP:
        told["description"] = HELP[move, item.name]
    if not item.required and isinstance(told.get("type"), str):
        told["type"] = [told["type"], "null"]
    if "enum" in told and not item.required:
        told["enum"] = [*told["enum"], "", None]
    return told


def _shape(item: Input, move: str) -> dict[str, Any]:
    if item.kind in ("line", "text"):
        return {"type": "string", "minLength": item.least if item.required else 0, "maxLength": item.longest}
    if item.kind == "choice":
        return {"type": "string", "enum": list(item.options)}
    if item.kind == "whole":
        return {"type": "integer", "minimum": item.least} | ({"maximum": item.most} if item.most else {})
    if item.kind in ("choices", "people"):
        one = {"enum": list(item.options)} if item.options else {"maxLength": 64}
        return {"type": "array", "items": {"type": "string", **one}, "uniqueItems": True, **_count(item)}
    if item.kind == "rows":
        return {"type": "array", "items": object_of(item.columns, move), **_count(item)}
    shapes: dict[str, dict[str, Any]] = {
        "day": {"type": "string", "format": "date"},
        "moment": {"type": "string", "format": "date-time"},
        "number": {"type": ["number", "string", "null"]},
        "flag": {"type": "boolean"},
        **{kind: {"type": "string", "maxLength": 64, "description": words} for kind, words in _CODES.items()},
    }
    return shapes[item.kind]


def _count(item: Input) -> dict[str, int]:
    least = max(item.least, 1 if item.required else 0)
    return ({"minItems": least} if least else {}) | ({"maxItems": item.most} if item.most else {})


def parameters_of(inputs: Sequence[Input]) -> list[dict[str, Any]]:
    """Inputs as parameters of a query string."""
    return [
        {"in": "query", "name": item.name, "required": item.required, "schema": _shape(item, "")} for item in inputs
    ]
