"""Long lists of earlier cases: checked once and kept, written a part at a time by processes that may die, taken back likewise."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from huizhen.cases import actions
from huizhen.cases.actions import importing
from huizhen.cases.choices import CheckedAs
from huizhen.cases.jobs import write_imports
from huizhen.cases.models import Case, Import
from huizhen.cases.queries.accountability import unaccounted
from huizhen.cases.queries.imports import checked_rows, faults_of, import_of, report_of
from huizhen.cases.sheets import KNOWN, NEW, Plan
from huizhen.directory.models import Branch
from huizhen.journal.models import Entry
from huizhen.journal.queries import verify
from huizhen.lib.errors import NotNow
from tests.cases.test_importing import imported, kept
from tests.cases.worklists import FULL, row, worklist
from tests.cast import MONDAY, Cast

pytestmark = pytest.mark.django_db


def long_list(cast: Cast, rows: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> Import:
    """A confirmed list that is written a case at a time by a process that dies over its second case."""
    monkeypatch.setattr(importing, "AT_ONCE", 1)
    monkeypatch.setattr(importing, "MANY", 1)
    batch = kept(cast, worklist(rows))
    actions.check_import(batch, at=MONDAY)
    digest = actions.plan_of(batch, at=MONDAY).digest
    actions.confirm_import(batch, digest=digest, by=cast.coordinator, at=MONDAY)
    dies_at_the_second(monkeypatch, "write_past")
    batch.refresh_from_db()
    assert (batch.state, batch.done, batch.total, Case.objects.count()) == ("queued", 1, len(rows), 1)
    return batch


def dies_at_the_second(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Run the job; its process ends in the middle of the second transaction, when its rows are written and not yet told."""
    calls: list[int] = []
    real = getattr(importing, name)

    def dies(*args: Any, **more: Any) -> None:
        calls.append(1)
        real(*args, **more)
        if len(calls) == 2:
            raise SystemExit

    with monkeypatch.context() as broken:
        broken.setattr(importing, name, dies)
        with pytest.raises(SystemExit):
            write_imports(MONDAY)


def three() -> list[dict[str, Any]]:
    return [FULL, row(挂号编号="b", 破题项目="第二题要够长"), row(挂号编号="HZ25-00002", 破题项目="第三题要够长")]


def test_death_halfway_loses_nothing_and_doubles_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = long_list(cast, three(), monkeypatch)
    with pytest.raises(NotNow, match="import_not_done"):
        actions.take_back_import(batch, by=cast.coordinator, at=MONDAY)
    assert write_imports(MONDAY)["lists"] == 1
    batch.refresh_from_db()
    assert (batch.state, batch.done, batch.total, bytes(batch.content)) == ("done", 3, 3, b"")
    # The old number of the last row was kept for it, though it was written in another transaction.
    assert list(Case.objects.order_by("pk").values_list("code", "title")) == [
        ("HZ25-00003", FULL["破题项目"]), ("HZ25-00004", "第二题要够长"), ("HZ25-00002", "第三题要够长"),
    ]  # fmt: skip
    assert Entry.objects.filter(verb="import_case").count() == 3
    assert Entry.objects.get(verb="cases_imported").data["count"] == 3
    assert (unaccounted(), verify().is_whole) == ([], True)

    actions.take_back_import(batch, by=cast.coordinator, at=MONDAY)
    dies_at_the_second(monkeypatch, "remove_past")
    batch.refresh_from_db()
    assert (batch.state, batch.done, Case.objects.count()) == ("undoing", 1, 2)
    assert write_imports(MONDAY)["lists"] == 1
    batch.refresh_from_db()
    assert (batch.state, batch.done, Case.objects.count()) == ("undone", 3, 0)
    assert Entry.objects.filter(verb="case_taken_back").count() == 3
    assert verify().is_whole


def test_change_halfway_keeps_what_is_written_and_says_so(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = long_list(cast, three(), monkeypatch)
    with monkeypatch.context() as short:
        short.setattr(importing, "AT_ONCE", 200)
        imported(cast, [three()[1]])  # somebody else's list
    write_imports(MONDAY)
    batch.refresh_from_db()
    assert (batch.state, batch.trouble, batch.total) == ("done", "import_half_written", 1)
    assert Entry.objects.filter(verb="cases_imported", target_id=batch.pk).get().data["count"] == 1
    again = kept(cast, worklist(three()))
    plan = actions.check_import(again, at=MONDAY)
    assert [one.outcome for one in plan.rows] == [KNOWN, KNOWN, NEW]
    actions.confirm_import(again, digest=plan.digest, by=cast.coordinator, at=MONDAY)
    write_imports(MONDAY)
    assert Case.objects.count() == 3


def test_case_touched_halfway_stays(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = long_list(cast, three(), monkeypatch)
    write_imports(MONDAY)
    actions.take_back_import(batch, by=cast.coordinator, at=MONDAY)
    dies_at_the_second(monkeypatch, "remove_past")
    actions.take(Case.objects.earliest("pk"), "follow", by=cast.expert, at=MONDAY, values={})
    write_imports(MONDAY)
    batch.refresh_from_db()
    assert (batch.state, batch.trouble, batch.total, Case.objects.count()) == ("done", "import_half_back", 2, 2)


def test_process_that_was_slower_writes_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = long_list(cast, three(), monkeypatch)
    real = importing.plan_of

    def slowly(*args: Any, **more: Any) -> Plan:
        planned = real(*args, **more)
        monkeypatch.setattr(importing, "plan_of", real)
        assert importing.carry_out(batch, at=MONDAY)  # another process, meanwhile
        return planned

    monkeypatch.setattr(importing, "plan_of", slowly)
    assert importing.carry_out(batch, at=MONDAY) is False
    assert (Case.objects.count(), Import.objects.get().state) == (3, "done")


def test_check_is_kept_once_and_read_by_pages(cast: Cast, django_assert_num_queries: Any) -> None:
    rows = [row(挂号时间="某天13800138000", 首次沟通时间=""), *three(), row(党支部="月球", 问诊单位="")]
    rows[2]["首次沟通时间"] = "2025年3月"
    batch = kept(cast, worklist(rows))
    batch = import_of(batch.key, by=cast.coordinator, at=MONDAY)
    with django_assert_num_queries(0):
        report = report_of(batch)
    assert (report.fresh, report.counts[CheckedAs.REJECTED], report.open) == (3, 2, 0)
    assert report.digest == actions.plan_of(batch, at=MONDAY).digest
    seen: list[int] = []
    after = ""
    for size in (2, 2, 1):
        with django_assert_num_queries(1):
            page = checked_rows(batch, after=after, limit=2)
        assert len(page.rows) == size
        seen += [one.row for one in page.rows]
        after = page.after
    assert (seen, after) == ([2, 6, 4, 3, 5], "")
    assert [one.row for one in checked_rows(batch, kind=CheckedAs.REJECTED, after="x").rows] == [2, 6]
    (bad,) = faults_of(batch)[2]
    assert (bad.code, bad.column, bad.args) == ("list_bad_moment", "挂号时间", {"value": "某天138****8000"})
    assert {one.code: one.args for one in checked_rows(batch).rows[2].guesses} == {
        "list_day_guessed": {"day": date(2025, 3, 1)}, "list_order": {},
    }  # fmt: skip
    with pytest.raises(NotNow, match="import_has_rejected"):
        actions.confirm_import(batch, digest=report.digest, by=cast.coordinator, at=MONDAY)
    Branch.objects.filter(code="B2").update(former_names="月球")
    actions.answer_import(batch, {}, by=cast.coordinator, at=MONDAY)
    assert report_of(Import.objects.get()).fresh == 4
