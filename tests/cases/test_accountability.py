"""`huizhen verify` compares the key on the case with the history of who held it."""

from __future__ import annotations

import pytest

from huizhen.cases.models import Case, Responsibility
from huizhen.cases.queries.accountability import unaccounted
from huizhen.config.verification import report
from tests.cast import MONDAY, Cast


def test_played_cases_are_accounted_for(cast: Cast) -> None:
    cast.register()
    cast.archived()

    assert unaccounted() == []


@pytest.mark.parametrize("fault", ["other person", "no open row", "open row of a closed case"])
def test_drift_is_found_and_told(cast: Cast, fault: str, capsys: pytest.CaptureFixture[str]) -> None:
    case = cast.archived() if fault.startswith("open") else cast.register()
    rows = Responsibility.objects.filter(case=case)
    if fault == "other person":
        Case.objects.filter(pk=case.pk).update(accountable=cast.person("mate"))
    elif fault == "no open row":
        rows.update(until=MONDAY)
    else:
        rows.update(until=None)

    assert unaccounted() == [case.code]
    assert report() == 1
    assert case.code in capsys.readouterr().err
