"""The end of a campaign: figures frozen, open cases carried over with their clocks, nothing lost when killed, taken back while it can be."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from docx import Document

from huizhen.accounts.models import User
from huizhen.cases.actions import carrying
from huizhen.cases.models import Access, Case, Responsibility
from huizhen.cases.queries.file import file_of
from huizhen.directory.models import Campaign, ClockPolicy, Group, Membership
from huizhen.journal.models import Entry
from huizhen.lib.errors import Invalid, NotAllowed, NotNow
from huizhen.reports import jobs
from huizhen.reports.actions import ending
from huizhen.reports.clocks.periods import year
from huizhen.reports.models import CampaignSummary
from huizhen.reports.policy.scopes import ALL
from huizhen.reports.queries import ending as queries
from huizhen.reports.queries.figures import figures
from huizhen.reports.queries.records import record_of_group
from huizhen.worktime.queries import calendar
from tests.cast import MONDAY, Cast
from tests.reports.golden import golden_month
from tests.visits import parsed, visit

NOON = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)
NAME = "领题破题 2026"


@pytest.fixture
def monday() -> Iterator[None]:
    """The Monday after the golden month, at noon."""
    with time_machine.travel(NOON, tick=False):
        yield


def prepared(cast: Cast) -> Campaign:
    """The next campaign, made on its page."""
    answer = visit(cast.coordinator).post(
        "/campaign/next/",
        {"name": "领题破题 2027", "short_name": "领题破题 2027", "starts_on": "2027-01-01", "ends_on": "2027-12-31"},
    )
    assert answer.status_code == 302
    return Campaign.objects.get(short_name="领题破题 2027")


def end(cast: Cast, by: User | None = None, *, carries: bool = True, confirmation: str = NAME) -> CampaignSummary:
    return ending.end_campaign(
        cast.campaign, confirmation=confirmation, carries=carries, by=by or cast.coordinator, at=timezone.now()
    )


def test_campaign_ends_and_its_cases_go_on(cast: Cast, monday: None, monkeypatch: pytest.MonkeyPatch) -> None:
    golden_month(cast)
    jobs.drain(NOON)
    before = figures(
        cast.campaign, ALL, queries.whole_of(cast.campaign, today=date(2026, 3, 16)), today=date(2026, 3, 16)
    )
    record = record_of_group(cast.group, year(date(2026, 1, 1)), today=date(2026, 3, 16))
    coming = prepared(cast)
    assert {one.code for one in Group.objects.filter(campaign=coming)} == {"NET-01", "FIN-01"}
    assert Membership.objects.filter(group__campaign=coming, since=date(2027, 1, 1)).count() == 5
    ClockPolicy.objects.filter(campaign=coming).update(
        table={
            name: dict.fromkeys(row, 1) for name, row in ClockPolicy.objects.get(campaign=cast.campaign).table.items()
        }
    )
    head = visit(cast.coordinator)
    page = parsed(head.get("/campaign/end/")).text
    assert "领题破题 2027" in page

    # Who may not, a wrong name, nowhere to go on.
    with pytest.raises(NotAllowed):
        end(cast, cast.leader)
    with pytest.raises(Invalid):
        end(cast, confirmation="领题破题")
    assert head.post("/campaign/end/", {"carries": "1", "confirmation": "x"}).status_code == 422
    assert CampaignSummary.objects.count() == 0

    open_before = {
        one.pk: (
            one.code,
            one.accountable_id,
            one.due_at,
            [(c.name, c.due, c.stop) for c in file_of(one).clocks(calendar()) if c.start < NOON],
        )
        for one in Case.objects.filter(is_open=True).select_related("campaign")
    }
    answer = head.post("/campaign/end/", {"carries": "1", "confirmation": NAME})
    row = CampaignSummary.objects.get()
    assert answer.headers["Location"] == f"/campaign/summaries/{row.key}/"
    with pytest.raises(NotNow):  # somebody else, a moment later
        end(cast)
    cast.campaign.refresh_from_db()
    assert (cast.campaign.is_current, cast.campaign.successor) == (False, coming)
    entry = Entry.objects.get(verb="campaign_ended")
    assert entry.data["digest"] == row.digest == queries.digest_of(row.told)
    assert row.told["all"]["first_contact_on_time"] == [7, 8, "87.5", False]
    assert {code: one[:2] for code, one in row.told["all"].items()} == {
        one.metric.code: [one.numerator, one.denominator] for one in before
    }

    # Ten minutes to think it over, then the job; killed at its third case it goes on with the rest.
    assert jobs.carry(NOON + timedelta(minutes=5)) == {"carried": 0}
    later = NOON + timedelta(minutes=11)
    real, seen = carrying.carry_over, []

    def dies(case: int, *args: Any, **more: Any) -> bool:
        seen.append(case)
        if len(seen) == 3:
            raise MemoryError
        return real(case, *args, **more)

    monkeypatch.setattr(ending, "carry_over", dies)
    with pytest.raises(MemoryError):
        jobs.carry(later)
    assert Case.objects.filter(carried_from=cast.campaign).count() == 2
    monkeypatch.undo()
    assert jobs.carry(later)["carried"] == len(open_before) - 2
    assert jobs.carry(later) == {"carried": 0}
    assert Entry.objects.filter(verb="case_carried").count() == len(open_before) == 6
    for pk, told in open_before.items():
        one = Case.objects.select_related("campaign", "group").get(pk=pk)
        clocks = [(c.name, c.due, c.stop) for c in file_of(one).clocks(calendar()) if c.start < NOON]
        assert (one.code, one.accountable_id, one.due_at, clocks) == told
        assert (one.campaign, one.group.campaign, one.carried_from) == (coming, coming, cast.campaign)  # type: ignore[union-attr]
        assert Responsibility.objects.filter(case=one, until=None).count() == 1
    # The invited group is admitted under its new roof; members sit in the new groups from the day of the change.
    assert Access.objects.filter(group__campaign=coming, group__code="FIN-01", until=None).exists()
    carried = Case.objects.get(code=next(iter(open_before.values()))[0])
    assert f"由“{NAME}”结转" in parsed(visit(cast.leader).get(f"/cases/{carried.code}/")).text

    # What was frozen stays; the figures of the cases now count in the next campaign. It is final.
    jobs.drain(later)
    assert record_of_group(cast.group, year(date(2026, 1, 1)), today=date(2026, 3, 16)) == record
    found = queries.summary_of(row)
    assert (found.is_sound, found.carried, found.left, found.may_be_taken_back) == (True, 6, 0, False)
    assert found.whole["registered"].numerator == 9
    with pytest.raises(NotNow):
        ending.take_back_end(row, by=cast.coordinator, at=later)
    assert "12:10开始结转" in "".join(parsed(head.get(f"/campaign/summaries/{row.key}/")).text.split())
    with time_machine.travel(later, tick=False):
        text = "".join(parsed(head.get(f"/campaign/summaries/{row.key}/")).text.split())
    assert "已结转到“领题破题2027”6例，还剩0例" in text
    assert "首次沟通及时率87.5%7/8" in text
    assert visit(cast.leader).get(f"/campaign/summaries/{row.key}/").status_code == 404
    assert row.digest[:16] in visit(cast.viewer).get(f"/campaign/summaries/{row.key}/").content.decode()
    paper = Document(io.BytesIO(head.post(f"/campaign/summaries/{row.key}/summary.docx").content))
    cells = {cell.text for table in paper.tables for line in table.rows for cell in line.cells}
    assert {"87.5%（7/8）", "无线网络优化专家团"} <= cells

    # A new registration belongs to the new campaign; the next summary is compared with this one.
    fresh = cast.register(at=later)
    assert (fresh.campaign, fresh.carried_from) == (coming, None)
    ending.end_campaign(coming, confirmation="领题破题 2027", carries=False, by=cast.coordinator, at=later)
    second = queries.summary_of(CampaignSummary.objects.get(campaign=coming))
    assert (second.before_name, second.before["registered"].numerator) == (NAME, 9)
    with pytest.raises(NotNow, match="campaign_over"):
        cast.register(at=later, title="新一届也结束了以后")


def test_end_is_taken_back_while_nothing_happened(cast: Cast, monday: None) -> None:
    cast.register(at=MONDAY)
    coming = prepared(cast)
    row = end(cast)
    head = visit(cast.coordinator)
    assert "撤回结束" in parsed(head.get(f"/campaign/summaries/{row.key}/")).text
    jobs.drain(timezone.now())
    wall = "".join(parsed(head.get("/overview/screen/")).text.split())
    assert "在诊1例" in wall, "what stays in the old campaign is open all the same"
    head.post(f"/campaign/summaries/{row.key}/take_back_end/")
    cast.campaign.refresh_from_db()
    assert (cast.campaign.is_current, cast.campaign.ended_at, cast.campaign.successor) == (True, None, None)
    assert head.post(f"/campaign/summaries/{row.key}/take_back_end/").status_code == 404
    assert jobs.carry(NOON + timedelta(hours=1)) == {"carried": 0}

    # Ended again; something is registered in the next one, so it stays ended. A group that is not there waits.
    row = end(cast)
    Group.objects.filter(campaign=coming, code="NET-01").update(code="NET-09")
    assert jobs.carry(NOON + timedelta(hours=1)) == {"carried": 0}
    assert queries.summary_of(row).homeless == 1
    Group.objects.filter(campaign=coming, code="NET-09").update(code="NET-01")
    assert jobs.carry(NOON + timedelta(hours=1)) == {"carried": 1}
    assert head.post(f"/campaign/summaries/{row.key}/take_back_end/").status_code == 409
    CampaignSummary.objects.filter(pk=row.pk).update(told={**row.told, "open": 99})
    assert "对不上" in parsed(head.get(f"/campaign/summaries/{row.key}/")).text
