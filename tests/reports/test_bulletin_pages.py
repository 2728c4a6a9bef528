"""通报 on pages: the golden month with its links, writing with autosave, the list, files; PDFs that a job makes."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from huizhen.cases.models import Session
from huizhen.directory.queries import Standing, standing
from huizhen.journal.models import Entry
from huizhen.lib import pdf
from huizhen.lib.errors import NotNow
from huizhen.reports import jobs
from huizhen.reports.actions import bulletins as actions
from huizhen.reports.actions import pdfs
from huizhen.reports.actions.monthly import save_words, send_report
from huizhen.reports.models import Bulletin, MonthlyReport, PaperPdf
from huizhen.reports.papers.bulletin import word_of, words
from huizhen.reports.queries import bulletins as queries
from huizhen.reports.sources.bulletins import SOURCE
from tests.cast import MONDAY, Cast
from tests.reports.bulletins import AT, FEBRUARY, MARCH, WORDS, bulletins, drafted, issued, passed
from tests.reports.golden import EXPECTED, golden_month
from tests.visits import visit

LATER = AT + timedelta(hours=4)


def table(page: str, first: str) -> dict[str, list[str]]:
    """The rows of the table that begins with this head, without their tags."""
    found = next(one for one in re.findall(r"<table.*?</table>", page, re.S) if f'<th scope="col">{first}</th>' in one)
    rows = [re.findall(r"<t[hd].*?</t[hd]>", row, re.S) for row in re.findall(r"<tr>.*?</tr>", found, re.S)]
    plain = [[unescape(re.sub(r"<[^>]+>", "", cell)) for cell in row] for row in rows]
    return {row[0]: row[1:] for row in plain}


def test_golden_month_stands_on_the_page_with_its_cases(cast: Cast, django_assert_max_num_queries: Any) -> None:
    golden_month(cast)
    jobs.drain(timezone.now())
    made = issued(cast)
    with time_machine.travel(LATER, tick=False):
        reader, office = visit(cast.outsider), visit(cast.coordinator)
        with django_assert_max_num_queries(16):
            page = reader.get(f"/bulletins/{made.code}/").content.decode()
        seen = table(page, "指标")
        for number in queries.told(made, now=AT).overall:
            top, whole, value = EXPECTED[number.code]
            assert seen[number.label][0] == words(number)
            if number.kind == "rate":
                assert seen[number.label][0] == (f"{value}%" if value else f"{top}/{whole}" if whole else "—")
        assert table(page, "专家团")["无线网络优化专家团"] == ["9", "2", "87.5%", "0/4", "0/4", "3/3", "2/3", "0"]
        for sentence in ("党建通〔2026〕1号", *WORDS.values()):
            assert sentence in page
        assert "figures/cases/" not in page, "a reader of nothing else is led nowhere"
        full = office.get(f"/bulletins/{made.code}/").content.decode()
        links = [unescape(one) for one in re.findall(r'href="(/figures/cases/[^"]+)"', full)]
        assert len(links) > 20
        for link in links[::6]:
            assert office.get(link).status_code == 200, link
        file = reader.get(f"/bulletins/{made.code}/bulletin.docx")
        assert file["Content-Disposition"].startswith("attachment; filename*=utf-8''%E5%85%9A%E5%BB%BA%E9%80%9A")
        assert file.content == bytes(Bulletin.objects.get().word or b"")


def test_bulletin_is_written_on_its_page(cast: Cast) -> None:
    with time_machine.travel(AT, tick=False):
        office, executive, clerk = visit(cast.coordinator), visit(cast.viewer), visit(cast.clerk)
        assert office.post("/bulletins/draft/", {"month": "nonsense"}).status_code == 404
        assert office.post("/bulletins/draft/", {"month": "2026-03"})["Location"] == "/bulletins/TB2603/write/"
        first = office.get("/bulletins/TB2603/write/").content.decode()
        assert 'data-autosave="/bulletins/TB2603/save/"' in first
        version = Bulletin.objects.get().revision
        kept = office.post(
            "/bulletins/TB2603/save/", {"version": version, "problems": "<b>会诊</b>不及时", "year": "1"}
        ).json()
        assert (kept["version"], Bulletin.objects.get().year) == (version + 1, None)
        stale = office.post("/bulletins/TB2603/save/", {"version": version, "problems": "旧的"})
        assert (stale.status_code, "sentence" in stale.json()) == (409, True)
        clash = office.post("/bulletins/TB2603/write/", {"version": version, "problems": "我写的另一些"})
        assert clash.status_code == 409
        page = clash.content.decode()
        assert "我写的另一些" in page
        assert "&lt;b&gt;会诊&lt;/b&gt;不及时" in page, "what others stored stands beside it, as text"
        short = office.post("/bulletins/TB2603/submit/", {"version": version + 1, "title": ""})
        assert short.status_code == 422
        assert "下步工作" in short.content.decode()
        told = {"version": Bulletin.objects.get().revision, "title": "三月通报", **WORDS}
        assert office.post("/bulletins/TB2603/submit/", told)["Location"] == "/bulletins/TB2603/"
        own = office.get("/bulletins/TB2603/").content.decode()
        assert ("动过笔" in own, "pass_bulletin" in own, "take_back" in own) == (True, False, True)
        review = executive.get("/bulletins/TB2603/").content.decode()
        assert ("pass_bulletin" in review, "（送审稿）" in review) == (True, True)
        assert executive.post("/bulletins/TB2603/return_bulletin/", {"note": ""}).status_code == 422
        executive.post("/bulletins/TB2603/pass_bulletin/", {"version": Bulletin.objects.get().revision})
        assert clerk.get("/bulletins/TB2603/").status_code == 404
        assert "三月通报" not in clerk.get("/bulletins/").content.decode()
        assert "签发" in office.get("/bulletins/TB2603/issue/").content.decode()
        assert office.post("/bulletins/TB2603/issue/")["Location"] == "/bulletins/TB2603/"
        assert "党建通〔2026〕1号" in clerk.get("/bulletins/").content.decode()
        assert office.post("/bulletins/TB2603/void/", {"reason": "短"}).status_code == 422
        office.post("/bulletins/TB2603/void/", {"reason": "漏了一个单位，另发"})
        listed = clerk.get("/bulletins/").content.decode()
        assert "漏了一个单位，另发" in listed
        assert clerk.get("/bulletins/TB2603/bulletin.docx").status_code == 409
        assert office.get("/bulletins/TB2603/bulletin.docx").status_code == 200
        for odd in ("%00", "TB2603%27", "x" * 300):
            assert clerk.get(f"/bulletins/{odd}/").status_code == 404


def test_list_costs_the_same_for_one_and_three(cast: Cast, django_assert_num_queries: Any) -> None:
    with time_machine.travel(LATER, tick=False):
        reader = visit(cast.outsider)
        bulletins(cast)
        reader.get("/bulletins/")
        with django_assert_num_queries(10):
            assert reader.get("/bulletins/").content.decode().count("党建通〔") == 1
        one = Bulletin.objects.get(code="TB2601")
        for number in (2, 3):
            Bulletin.objects.create(**{
                name: getattr(one, name)
                for name in ("campaign", "since", "until", "title", "addressees", "issuer", "author", "created_at", "saved_at", "year",
                             "issued_at", "figures")
            }, code=f"X{number}", number=number, state="voided", month=one.month)  # fmt: skip
        with django_assert_num_queries(10):
            assert reader.get("/bulletins/").content.decode().count("党建通〔") == 3


def test_pdf_is_made_once_for_all_who_ask(cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    made: list[bytes] = []

    def convert(word: bytes, *, soffice: Any) -> bytes:
        if len(made) in (1, 2):
            made.append(b"")
            raise pdf.NoPdf("x")
        made.append(word)
        return b"%PDF-1.7"

    monkeypatch.setattr(pdf, "pdf_of", convert)
    draft = drafted(cast, FEBRUARY, at=AT)
    told = queries.counted(draft, now=AT)
    twice = [word_of(draft, told, on=AT.date()) for _ in range(2)]
    asked = [
        pdfs.ask_pdf(word, kind="bulletin", label="二月通报", name="二月", by=by, at=AT)
        for word, by in zip(twice, (cast.coordinator, cast.viewer), strict=True)
    ]
    assert asked[0] == asked[1], "the same words are the same paper"
    with time_machine.travel(AT, tick=False):
        office, executive, other = visit(cast.coordinator), visit(cast.viewer), visit(cast.auditor)
        place = f"/papers/{asked[0].key}/"
        poll = {"HTTP_HX_REQUEST": "true"}
        waiting = office.get(place, **poll)
        assert (waiting.status_code, 'hx-trigger="every 2s"' in waiting.content.decode()) == (200, True)
        assert office.get(f"{place}paper.pdf").status_code == 404
        assert jobs.make_pdfs(AT) == {"ready": 1, "failed": 0, "forgotten": 0}
        assert jobs.make_pdfs(AT) == {"ready": 0, "failed": 0, "forgotten": 0}
        ready = executive.get(place, **poll)
        assert (ready.status_code, "every 2s" in ready.content.decode()) == (286, False)
        file = executive.get(f"{place}paper.pdf")
        assert (file.content, file["Content-Type"]) == (b"%PDF-1.7", "application/pdf")
        assert other.get(place).status_code == other.get(f"{place}paper.pdf").status_code == 404
        again = office.post(f"/bulletins/{draft.code}/pdf/")
        assert again["Location"] == f"{place}paper.pdf", "there already"

        # One that fails is tried three times in all, then can be asked for again; what a dead process was at is taken up.
        actions.save_bulletin(draft, {"overview": "改过了"}, by=cast.coordinator, at=AT)
        place = office.post(f"/bulletins/{draft.code}/pdf/")["Location"]
        PaperPdf.objects.filter(state="waiting").update(state="making", begun_at=AT - timedelta(minutes=11), tries=1)
        assert jobs.make_pdfs(AT) == {"ready": 0, "failed": 2, "forgotten": 0}
        assert "没有转成" in office.get(place).content.decode()
        office.post(f"/bulletins/{draft.code}/pdf/")
        assert jobs.make_pdfs(AT) == {"ready": 1, "failed": 0, "forgotten": 0}
        assert jobs.make_pdfs(AT + timedelta(days=31))["forgotten"] == 2
        assert office.get(place).status_code == 404
        settings.HUIZHEN_SOFFICE = "/nowhere/soffice"
        assert "/pdf/" not in office.get(f"/bulletins/{draft.code}/").content.decode()
        assert office.post(f"/bulletins/{draft.code}/pdf/").status_code == 409
    with pytest.raises(NotNow):
        pdfs.ask_pdf(twice[0], kind="x", label="x", name="x", by=cast.viewer, at=AT)


def test_coordinator_is_told_why_it_cannot_be_issued_yet(cast: Cast) -> None:
    passed(cast, MARCH)
    cast.register(at=MONDAY)
    with time_machine.travel(LATER, tick=False):
        office = visit(cast.coordinator)
        assert "没有计入统计" in office.get("/bulletins/TB2603/issue/").content.decode()
        refused = office.post("/bulletins/TB2603/issue/")
        assert (refused.status_code, "数字会不全" in refused.content.decode()) == (409, True)


def test_minutes_and_monthly_reports_become_pdfs(cast: Cast) -> None:
    """Asked for twice, with the time of packing between: one PDF each; what is no held session, or not hers, is refused as its Word file."""
    case, expert = cast.contacted(), cast.person("expert")
    session = Session.objects.create(
        case=case, round=1, mode="online", starts_at=MONDAY, ends_at=MONDAY, state="held", by=expert, logged_at=MONDAY
    )
    session.attendances.create(person=expert, is_expert=True, came=True)
    address = f"/cases/{case.code}/sessions/{session.key}/minutes_pdf/"
    with time_machine.travel(LATER, tick=False):
        leader = visit(cast.leader)
        assert leader.post(address)["Location"] == leader.post(address)["Location"]
        assert visit(cast.outsider).post(address).status_code == 404
        jobs.monthly(MONDAY)
        report = MonthlyReport.objects.filter(unit__code="FS").latest("month")
        save_words(report, {"overall": "各支部按计划问诊。"}, by=cast.clerk, at=LATER, seen=None)
        send_report(report, by=cast.clerk, at=LATER, key=uuid4())
        clerk = visit(cast.clerk)
        asked = clerk.post(f"/reports/{report.code}/v/1/pdf/")["Location"]
        assert clerk.get(asked).status_code == 200
        assert "/v/1/pdf/" in clerk.get(f"/reports/{report.code}/v/1/").content.decode()
    assert list(PaperPdf.objects.order_by("pk").values_list("kind", flat=True)) == ["minutes", "report"]


def test_issued_bulletins_are_found_by_everybody(cast: Cast) -> None:
    made, draft = issued(cast, FEBRUARY, at=AT), drafted(cast)
    reader = standing(cast.outsider, on=AT.date())
    (found,) = SOURCE.documents([made.pk, draft.pk])
    assert (found.title, found.keys, "抓好会诊" in found.body) == (made.title, ("TB2602", "党建通〔2026〕1号"), True)
    assert SOURCE.touched(Entry.objects.filter(verb="bulletin_issued")) == {made.pk}
    assert list(SOURCE.after(0, 10)) == [made.pk]
    assert SOURCE.readable(reader, [(made.pk, "full"), (draft.pk, "full")]) == {(made.pk, "full")}
    assert SOURCE.scopes(Standing()) == frozenset()
    actions.void_bulletin(made, by=cast.coordinator, at=LATER, reason="漏了一个单位，另发")
    (voided,) = SOURCE.documents([made.pk])
    assert voided.facets == {"state": "voided"}


def test_what_the_reviewer_said_stays_at_head_office(cast: Cast) -> None:
    """A note to the writers is no part of what everybody reads; who passed is not said to have sent it back."""
    with time_machine.travel(AT, tick=False):
        office, executive, clerk = visit(cast.coordinator), visit(cast.viewer), visit(cast.clerk)
        made = actions.submit_bulletin(drafted(cast), by=cast.coordinator, at=AT)
        url = f"/bulletins/{made.code}/"
        long = executive.post(f"{url}pass_bulletin/", {"version": made.revision, "note": "好" * 1001})
        page = long.content.decode()
        assert (long.status_code, "好" * 1001 in page, "1000" in page) == (422, True, True), "what was typed is kept"
        executive.post(f"{url}pass_bulletin/", {"version": made.revision, "note": "第三段再斟酌"})
        assert "审核通过" in office.get(url).content.decode()
        office.post(f"{url}take_back/")
        for again in (office.get(url), office.get(f"{url}write/")):
            page = again.content.decode()
            assert ("的审核意见" in page, "第三段再斟酌" in page, "退回修改" in page) == (True, True, False)
        made = actions.submit_bulletin(made, by=cast.coordinator, at=AT)
        executive.post(f"{url}pass_bulletin/", {"version": made.revision, "note": "第三段再斟酌"})
        office.post(f"{url}issue/")
        assert "第三段再斟酌" in office.get(url).content.decode()
        read = clerk.get(url)
        assert (read.status_code, "第三段再斟酌" in read.content.decode()) == (200, False)
        office.post(f"{url}void/", {"reason": "漏了一个单位\n另发"})
        page = clerk.get(url).content.decode()
        assert ("漏了一个单位<br>另发" in page, "第三段再斟酌" in page) == (True, False)
