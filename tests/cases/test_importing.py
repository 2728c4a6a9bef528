"""Lists of earlier cases: read as people write them, written all or none, never told, taken back as a whole."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from huizhen.cases import actions
from huizhen.cases.actions import importing
from huizhen.cases.clocks import next_due
from huizhen.cases.jobs import sweep, write_imports
from huizhen.cases.models import Case, Import, Imported, Responsibility, Session
from huizhen.cases.queries.accountability import unaccounted
from huizhen.cases.queries.file import file_of
from huizhen.cases.queries.imports import brought_by, import_of
from huizhen.cases.sheets import KNOWN, NEW, REJECTED, REPEATED, Plan, read
from huizhen.directory.models import Branch
from huizhen.journal.models import Entry, Outbox
from huizhen.journal.queries import entries_of, verify
from huizhen.lib.errors import Fault, Invalid, NotAllowed, NotNow, StaleWrite
from huizhen.notifications.models import Message
from huizhen.worktime.queries import calendar
from tests.books import workbook
from tests.cases.replay import facts_of
from tests.cases.worklists import BARE, FULL, row, worklist
from tests.cast import MONDAY, Cast

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def kept(
    cast: Cast, content: bytes, by: str | None = "coordinator", name: str = "清单.xlsx", at: datetime = MONDAY
) -> Import:
    return actions.keep_import(content=content, name=name, by=cast.users[by] if by else None, at=at)


def planned(cast: Cast, rows: list[dict[str, Any]], by: str | None = "coordinator", **more: Any) -> Plan:
    return actions.plan_of(kept(cast, worklist(rows, **more), by), at=MONDAY)


def imported(cast: Cast, rows: list[dict[str, Any]], by: str = "coordinator", at: datetime = MONDAY) -> Import:
    """A list written."""
    batch = kept(cast, worklist(rows), by, at=at)
    digest = actions.plan_of(batch, at=at).digest
    return actions.confirm_import(batch, digest=digest, by=cast.users[by], at=at)


def codes(faults: list[Fault]) -> set[str]:
    return {one.code for one in faults}


def test_full_row_becomes_a_closed_case_with_all_it_tells(cast: Cast) -> None:
    batch = imported(cast, [FULL])
    assert (batch.state, batch.total, bytes(batch.content)) == ("done", 1, b"")
    case = Case.objects.get()
    assert (case.code, case.stage, case.source, case.urgency, case.mode) == (
        "HZ25-00001", "archived", "imported", "urgent", "on_site",
    )  # fmt: skip
    assert (case.accountable, case.first_responder, case.requester) == (
        cast.person("expert"), cast.person("expert"), cast.person("requester"),
    )  # fmt: skip
    assert timezone.localtime(case.registered_at).isoformat() == "2025-03-05T09:30:00+08:00"
    assert case.closed_at is not None
    assert timezone.localdate(case.closed_at) == date(2025, 5, 12)
    assert "13800138000" not in case.condition
    file = file_of(case)
    assert [timezone.localdate(one.at) for one in file.contacts] == [date(2025, 3, 5)]
    ((session, seats),) = file.sessions.items()
    assert (session.state, timezone.localdate(session.starts_at)) == ("held", date(2025, 3, 7))
    assert {one.person for one in seats} == {cast.person("expert"), cast.person("mate")}
    assert [one.text for one in file.standing_causes] == ["小区容量不足", "未做负荷均衡"]
    assert [(one.what, one.owner_name, one.due_on, one.state) for one in file.standing_measures] == [
        ("做负荷均衡", "梁思远", date(2025, 3, 20), "done"), ("扩容两个小区", "王五", date(2025, 4, 30), "done"),
    ]  # fmt: skip
    (visit,) = file.follow_ups
    assert (visit.verdict, visit.value, case.baseline, case.indicator, case.indicator_unit) == (
        "marked", 68, 92, "晚高峰负荷", "%",
    )  # fmt: skip
    assert file.closing is not None
    assert (file.closing.verdict, file.closing.extraction) == ("marked", "extract")
    assert [one.group for one in file.invitations] == [cast.other_group]
    origin = Imported.objects.get(case=case)
    assert (origin.number, origin.row) == ("2025-017", 2)
    told = dict(origin.cells)
    assert (told["备注"], told["团长"]) == ("留档", "毛知南")
    assert "15412345678" not in str(origin.cells)
    assert "序号" not in told


def test_past_starts_no_clock_and_is_told_to_nobody(cast: Cast) -> None:
    imported(
        cast,
        [
            FULL,
            row(
                **BARE,
                挂号编号="",
                复诊结论="未破题，条件不具备",
                首次沟通时间="",
                会诊时间="",
                复诊时间="",
                问诊单位="",
            ),
        ],
    )
    cases = list(Case.objects.order_by("code"))
    assert [one.stage for one in cases] == ["archived", "unresolved"]
    for case in cases:
        file = file_of(case)
        assert file.clocks(calendar()) == ()
        assert next_due(file.clocks(calendar())) is None
        assert (case.due_at.year, case.next_due_at.year, case.situation) == (2999, 2999, "closed")
        assert facts_of(entries_of(case)) == file.facts
        assert [one.verb for one in entries_of(case)] == ["import_case"]
    held = list(Responsibility.objects.order_by("case__code").values_list("person", "since", "until"))
    assert held == [(one.accountable_id, one.registered_at, one.closed_at) for one in cases]
    assert unaccounted() == []
    assert verify().is_whole
    assert sum(sweep(MONDAY + 400 * DAY).values()) == 0
    assert not Message.objects.exists()
    entry = Entry.objects.get(verb="cases_imported")
    assert (entry.data["count"], entry.actor_name) == (2, cast.coordinator.name)
    assert set(Outbox.objects.filter(entry__verb="import_case").values_list("reader", flat=True)) >= {"notifications"}


def test_past_that_is_reopened_runs_its_clocks_from_then(cast: Cast) -> None:
    recent = (MONDAY - 20 * DAY).date().isoformat()
    imported(cast, [row(挂号时间=recent, 首次沟通时间="", 会诊时间="", 复诊时间=recent, 责任人及完成时限="")])
    case = cast.take(Case.objects.get(), "reopen", "requester", MONDAY, reason="又超限了")
    file = file_of(Case.objects.get(pk=case.pk))
    assert {one.name for one in file.clocks(calendar())} == {"first_contact", "session", "prescription"}
    assert {one.start for one in file.clocks(calendar())} == {MONDAY}
    assert facts_of(entries_of(case)) == file.facts


def test_list_is_read_as_people_write_it(cast: Cast) -> None:
    """Columns in another order under other names, titles above, headings of two merged rows, real dates, serial ones and 3月5日."""

    def fill(book: Any, sheet: Any) -> None:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.merge_range(0, 0, 0, 6, "“专家会诊”工作清单（2024年度）")
        sheet.merge_range(1, 0, 2, 0, "支部")
        sheet.merge_range(1, 1, 2, 1, "课题名称 ")
        sheet.merge_range(1, 2, 1, 3, "会诊")
        sheet.write_string(2, 2, "会诊时间")
        sheet.write_string(2, 3, "方式")
        sheet.merge_range(1, 4, 2, 4, "挂号日期*")
        sheet.merge_range(1, 5, 2, 5, "天气")
        sheet.write_string(1, 6, "复诊时间")
        sheet.merge_range(3, 0, 5, 0, "佛山分公司网络部党支部")
        for line, title in enumerate(("第一题：核心机房漏水", "第二题：工单积压严重", "第三题：投诉回访太慢"), start=3):
            sheet.write_string(line, 1, title)
            sheet.write_string(line, 3, "线上")
        sheet.write_datetime(3, 4, datetime(2024, 3, 5, 14, 30), day)
        sheet.write_number(4, 4, 45356.5)
        sheet.write_string(5, 4, "3月5日")
        sheet.write_string(3, 5, "晴")
        sheet.write_string(5, 2, "3月7日至3月9日")
        for column, word in enumerate(("党支部", "破题项目", "会诊时间", "会诊方式", "挂号时间")):
            sheet.write_string(6, column, word)  # the headings of the next printed page

    sheet = read(workbook(fill))
    assert (sheet.year, [one.number for one in sheet.lines]) == (2024, [4, 5, 6])
    assert set(sheet.columns) == {"branch", "title", "session", "mode", "registered", "followed"}
    assert sheet.lines[0].rest == (("天气", "晴"),)
    assert {one.code for one in sheet.notices} == {"list_column_kept"}
    plan = actions.plan_of(kept(cast, workbook(fill)), at=MONDAY)
    assert [one.outcome for one in plan.rows] == [NEW] * 3
    pasts = [one.past for one in plan.rows if one.past]
    assert [timezone.localtime(one.registered_at).strftime("%m-%d %H:%M") for one in pasts] == [
        "03-05 14:30",
        "03-05 12:00",
        "03-05 09:00",
    ]
    assert pasts[2].session_at is not None
    assert timezone.localdate(pasts[2].session_at) == date(2024, 3, 7)
    assert {one.mode for one in pasts} == {"online"}
    assert codes(plan.rows[2].guesses) == {"list_responder_guessed", "list_requester_guessed"}
    assert codes(list(plan.notices)) == {"list_column_kept", "list_years_guessed"}
    assert dict(plan.gaps)["会诊时间"] == 2


def test_names_are_matched_guessed_or_asked(cast: Cast) -> None:
    Branch.objects.filter(code="B2").update(former_names="湛江分公司传输党支部、湛江传输中心党支部")
    plan = planned(cast, [
        row(挂号编号="a", 破题项目="第一题要够长", 问诊单位="", 党支部="湛江分公司传输党支部"),
        row(挂号编号="b", 破题项目="第二题要够长", 问诊单位="佛山", 党支部="网络部支部", 首问专家="沈言形", 专家团="无线优化团"),
        row(挂号编号="c", 破题项目="第三题要够长", 问诊单位="", 党支部="湛江分公司网络维护党支部"),
        row(挂号编号="d", 破题项目="第四题要够长", 问诊单位="", 党支部="月球"),
    ])  # fmt: skip
    first, second, third, fourth = plan.rows
    assert first.past is not None
    assert first.past.branch == cast.other_branch
    assert "list_branch_former" in codes(first.guesses)
    assert second.past is not None
    assert (second.past.branch, second.past.responder) == (cast.branch, cast.person("coordinator"))
    assert {"list_branch_guessed", "list_group_unknown"} <= codes(second.guesses)
    assert (third.outcome, codes(third.faults)) == (REJECTED, {"list_branch_open"})
    assert codes(fourth.faults) == {"list_branch_unknown"}
    asked = {one.kind: one for one in plan.questions}
    assert [code for code, _ in asked["branch"].options] == ["B2"]
    assert asked["group"].options[0] == ("NET-01", "无线网络优化专家团")

    batch = Import.objects.get()
    answers = {
        "branch": {asked["branch"].key: "B2"},
        "group": {asked["group"].key: "NET-01"},
        "person": {"x" * 999: "nobody"},
    }
    actions.answer_import(batch, answers, by=cast.coordinator, at=MONDAY)
    again = actions.plan_of(import_of(batch.key, by=cast.coordinator, at=MONDAY), at=MONDAY)
    assert again.digest != plan.digest
    assert again.rows[2].outcome == NEW
    (person,) = [one for one in again.questions if one.kind == "person"]
    assert (person.given, person.options[0][0]) == ("沈言形（无线网络优化专家团）", "expert")
    actions.answer_import(
        batch, {"person": {person.key: "expert"}, "branch": {asked["branch"].key: "B9"}}, by=cast.coordinator, at=MONDAY
    )
    last = actions.plan_of(Import.objects.get(), at=MONDAY)
    assert last.rows[1].past is not None
    assert last.rows[1].past.responder == cast.person("expert")
    assert last.rows[2].outcome == REJECTED, "an answer that was never offered is none"


def test_rows_that_cannot_be_taken_say_why(cast: Cast) -> None:
    plan = planned(cast, [
        row(挂号时间="某天", 首次沟通时间=""), row(破题项目=""), row(党支部=""), row(挂号时间="2031-01-01"), row(诊断="=FAKE()"),
        row(挂号时间="", 首次沟通时间="", 会诊时间="", 复诊时间=""), row(病情摘要="长" * 4001),
        row(挂号编号="x1", 破题项目="同一题的两种写法", 备注="甲"), row(挂号编号="x1", 破题项目="同一题的两种写法", 备注="乙"),
        row(挂号编号="x2", 破题项目="同一题抄了两遍"), row(挂号编号="x2", 破题项目="同一题抄了两遍"),
    ])  # fmt: skip
    said = [sorted(codes(one.faults)) for one in plan.rows]
    assert said == [
        ["list_bad_moment"], ["required"], ["required"], ["in_the_future"], ["formula"], ["required"], ["too_long"], [],
        ["list_row_twice"], [], [],
    ]  # fmt: skip
    assert [one.outcome for one in plan.rows[-4:]] == [NEW, REJECTED, NEW, REPEATED]
    batch = Import.objects.get()
    with pytest.raises(NotNow, match="import_has_rejected"):
        actions.confirm_import(batch, digest=plan.digest, by=cast.coordinator, at=MONDAY)
    assert not Case.objects.exists()


def test_same_list_again_changes_nothing(cast: Cast) -> None:
    other = row(挂号编号="", 破题项目="没有编号的一题")
    imported(cast, [FULL, other])
    before = Entry.objects.count()
    batch = kept(cast, worklist([row(备注="改了备注"), other, row(挂号编号="new", 破题项目="新的一题在这里")]))
    plan = actions.plan_of(batch, at=MONDAY)
    assert [(one.outcome, one.case) for one in plan.rows] == [(KNOWN, "HZ25-00001"), (KNOWN, "HZ25-00002"), (NEW, "")]
    done = actions.confirm_import(batch, digest=plan.digest, by=cast.coordinator, at=MONDAY)
    assert (done.total, Case.objects.count(), Entry.objects.count() - before) == (1, 3, 2)
    again = kept(cast, worklist([FULL, other]))
    with pytest.raises(NotNow, match="import_nothing_new"):
        actions.confirm_import(again, digest=actions.plan_of(again, at=MONDAY).digest, by=cast.coordinator, at=MONDAY)


def test_known_here_by_its_code_or_by_branch_title_and_day(cast: Cast) -> None:
    case = cast.register()
    plan = planned(cast, [
        row(挂号编号=case.code), row(挂号编号="", 破题项目=case.title, 挂号时间="2026-03-02", 首次沟通时间="", 会诊时间="", 复诊时间=""),
    ])  # fmt: skip
    assert [(one.outcome, one.case) for one in plan.rows] == [(KNOWN, case.code)] * 2


def test_own_old_number_stays_the_code(cast: Cast) -> None:
    imported(cast, [row(挂号编号="HZ25-00041"), row(挂号编号="HZ26-99999", 破题项目="今年的号不占今年的数", 挂号时间="2026-01-05",
        首次沟通时间="", 会诊时间="", 复诊时间=""), row(挂号编号="9", 破题项目="去年的另一题目")])  # fmt: skip
    assert set(Case.objects.values_list("code", flat=True)) == {"HZ25-00041", "HZ25-00042", "HZ26-00001"}


def test_confirming_twice_is_once_and_another_plan_is_stale(cast: Cast) -> None:
    first, second = kept(cast, worklist([FULL])), kept(cast, worklist([FULL]))
    digest = actions.plan_of(first, at=MONDAY).digest
    with pytest.raises(StaleWrite):
        actions.confirm_import(first, digest="other", by=cast.coordinator, at=MONDAY)
    for _ in range(2):
        assert actions.confirm_import(first, digest=digest, by=cast.coordinator, at=MONDAY).state == "done"
    with pytest.raises(StaleWrite):
        actions.confirm_import(second, digest=digest, by=cast.coordinator, at=MONDAY)
    with pytest.raises(NotNow):
        actions.answer_import(first, {}, by=cast.coordinator, at=MONDAY)
    assert Case.objects.count() == 1


def test_long_list_is_written_by_the_job_all_or_none(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", 1)
    batches = [kept(cast, worklist([FULL, row(**BARE, 问诊单位="", 挂号编号="")])) for _ in range(2)]
    with pytest.raises(NotNow, match="import_checking"):
        actions.confirm_import(batches[0], digest="", by=cast.coordinator, at=MONDAY)
    assert write_imports(MONDAY)["lists"] == 2
    for batch in batches:
        actions.confirm_import(batch, digest=actions.plan_of(batch, at=MONDAY).digest, by=cast.coordinator, at=MONDAY)
    assert not Case.objects.exists()

    def dies(*_: Any, **__: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as broken:
        broken.setattr(importing, "record", dies)  # at the very end, when all is written
        with pytest.raises(SystemExit):
            write_imports(MONDAY)
    assert not Case.objects.exists()
    assert write_imports(MONDAY)["lists"] == 1
    assert [(one.state, one.trouble, one.total) for one in Import.objects.order_by("pk")] == [
        ("done", "", 2), ("failed", "import_stale", 0),
    ]  # fmt: skip
    assert Case.objects.count() == 2
    assert write_imports(MONDAY)["lists"] == 0
    actions.take_back_import(batches[0], by=cast.coordinator, at=MONDAY)
    assert Case.objects.count() == 2
    assert write_imports(MONDAY)["lists"] == 1
    assert not Case.objects.exists()


def test_import_is_taken_back_whole_and_can_be_made_again(cast: Cast) -> None:
    batch = imported(cast, [FULL, row(挂号编号="b", 破题项目="第二题要够长")])
    with pytest.raises(NotNow, match="import_too_late"):
        actions.take_back_import(batch, by=cast.coordinator, at=MONDAY + 7 * DAY)
    with pytest.raises(NotAllowed):
        actions.take_back_import(batch, by=cast.clerk, at=MONDAY)
    for _ in range(2):
        assert actions.take_back_import(batch, by=cast.coordinator, at=MONDAY + DAY).state == "undone"
    assert not Case.objects.exists()
    assert not Imported.objects.exists()
    assert not Session.objects.exists()
    assert Entry.objects.filter(verb="case_taken_back").count() == 2
    assert verify().is_whole
    again = imported(cast, [FULL], at=MONDAY + DAY)
    assert [(one.number, one.title) for one in brought_by(again)[0]] == [("2025-017", FULL["破题项目"])]
    actions.take(Case.objects.get(), "follow", by=cast.expert, at=MONDAY + DAY, values={})
    with pytest.raises(NotNow, match="import_touched"):
        actions.take_back_import(again, by=cast.coordinator, at=MONDAY + DAY)
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "roster_empty"), (b"PK\x03\x04", "file_damaged"), (b"<xml/>", "file_not_xlsx"),
     (b"\xd0\xcf\x11\xe0", "file_old_or_locked"), (worklist([FULL], headings=("备注", "团长")), "list_missing_header")],
)  # fmt: skip
def test_file_that_is_no_list_is_refused(cast: Cast, content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        kept(cast, content)
    assert caught.value.faults["file"][0].code == code
    assert not Import.objects.exists()


def test_hostile_cells_are_only_text(cast: Cast) -> None:
    strange = "\u202e<script>alert(1)</script>\x00{{7*7}}' OR 1=1 --"
    cells = {name: strange for name in FULL if "时间" not in name} | {
        "党支部": cast.branch.name,
        "破题项目": strange,
        "挂号时间": "2025-01-02",
        "挂号编号": "'; DROP--",
    }
    imported(cast, [cells])
    case = Case.objects.get()
    assert case.title == "<script>alert(1)</script>{{7*7}}' OR 1=1 --"
    assert file_of(case).sessions == {}


def test_queries_do_not_grow_with_the_rows(cast: Cast, django_assert_num_queries: Any) -> None:
    for number in (1, 3):
        rows = [row(挂号编号=f"n{number}-{at}", 破题项目=f"第{at}题在第{number}份") for at in range(number)]
        batch = kept(cast, worklist(rows))
        with django_assert_num_queries(16):
            plan = actions.plan_of(batch, at=MONDAY)
        actions.confirm_import(batch, digest=plan.digest, by=cast.coordinator, at=MONDAY)
    with django_assert_num_queries(1):
        assert len(brought_by(batch)[0]) == 3
