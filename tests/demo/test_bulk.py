"""Cases in bulk, the parts that need no demo; how they come out of the demo is told in test_plays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from huizhen.cases.models import Case
from huizhen.config import cli, installation
from huizhen.config.voice import Refused
from huizhen.demo.bulk.days import Days
from huizhen.worktime.queries import calendar
from tests.cases.plays import LATER
from tests.cast import Cast


@pytest.mark.django_db
def test_days_keep_order_and_working_time() -> None:
    """Across a holiday, before and after office hours."""
    cal = calendar()
    days = Days(cal, date(2026, 1, 1), date(2026, 12, 31))
    begin = datetime(2026, 9, 28, 7, 30, tzinfo=cal.tz)
    moments = [begin + timedelta(hours=5, minutes=7) * number for number in range(60)]
    moved = [days.moment(number - 30, since).replace(tzinfo=UTC) for number, since in map(days.place, moments)]
    assert moved == sorted(moved)
    assert [cal.between(moved[0], one) for one in moved] == [cal.between(begin, one) for one in moments]
    assert moved[0].astimezone(cal.tz).time() == begin.time()


def test_fill_refuses_what_is_no_demo(cast: Cast, settings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    settings.HUIZHEN_VAR = tmp_path
    with pytest.raises(Refused, match="not a demo"):
        installation.fill_demo(10, at=LATER)
    installation.demo_mark().write_text(installation.LOADED)
    with pytest.raises(Refused, match="gone"):
        installation.fill_demo(10, at=LATER)
    assert Case.objects.count() == 0
    for number in ("0", "-3", "10000001"):
        assert cli.main(["demo", "--cases", number]) == 2
