"""What every test may ask for. The cast of people lives in tests/cast.py."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, settings

# Databases make an example's time uneven; what counts is that it ends.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("house")

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def at() -> datetime:
    """A working Wednesday morning, 2026-11-25 09:00 in Shanghai."""
    return datetime(2026, 11, 25, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def _nothing_cached() -> Iterator[None]:
    """No test sees what another one cached, nor the language another one chose."""
    from django.utils import translation

    cache.clear()
    yield
    translation.activate("zh-hans")
