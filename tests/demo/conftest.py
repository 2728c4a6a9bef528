"""The demo as it stands on a working Wednesday."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from huizhen.demo.actions import load

AT = datetime(2026, 11, 25, 9, 40, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[datetime]:
    """Loaded once for this folder and rolled back after it. Who asks for it asks for no `db`: such tests come last, all together."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        block = transaction.atomic()
        block._from_testcase = True  # type: ignore[attr-defined]
        with block:
            load(at=AT, progress=lambda *_: None)
            yield AT
            transaction.set_rollback(True)
