"""A work list that comes back filled in; the list that a leader signs for a month, and its difference to the month before."""

from __future__ import annotations

import io
import re
from datetime import date, datetime, timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from huizhen.cases.models import Case
from huizhen.directory.models import Person
from huizhen.directory.queries import standing
from huizhen.journal.models import Entry
from huizhen.lib.errors import Invalid, NotAllowed, NotNow, NotVisible, StaleWrite
from huizhen.reports import jobs
from huizhen.reports.actions.filled import check_again, confirm_filled, drop_filled, keep_filled, rows_of
from huizhen.reports.actions.notes import write_note
from huizhen.reports.actions.snapshots import sign_worklist
from huizhen.reports.models import FilledList, Note, Snapshot
from huizhen.reports.policy.worklist import signed_groups
from huizhen.reports.queries import snapshots as queries
from huizhen.reports.queries.worklist import Asked
from huizhen.reports.sheets import filled as sheets
from huizhen.reports.sheets import worklist
from tests.books import table
from tests.cast import MONDAY, Cast, build
from tests.racing import at_once

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = MONDAY + DAY
GROUP = Asked("group", is_both=True)


def exported(cast: Cast, who: str = "leader", asked: Asked = GROUP, at: datetime = NOW) -> list[dict[str, str]]:
    """Rows under their headings, as somebody opens them at home."""
    file = io.BytesIO()
    worklist.write(standing(cast.users[who], on=at.date()), asked, file, at=at)
    head, *body = CalamineWorkbook.from_filelike(io.BytesIO(file.getvalue())).get_sheet_by_index(0).to_python()
    return [dict(zip(map(str, head), map(str, row), strict=True)) for row in body]


def saved(rows: list[dict[str, str]]) -> bytes:
    """The same rows as a spreadsheet program saves them."""
    return table(rows, list(rows[0]), (), "Sheet1")


def not_worked_out(content: bytes) -> bytes:
    """The same file from a program that writes formulas without their values."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as old, ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, re.sub(rb"</f><v>[^<]*</v>", b"</f>", old.read(name)))
    return out.getvalue()


def keep(cast: Cast, rows: list[dict[str, str]], who: str = "leader", at: datetime = NOW) -> FilledList:
    return keep_filled(content=saved(rows), name="清单.xlsx", by=cast.users[who], at=at)


def test_filled_in_list_changes_words_alone(cast: Cast) -> None:
    first, second, third = cast.treated(), cast.contacted(title="又一题在这里"), cast.register(title="第三题在这里")
    write_note(second, by=cast.leader, at=NOW, seen=0, words={"remark": "原来的备注"})
    rows = exported(cast)
    assert [row["当前进展"] for row in rows] == ["执行中，举措完成 0/2", "待会诊", "待沟通"]
    rows[0] |= {"当前进展": "已均衡\n等扩容，电话15412345678", "破题项目": "改了题目", "序号": "99"}
    rows[1] |= {"备注": "", "存在问题及需协调事项": "=缺设备"}
    # The situation goes on after the export: what nobody touched is no change.
    cast.take(third, "log_contact", "expert", NOW, channel="phone", learned="已问清楚情况")
    kept = keep(cast, rows[::-1])
    told = {one.code: one for one in rows_of(kept)}
    assert told[first.code].changes == {"progress": ("执行中，举措完成 0/2", "已均衡\n等扩容，电话154****5678")}
    assert told[first.code].ignored == ["破题项目"]
    assert told[second.code].changes == {"trouble": ("", "=缺设备"), "remark": ("原来的备注", "")}
    assert (told[third.code].changes, told[third.code].ignored, kept.same) == ({}, ["首次沟通时间"], 1)
    assert Note.objects.count() == 1
    for _ in range(2):  # a double click
        done = confirm_filled(kept, by=cast.leader, at=NOW)
        assert (done.changed, done.content, done.told) == (2, b"", [])
    notes = {one.case_id: one for one in Note.objects.all()}  # type: ignore[attr-defined]
    assert notes[first.pk].progress == "已均衡\n等扩容，电话154****5678"
    assert (notes[second.pk].trouble, notes[second.pk].remark, notes[second.pk].version) == ("=缺设备", "", 2)
    assert Case.objects.get(pk=first.pk).title == first.title
    entries = Entry.objects.filter(verb="note_written", data__list=str(kept.key))
    assert sorted(entries.values_list("target_label", flat=True)) == sorted([first.code, second.code])
    assert rows_of(keep(cast, exported(cast))) == []
    with pytest.raises(NotNow):
        confirm_filled(keep(cast, exported(cast)), by=cast.leader, at=NOW)


def test_rows_that_cannot_be_taken_stop_the_whole_list(cast: Cast) -> None:
    mine, foreign = cast.treated(), cast.register(title="别团的题目一", group=cast.other_group.code)
    rows = exported(cast)
    everything = exported(cast, "coordinator", Asked("all", is_both=True))
    assert len(everything) == 2

    def faults(who: str, *given: dict[str, str]) -> list[list[str]]:
        return [[code for code, _, _ in one.faults] for one in rows_of(keep(cast, list(given), who))]

    changed = rows[0] | {"备注": "新备注"}
    assert faults("leader", changed, everything[1] | {"备注": "x"}) == [[], ["filled_unknown"]]
    assert faults("leader", changed, changed) == [[], ["filled_twice"]]
    assert faults("leader", changed | {worklist.CHECK: ""}) == [["filled_check_gone"]]
    assert faults("leader", changed | {worklist.CHECK: "x.1.2.3"}) == [["filled_check_gone"]]
    assert faults("leader", changed | {"备注": "长" * 4001}) == [["too_long"]]
    assert faults("leader", changed | {"备注": "=FOO()"}) == [["filled_formula"]]
    unworked = not_worked_out(saved([rows[0] | {"备注": "=FOO()"}]))
    told = rows_of(keep_filled(content=unworked, name="清单.xlsx", by=cast.leader, at=NOW))
    assert [[code for code, _, _ in one.faults] for one in told] == [["filled_formula"]]
    assert faults("coordinator", changed) == [["worklist_words_of"]]
    kept = keep(cast, [changed, everything[1] | {"备注": "x"}])
    with pytest.raises(NotNow):
        confirm_filled(kept, by=cast.leader, at=NOW)
    assert not Note.objects.exists()
    for who in ("expert", "coordinator"):
        with pytest.raises(NotVisible):
            confirm_filled(kept, by=cast.users[who], at=NOW)
        with pytest.raises(NotVisible):
            drop_filled(kept, by=cast.users[who])
    drop_filled(kept, by=cast.leader)

    # Somebody writes between the export and its return, or between the preview and the confirmation.
    kept = keep(cast, [changed])
    write_note(mine, by=cast.requester, at=NOW, seen=0, words={"progress": "支部先写了"})
    assert faults("leader", changed) == [["filled_stale"]]
    with pytest.raises(StaleWrite):
        confirm_filled(kept, by=cast.leader, at=NOW)
    assert Note.objects.get().remark == ""
    assert [one.faults[0][0] for one in rows_of(check_again(kept, by=cast.leader, at=NOW))] == ["filled_stale"]
    # The same words as somebody wrote meanwhile are no quarrel.
    assert rows_of(keep(cast, [rows[0] | {"当前进展": "支部先写了"}])) == []
    assert foreign.group_id == cast.other_group.pk
    left = FilledList.objects.count()
    assert left > 5
    assert jobs.write_worklists(NOW + DAY + HOUR)["forgotten"] == left


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", "序号".encode(), b"PK" + b"\0" * 3000])
def test_files_that_are_no_list_are_refused(cast: Cast, content: bytes) -> None:
    with pytest.raises(Invalid):
        keep_filled(content=content, name="x.xlsx", by=cast.leader, at=NOW)


def test_lists_without_checks_or_with_too_many_rows_are_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.treated()
    rows = exported(cast)
    bare = {name: text for name, text in rows[0].items() if name != worklist.CHECK}
    wordless = {name: rows[0][name] for name in ("挂号编号", "破题项目", worklist.CHECK)}
    for given in (bare, wordless):
        with pytest.raises(Invalid) as no:
            keep(cast, [given])
        assert [one.code for one in no.value.faults["file"]] == ["filled_no_check"]
    monkeypatch.setattr(sheets, "ROWS_MOST", 1)
    with pytest.raises(Invalid) as no:
        keep(cast, rows * 2)
    assert [one.code for one in no.value.faults["file"]] == ["file_too_many_rows"]


def test_filled_in_list_costs_the_same_for_one_and_for_many(cast: Cast, django_assert_num_queries: Any) -> None:
    for title in ("第一题在这里", "第二题在这里", "第三题在这里"):
        cast.treated(title=title)
    reader, rows = standing(cast.leader, on=NOW.date()), exported(cast)
    for some in (rows[:1], rows):
        found = sheets.read(saved(some))
        with django_assert_num_queries(17):
            assert len(sheets.decide(found, reader)) == len(some)


@pytest.mark.race
def test_two_write_at_once_and_one_is_told(transactional_db: None) -> None:
    crowd = build()
    case = crowd.register()

    def write(who: str) -> str:
        try:
            write_note(case, by=crowd.users[who], at=NOW, seen=0, words={"progress": who})
        except StaleWrite:
            return "stale"
        return "written"

    assert sorted(at_once(lambda: write("leader"), lambda: write("requester"))) == ["stale", "written"]
    assert Note.objects.get().version == 1


def test_leader_signs_what_the_list_is_in_versions(cast: Cast) -> None:
    first, second = cast.treated(), cast.contacted(title="又一题在这里", at=MONDAY + HOUR)
    hushed = cast.contacted(title="敏感的一题", at=MONDAY + 2 * HOUR)
    cast.take(hushed, "mark_sensitive", "requester", NOW, reason="涉及个人")
    period = queries.period_of(cast.group, "2026-03")
    assert (period.since, period.until) == (date(2026, 2, 16), date(2026, 3, 15))
    for who, refusal in (("expert", NotAllowed), ("coordinator", NotAllowed), ("other_leader", NotVisible)):
        with pytest.raises(refusal):
            sign_worklist(cast.group, period, by=cast.users[who], at=NOW)
    with pytest.raises(NotNow):
        sign_worklist(cast.group, queries.period_of(cast.group, "2026-01"), by=cast.leader, at=NOW)
    for _ in range(2):  # a double click
        made = sign_worklist(cast.group, period, by=cast.leader, at=NOW)
        assert (made.version, made.count, made.until) == (1, 2, date(2026, 3, 3))
    assert [one.code for one in queries.rows_of(made)] == [first.code, second.code]
    assert queries.rows_of(made)[0].cells["registered"] == "2026-03-02 09:00"
    assert "****" in queries.rows_of(made)[0].cells["requester"]
    entry = Entry.objects.get(verb="worklist_signed")
    assert entry.data == {
        "group": cast.group.pk, "month": "2026-03", "version": 1, "count": 2, "rows": made.digest,
    }  # fmt: skip
    assert queries.digest_of(queries.rows_of(made)) == made.digest
    write_note(first, by=cast.leader, at=NOW, seen=0, words={"trouble": "缺设备"})
    again = sign_worklist(cast.group, period, by=cast.leader, at=NOW + HOUR)
    assert again.version == 2
    assert [(one.version, one.is_current) for one in queries.versions(cast.group, period)] == [(2, True), (1, False)]
    old = queries.snapshot(cast.group, period, 1)
    assert old is not None
    assert "trouble" not in queries.rows_of(old)[0].cells
    with pytest.raises(NotVisible):
        queries.snapshot(cast.group, period, 9)
    for strange in ("2026-13", "x", "", "99999-01"):
        with pytest.raises(NotVisible):
            queries.period_of(cast.group, strange)


def test_difference_to_the_month_before(cast: Cast, django_assert_num_queries: Any) -> None:
    ended = cast.treated(title="要结束的一题", at=MONDAY)
    moved = cast.contacted(title="往下走的一题", at=MONDAY + HOUR)
    worded = cast.contacted(title="改了话的一题", at=MONDAY + 2 * HOUR)
    left = cast.contacted(title="转走了的一题", at=MONDAY + 3 * HOUR)
    hushed = cast.contacted(title="后来敏感的一题", at=MONDAY + 4 * HOUR)
    march, april = (queries.period_of(cast.group, month) for month in ("2026-03", "2026-04"))
    before = sign_worklist(cast.group, march, by=cast.leader, at=NOW)
    later = MONDAY + 15 * DAY
    cast.take(ended, "propose_unresolved", "leader", later, reason="条件已经变了")
    cast.take(ended, "close_unresolved", "liaison", later, reason="同意结案")
    cast.take(moved, "inform_group", "expert", later, note="已告知全团")
    Case.objects.filter(pk=moved.pk).update(situation="prescription")
    write_note(worded, by=cast.leader, at=later, seen=0, words={"remark": "新的话"})
    Case.objects.filter(pk=left.pk).update(group=cast.other_group)
    cast.take(hushed, "mark_sensitive", "requester", later, reason="涉及个人")
    new = cast.register(title="新来的一题在这", at=later)
    now = sign_worklist(cast.group, april, by=cast.leader, at=later + HOUR)

    reader = standing(cast.viewer, on=later.date())
    with django_assert_num_queries(4):
        here, then = (queries.seen(reader, queries.rows_of(one)) for one in (now, before))
    assert (here.hidden, then.hidden) == (0, 1)
    found = queries.difference(here.rows, then.rows)

    def codes(name: str) -> list[str]:
        return [one.row.code for one in getattr(found, name)]

    assert codes("new") == [new.code]
    assert codes("ended") == [ended.code]
    assert codes("moved") == [moved.code]
    assert codes("words") == [worded.code]
    assert codes("gone") == [left.code]
    leader = queries.seen(standing(cast.leader, on=later.date()), queries.rows_of(before))
    assert hushed.code in [one.code for one in leader.rows]

    # Late for March: what came after its end does not belong to it.
    late = sign_worklist(cast.group, march, by=cast.leader, at=later + HOUR)
    assert new.code not in [one.code for one in queries.rows_of(late)]
    assert late.version == 2
    with django_assert_num_queries(2):
        lines = queries.overview(reader, queries.months(cast.group, later.date()))
    (line,) = [one for one in lines if one.group == cast.group]
    assert [one and one.version for one in line.signed] == [1, 2, None]
    assert Snapshot.objects.count() == 3


def test_signed_lists_are_read_by_those_around_the_group(cast: Cast) -> None:
    def groups(who: str) -> list[str]:
        reader = standing(cast.users[who], on=NOW.date())
        return sorted(signed_groups(reader).values_list("code", flat=True))

    both = [cast.other_group.code, cast.group.code]
    for who in ("coordinator", "viewer", "auditor"):
        assert groups(who) == sorted(both), who
    for who in ("leader", "expert", "liaison"):
        assert groups(who) == [cast.group.code], who
    assert groups("requester") == groups("outsider") == []
    leads_here = cast.person("leader").unit_id in standing(cast.clerk, on=NOW.date()).unit_ids
    assert (cast.group.code in groups("clerk")) == leads_here
    Person.objects.filter(pk=cast.person("leader").pk).update(unit=min(standing(cast.clerk, on=NOW.date()).unit_ids))
    assert groups("clerk") == [cast.group.code]
