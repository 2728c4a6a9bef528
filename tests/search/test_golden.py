"""The golden set over the demo, on whichever database the tests run. `-s` prints its figures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from huizhen.demo.actions import load
from huizhen.search.actions import put_many
from huizhen.search.registry import sources
from tests.search.golden import figures, queries

AT = datetime(2026, 11, 25, 9, 40, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """The demo, loaded once for this file, with its index; rolled back after it."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        block = transaction.atomic()
        block._from_testcase = True  # type: ignore[attr-defined]
        with block:
            load(at=AT, progress=lambda *_: None)
            for source in sources().values():
                put_many(source.documents(source.after(0, 10_000)), fresh=True)
            yield
            transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.timeout(900)  # the demo is played first, on a machine that may be busy
def test_golden_queries_find_what_is_meant_and_words_that_occur_find_something(world: None) -> None:
    told = figures(AT, every=9)
    print(
        f"golden: {told['queries']} queries, {told['met']:.1%} met; {told['words']} occurring words, {len(told['silent'])} silent"
    )
    assert len(queries()) >= 120
    assert told["silent"] == []
    assert told["met"] >= 0.95, told["lost"]
