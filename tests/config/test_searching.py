"""The index from the command line: rebuilt with a bar, and looked at by doctor."""

from __future__ import annotations

import pytest
from django.utils import timezone

from huizhen.config import doctor, searching
from huizhen.journal.models import Outbox
from huizhen.search import actions, jobs, queries
from huizhen.search.choices import READER
from tests.search.things import document, shelves


def faults() -> list[str]:
    return [finding.en for finding in doctor._search()]


@pytest.mark.django_db
def test_doctor_sees_an_index_that_is_empty_or_behind(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Outbox.objects.filter(reader=READER).delete()
    with shelves("case") as (shelf,):
        assert faults() == []
        shelf.lay(document(1, "光缆"), document(2, "基站"))
        assert "huizhen rebuild-search" in "".join(faults())
        searching.rebuild()
        assert "2 things looked at, 2 entries written, 0 removed" in capsys.readouterr().out
        monkeypatch.setattr(doctor, "SEARCH_LATE", -1)
        assert "search.drain" in "".join(faults())
        monkeypatch.undo()
        assert faults() == []
        assert not queries.is_unfilled()
        actions.put([document(3, "不在了")])
        searching.rebuild()
        assert "2 things looked at, 0 entries written, 1 removed" in capsys.readouterr().out
        assert jobs.drain(timezone.now())["failed"] == 0
