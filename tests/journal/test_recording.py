"""One entry: where it may be written, what may stand in it, how it joins its chain."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction

from huizhen.journal.actions import record
from huizhen.journal.models import COVERED, ChainHead, Entry, Outbox, digest_of, journal_key
from huizhen.journal.queries import entries_of, newest
from tests.journal.conftest import AT, Writer
from tests.racing import at_once


def test_entries_of_one_target_form_a_chain(beds, tell):
    first, other, second = tell(beds[0]), tell(beds[1]), tell(beds[0], "moved", to="IN_TREATMENT")

    assert [(row.seq, row.previous) for row in entries_of(beds[0])] == [(1, ""), (2, first.digest)]
    assert (other.seq, other.previous) == (1, "")
    head = ChainHead.objects.get(target_type="auth.group", target_id=beds[0].pk)
    assert (head.seq, head.digest) == (2, second.digest)


def test_entry_keeps_who_what_and_when(beds):
    with transaction.atomic():
        record("noted", beds[0], by=Writer(), at=AT, on_behalf_of="陆书记", measure=3)

    entry = Entry.objects.get()
    assert (entry.actor_id, entry.actor_name, entry.on_behalf_of) == (7, "周维舟", "陆书记")
    assert (entry.verb, entry.target_label, entry.at, entry.data) == ("noted", "甲", AT, {"measure": 3})
    assert abs(entry.recorded_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_entry_of_the_system_has_no_actor(beds):
    with transaction.atomic():
        entry = record("clock_late", beds[0], by=None, at=AT)

    assert (entry.actor_id, entry.actor_name) == (None, "")


def test_digest_survives_the_database(beds):
    at = datetime(2026, 11, 25, 9, 0, 0, 120, tzinfo=timezone(timedelta(hours=8)))
    data = {"为": ["β", None, True, {"b": 1, "a": 10**17}], "day": date(2026, 2, 14), "moment": at, "emoji": "👩‍⚕️"}
    with transaction.atomic():
        written = record("noted", beds[0], by=Writer(), at=at, **data)

    read = Entry.objects.values_list(*COVERED).get()
    assert digest_of(read, journal_key()) == written.digest
    assert read[COVERED.index("data")] == written.data
    assert written.data["moment"] == "2026-11-25T09:00:00.000120+08:00"


def test_digest_depends_on_the_key(beds, tell, settings):
    entry = tell(beds[0])
    settings.HUIZHEN_JOURNAL_KEY = "another"

    assert digest_of([getattr(entry, name) for name in COVERED], journal_key()) != entry.digest


def test_record_outside_a_transaction_is_refused(beds):
    with pytest.raises(RuntimeError, match=r"outside transaction\.atomic"):
        record("noted", beds[0], by=None, at=AT)
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_record_outside_a_real_transaction_is_refused():
    bed = Group.objects.create(name="甲")
    with pytest.raises(RuntimeError, match=r"outside transaction\.atomic"):
        record("noted", bed, by=None, at=AT)
    assert not Entry.objects.exists()


def test_rolled_back_action_leaves_nothing(beds, tell, readers):
    with suppress(LookupError), transaction.atomic():
        record("noted", beds[0], by=None, at=AT)
        raise LookupError

    assert (Entry.objects.count(), ChainHead.objects.count(), Outbox.objects.count()) == (0, 0, 0)
    assert tell(beds[0]).seq == 1


# --- txn ---


@transaction.atomic
def _inner(target: Group) -> str:
    return record("noted", target, by=None, at=AT).txn


@transaction.atomic
def _outer(target: Group) -> tuple[str, str, str]:
    first = record("noted", target, by=None, at=AT).txn
    return first, _inner(target), _inner(target)


def test_txn_is_shared_within_one_action_and_differs_between_two(beds):
    one, two = _outer(beds[0]), _outer(beds[0])

    assert len(set(one)) == len(set(two)) == 1
    assert one[0] != two[0]


@pytest.mark.django_db(transaction=True)
def test_txn_differs_between_real_transactions_of_one_decorated_function():
    bed = Group.objects.create(name="甲")

    one, two = _outer(bed), _outer(bed)

    assert len(set(one)) == len(set(two)) == 1
    assert one[0] != two[0]


@pytest.mark.django_db(transaction=True)
def test_txn_is_new_after_a_rollback():
    bed = Group.objects.create(name="甲")
    seen = []
    for _ in range(2):
        with suppress(LookupError), transaction.atomic():
            seen.append(_inner(bed))
            raise LookupError

    assert seen[0] != seen[1]


# --- what may stand in an entry ---


@pytest.mark.parametrize(
    "value",
    ["13812345678", "call 138 1234 5678", ["x", {"y": "139-1234-5678"}], 13812345678, "字" * 301, 1.5, {1: "x"}, {1, 2}, b"x",
     "a\0b", "\ud800", datetime(2026, 1, 1)],
)  # fmt: skip
def test_data_that_does_not_belong_is_refused(beds, value):
    with pytest.raises(ValueError), transaction.atomic():
        record("noted", beds[0], by=None, at=AT, value=value)
    assert not Entry.objects.exists()


def test_phone_as_a_key_is_refused(beds):
    with pytest.raises(ValueError), transaction.atomic():
        record("noted", beds[0], by=None, at=AT, value={"13812345678": 1})


def test_digits_inside_a_digest_are_no_phone(beds, tell):
    assert tell(beds[0], text_digest="a13812345678f" * 4).data == {"text_digest": "a13812345678f" * 4}


def test_label_is_cleaned_masked_and_cut(beds, tell):
    entry = tell(beds[0], label="专线\u202e 13812345678\n" + "长" * 300)

    assert entry.target_label.startswith("专线 138****5678 长")
    assert len(entry.target_label) == 200


def test_naive_moment_is_refused(beds):
    with pytest.raises(ValueError, match="no time zone"), transaction.atomic():
        record("noted", beds[0], by=None, at=datetime(2026, 11, 25, 9, 0))


def test_unsaved_target_is_refused(db):
    with pytest.raises(ValueError, match="not saved"), transaction.atomic():
        record("noted", Group(name="甲"), by=None, at=AT)


# --- cost and reading ---


def test_record_costs_the_same_for_a_long_chain(beds, tell, django_assert_num_queries):
    tell(beds[0])
    with transaction.atomic():
        with django_assert_num_queries(3):
            record("noted", beds[0], by=None, at=AT)
        for _ in range(20):
            record("noted", beds[0], by=None, at=AT)
        with django_assert_num_queries(3):
            record("noted", beds[0], by=None, at=AT)


def test_newest_pages_downwards(beds, tell):
    ids = [tell(bed).pk for bed in beds]

    assert [row.pk for row in newest()] == ids[::-1]
    assert [row.pk for row in newest(before=ids[2])] == [ids[1], ids[0]]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("shared", [True, False])
def test_writers_at_once_leave_whole_chains(tell, shared):
    beds = [Group.objects.create(name=str(number)) for number in range(4)]
    if shared:
        beds = [beds[0]] * 4

    def write(bed: Group):
        return lambda: [tell(bed).seq for _ in range(25)]

    results = at_once(*[write(bed) for bed in beds])

    seqs = sorted(seq for result in results for seq in result)
    assert seqs == sorted(list(range(1, 101)) if shared else list(range(1, 26)) * 4)
    for bed in beds:
        rows = list(entries_of(bed))
        assert [row.previous for row in rows] == ["", *[row.digest for row in rows[:-1]]]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_writer_waits_for_the_same_target_only(tell):
    """On SQLite there is one writer at a time for everything; nobody fails, everybody waits."""
    busy, free = Group.objects.create(name="甲"), Group.objects.create(name="乙")
    tell(busy)
    tell(free)
    waits = {busy.pk: True, free.pk: connection.vendor == "sqlite"}
    for bed in (busy, free):
        seqs: list[int] = []
        with transaction.atomic():
            mine = record("noted", busy, by=None, at=AT)
            other = threading.Thread(target=_tell_elsewhere, args=(tell, bed, seqs))
            other.start()
            other.join(0.5 if waits[bed.pk] else 20)
            assert other.is_alive() == waits[bed.pk]
        other.join(20)
        assert seqs == [mine.seq + 1 if bed == busy else 2]


def _tell_elsewhere(tell, bed, seqs):
    try:
        seqs.append(tell(bed).seq)
    finally:
        connection.close()
