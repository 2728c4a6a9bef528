"""The golden set of search over the demo, on whichever database the tests run. `-s` prints its figures."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import transaction

from huizhen.search.actions import put_many
from huizhen.search.registry import sources
from tests.search.golden import figures, queries


@pytest.mark.timeout(900)  # the demo is played first, on a machine that may be busy
def test_golden_queries_find_what_is_meant_and_words_that_occur_find_something(world: datetime) -> None:
    with transaction.atomic():
        for source in sources().values():
            put_many(source.documents(source.after(0, 10_000)), fresh=True)
        told = figures(world, every=9)
        transaction.set_rollback(True)
    print(
        f"golden: {told['queries']} queries, {told['met']:.1%} met; {told['words']} occurring words, {len(told['silent'])} silent"
    )
    assert len(queries()) >= 120
    assert told["silent"] == []
    assert told["met"] >= 0.95, told["lost"]
