"""What every test may ask for. The cast of people lives in tests/cast.py."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import setup_databases, teardown_databases
from django.utils import translation
from hypothesis import HealthCheck, settings

from tests.cast import cast  # noqa: F401
from tests.catalogue import compile_catalogue
from tests.erasable import _seeds_put_back  # noqa: F401
from tests.kept import _ground  # noqa: F401
from tests.prepared import lay_database

# Databases make an example's time uneven; what counts is that it ends.
settings.register_profile(
    "house",
    derandomize=not os.environ.get("HUIZHEN_LONG"),  # the same cases every time; other ones with HUIZHEN_LONG=1
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.load_profile("house")

SHANGHAI = ZoneInfo("Asia/Shanghai")


def pytest_collection_finish() -> None:
    """Modules and tests stay until the end: the collector need not walk them again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_configure(config: pytest.Config) -> None:
    """The English pages of the tests are those of the source, also when nobody has installed since."""
    if not hasattr(config, "workerinput"):
        compile_catalogue()


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """On SQLite the tests begin with a copy of a migrated database; it goes with the folder of the run."""
    return connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    if connection.vendor == "sqlite":
        lay_database(Path(connection.settings_dict["TEST"]["NAME"]))


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_keepdb: bool,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """The database, for whoever asks: pytest-django's own makes none unless a chosen test is marked, and those of `world` are not."""
    with django_db_blocker.unblock():
        made = setup_databases(
            verbosity=0, interactive=False, keepdb=django_db_keepdb, aliases={"default"}, serialized_aliases=set()
        )
    yield
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            teardown_databases(made, verbosity=0)


@pytest.fixture
def at() -> datetime:
    """A working Wednesday morning, 2026-11-25 09:00 in Shanghai."""
    return datetime(2026, 11, 25, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def _nothing_cached() -> Iterator[None]:
    """No test sees what another one cached, nor the language another one chose."""
    cache.clear()
    yield
    translation.activate("zh-hans")
