"""What tests put back instead of playing it again is what the play leaves; and never on ground that was written to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from huizhen.cases.models import Case, Responsibility
from huizhen.cases.queries.file import file_of
from huizhen.directory.models import Duty
from huizhen.journal.queries import entries_of
from tests.cases.plays import PLAYS
from tests.cast import Cast
from tests.kept import _KEPT, GROUND, depth, kept, rows

pytestmark = pytest.mark.django_db


@contextmanager
def _undone() -> Iterator[None]:
    """What happens here leaves no trace, and the ground is the cast's again."""
    world = GROUND.world
    with transaction.atomic():
        GROUND.is_now("cast", depth=depth(), world=world)
        yield
        transaction.set_rollback(True)
    GROUND.is_now("cast", depth=depth(), world=world)


@pytest.mark.parametrize("play", ["archived", "disputed", "twice_returned"])
def test_put_back_is_what_was_played(cast: Cast, play: str) -> None:
    with _undone():
        PLAYS[play](cast)
        first = rows()
    with _undone():
        case = PLAYS[play](cast)
        assert rows() == first, "the second time the very same rows are put back, with their keys"
    GROUND.is_now("somewhere else", depth=depth())
    live = PLAYS[play](cast)
    assert live.code == case.code
    assert Case.objects.get(pk=live.pk).stage == case.stage
    before, now = first["journal_entry"], rows()["journal_entry"]
    assert len(before) == len(now)
    assert {table: len(found) for table, found in first.items()} == {
        table: len(found) for table, found in rows().items()
    }


def test_plain_test_stands_on_kept_ground(cast: Cast) -> None:
    assert GROUND.is_still("cast"), "or every test plays its whole world itself"
    assert GROUND.world is not None


def test_put_back_can_go_on(cast: Cast) -> None:
    for _time in (1, 2):
        with _undone():
            case = cast.contacted()
            cast.take(case, "follow", "liaison", entries_of(case)[0].at)
            assert entries_of(case).count() == 3
            assert file_of(Case.objects.select_related("campaign").get(pk=case.pk)).contacts


def test_ground_that_was_written_to_is_played_on(cast: Cast) -> None:
    with _undone():
        assert cast.register().accountable == cast.person("expert")
    Duty.objects.filter(group=cast.group).update(person=cast.person("mate"))
    case = cast.register()
    assert case.accountable == cast.person("mate")
    assert Responsibility.objects.get(case=case).person == cast.person("mate")


def test_second_case_is_another_one(cast: Cast) -> None:
    assert {cast.register().code for _n in range(3)} == set(Case.objects.values_list("code", flat=True))
    assert Case.objects.count() == 3
    assert GROUND in connection.execute_wrappers


def test_transaction_of_a_test_holds_what_is_played_in_it(cast: Cast) -> None:
    with _undone():
        cast.register()
    with transaction.atomic():
        cases = [cast.register(), cast.register()]
    assert len({entries_of(case)[0].txn for case in cases}) == 1


def test_world_of_one_clock_is_not_the_ground_of_another(cast: Cast) -> None:
    with _undone():
        cast.contacted()
    with _undone():
        GROUND.is_now("cast", depth=depth(), world=-1)
        asked = len(_KEPT)
        cast.contacted()
        assert len(_KEPT) > asked, "what was kept upon another world has that world's keys"


def test_patched_product_plays_itself(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not GROUND.is_still("cast")


@kept("cast", "turned")
def _turned(cast: Cast) -> str:
    """What no play of the cast does: rows of the cast itself changed and gone."""
    Duty.objects.filter(group=cast.other_group).delete()
    Duty.objects.filter(group=cast.group).update(person=cast.person("mate"))
    return "turned"


def test_changed_and_removed_rows_are_put_back_too(cast: Cast) -> None:
    for _time in ("live", "put back"):
        with _undone():
            assert _turned(cast) == "turned"
            assert set(Duty.objects.values_list("group", "person")) == {(cast.group.pk, cast.person("mate").pk)}
