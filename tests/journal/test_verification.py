"""What `verify` finds when somebody has been at the database or at the seals."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DataError, connection, transaction

from huizhen.journal.actions import record, seal
from huizhen.journal.models import ChainHead, Entry
from huizhen.journal.queries import verification as walk
from huizhen.journal.queries import verify
from tests.journal.conftest import AT

DAY = timedelta(days=1)


@pytest.fixture
def told(beds, tell):
    """甲 has five entries, 乙 three, 丙 one; sealed once after the first three of 甲 and the rest but one of 乙."""
    for _ in range(3):
        tell(beds[0], step="x")
    for _ in range(2):
        tell(beds[1])
    seal(at=AT)
    for _ in range(2):
        tell(beds[0])
    tell(beds[1])
    tell(beds[2])
    return [f"auth.group:{bed.pk}" for bed in beds]


def kinds():
    return [(fault.kind, fault.target, fault.seq) for fault in verify().faults]


def at_seq(bed, seq):
    return Entry.objects.get(target_id=bed.pk, seq=seq)


def test_whole_journal_is_vouched_for_up_to_the_last_seal(told):
    report = verify()

    assert (report.entries, report.chains, report.seals, report.faults) == (9, 3, 1, [])
    assert report.vouched_until == AT


def test_journal_without_a_seal_is_not_vouched_for(beds, tell):
    tell(beds[0])

    assert (verify().is_whole, verify().vouched_until) == (True, None)


@pytest.mark.parametrize("page", [1, 2, 3, 4, 9])
def test_pages_of_any_size_see_everything(told, monkeypatch, page):
    monkeypatch.setattr(walk, "PAGE", page)

    assert (verify().entries, verify().faults) == (9, [])


@pytest.mark.parametrize(
    ("column", "value"),
    [("data", '{"step": "y"}'), ("at", "2020-01-01 00:00:00+00:00"), ("recorded_at", "2020-01-01 00:00:00+00:00"), ("verb", "x"),
     ("actor_id", 8), ("actor_name", "别人"), ("target_label", "x"), ("txn", "x"), ("on_behalf_of", "x")],
)  # fmt: skip
def test_changed_column_is_found(told, beds, vandal, column, value):
    if connection.vendor == "sqlite" and column.endswith("at"):
        value = value.removesuffix("+00:00")
    vandal(f"UPDATE journal_entry SET {column} = %s WHERE target_id = %s AND seq = 2", value, beds[0].pk)

    assert kinds() == [("changed", told[0], 2)]
    assert verify().vouched_until is None


def test_changed_row_with_a_digest_of_its_own_is_found(told, beds, vandal):
    vandal("UPDATE journal_entry SET verb = 'x', digest = %s WHERE target_id = %s AND seq = 2", "0" * 64, beds[0].pk)

    assert kinds() == [("changed", told[0], 2), ("unlinked", told[0], 3)]


def test_deleted_middle_row_is_found(told, beds, vandal):
    vandal("DELETE FROM journal_entry WHERE target_id = %s AND seq = 2", beds[0].pk)

    assert ("missing", told[0], 2) in kinds()


def test_deleted_first_row_is_found(told, beds, vandal):
    vandal("DELETE FROM journal_entry WHERE target_id = %s AND seq = 1", beds[0].pk)

    assert ("missing", told[0], 1) in kinds()


def test_closed_gap_is_found(told, beds, vandal):
    vandal("DELETE FROM journal_entry WHERE target_id = %s AND seq = 4", beds[0].pk)
    vandal("UPDATE journal_entry SET seq = 4 WHERE target_id = %s AND seq = 5", beds[0].pk)

    assert ("changed", told[0], 4) in kinds()


def test_deleted_tail_is_found_by_the_head(told, beds, vandal):
    vandal("DELETE FROM journal_entry WHERE target_id = %s AND seq = 5", beds[0].pk)

    assert kinds() == [("cut", told[0], 5)]


def test_chain_cut_back_together_with_its_head_is_found_by_the_seal(told, beds, vandal):
    vandal("DELETE FROM journal_entry WHERE target_id = %s AND seq >= 3", beds[0].pk)
    digest = at_seq(beds[0], 2).digest
    vandal("UPDATE journal_chainhead SET seq = 2, sealed_seq = 2, digest = %s WHERE target_id = %s", digest, beds[0].pk)

    assert ("sealed_missing", told[0], 3) in kinds()


def test_chain_removed_with_its_head_is_found_by_the_seal(told, beds, vandal):
    vandal("DELETE FROM journal_entry WHERE target_id = %s", beds[1].pk)
    vandal("DELETE FROM journal_chainhead WHERE target_id = %s", beds[1].pk)

    assert kinds() == [("sealed_missing", told[1], 2)]


def test_whole_journal_removed_is_found_by_the_seal(told, vandal):
    vandal("DELETE FROM journal_entry")
    vandal("DELETE FROM journal_chainhead")

    assert ("entries_lost", "2026-11-25.jsonl", 5) in kinds()


def test_swapped_rows_are_found(told, beds, vandal):
    for old, new in ((2, 99), (3, 2), (99, 3)):
        vandal("UPDATE journal_entry SET seq = %s WHERE target_id = %s AND seq = %s", new, beds[0].pk, old)

    assert {("changed", told[0], 2), ("changed", told[0], 3)} <= set(kinds())


def test_forged_row_at_the_end_is_found(told, beds, vandal):
    last = at_seq(beds[2], 1)
    Entry.objects.create(
        at=AT, recorded_at=AT, txn="x", verb="archived", target_type="auth.group", target_id=beds[2].pk, target_label="丙",
        seq=2, previous=last.digest, digest="f" * 64,
    )  # fmt: skip
    assert kinds() == [("changed", told[2], 2), ("head_behind", told[2], 1)]

    ChainHead.objects.filter(target_id=beds[2].pk).update(seq=2, digest="f" * 64)
    assert kinds() == [("changed", told[2], 2)]


def test_row_moved_to_another_target_is_found(told, beds, vandal):
    vandal("UPDATE journal_entry SET target_id = 999999 WHERE target_id = %s", beds[2].pk)

    assert {fault[:2] for fault in kinds()} == {
        ("cut", told[2]),
        ("changed", "auth.group:999999"),
        ("headless", "auth.group:999999"),
    }


def test_changed_head_is_found(told, beds, vandal):
    vandal("UPDATE journal_chainhead SET digest = %s WHERE target_id = %s", "0" * 64, beds[0].pk)

    assert kinds() == [("head_changed", told[0], 5)]


def test_chain_rewritten_with_the_key_is_found_by_the_seal(told, beds, vandal):
    """Somebody who has stolen the key writes 甲's story anew, consistently. The old seal remembers."""
    vandal("DELETE FROM journal_entry WHERE target_id = %s", beds[0].pk)
    vandal("UPDATE journal_chainhead SET seq = 0, digest = '' WHERE target_id = %s", beds[0].pk)
    with transaction.atomic():
        for _ in range(5):
            record("noted", beds[0], by=None, at=AT)

    assert kinds() == [("sealed_changed", told[0], 3)]


def test_unreadable_row_is_reported(told, beds, vandal):
    """SQLite takes words for a moment; PostgreSQL refuses them at the door."""
    sql = "UPDATE journal_entry SET at = 'yesterday evening' WHERE target_id = %s AND seq = 2"
    if connection.vendor == "postgresql":
        with pytest.raises(DataError), transaction.atomic():
            vandal(sql, beds[0].pk)
        assert kinds() == []
    else:
        vandal(sql, beds[0].pk)
        assert ("unreadable", "auth.group", 0) in kinds()


def test_other_key_finds_everything_changed(told, settings):
    settings.HUIZHEN_JOURNAL_KEY = "another"

    assert sum(fault[0] == "changed" for fault in kinds()) == 9
    assert ("seal_changed", "2026-11-25.jsonl", 1) in kinds()


def test_many_faults_are_counted_and_the_first_kept(told, settings, monkeypatch):
    monkeypatch.setattr(walk, "KEPT_FAULTS", 3)
    settings.HUIZHEN_JOURNAL_KEY = "another"

    report = verify()
    assert (len(report.faults), report.faults_found) == (3, 10)


# --- seals ---


@pytest.fixture
def three_seals(told, beds, tell):
    """The seal of `told` and two more."""
    second = seal(at=AT + DAY)
    tell(beds[0])
    third = seal(at=AT + 2 * DAY)
    return [second.with_name("2026-11-25.jsonl"), second, third]


def test_intact_seals_vouch_up_to_the_last(three_seals):
    report = verify()

    assert (report.seals, report.faults, report.vouched_until) == (3, [], AT + 2 * DAY)


@pytest.mark.parametrize(("place", "until"), [(0, None), (1, AT), (2, AT + DAY)])
def test_deleted_seal_file_is_found(three_seals, place, until):
    three_seals[place].unlink()

    assert kinds() == [("seal_missing", three_seals[place].name, place + 1)]
    assert verify().sealed_until == until


def test_changed_seal_file_is_found(three_seals):
    path = three_seals[1]
    path.chmod(0o600)
    path.write_text(path.read_text().replace('"listed":', '"listed": '))

    assert kinds() == [("seal_changed", path.name, 2)]


@pytest.mark.parametrize("text", ["", "\n", "not json\n" * 4, "[1]\n[2]\n[3]\n"])
def test_ruined_seal_file_is_found(three_seals, text):
    path = three_seals[1]
    path.chmod(0o600)
    path.write_text(text)

    assert kinds() == [("seal_changed", path.name, 0), ("seal_missing", path.name, 2)]


def test_seal_from_another_past_is_found(three_seals, beds, tell, vandal):
    """The second seal is taken away and a true seal of a later state is put under its number."""
    vandal("DELETE FROM journal_seal WHERE number >= 2")
    for path in three_seals[1:]:
        path.unlink()
    tell(beds[0])
    other = seal(at=AT + 5 * DAY)
    assert verify().is_whole  # up to what it vouches for: both traces of the later seals are gone

    vandal("UPDATE journal_seal SET digest = %s WHERE number = 1", "0" * 64)
    three_seals[0].unlink()
    assert {fault[0] for fault in kinds()} == {"seal_missing", "seal_unchained"}
    assert other.exists()


def test_seals_can_be_checked_from_a_copy(three_seals, tmp_path_factory):
    copy = tmp_path_factory.mktemp("elsewhere")
    for path in three_seals:
        (copy / path.name).write_bytes(path.read_bytes())
        path.unlink()

    assert verify().vouched_until is None
    assert verify(folder=copy).vouched_until == AT + 2 * DAY
