"""履职记录: the numbers are those of the figures, each leads to its list, papers hold them, and who may not read gets nothing."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from docx import Document
from python_calamine import CalamineWorkbook

from huizhen.cases.models import Flag
from huizhen.directory.models import Membership, Posting
from huizhen.journal.models import Entry
from huizhen.reports import jobs
from huizhen.reports.clocks.periods import year
from huizhen.reports.queries.figures import figures
from huizhen.reports.queries.record_items import FIGURES
from huizhen.reports.queries.records import record_of_group, records_of, scope_of
from tests.cast import Cast
from tests.reports.golden import golden_month
from tests.visits import parsed, visit

Y2026 = year(date(2026, 1, 1))
TODAY = date(2026, 3, 16)


@pytest.fixture
def monday() -> Iterator[None]:
    """The Monday after the golden month, at noon."""
    with time_machine.travel(datetime(2026, 3, 16, 4, 0, tzinfo=UTC), tick=False):
        yield


def test_record_of_expert_and_group_is_what_the_figures_say(cast: Cast, monday: None) -> None:
    golden_month(cast)
    jobs.drain(timezone.now())
    expert, mate = cast.person("expert"), cast.person("mate")
    with CaptureQueriesContext(connection) as one:
        records_of([mate.pk], Y2026, today=TODAY)
    with CaptureQueriesContext(connection) as three:
        found = records_of([expert.pk, mate.pk, cast.person("leader").pk], Y2026, today=TODAY)
    assert len(one) == len(three) == 24

    # The expert held every case: her figures are those of her group.
    of_group = figures(cast.campaign, scope_of(cast.group), Y2026, today=TODAY)
    hers, group = found[expert.pk], record_of_group(cast.group, Y2026, today=TODAY)
    for code in FIGURES:
        told = (hers.figures[code].numerator, hers.figures[code].denominator, hers.figures[code].value)
        assert told == (of_group[code].numerator, of_group[code].denominator, of_group[code].value), code
        assert group.figures[code] == hers.figures[code]
    assert hers.figures["first_contact_on_time"].numerator == 7
    assert hers.late == group.late == of_group.terms["session_pending"] + 4  # contact of 9, prescriptions of 3, 5, 9
    assert {code: n for code, n in hers.counts.items() if n} == {
        "first_asked": 9, "answered": 9, "contacts": 7, "prescriptions": 4, "followed_up": 3, "feedback": 2,
    }  # fmt: skip
    assert group.counts["first_asked"] == 9
    assert group.counts["opinions"] == found[mate.pk].counts["opinions"] == 4
    assert (hers.feedback.n, str(hers.feedback.value), hers.feedback.new_ideas) == (2, "5.0", 2)
    assert found[mate.pk].figures["marked"].denominator == 0
    # Another year, and somebody who did nothing.
    assert records_of([expert.pk], year(date(2025, 1, 1)), today=TODAY)[expert.pk].is_empty
    assert found[cast.person("leader").pk].counts["first_asked"] == 0

    # Pages, lists and papers.
    own = visit(cast.expert)
    page = "".join(parsed(own.get("/records/expert/expert/?year=2026")).text.split())
    for piece in (
        "首问的病例9",
        "首次沟通及时率87.5%7/8",
        "支部反馈2价值5.0，可操作5.0，满分5",
        f"超时次数{hers.late}",
    ):
        assert piece in page
    for code, n in {
        "first_asked": 9,
        "contacts": 7,
        "followed_up": 3,
        "first_contact_on_time": 8,
        "late": hers.late,
    }.items():
        shown = "".join(parsed(own.get(f"/records/expert/expert/list/?of={code}&year=2026")).text.split())
        assert f"共{n}条" in shown, code
        assert "您看不到" not in shown
    assert own.get("/records/expert/expert/list/?of=nothing").status_code == 404
    assert "2025 年没有履职记录" in parsed(own.get("/records/expert/expert/?year=2025")).text
    assert own.get("/records/expert/expert/?year=9").status_code == 200
    english = visit(cast.expert, "en").get("/records/expert/expert/?year=2026").content.decode()
    assert "First asked" in english
    head = visit(cast.leader)
    assert "无线网络优化专家团 2026 年履职记录" in parsed(head.get("/records/group/NET-01/?year=2026")).text
    for code, n in {"first_contact_on_time": 8, "late": hers.late, "opinions": 4}.items():
        shown = "".join(parsed(head.get(f"/records/group/NET-01/list/?of={code}&year=2026")).text.split())
        assert f"共{n}条" in shown, code
    paper = head.post("/records/group/NET-01/record.docx", {"year": "2026"})
    text = _text(paper.content)
    assert "2026年度专家团履职记录" in text
    assert "沈言行" in text
    assert "87.5%（7/8）" in text
    rows = (
        CalamineWorkbook.from_filelike(
            io.BytesIO(head.post("/records/group/NET-01/experts.xlsx", {"year": "2026"}).content)
        )
        .get_sheet_by_index(0)
        .to_python()
    )
    told = dict(zip(rows[1], rows[4], strict=True))
    assert (rows[2][0], told["姓名"], told["首问的病例"], told["首次沟通及时率"]) == ("毛知南", "沈言行", 9, 0.875)
    assert Entry.objects.filter(verb="record_exported").count() == 2


def _text(content: bytes) -> str:
    paper = Document(io.BytesIO(content))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in paper.paragraphs), *cells])


def test_reasons_are_for_the_expert_and_her_leader_only(cast: Cast, monday: None) -> None:
    case = cast.register()
    flag = Flag.objects.create(
        case=case, person=cast.person("expert"), group=cast.group, kind="overdue", occurrence="x", at=timezone.now(),
        reasons="当天在抢修现场",
    )  # fmt: skip
    address = "/records/expert/expert/?year=2026"
    for who in ("expert", "leader"):
        assert flag.reasons in parsed(visit(cast.users[who]).get(address)).text
    for who in ("liaison", "coordinator", "viewer", "auditor"):
        assert flag.reasons not in visit(cast.users[who]).get(address).content.decode()
    for who, is_told in (("expert", True), ("leader", False)):
        paper = visit(cast.users[who]).post("/records/expert/expert/record.docx", {"year": "2026"})
        assert (flag.reasons in _text(paper.content)) == is_told

    # A clerk reads those of her unit, a leader those who sat in her group that year, nobody through a membership of another year.
    Posting.objects.filter(person=cast.person("clerk")).update(unit=cast.person("expert").unit)
    assert visit(cast.clerk).get(address).status_code == 200
    Membership.objects.filter(person=cast.person("expert")).update(until=date(2026, 2, 1))
    assert visit(cast.leader).get(address).status_code == 200
    with time_machine.travel(datetime(2027, 3, 16, 4, 0, tzinfo=UTC), tick=False):
        assert visit(cast.leader).get("/records/expert/expert/?year=2027").status_code == 403
    assert visit(cast.mate).get(address).status_code == 403


def test_group_page_costs_the_same_for_one_and_for_three(
    cast: Cast, monday: None, django_assert_num_queries: Any
) -> None:
    head = visit(cast.coordinator)
    head.get("/records/group/NET-01/")
    counts = []
    for _n in range(2):
        with CaptureQueriesContext(connection) as asked:
            assert head.get("/records/group/NET-01/").status_code == 200
        counts.append(len(asked))
        Membership.objects.filter(group=cast.group).exclude(role="leader").update(until=date(2026, 1, 1))
    assert counts[0] == counts[1]
