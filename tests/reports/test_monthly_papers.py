"""月报 as it leaves the house: the golden month in DOCX and XLSX, extracts, mails with their attachments, mails by hand."""

from __future__ import annotations

from datetime import date, timedelta
from email import message_from_bytes, policy
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from docx import Document
from python_calamine import CalamineWorkbook

from huizhen.cases.models import Case
from huizhen.directory.models import Posting
from huizhen.directory.queries import standing_of_person
from huizhen.journal.models import Entry
from huizhen.lib.errors import NotAllowed, NotNow, NotVisible
from huizhen.notifications import jobs as notifications
from huizhen.notifications.actions.envelopes import envelope
from huizhen.notifications.channels.mail import composed
from huizhen.notifications.models import Delivery
from huizhen.notifications.queries.receipts import receipts
from huizhen.reports import jobs
from huizhen.reports.actions.mailing import HEADQUARTERS, files_for, files_of, mail_by_hand
from huizhen.reports.actions.monthly import save_words, send_report, withdraw_report
from huizhen.reports.actions.snapshots import sign_worklist
from huizhen.reports.models import Bulletin, HandMail, MonthlyReport, SentReport
from huizhen.reports.queries.metrics import METRICS
from huizhen.reports.queries.monthly_contents import OF_GROUP, OF_UNIT, contents, told_for
from huizhen.reports.queries.snapshots import period_of
from tests.cast import START, Cast
from tests.reports.golden import EXPECTED, TODAY, golden_month
from tests.reports.test_monthly import moment
from tests.visits import visit

NOW = moment("2026-03-16T10:00")


@pytest.fixture
def golden(cast: Cast) -> Cast:
    """The golden month, whose report (02-15 … 03-13) is sent on the 16th: late. D06, where the leaders sit, has a clerk too."""
    golden_month(cast)
    Posting.objects.create(person=cast.person("mate"), role="clerk", unit=cast.person("mate").unit, since=START)
    jobs.drain(NOW)
    for day in ("2026-02-02T08:00", "2026-03-02T08:00"):
        jobs.monthly(moment(day))
    return cast


def report_of(unit: str) -> MonthlyReport:
    return MonthlyReport.objects.select_related("unit", "campaign").get(code=f"YB2603-{unit}")


def sent(cast: Cast, unit: str = "FS", by: str = "clerk", **words: str) -> SentReport:
    report = report_of(unit)
    save_words(report, {"overall": "本月挂号九百例。", **words}, by=cast.users[by], at=NOW, seen=None)
    return send_report(report, by=cast.users[by], at=NOW, key=uuid4())


def value_in_words(code: str) -> str:
    """As the paper says it: 9, 87.5%（7/8）, 0/4, 0.5小时, —."""
    top, whole, value = EXPECTED[code]
    kind = METRICS[code].kind
    if kind == "rate":
        counts = f"{top}/{whole}" if whole else "—"
        return f"{value}%（{counts}）" if value else counts
    return str(top) if whole is None else f"{value}小时" if value else "—"


def read_docx(content: bytes) -> tuple[str, dict[str, list[str]], list[list[str]]]:
    """All text; label → the values in tables of two columns; the rows of the list."""
    document = Document(BytesIO(content))
    values: dict[str, list[str]] = {}
    listed = []
    for table in document.tables:
        for row in table.rows:
            cells = [cell.text for cell in row.cells]
            if len(cells) == 2:
                values.setdefault(cells[0], []).append(cells[1])
            elif len(cells) == 7:
                listed.append(cells)
    return "\n".join(one.text for one in document.paragraphs), values, listed


def read_xlsx(content: bytes) -> dict[str, list[list[Any]]]:
    """Sheet → its rows; an empty cell is None."""
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return {
        name: [[None if cell == "" else cell for cell in row] for row in book.get_sheet_by_name(name).to_python()]
        for name in book.sheet_names
    }


def test_golden_month_stands_in_docx_and_xlsx(golden: Cast, django_assert_num_queries: Any) -> None:
    made = sent(golden)
    told = told_for(standing_of_person(golden.person("coordinator"), on=TODAY), made)
    word, excel = files_of(told)
    assert (word.name, excel.name) == ("佛山分公司2026年03月月报.docx", "佛山分公司2026年03月月报.xlsx")
    text, values, listed = read_docx(word.content)
    assert {METRICS[code].label: [value_in_words(code)] for code in OF_UNIT} == {
        label: found for label, found in values.items() if label != "指标"
    }
    assert "2026年2月15日至2026年3月13日" in text
    assert "数字截至2026年3月16日" in text
    cases = list(Case.objects.filter(is_sensitive=False).order_by("registered_at", "pk").values_list("code", flat=True))
    assert [row[1] for row in listed[1:]] == cases
    assert "敏感病例1例" in text

    sheets = read_xlsx(excel.content)
    figures = {row[1]: (row[3], row[4], None if row[2] is None else float(row[2])) for row in sheets["指标"][1:]}
    assert figures == {
        METRICS[code].label: (top, whole, None if value is None else float(value))
        for code, (top, whole, value) in EXPECTED.items() if code in OF_UNIT
    }  # fmt: skip
    assert [row[1] for row in sheets["病例清单"][1:]] == cases

    sign_worklist(golden.group, period_of(golden.group, "2026-03"), by=golden.leader, at=NOW)
    # part 2: the groups led from D06, in its own report
    of_groups = told_for(standing_of_person(golden.person("viewer"), on=TODAY), sent(golden, "D06", "mate"))
    assert [one.code for one in of_groups.numbers.groups] == ["FIN-01", "NET-01"]
    text, values, _listed = read_docx(files_of(of_groups)[0].content)
    assert text.count("工作清单由团长于2026年3月16日签字（第1版）") == 1
    for code in OF_GROUP:
        assert value_in_words(code) in values[str(METRICS[code].label)], code
    groups = {(row[0], row[3]): (row[5], row[6]) for row in read_xlsx(files_of(of_groups)[1].content)["专家团"][1:]}
    assert groups[("无线网络优化专家团", "首次沟通及时率")] == EXPECTED["first_contact_on_time"][:2]
    assert groups[("财务共享专家团", "挂号数")] == (0, None)
    for unit in ("FS", "D06"):  # no group and nine cases, two groups and none
        with django_assert_num_queries(10 if unit == "FS" else 12):
            contents(report_of(unit), today=TODAY)
    _what_was_sent_does_not_move(golden)


def _what_was_sent_does_not_move(golden: Cast) -> None:
    """Neither by words nor by what happens later; what people typed never becomes a formula."""
    withdraw_report(report_of("FS"), by=golden.clerk, at=NOW, reason="补充存在的问题")
    made = sent(golden, problems="=1+1", needs="+拨 15400012345 找我 😀" + "字" * 2900)
    case = Case.objects.order_by("pk").last()
    assert case is not None
    golden.take(case, "mark_sensitive", "requester", NOW, reason="涉及个人")
    golden.register(at=moment("2026-03-12T10:00"))
    jobs.drain(NOW)
    reader = standing_of_person(golden.person("coordinator"), on=TODAY)
    told = told_for(reader, SentReport.objects.select_related("report__unit", "report__campaign").get(pk=made.pk))
    assert told.numbers.figures["registered"].numerator == 9
    assert contents(report_of("FS"), today=TODAY).figures["registered"].numerator == 10
    assert case.code not in [one.code for one in told.numbers.cases], "敏感 since"
    assert told.numbers.hidden == 2
    # the next report says what came after
    jobs.monthly(moment("2026-04-01T08:00"))
    april = contents(
        MonthlyReport.objects.select_related("unit", "campaign").get(code="YB2604-FS"), today=date(2026, 4, 1)
    )
    (change,) = [one for one in april.changes if one.now.metric.code == "registered"]
    assert (change.was.numerator, change.now.numerator, april.figures["registered"].numerator) == (9, 10, 0)
    words = dict(row[:2] for row in read_xlsx(files_of(told)[1].content)["文字"])
    assert (words["存在问题"], words["总体情况"]) == ("=1+1", "本月挂号九百例。")
    assert "15400012345" not in words["需协调事项"]
    assert "😀" in words["需协调事项"]


def test_extract_and_mail_by_hand(golden: Cast) -> None:
    made = sent(golden, needs="请财务给口径", problems="不给接口人看的话")
    _extract_holds_one_domain_only(golden, made)
    _mail_by_hand_opens_as_a_draft(golden, made)
    with time_machine.travel(NOW, tick=False):
        withdraw_report(report_of("FS"), by=golden.clerk, at=NOW, reason="请财务的话再改改")
        with pytest.raises(NotNow):
            mail_by_hand(made, HEADQUARTERS, by=golden.clerk, at=NOW)
        assert "mail_by_hand" not in visit(golden.clerk).get("/reports/YB2603-FS/v/1/").content.decode()
        _mails_carry_the_files_of_their_reader(golden)


def _extract_holds_one_domain_only(golden: Cast, made: SentReport) -> None:
    reader = standing_of_person(golden.person("liaison"), on=TODAY)
    told = told_for(reader, made)
    text, values, listed = read_docx(files_of(told)[0].content)
    assert told.numbers.domain == "NET"
    assert told.words_told == {"needs": "请财务给口径"}
    assert "不给接口人看的话" not in text
    assert "网络运维领域摘要" in text
    assert values == {}
    assert len(listed) == 1 + 8
    with pytest.raises(NotVisible):
        told_for(standing_of_person(golden.person("other_liaison"), on=TODAY), made)
    assert files_for(made.pk, standing_of_person(golden.person("other_liaison"), on=TODAY)) == ()


def _mails_carry_the_files_of_their_reader(golden: Cast) -> None:
    made = sent(golden)
    entry = Entry.objects.get(verb="report_sent", data__sent=made.pk)
    assert receipts(entry).is_told is False
    notifications.drain(NOW)
    mails = {one.message.person.code: one for one in Delivery.objects.filter(verb="report_sent") if one.message}
    assert sorted(mails) == ["coordinator", "liaison"]
    whole, part = (envelope(mails[code], at=NOW) for code in ("coordinator", "liaison"))
    assert [one.name for one in whole.attached] == [
        "佛山分公司2026年03月月报第2版.docx", "佛山分公司2026年03月月报第2版.xlsx",
    ]  # fmt: skip
    assert [one.name for one in part.attached] == [
        "佛山分公司2026年03月月报（网络运维）第2版.docx", "佛山分公司2026年03月月报（网络运维）第2版.xlsx",
    ]  # fmt: skip
    assert "指标" in read_xlsx(whole.attached[1].content)
    assert "指标" not in read_xlsx(part.attached[1].content)
    mail = message_from_bytes(composed(whole).message().as_bytes(), policy=policy.default)
    assert [one.get_filename() for one in mail.iter_attachments()] == [one.name for one in whole.attached]
    told = {one.name: (one.state, one.has_address) for one in receipts(entry).rows}
    assert told == {"卢泽安": ("waiting", True), "蒋景川": ("waiting", True)}
    # what was withdrawn before the mail left does not leave
    withdraw_report(report_of("FS"), by=golden.clerk, at=NOW, reason="数字要再核一核")
    assert envelope(mails["coordinator"], at=NOW).attached == ()


def _mail_by_hand_opens_as_a_draft(golden: Cast, made: SentReport) -> None:
    row, content = mail_by_hand(made, HEADQUARTERS, by=golden.clerk, at=NOW)
    mail = message_from_bytes(content, policy=policy.default)
    assert mail["Subject"] == "关于佛山分公司2026年3月专家把脉会诊工作情况的报告"
    assert (mail["X-Unsent"], str(mail["To"]), str(mail["From"])) == (
        "1", "卢泽安 <coordinator@example.com>", "姜书竹 <clerk@example.com>",
    )  # fmt: skip
    names = [one.get_filename() for one in mail.iter_attachments()]
    assert names == ["佛山分公司2026年03月月报.docx", "佛山分公司2026年03月月报.xlsx"]
    assert max(map(len, content.split(b"\r\n"))) < 998
    _row, part = mail_by_hand(made, "NET", by=golden.clerk, at=NOW)
    assert str(message_from_bytes(part, policy=policy.default)["To"]) == "蒋景川 <liaison@example.com>"
    assert list(HandMail.objects.values_list("audience", flat=True)) == [HEADQUARTERS, "NET"]
    assert Entry.objects.filter(verb="report_mailed").count() == 2
    with pytest.raises(NotVisible):
        mail_by_hand(made, "FIN", by=golden.clerk, at=NOW)
    with pytest.raises(NotAllowed):
        mail_by_hand(made, HEADQUARTERS, by=golden.coordinator, at=NOW)
    assert row.by == golden.person("clerk")


def test_only_what_the_bulletin_knew_cannot_be_withdrawn(golden: Cast) -> None:
    """A report that came after the bulletin of its month is not in it."""
    sent(golden)
    bulletin = Bulletin.objects.create(
        code="TB2603", campaign=golden.campaign, month=date(2026, 3, 1), since=date(2026, 2, 16), until=date(2026, 3, 15), title="三月通报",
        addressees="各单位", author=golden.person("coordinator"), created_at=NOW, saved_at=NOW, state="issued", year=2026, number=1,
        issued_at=NOW, figures={},
    )  # fmt: skip
    with time_machine.travel(NOW, tick=False):
        page = visit(golden.clerk).get("/reports/YB2603-FS/").content.decode()
        assert "withdraw_report" not in page
        assert "通报已用了这一版" in page
        with pytest.raises(NotNow):
            withdraw_report(report_of("FS"), by=golden.clerk, at=NOW, reason="更正一个数字")
        Bulletin.objects.filter(pk=bulletin.pk).update(issued_at=NOW - timedelta(minutes=1))
        assert "withdraw_report" in visit(golden.clerk).get("/reports/YB2603-FS/").content.decode()
        assert withdraw_report(report_of("FS"), by=golden.clerk, at=NOW, reason="更正一个数字").version == 1


def test_pages_show_the_golden_numbers_and_keep_what_was_typed(golden: Cast) -> None:
    with time_machine.travel(NOW, tick=False):
        clerk = visit(golden.clerk)
        page = clerk.get("/reports/YB2603-FS/write/").content.decode()
        assert "87.5%" in page
        assert "7 / 8" in page
        saved = clerk.post("/reports/YB2603-FS/save/", {"version": "1", "overall": "写了一半"}).json()
        assert saved["version"] == 2
        clash = clerk.post("/reports/YB2603-FS/write/", {"version": "1", "overall": "另一个窗口写的"})
        assert clash.status_code == 409
        assert "另一个窗口写的" in clash.content.decode()
        assert "写了一半" in clash.content.decode()
        assert clerk.post("/reports/YB2603-FS/save/", {"version": "1", "overall": "x"}).status_code == 409
        assert clerk.post("/reports/YB2603-FS/write/", {"version": "2", "overall": "字" * 3001}).status_code == 422
        kept = clerk.post(
            "/reports/YB2603-FS/write/", {"version": "2", "overall": "写好了，找 15400012345", "preview": "1"}
        )
        assert kept["Location"] == "/reports/YB2603-FS/preview/"
        preview = clerk.get(kept["Location"])
        assert "15400012345" not in preview.content.decode(), "as it will be sent"
        form = preview.context["form"]
        asked = {"key": form["key"].value(), "seen": form["seen"].value()}
        for _ in range(2):
            assert clerk.post("/reports/YB2603-FS/send_report/", asked)["Location"] == "/reports/YB2603-FS/"
        assert SentReport.objects.count() == 1
        told = visit(golden.viewer).get("/reports/YB2603-FS/").content.decode()
        assert "87.5%（7/8）" in told
        assert "metric=first_contact_on_time&amp;scope=unit%3AFS&amp;from=2026-02-15&amp;to=2026-03-13" in told
        board = visit(golden.viewer).get("/reports/board/?state=late")
        assert [row.unit.code for row, _cells in board.context["rows"]] == ["FS"]
        book = read_xlsx(visit(golden.viewer).get("/reports/board/board.xlsx").content)
        assert [row[0] for row in book["报送情况"][1:]] == ["佛山分公司", "网络部", "湛江分公司"]
