"""工作清单 as an XLSX: its columns, what survives in a cell, who sees what, how a long list is written; columns of one's own."""

from __future__ import annotations

import io
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from django.core.files.storage import default_storage
from python_calamine import CalamineWorkbook

from huizhen.cases.models import Case
from huizhen.cases.queries.lists import Filters
from huizhen.cases.sheets import HEADERS, read
from huizhen.directory.models import Posting
from huizhen.directory.queries import standing
from huizhen.journal.models import Entry
from huizhen.lib.errors import Invalid, NotVisible
from huizhen.reports import jobs
from huizhen.reports.actions import worklist as actions
from huizhen.reports.clocks.periods import report_month
from huizhen.reports.models import ColumnSet, Export, Note
from huizhen.reports.queries.worklist import COLUMNS, SETS, Asked, asked_of, column_set, column_sets, export, rows
from huizhen.reports.sheets.worklist import CELL, CHECK, CUT, write
from tests.cast import MONDAY, Cast
from tests.reports.golden import EXPECTED, TODAY, golden_month

DAY = timedelta(days=1)
NOW = MONDAY + 30 * DAY
EVERY = Asked("all", is_both=True)


def sheet_of(content: bytes) -> list[dict[str, str]]:
    """Rows under their headings, as a spreadsheet program reads them."""
    head, *body = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert {type(cell) for row in body for cell in row} <= {str}
    return [dict(zip(map(str, head), map(str, row), strict=True)) for row in body]


def written(cast: Cast, who: str, asked: Asked = EVERY, **more: Any) -> list[dict[str, str]]:
    file = io.BytesIO()
    write(standing(cast.users[who], on=NOW.date()), asked, file, at=NOW, **more)
    return sheet_of(file.getvalue())


def test_columns_are_those_of_the_earlier_lists_and_tell_the_whole_case(cast: Cast) -> None:
    case = cast.archived()
    cast.registered = cast.register(title="又一题在这里")  # type: ignore[attr-defined]
    found, other = written(cast, "coordinator")
    assert list(found) == [*HEADERS.values(), CHECK]
    assert list(COLUMNS) == list(HEADERS)
    told = {name: found[heading] for name, heading in HEADERS.items()}
    assert told == {
        "serial": "1", "number": case.code, "group": "无线网络优化专家团", "leader": cast.person("leader").name, "domain": "网络运维",
        "source": "支部问诊", "unit": "佛山分公司", "branch": cast.branch.name, "lead": "",
        "requester": told["requester"], "title": "宿舍晚高峰小区负荷超限", "condition": case.condition, "urgency": "普通",
        "registered": "2026-03-02 09:00", "responder": cast.person("expert").name, "contacted": "2026-03-02 09:30", "mode": "",
        "session": "", "people": cast.person("mate").name, "invited": "",
        "diagnosis": "容量与均衡两方面的问题\n1.小区容量不足；2.未做负荷均衡", "measures": "1.做负荷均衡；2.扩容两个小区",
        "innovation": "技术创新", "owners": "1.梁思远 2026-03-07；2.梁思远 2026-03-07", "progress": "已归档",
        "followed": "2026-03-10 09:00", "verdict": "显效", "effect": "晚高峰负荷 92%→68%", "method": "", "promoted": "",
        "trouble": "", "remark": "",
    }  # fmt: skip
    assert (other["当前进展"], other["序号"]) == ("待沟通", "2")
    # The same file can be read as an earlier list: one definition of headings.
    file = io.BytesIO()
    write(standing(cast.coordinator, on=NOW.date()), EVERY, file, at=NOW)
    assert [line.text("number") for line in read(file.getvalue()).lines] == [case.code, other["挂号编号"]]


def test_cells_keep_what_looks_like_a_formula_long_texts_and_emoji(cast: Cast) -> None:
    long, longer = "长" * 30_000, "😀长" * 20_000
    titles = ["=cmd|'/c calc'!A0", "+1-2", "-1+2", "@SUM(A1)", "http://example.com/x", "正常👩‍💻的题"]
    cases = [cast.register(title=title) for title in titles]
    Case.objects.filter(pk=cases[0].pk).update(condition=long)
    Case.objects.filter(pk=cases[1].pk).update(condition=longer)
    Note.objects.create(case=cases[2], trouble="=1+1", by=cast.person("expert"), at=NOW)
    file = io.BytesIO()
    write(standing(cast.coordinator, on=NOW.date()), EVERY, file, at=NOW)
    found = sheet_of(file.getvalue())
    assert [row["破题项目"] for row in found] == titles
    assert found[0]["病情摘要"] == long
    cut = found[1]["病情摘要"]
    assert cut.startswith("😀长😀长")
    assert cut.endswith(CUT)
    assert CELL - 1 <= len(cut.encode("utf-16-le")) // 2 <= CELL
    assert found[2]["存在问题及需协调事项"] == "=1+1"
    with ZipFile(file) as package:
        tags = {
            one.tag.rpartition("}")[2] for one in ElementTree.parse(package.open("xl/worksheets/sheet1.xml")).iter()
        }
        assert not {"f", "hyperlink"} & tags
        assert not [name for name in package.namelist() if "external" in name.lower()]


def test_phones_are_masked_unless_she_has_a_part_and_a_purpose(cast: Cast) -> None:
    case = cast.contacted()
    phone = case.requester.phone
    masked = f"{phone[:3]}****{phone[-4:]}"

    def contact(who: str, scope: str, contacts: bool) -> str:
        (row,) = written(cast, who, Asked(scope, columns=("requester",)), contacts=contacts)
        assert list(row) == ["挂号编号", "问诊人及联系方式", "破题项目", CHECK]
        return row["问诊人及联系方式"].split()[1]

    for who, scope in (("expert", "group"), ("coordinator", "all"), ("liaison", "domain"), ("requester", "branch")):
        assert (contact(who, scope, False), contact(who, scope, True)) == (masked, phone), who
    for who, scope in (("viewer", "all"), ("auditor", "all"), ("clerk", "unit")):
        assert contact(who, scope, True) == masked, who


def test_rows_are_those_the_reader_sees_with_her_filters(cast: Cast) -> None:
    open_one, solved = cast.treated(urgency="urgent", urgency_reason="急"), cast.archived(at=MONDAY - 20 * DAY)
    hushed = cast.contacted(at=MONDAY + 5 * DAY)
    cast.take(hushed, "mark_sensitive", "requester", NOW, reason="涉及个人")

    def codes(who: str, asked: Asked) -> list[str]:
        return [row["挂号编号"] for row in written(cast, who, asked)]

    assert codes("viewer", EVERY) == [open_one.code, solved.code]
    assert codes("leader", Asked("group", is_both=True)) == [open_one.code, solved.code, hushed.code]
    assert codes("viewer", Asked("all")) == [open_one.code]
    assert codes("viewer", Asked("all", Filters(closed=True))) == [solved.code]
    assert codes("viewer", Asked("all", Filters(urgency="urgent", overdue=True), is_both=True)) == [open_one.code]
    assert codes("viewer", Asked("all", is_both=True, since=date(2026, 3, 2), until=date(2026, 3, 2))) == [
        open_one.code
    ]
    assert codes("viewer", Asked("all", is_both=True, until=date(2026, 3, 1))) == [solved.code]
    with pytest.raises(NotVisible):
        codes("outsider", EVERY)

    asked = Asked("group", Filters(urgency="urgent"), date(2026, 3, 1), None, SETS["care"], True)
    assert asked_of(asked.as_params(), scope="") == asked
    own = Asked("group", columns=("number", "remark"))
    assert asked_of(own.as_params(), scope="") == own
    nonsense = {"columns": "x y", "from": "gestern", "to": "0001-01-01", "set": "?", "both": "no"}
    assert asked_of(nonsense, scope="all") == Asked("all", columns=SETS["progress"])


def test_rows_cost_the_same_for_one_and_for_many(cast: Cast, django_assert_num_queries: Any) -> None:
    cases = [cast.archived(), cast.treated(), cast.contacted()]
    reader = standing(cast.coordinator, on=NOW.date())
    for some in (cases[:1], cases):
        with django_assert_num_queries(16):
            assert len(rows([one.pk for one in some], tuple(COLUMNS), standing=reader)) == len(some)
    with django_assert_num_queries(2):  # the cases, and what people wrote of them
        rows([one.pk for one in cases], ("number", "title", "unit"), standing=reader)


def test_golden_month_can_be_counted_from_the_sheet(cast: Cast) -> None:
    golden_month(cast)
    period = report_month(date(2026, 3, 10), 15)
    file = io.BytesIO()
    asked = Asked("group", since=period.since, until=period.until, is_both=True)
    write(standing(cast.leader, on=TODAY), asked, file, at=datetime(2026, 3, 16, 1, tzinfo=UTC))
    found = sheet_of(file.getvalue())

    def count(heading: str, *values: str) -> int:
        return sum(1 for row in found if row[heading] in values)

    assert len(found) == EXPECTED["registered"][0]
    assert count("紧急程度", "加急", "特急") == EXPECTED["urgent"][0]
    assert count("当前进展", "未破题结案") == EXPECTED["unresolved"][0]
    assert count("当前进展", "已撤号") == EXPECTED["withdrawn"][0]
    assert count("当前进展", "不予受理") == EXPECTED["declined"][0]
    assert count("复诊结论", "显效", "有效") == EXPECTED["cured"][0]
    assert count("复诊结论", "显效") == EXPECTED["marked"][0]
    assert len(found) - count("复诊结论", "") == EXPECTED["marked"][1]
    contacted = [row for row in found if row["首次沟通时间"]]
    in_time = [row for row in contacted if row["首次沟通时间"] == "2026-03-02 09:30"]
    assert len(in_time) == EXPECTED["first_contact_on_time"][0]
    assert len(found) - count("协诊团", "") == EXPECTED["cross"][0]
    assert (
        sum(row["破题举措"].count("；") + 1 for row in found if row["复诊结论"] == "显效") == 4
    )  # dropped ones of 1 and 6


def test_short_list_goes_out_at_once_with_its_purpose_in_the_journal(cast: Cast) -> None:
    cast.contacted()
    key = uuid.uuid4()
    asked = Asked("group", columns=SETS["all"])
    for purpose, fault in (("", "export_purpose"), ("x", "export_purpose"), ("x" * 101, "too_long")):
        with pytest.raises(Invalid) as no:
            actions.take_out(asked, by=cast.leader, at=NOW, purpose=purpose, key=key)
        assert [one.code for one in no.value.faults["purpose"]] == [fault]
    made, content = actions.take_out(asked, by=cast.leader, at=NOW, purpose="月度报送", key=key, contacts=True)
    assert len(sheet_of(content)) == 1
    assert (made.state, made.total, made.file) == ("done", 1, "")
    entry = Entry.objects.get(verb="worklist_exported")
    assert entry.data == {"count": 1, "purpose": "月度报送", "contacts": True, "scope": "group"}
    with pytest.raises(NotVisible):
        actions.take_out(asked, by=cast.expert, at=NOW, purpose="月度报送", key=key)
    with pytest.raises(NotVisible):
        export(cast.expert, key, at=NOW)
    with pytest.raises(NotVisible):
        actions.take_out(Asked("all"), by=cast.leader, at=NOW, purpose="月度报送", key=uuid.uuid4())


def test_long_list_is_written_by_the_job_as_its_asker_may_see_it_then(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 1)
    first, second = cast.contacted(), cast.register(title="又一题在这里")
    key = uuid.uuid4()
    for _ in range(2):  # a double click
        made, content = actions.take_out(EVERY, by=cast.viewer, at=NOW, purpose="会议材料", key=key)
        assert (made.state, content) == ("waiting", b"")
    lost, _ = actions.take_out(EVERY, by=cast.auditor, at=NOW, purpose="核对数据", key=uuid.uuid4())
    cast.take(second, "mark_sensitive", "requester", NOW, reason="涉及个人")
    Posting.objects.filter(person=cast.person("auditor")).update(until=NOW.date())
    Export.objects.filter(pk=made.pk).update(state="writing", done=7)  # whoever wrote it died
    assert jobs.write_worklists(NOW) == {"lists": 1, "forgotten": 0}
    assert jobs.write_worklists(NOW) == {"lists": 0, "forgotten": 0}
    made, lost = Export.objects.get(pk=made.pk), Export.objects.get(pk=lost.pk)
    assert (made.state, made.total, made.done, lost.state) == ("done", 1, 1, "failed")
    with default_storage.open(made.file) as file:
        content = file.read()
    assert (len(content), [row["挂号编号"] for row in sheet_of(content)]) == (made.size, [first.code])
    assert [one.data["count"] for one in Entry.objects.filter(verb="worklist_exported")] == [1]

    monkeypatch.setattr(actions, "AT_ONCE", 0)
    for _ in range(3):
        actions.take_out(EVERY, by=cast.coordinator, at=NOW, purpose="会议材料", key=uuid.uuid4())
    with pytest.raises(Invalid):
        actions.take_out(EVERY, by=cast.coordinator, at=NOW, purpose="会议材料", key=uuid.uuid4())
    Export.objects.filter(by=cast.coordinator).delete()
    assert jobs.write_worklists(NOW + 8 * DAY) == {"lists": 0, "forgotten": 2}
    assert not default_storage.exists(made.file)
    with pytest.raises(NotVisible):
        export(cast.viewer, key, at=NOW)


def test_export_that_breaks_is_not_tried_for_ever(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 0)
    cast.contacted()
    made, _ = actions.take_out(EVERY, by=cast.viewer, at=NOW, purpose="会议材料", key=uuid.uuid4())

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(actions.worklist, "write", full)
    assert jobs.write_worklists(NOW) == {"lists": 0, "forgotten": 0}
    assert Export.objects.get(pk=made.pk).state == "failed"


def test_sets_of_columns_are_hers_alone(cast: Cast) -> None:
    person, other = cast.person("leader"), cast.person("expert")
    kept = actions.save_columns(person, name="例会用", columns=["remark", "nonsense", "title"], at=NOW)
    assert (kept.columns, column_sets(other)) == (["title", "remark"], [])
    again = actions.save_columns(person, name="例会用", columns=["title"], at=NOW)
    assert (again.pk, again.columns) == (kept.pk, ["title"])
    with pytest.raises(NotVisible):
        column_set(other, kept.key)
    for name, columns in (("", ["title"]), ("长" * 21, ["title"]), ("空", ["x"])):
        with pytest.raises(Invalid):
            actions.save_columns(person, name=name, columns=columns, at=NOW)
    for n in range(11):
        actions.save_columns(person, name=f"第{n}组", columns=["title"], at=NOW)
    with pytest.raises(Invalid):
        actions.save_columns(person, name="第十三组", columns=["title"], at=NOW)
    actions.drop_columns(kept)
    assert actions.save_columns(person, name="例会用", columns=["title"], at=NOW, key=kept.key).key == kept.key
    assert ColumnSet.objects.count() == 12
