"""工作法 of the demo as they are told: every state and every use, and words that would pass a review."""

from __future__ import annotations

from collections import Counter

from huizhen.demo.files import columns
from huizhen.demo.plays import problems, texts
from huizhen.demo.reading import data
from huizhen.methods.actions.pictures import redraw
from huizhen.methods.matching import LONGEST, NAME_LONGEST, STEP_LONGEST, STEPS_LEAST, STEPS_MOST, counts_in


def test_methods_of_the_demo_show_every_state_and_use() -> None:
    rows = {row["case"]: row for row in data("methods")["methods"]}
    known = problems()
    assert len(rows) == len(data("methods")["methods"]) >= 14
    assert Counter(row["ends"] for row in rows.values()) == {"published": 15, "submitted": 1, "drafted": 1}
    assert len({known[key]["group"][:3] for key in rows}) >= 8  # domains
    for key, row in rows.items():
        assert texts()[key]["extraction"] == "extract", key
        assert len(row["name"]) <= NAME_LONGEST
        assert {len(row["steps"])} <= (counts_in(row["name"]) or {len(row["steps"])}), row["name"]
        assert STEPS_LEAST <= len(row["steps"]) <= STEPS_MOST
        assert all(
            len(row[name]) <= LONGEST[name] for name in ("meaning", "problem", "applies", "applies_not", "effect")
        )
        assert all(len(text) <= STEP_LONGEST for _title, text in row["steps"])
        for trial in row.get("trials", ()):
            assert trial["branch"] != known[key]["branch"], key
            assert trial["begun"] > trial.get("told", 0)
    trials = [trial for row in rows.values() for trial in row.get("trials", ())]
    assert {trial.get("use", "waiting") for trial in trials} == {"solved", "partly", "no_use", "waiting"}
    verified = [
        row for row in rows.values() if any(one.get("use") in ("solved", "partly") for one in row.get("trials", ()))
    ]
    assert len(verified) >= 4
    assert [
        sum(word in row for row in rows.values()) for word in ("promoted", "retired", "revised", "returned", "chart")
    ] == [1] * 5


def test_methods_of_the_demo_are_cited_and_one_has_lost_its_source() -> None:
    rows = {row["case"]: row for row in data("methods")["methods"]}
    cites = [cite for text in texts().values() for cite in text.get("cites", {}).values()]
    assert {cite[0] for cite in cites} <= set(rows)
    assert {cite[1] for cite in cites if len(cite) > 1} == {"solved", "partly", "no_use"}
    assert sum(len(cite) > 1 for cite in cites) >= 3
    assert [key for key in rows if "again" in texts()[key]] == ["P12"]


def test_chart_of_a_method_is_a_picture_it_takes() -> None:
    drawn = redraw(columns([1.78, 1.6, 1.52]))
    assert (drawn.kind, drawn.width, drawn.height) == ("png", 720, 300)
    assert columns([1.78, 1.6, 1.52]) == columns([1.78, 1.6, 1.52]) != columns([1.78, 1.7, 1.52])
