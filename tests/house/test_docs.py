"""Pages that are made from the source say what the source says."""

from __future__ import annotations

from huizhen.config import lifecycle_page
from tests.house.floors import ROOT


def test_lifecycle_page_is_fresh() -> None:
    """Remake it with `huizhen lifecycle > docs/lifecycle.md`."""
    assert (ROOT / "docs" / "lifecycle.md").read_text(encoding="utf-8") == lifecycle_page.page()
