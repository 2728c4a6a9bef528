"""Seals: what is in the file, how files follow one another, what a crash or a second sealer leaves behind."""

from __future__ import annotations

import json
import os
import stat
from contextlib import suppress
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import transaction

from huizhen.journal.actions import record, seal
from huizhen.journal.jobs import seal_daily
from huizhen.journal.models import ChainHead, Seal
from huizhen.journal.queries import newest_seals, verify
from huizhen.journal.queries.seals import read_lines, read_seal
from huizhen.lib.errors import StaleWrite
from tests.journal.conftest import AT
from tests.racing import at_once

DAY = timedelta(days=1)


def test_seal_lists_the_heads_that_moved(beds, tell):
    tell(beds[0])
    tell(beds[1])
    first = seal(at=AT)
    last = tell(beds[0])
    second = seal(at=AT + DAY)

    assert {line[1] for line in read_lines(first)} == {beds[0].pk, beds[1].pk}
    assert list(read_lines(second)) == [("auth.group", beds[0].pk, 2, last.digest)]
    assert [(row.number, row.listed, row.heads, row.entries) for row in newest_seals()] == [(2, 1, 2, 3), (1, 2, 2, 2)]


def test_seals_are_chained_read_only_and_of_the_local_day(beds, tell, var):
    tell(beds[0])
    paths = [seal(at=AT.replace(hour=17)), seal(at=AT.replace(hour=18)), seal(at=AT + 9 * DAY)]

    assert [path.name for path in paths] == ["2026-11-26.jsonl", "2026-11-26-2.jsonl", "2026-12-04.jsonl"]
    files = [read_seal(path) for path in paths]
    assert [file.previous for file in files] == ["", files[0].digest, files[1].digest]
    assert all(file.is_intact and stat.S_IMODE(file.path.stat().st_mode) == 0o400 for file in files)
    assert sorted(os.listdir(var / "seals")) == sorted(path.name for path in paths)


def test_seal_file_is_plain_json_lines(beds, tell):
    entry = tell(beds[0])
    rows = [json.loads(row) for row in seal(at=AT).read_text().splitlines()]

    assert rows[0] == {"number": 1, "at": "2026-11-25T01:00:00+00:00", "previous": ""}
    assert rows[1] == ["auth.group", beds[0].pk, 1, entry.digest]
    assert rows[2] == {"listed": 1, "heads": 1, "entries": 1}
    assert list(rows[3]) == ["seal"]


def test_empty_journal_can_be_sealed(db):
    assert list(read_lines(seal(at=AT))) == []
    assert verify().vouched_until == AT


def test_daily_seal_is_made_once_a_local_day(beds, tell):
    tell(beds[0])

    assert seal_daily(AT) == {"sealed": 1}
    assert seal_daily(AT + timedelta(hours=14)) == {"sealed": 0}
    assert seal_daily(AT + timedelta(hours=15)) == {"sealed": 1}  # midnight in Shanghai
    assert Seal.objects.count() == 2


def test_file_of_a_crashed_seal_is_kept_and_the_next_follows_it(beds, tell):
    tell(beds[0])
    with suppress(LookupError), transaction.atomic():
        orphan = seal(at=AT)
        raise LookupError
    assert not Seal.objects.exists()

    second = seal(at=AT)

    assert [row.file for row in newest_seals()] == [second.name, orphan.name]
    assert read_seal(second).previous == read_seal(orphan).digest
    assert list(read_lines(second)) == list(read_lines(orphan))
    assert verify().is_whole


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_sealing_while_people_write_loses_nothing(tell):
    beds = [Group.objects.create(name=str(number)) for number in range(3)]

    def write(bed):
        return lambda: [tell(bed).seq for _ in range(30)]

    def seals():
        return [seal(at=AT).name for _ in range(5)]

    results = at_once(*[write(bed) for bed in beds], seals)
    seal(at=AT)

    assert [result for result in results if isinstance(result, Exception)] == []
    assert not ChainHead.objects.exclude(sealed_seq=30).exists()
    report = verify()
    assert (report.is_whole, report.entries, report.seals) == (True, 90, 6)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_never_share_a_number(tell):
    tell(Group.objects.create(name="甲"))

    results = at_once(lambda: seal_daily(AT), lambda: seal_daily(AT), lambda: seal(at=AT))

    refused = [result for result in results if isinstance(result, Exception)]
    assert all(isinstance(result, StaleWrite) for result in refused)
    numbers = list(Seal.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert verify().is_whole


@pytest.mark.django_db(transaction=True)
def test_verify_is_not_disturbed_by_writers(tell):
    beds = [Group.objects.create(name=str(number)) for number in range(3)]
    for bed in beds:
        tell(bed)
    seal(at=AT)

    def write():
        for _ in range(25):
            for bed in beds:
                with transaction.atomic():
                    record("noted", bed, by=None, at=AT)

    reports = at_once(write, lambda: [verify() for _ in range(12)])[1]

    assert [report.faults for report in reports] == [[]] * 12
