"""The index follows the journal, a rebuild mends it, and neither is confused by faults, crashes or company."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from huizhen.journal.models import Entry as Happening
from huizhen.journal.models import Outbox
from huizhen.search import actions, jobs, queries, registry
from huizhen.search.choices import READER
from huizhen.search.matching.lexemes import Lexeme
from huizhen.search.models import Entry, Rebuild, Synonym
from huizhen.search.models.engines import Ask, engine
from huizhen.search.queries.state import rebuilding
from huizhen.search.registry import SUMMARY
from tests.search.things import NOW, Shelf, document, moved, shelves


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    with shelves("case") as (one,):
        yield one


def found(text: str) -> list[int]:
    return [hit.object_id for hit in queries.find(frozenset({"all"}), text, at=NOW, order="newest").hits]


def lexemes_without_entry() -> int:
    """Rows of the engine that belong to no entry. On PostgreSQL they are columns of the entry itself."""
    if connection.vendor != "sqlite":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM search_fts WHERE rowid NOT IN (SELECT id FROM search_entry)")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
def test_put_writes_what_changed_and_drop_leaves_nothing() -> None:
    first, second = document(1, "光缆"), document(2, "光缆", "基站")
    with shelves("case"):
        assert actions.put([first, second, document(1, "光缆摘要", level=SUMMARY)]) == 3
        assert actions.put([first, second]) == 0, "what is unchanged is not written"
        assert actions.put([moved(second, body="宽带")]) == 1
        assert (found("基站"), found("宽带")) == ([], [2])
        assert actions.put([moved(second, at=first.at - timedelta(days=1))]) == 1, "another moment is another key"
        assert found("光缆") == [1, 2]
        assert actions.put([moved(first, scopes=("b1",)), moved(first, scopes=("b2",))]) == 1, "the last of two counts"
        assert found("光缆") == [1, 2], "the summary is still everybody's"
        assert actions.put_many((document(n, "批量") for n in range(10, 14)), fresh=True) == 4
        assert found("批量") == [13, 12, 11, 10]
        odd = moved(document(20, "零散"), body="a\\b\tc\r\nd'e\"f \\N", keys=("x\\y", "\\."))
        with transaction.atomic():
            actions.put_packed(actions.pack([odd]))
        kept = Entry.objects.get(object_id=20)
        assert (kept.body, kept.keys.split("\n"), found("零散")) == (odd.body, list(odd.keys), [20])
        assert (actions.drop("case", [1]), actions.drop("case", [1]), found("光缆")) == (2, 0, [2])
        Entry.objects.all().delete()
    assert lexemes_without_entry() == 0
    assert engine().find(Ask(Lexeme("光缆"), 10)) == []
    with pytest.raises(ValueError, match="25 bits"):
        actions.put([document(2**25, "太多")])


def happens(shelf: Shelf, *words: str) -> Synonym:
    """Something the journal tells of: for the shelf, the thing of this number was touched."""
    return actions.add_synonym(words=words, by=None, at=NOW)


@pytest.mark.django_db
def test_drain_follows_the_journal(shelf: Shelf) -> None:
    Outbox.objects.filter(reader=READER).delete()
    one, other = happens(shelf, "甲一", "乙一"), happens(shelf, "甲二", "乙二")
    shelf.lay(document(one.pk, "光缆"), document(other.pk, "基站"))
    assert queries.behind(NOW + timedelta(days=9999)) > 0
    assert jobs.drain(NOW) == {"entries": 2, "written": 2, "removed": 0, "failed": 0}
    assert (found("光缆"), found("基站"), queries.behind(NOW)) == ([one.pk], [other.pk], 0.0)
    assert jobs.drain(NOW) == {"entries": 0, "written": 0, "removed": 0, "failed": 0}
    shelf.things.clear()
    actions.remove_synonym(one, by=None, at=NOW)
    assert jobs.drain(NOW) == {"entries": 1, "written": 0, "removed": 1, "failed": 0}
    assert (found("光缆"), found("基站")) == ([], [other.pk])


@pytest.mark.django_db
def test_drain_puts_off_what_cannot_be_read_and_goes_on(shelf: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    Outbox.objects.filter(reader=READER).delete()
    one, other = happens(shelf, "甲一", "乙一"), happens(shelf, "甲二", "乙二")
    shelf.lay(document(one.pk, "光缆"), document(other.pk, "基站"))
    shelf.broken.add(one.pk)
    assert jobs.drain(NOW) == {"entries": 1, "written": 1, "removed": 0, "failed": 1}
    assert (found("光缆"), found("基站")) == ([], [other.pk])
    shelf.broken.clear()
    assert jobs.drain(NOW)["entries"] == 0, "its lease runs"
    assert jobs.drain(NOW + timedelta(minutes=3))["entries"] == 1
    assert found("光缆") == [one.pk]


@pytest.mark.django_db
def test_drain_that_dies_leaves_everything_as_it_was(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    Outbox.objects.filter(reader=READER).delete()
    one = happens(shelf, "甲一", "乙一")
    shelf.lay(document(one.pk, "光缆"))

    def die(*args: Any, **facts: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("huizhen.journal.actions.outbox.done", die)
        with pytest.raises(KeyboardInterrupt):
            jobs.drain(NOW)
    assert Entry.objects.count() == 0
    assert jobs.drain(NOW)["written"] == 1, "nobody waits for a lease"


@pytest.mark.django_db
def test_rebuild_walks_everything_goes_on_after_a_crash_and_ends(shelf: Shelf) -> None:
    assert jobs.rebuild(NOW) == {}, "nothing to find, nothing to do"
    shelf.lay(*(document(n, f"光缆{n}") for n in range(1, 8)), document(3, "光缆3", level=SUMMARY))
    actions.put([document(2, "旧的"), document(5, "光缆5"), document(9, "不在了"), document(4, "摘要", level=SUMMARY)])
    actions.put([document(1, "外来的", kind="alien")])
    asked = actions.ask_rebuild(by=None, at=NOW)
    assert actions.ask_rebuild(by=None, at=NOW).pk == asked.pk, "one at a time"
    assert Happening.objects.filter(verb="search_rebuild_asked").count() == 1
    assert rebuilding(NOW + timedelta(seconds=5)) == 5.0
    step = actions.rebuild_step(at=NOW, count=3)
    assert step
    assert (step.total, step.done, step.kind, step.after) == (7, 3, "case", 3)
    assert found("光缆") == [5, 3, 2, 1], "searches go on meanwhile"
    shelf.broken.add(5)
    with pytest.raises(RuntimeError):
        actions.rebuild_step(at=NOW, count=3)
    shelf.broken.clear()
    progress = queries.rebuild_progress()
    assert progress
    assert (progress.done, progress.percent, progress.ended_at) == (3, 42, None)
    assert jobs.rebuild(NOW)["steps"] == 2
    progress = queries.rebuild_progress()
    assert progress
    assert (progress.done, progress.percent, progress.written, progress.removed) == (7, 100, 7, 3)
    assert sorted(found("光缆")) == [1, 2, 3, 4, 5, 6, 7]
    assert found("不在了") == []
    assert jobs.rebuild(NOW) == {}
    assert not Rebuild.objects.filter(is_open=True).exists()


@pytest.mark.django_db
def test_rebuild_asks_for_itself_when_nothing_is_in_the_index(shelf: Shelf) -> None:
    shelf.lay(document(1, "光缆"))
    assert queries.is_unfilled()
    assert queries.is_whole()
    assert jobs.rebuild(NOW)["steps"] == 2
    assert found("光缆") == [1]
    assert not queries.is_unfilled()


@pytest.mark.django_db
def test_bulk_load_makes_the_index_again(shelf: Shelf) -> None:
    with pytest.raises(KeyboardInterrupt), actions.bulk_load():
        actions.put_many([document(1, "光缆")], fresh=True)
        raise KeyboardInterrupt
    assert queries.is_whole()
    engine().unmake()
    assert queries.is_whole() == (connection.vendor == "sqlite")
    assert found("光缆") == [1]
    shelf.lay(document(1, "光缆"))
    actions.ask_rebuild(by=None, at=NOW)
    jobs.rebuild(NOW)
    assert queries.is_whole()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_writers_leave_the_newest_state(shelf: Shelf) -> None:
    """One drain reads a thing and dawdles; the thing changes, and another drain comes. The newer state stays."""
    one = happens(shelf, "甲一", "乙一")
    Outbox.objects.filter(reader=READER).exclude(entry__target_id=one.pk).delete()
    shelf.lay(document(one.pk, "旧的"))
    reading = threading.Event()
    plain, faults = shelf.documents, list[BaseException]()

    def slowly(ids: Sequence[int]) -> list[registry.Document]:
        read = list(plain(ids))
        if not reading.is_set():
            reading.set()
            time.sleep(0.5)
        return read

    def drained() -> None:
        jobs.drain(NOW)

    def changed() -> None:
        actions.change_synonym(one, words=["甲一", "丙一"], by=None, at=NOW)
        jobs.drain(NOW)

    def alone(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    source = registry.sources()["case"]
    registry._sources["case"] = replace(source, documents=slowly)  # the shelf puts back what was there
    first = threading.Thread(target=alone, args=[drained])
    first.start()
    assert reading.wait(20)
    shelf.lay(document(one.pk, "新的"))
    second = threading.Thread(target=alone, args=[changed])
    second.start()
    first.join(30)
    second.join(30)
    assert not faults
    assert (found("新的"), found("旧的"), Entry.objects.count()) == ([one.pk], [], 1)
