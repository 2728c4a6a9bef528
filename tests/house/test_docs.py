"""Pages that are made from the source say what the source says."""

from __future__ import annotations

import importlib
import re

from huizhen.cases import verbs
from huizhen.config import lifecycle_page
from huizhen.directory.choices import SETTINGS
from tests.house.floors import ROOT

TABLES = {
    "move": verbs.MOVES,
    "clock": verbs.CLOCKS,
    "stage": verbs.STAGES,
    "situation": verbs.SITUATIONS,
    "setting": SETTINGS,
}


def test_lifecycle_page_is_fresh() -> None:
    """Remake it with `huizhen lifecycle > docs/lifecycle.md`."""
    assert (ROOT / "docs" / "lifecycle.md").read_text(encoding="utf-8") == lifecycle_page.page()


def _known(place: str) -> bool:
    """Whether a place named by the glossary exists: a key of a table of words, or a path below huizhen."""
    table, _space, key = place.partition(" ")
    if key:
        return key in TABLES[table]
    parts = place.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(["huizhen", *parts[:end]]))
        except ModuleNotFoundError:
            continue
        for name in parts[end:]:
            found = getattr(found, name, None)
        return found is not None
    return False


def test_glossary_names_what_is_there() -> None:
    rows = [row for row in (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines() if row[:2] == "| "]
    places = [place for row in rows for place in re.findall(r"`([^`]+)`", row.rstrip("| ").rpartition("|")[2])]
    assert len(places) > 100
    assert [place for place in places if not _known(place)] == []
