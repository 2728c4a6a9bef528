"""Every registered reader gets every entry, one worker at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import transaction

from huizhen.journal.actions import claim, claim_whole, done, record
from huizhen.journal.models import Outbox
from tests.journal.conftest import AT
from tests.racing import at_once

MINUTE = timedelta(minutes=1)


def test_each_reader_gets_each_entry(readers, beds, tell):
    entries = [tell(bed).pk for bed in beds]

    assert [row.entry_id for row in claim("figures", by="a", at=AT)] == entries
    assert [row.entry_id for row in claim("letters", by="a", at=AT)] == entries


def test_claimed_rows_are_not_claimed_again(readers, beds, tell):
    entries = [tell(bed).pk for bed in beds]

    assert [row.entry_id for row in claim("figures", by="a", at=AT, limit=2)] == entries[:2]
    assert [row.entry_id for row in claim("figures", by="b", at=AT)] == entries[2:]


def test_done_rows_never_come_back(readers, beds, tell):
    tell(beds[0])

    assert done(claim("figures", by="a", at=AT), by="a", at=AT) == 1
    assert claim("figures", by="b", at=AT + 99 * MINUTE) == []


def test_rows_of_a_dead_worker_come_back_when_its_lease_ends(readers, beds, tell):
    tell(beds[0])
    lost = claim("figures", by="dead", at=AT, lease=MINUTE)

    assert claim("figures", by="b", at=AT + 0.9 * MINUTE) == []
    [again] = claim("figures", by="b", at=AT + MINUTE)
    assert (again.pk, again.tries, again.claimed_by) == (lost[0].pk, 2, "b")
    assert done(lost, by="dead", at=AT + 2 * MINUTE) == 0
    assert done([again], by="b", at=AT + 2 * MINUTE) == 1


def test_claim_costs_the_same_for_one_and_three(readers, beds, tell, django_assert_num_queries):
    tell(beds[0])
    with django_assert_num_queries(5):  # savepoint, ids, update, rows, release
        claim("figures", by="a", at=AT)
    for bed in beds:
        tell(bed)
    with django_assert_num_queries(5):
        assert len(claim("figures", by="a", at=AT)) == 3


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_workers_at_once_claim_each_row_once(readers, tell):
    bed = Group.objects.create(name="甲")
    for _ in range(40):
        tell(bed)

    def drain(name: str):
        def work() -> list[int]:
            seen: list[int] = []
            while rows := claim("figures", by=name, at=AT, limit=3):
                seen += [row.pk for row in rows]
                done(rows, by=name, at=AT)
            return seen

        return work

    results = at_once(*[drain(name) for name in "abcd"])

    claimed = sorted(pk for result in results for pk in result)
    assert claimed == sorted(Outbox.objects.filter(reader="figures").values_list("pk", flat=True))
    assert not Outbox.objects.filter(reader="figures", done_at__isnull=True).exists()


def test_whole_transactions_are_claimed(beds, readers):
    with transaction.atomic():
        for bed in beds:
            record("noted", bed, by=None, at=AT)
    with transaction.atomic():
        record("noted", beds[0], by=None, at=AT)

    first = claim_whole("letters", by="one", at=AT, limit=1)
    second = claim_whole("letters", by="two", at=AT, limit=1)

    assert [len({row.entry.txn for row in rows}) for rows in (first, second)] == [1, 1]
    assert [len(rows) for rows in (first, second)] == [3, 1]
    assert claim_whole("letters", by="three", at=AT) == []
    assert len(claim_whole("letters", by="three", at=AT + timedelta(minutes=2))) == 4


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_split_between_two_claims(beds, readers):
    for _ in range(30):
        with transaction.atomic():
            for bed in beds:
                record("noted", bed, by=None, at=AT)

    def take(name: str) -> list[list[str]]:
        return [[row.entry.txn for row in claim_whole("letters", by=name, at=AT, limit=2)] for _ in range(10)]

    claims = at_once(*[lambda name=name: take(name) for name in ("one", "two", "three")])
    taken = [txn for rounds in claims for txns in rounds for txn in set(txns)]
    assert all(txns.count(txn) == 3 for rounds in claims for txns in rounds for txn in txns)
    assert len(taken) == len(set(taken)) >= 30
