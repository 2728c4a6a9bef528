"""Whatever is sent to a move, the answer is typed values or Invalid: never another exception, never dangerous text."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huizhen.cases.lifecycle import MOVES, Input, clean
from huizhen.cases.lifecycle.moves import REGISTRATION
from huizhen.lib.errors import Invalid

TEXTS = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "",
            " ",
            "0",
            "-1",
            "\uff11\uff12",
            "NaN",
            "Infinity",
            "1e999",
            "9" * 30,
            "2026-03-02",
            "2026-02-30",
            "0001-01-01",
        ]
    ),
    st.sampled_from(
        [
            "2026-03-02T10:00",
            "2026-03-02T10:00+23:59",
            "\x00",
            "\u202e甲",
            "\ud800",
            "<script>",
            "字" * 5000,
            "x" * 90000,
        ]
    ),
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=8,
)
TABLES = {name: move.inputs for name, move in MOVES.items() if move.inputs} | {"register": REGISTRATION}


def nearly(item: Input) -> st.SearchStrategy[Any]:
    """What comes close to a right value, and what does not."""
    close: dict[str, st.SearchStrategy[Any]] = {
        "day": st.dates().map(str),
        "moment": st.datetimes().map(str),
        "number": st.decimals().map(str),
        "whole": st.integers(-5, 2000),
        "choice": st.sampled_from([*item.options, ""]),
        "choices": st.lists(st.sampled_from([*item.options, "no"]), max_size=4),
        "people": st.lists(TEXTS, max_size=4),
        "flag": st.booleans(),
    }
    if item.kind == "rows":
        row = st.fixed_dictionaries({}, optional={one.name: nearly(one) for one in item.columns})
        return st.one_of(st.lists(row, max_size=5), JSON)
    return st.one_of(close.get(item.kind, TEXTS), JSON)


def sound(item: Input, value: Any) -> bool:
    """What an action may rely on."""
    match item.kind:
        case "rows":
            return isinstance(value, list) and all(sound(one, row[one.name]) for row in value for one in item.columns)
        case "people" | "choices":
            return (
                isinstance(value, list)
                and all(isinstance(one, str) for one in value)
                and (item.kind == "people" or set(value) <= set(item.options))
            )
        case "flag":
            return isinstance(value, bool)
        case "day":
            return value is None or isinstance(value, date)
        case "moment":
            return value is None or isinstance(value, datetime)
        case "number":
            return value is None or (isinstance(value, Decimal) and abs(value) < 10**12)
        case "whole":
            return value is None or (isinstance(value, int) and item.least <= value <= (item.most or value))
        case "choice":
            return value in (*item.options, "")
        case _:
            bad = {"\x00", "\u202e"} & set(value) or any("\ud800" <= one <= "\udfff" for one in value)
            return isinstance(value, str) and len(value) <= max(item.longest, 64) and not bad


@given(st.sampled_from(sorted(TABLES)), st.data())
def test_clean_gives_typed_values_or_invalid(name: str, data: st.DataObject) -> None:
    items = TABLES[name]
    raw = data.draw(st.fixed_dictionaries({}, optional={one.name: nearly(one) for one in items}))
    if data.draw(st.booleans()):
        raw |= data.draw(st.dictionaries(TEXTS, JSON, max_size=2))
    faults: dict[str, Any] = {}
    try:
        values = clean(items, raw)
    except Invalid as no:
        faults, values = dict(no.faults), {}
    assert bool(faults) != bool(values)
    assert set(faults) <= {one.name for one in items} | {""}
    assert all(sound(one, values[one.name]) for one in items if values)


@given(JSON)
def test_rows_survive_anything(raw: Any) -> None:
    item = next(one for one in MOVES["prescribe"].inputs if one.name == "measures")
    with pytest.raises(Invalid):
        clean((item,), {"measures": raw})


def test_whole_cleaned_registration_is_kept(cast_values: dict[str, Any]) -> None:
    values = clean(REGISTRATION, json.loads(json.dumps(cast_values)))

    assert (values["baseline"], values["target"], values["unknown"]) == (Decimal("92.0000"), Decimal("70.0000"), False)
    assert values["questions"] == [{"text": "两周内能否把负荷降到七成？"}]


@pytest.fixture
def cast_values() -> dict[str, Any]:
    return {
        "title": "  宿舍晚高峰\u200b小区负荷超限 ",
        "condition": "近三个月晚高峰宿舍小区负荷超过百分之九十，视频卡顿集中爆发，投诉每周四十件。",
        "questions": [{"text": "两周内能否把负荷降到七成？"}, {"text": " "}],
        "indicator": "负荷",
        "baseline": "\uff19\uff12\uff05",
        "target": 70,
        "urgency": "normal",
        "mode": "either",
        "group": "NET-01",
    }


@pytest.mark.parametrize(
    ("kind", "raw", "code"),
    [
        ("line", None, "required"), ("line", "字" * 201, "too_long"), ("line", ["x"], "not_text"), ("day", "2026-13-01", "not_a_day"),
        ("day", "1999-12-31", "not_a_day"), ("moment", "gestern", "not_a_moment"), ("number", "viel", "not_a_number"),
        ("number", "1e12", "not_a_number"), ("whole", "1.5", "not_whole"), ("whole", "99", "out_of_range"), ("choice", "z", "not_offered"),
        ("choices", ["z"], "not_offered"), ("people", [], "required"), ("people", ["x"] * 300, "too_many"), ("rows", "x", "not_rows"),
    ],
)  # fmt: skip
def test_fault_names_what_is_wrong(kind: Any, raw: Any, code: str) -> None:
    item = Input(
        "field",
        kind,
        least=1 if kind in ("whole", "rows") else 0,
        most=9 if kind in ("whole", "people", "rows") else 0,
        options=("a",),
    )

    with pytest.raises(Invalid) as no:
        clean((item,), {"field": raw})
    assert [fault.code for fault in no.value.faults["field"]] == [code]


def test_unknown_name_is_refused() -> None:
    with pytest.raises(Invalid) as no:
        clean(MOVES["accept"].inputs, {"stage": "archived"})
    assert [fault.code for fault in no.value.faults[""]] == ["unknown_input"]
