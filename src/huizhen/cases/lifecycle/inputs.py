"""What a move must be told: names, kinds and limits. Pages draw it, the API publishes it, actions clean by it; nothing says it twice."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from huizhen.lib.errors import Fault, Invalid
from huizhen.lib.text import clean as clean_text

Kind = Literal[
    "line",
    "text",
    "day",
    "moment",
    "number",
    "whole",
    "flag",
    "choice",
    "choices",
    "person",
    "people",
    "group",
    "unit",
    "key",
    "rows",
]

LINE, TEXT = 200, 4000


@dataclass(frozen=True)
class Input:
    """One thing asked.

    `least`/`most`: characters of a line or text, value of a whole number, count of choices, people or rows.
    `options`: name of an enumeration in `choices`. `person`, `group`, `unit` and `key` are human codes, resolved by the action.
    """

    name: str
    kind: Kind = "line"
    required: bool = True
    least: int = 0
    most: int = 0
    options: tuple[str, ...] = ()
    columns: tuple[Input, ...] = field(default=())

    @property
    def longest(self) -> int:
        """Characters at most."""
        return self.most or (TEXT if self.kind == "text" else LINE)


def clean(inputs: Sequence[Input], raw: Mapping[str, Any]) -> dict[str, Any]:
    """Typed values for every input of `raw`; unknown names are refused. Raises Invalid with every fault at once."""
    faults: dict[str, list[Fault]] = {}
    values: dict[str, Any] = {}
    known = {item.name for item in inputs}
    for name in raw:
        if name not in known:
            faults.setdefault("", []).append(Fault("unknown_input", {"name": clean_text(str(name))[:40]}))
    for item in inputs:
        try:
            values[item.name] = _value(item, raw.get(item.name))
        except Invalid as no:
            for found in no.faults.values():
                faults.setdefault(item.name, []).extend(found)
    if faults:
        raise Invalid(faults)
    return values


def _no(item: Input, code: str, **args: Any) -> Invalid:
    return Invalid({item.name: [Fault(code, args)]})


def _value(item: Input, raw: Any) -> Any:
    if item.kind == "rows":
        return _rows(item, raw)
    if item.kind in ("people", "choices"):
        return _many(item, raw)
    if item.kind == "flag":
        if isinstance(raw, bool):
            return raw
        return str(raw or "").lower() in ("1", "true", "on", "yes")
    if isinstance(raw, str):
        if len(raw) > 20 * max(item.longest, TEXT):
            raise _no(item, "too_long", max=item.longest, length=len(raw))
        raw = clean_text(raw, lines=item.kind == "text")
    elif isinstance(raw, (list, dict)):
        raise _no(item, "not_text")
    if raw is None or raw == "":
        if item.required:
            raise _no(item, "required")
        return "" if item.kind in ("line", "text", "choice", "person", "group", "unit", "key") else None
    return _READ[item.kind](item, raw)


def _text(item: Input, raw: Any) -> str:
    value = str(raw)
    if len(value) > item.longest:
        raise _no(item, "too_long", max=item.longest, length=len(value))
    if len(value) < item.least:
        raise _no(item, "too_short", min=item.least, length=len(value))
    return value


def _day(item: Input, raw: Any) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    try:
        value = date.fromisoformat(str(raw)[:10])
    except ValueError:
        raise _no(item, "not_a_day") from None
    if not 2000 <= value.year <= 2100:
        raise _no(item, "not_a_day")
    return value


def _moment(item: Input, raw: Any) -> datetime:
    """Aware, or naive for the office's own time zone; the action adds the zone."""
    if isinstance(raw, datetime):
        return raw
    try:
        value = datetime.fromisoformat(str(raw).replace("Z", "+00:00"))
    except ValueError:
        raise _no(item, "not_a_moment") from None
    if not 2000 <= value.year <= 2100:
        raise _no(item, "not_a_moment")
    return value.astimezone(UTC) if value.tzinfo else value


def _number(item: Input, raw: Any) -> Decimal:
    """A measured value: at most 12 digits before and 4 after the point. A trailing % is understood."""
    if isinstance(raw, bool):
        raise _no(item, "not_a_number")
    try:
        value = Decimal(re.sub(r"[\s,，%\uff05]", "", str(raw).translate(_WIDE)))
    except InvalidOperation:
        raise _no(item, "not_a_number") from None
    if not value.is_finite() or abs(value) >= Decimal(10) ** 12:
        raise _no(item, "not_a_number")
    return value.quantize(Decimal("0.0001"))


def _whole(item: Input, raw: Any) -> int:
    text = str(raw).translate(_WIDE)
    if isinstance(raw, bool) or not re.fullmatch(r"-?\d{1,9}", text):
        raise _no(item, "not_whole")
    value = int(text)
    if value < item.least or (item.most and value > item.most):
        raise _no(item, "out_of_range", min=item.least, max=item.most)
    return value


def _choice(item: Input, raw: Any) -> str:
    value = str(raw)
    if value not in item.options:
        raise _no(item, "not_offered", options=list(item.options))
    return value


def _code(item: Input, raw: Any) -> str:
    value = str(raw)
    if len(value) > 64:
        raise _no(item, "not_found")
    return value


def _many(item: Input, raw: Any) -> list[str]:
    given = raw if isinstance(raw, (list, tuple)) else [raw] if raw not in (None, "") else []
    if len(given) > max(item.most, 200):
        raise _no(item, "too_many", max=item.most)
    if any(not isinstance(one, (str, int)) or len(str(one)) > 64 for one in given):
        raise _no(item, "not_offered", options=list(item.options))
    values = [clean_text(str(one)) for one in given]
    values = list(dict.fromkeys(value for value in values if value))
    if item.kind == "choices" and any(value not in item.options for value in values):
        raise _no(item, "not_offered", options=list(item.options))
    least = max(item.least, 1 if item.required else 0)
    if len(values) < least:
        raise _no(item, "required" if not values else "too_few", min=least)
    if item.most and len(values) > item.most:
        raise _no(item, "too_many", max=item.most)
    return values


def _rows(item: Input, raw: Any) -> list[dict[str, Any]]:
    if raw in (None, ""):
        raw = []
    if not isinstance(raw, (list, tuple)):
        raise _no(item, "not_rows")
    given = [(at, row) for at, row in enumerate(raw) if not isinstance(row, Mapping) or not _blank(item, row)]
    if len(given) > item.most:
        raise _no(item, "too_many", max=item.most)
    if len(given) < item.least:
        raise _no(item, "required" if not given else "too_few", min=item.least)
    found: list[Fault] = []
    values: list[dict[str, Any]] = []
    for at, row in given:
        if not isinstance(row, Mapping):
            found.append(Fault("not_rows", {}, row=at))
            continue
        try:
            values.append(clean(item.columns, row))
        except Invalid as no:
            for column, faults in no.faults.items():
                found += [Fault(one.code, one.args, row=at, column=column) for one in faults]
    if found:
        raise Invalid({item.name: found})
    return values


def _blank(item: Input, row: Mapping[str, Any]) -> bool:
    """A row in which nothing was typed: flags and selects alone do not make it one."""
    typed = [one.name for one in item.columns if one.kind in ("line", "text", "number", "day")]
    return all(not str(row.get(name) or "").strip() for name in typed)


# full-width digits, full stop and minus, and the mathematical minus
_WIDE = {0xFF10 + n: str(n) for n in range(10)} | {0xFF0E: ".", 0xFF0D: "-", 0x2212: "-"}
_READ = {
    "line": _text,
    "text": _text,
    "day": _day,
    "moment": _moment,
    "number": _number,
    "whole": _whole,
    "choice": _choice,
    "person": _code,
    "group": _code,
    "unit": _code,
    "key": _code,
}
