"""病例讨论会 on pages: the list, planning in two steps, one clinic as its reader may see it, minutes; what is refused, and how."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huizhen.methods.actions.clinics import hold_clinic
from huizhen.methods.models import Clinic
from tests.cast import Cast
from tests.methods.test_clinics import DAY, LATER, planned
from tests.visits import parsed, visit

pytestmark = pytest.mark.usefixtures("_later")
WHEN = (LATER + 3 * DAY).strftime("%Y-%m-%dT%H:%M")


@pytest.fixture
def _later() -> Any:
    with time_machine.travel(LATER + timedelta(hours=1), tick=False):
        yield


def form(*codes: str, **changes: Any) -> dict[str, Any]:
    """The form of the second step as it is sent."""
    return {
        "key": str(uuid4()), "domain": "NET", "known": codes, "picks": codes, "title": "三月讨论会", "starts_at": WHEN,
        "minutes": "90", "place": "三楼会议室", "people": ["mate", "leader"], "agenda": "1. 开场",
    } | changes  # fmt: skip


def asked(client: Client, path: str) -> int:
    """Queries of a page that is looked at a second time."""
    client.get(path)
    with CaptureQueriesContext(connection) as found:
        assert client.get(path).status_code == 200
    return len(found)


def test_clinic_is_planned_in_two_steps_once_however_often_it_is_sent(cast: Cast) -> None:
    first, other, open_ = cast.resolved(), cast.archived(), cast.contacted(title="还没有破题的难题")
    client = visit(cast.leader)
    page = client.get("/clinics/new/")
    assert first.title in page.content.decode()
    # choosing is reading: it stays in the address; a code nobody knows is said, none is asked for
    step = client.get(f"/clinics/new/?step=2&case={first.code}&more={other.code.lower()}、HZ26-99999")
    assert [one.attributes["value"] for one in parsed(step).all("input", name="picks")] == [first.code, other.code]
    assert "至少选一例" in client.get("/clinics/new/?step=2").content.decode()
    assert "HZ26-99999" in client.get("/clinics/new/?step=2&more=HZ26-99999").content.decode()
    # what is wrong is said at its field, and what was typed stays
    wrong = client.post("/clinics/new/", form(first.code, title="", place="五楼", minutes="7"))
    assert (wrong.status_code, 'value="五楼"' in wrong.content.decode()) == (422, True)
    wrong = client.post("/clinics/new/", form(first.code, link="javascript:alert(1)"))
    assert (wrong.status_code, "链接要以 https:// 开头" in parsed(wrong).text) == (422, True)
    assert not Clinic.objects.exists()
    # twice is once
    sent = form(first.code, more=open_.code, **{f"by_{first.code}": "expert"}, place="三楼<b>会议室</b>\u202e")
    paths = {client.post("/clinics/new/", sent)["Location"] for _ in range(2)}
    assert paths == {"/clinics/NET-2603/"}
    clinic = Clinic.objects.get()
    assert list(clinic.cases.order_by("order").values_list("case__code", flat=True)) == [first.code, open_.code]
    text = client.get("/clinics/NET-2603/").content.decode()
    assert "三楼&lt;b&gt;会议室&lt;/b&gt;<" in text
    # somebody else took the same form for her own
    assert visit(cast.liaison).post("/clinics/new/", sent).status_code == 409


def test_pages_of_a_clinic_cost_the_same_for_one_and_for_three(cast: Cast) -> None:
    cases = [cast.resolved(), cast.archived(), cast.contacted(title="还没有破题的难题")]
    client = visit(cast.leader)
    planned(cast, cases[0])
    counts = [asked(client, path) for path in ("/clinics/", "/clinics/NET-2603/", "/clinics/new/")]
    Clinic.objects.all().delete()
    for n in range(3):
        planned(
            cast,
            *cases,
            starts_at=LATER + (2 + n) * DAY,
            people=[cast.person(one) for one in ("leader", "mate", "other_expert")],
        )
    code = Clinic.objects.earliest("starts_at").code
    assert [asked(client, path) for path in ("/clinics/", f"/clinics/{code}/", "/clinics/new/")] == counts
    assert max(counts) <= 26
    rows = [
        one.attributes["href"]
        for one in parsed(client.get("/clinics/")).all("a")
        if "NET-2603" in one.attributes["href"]
    ]
    assert len(rows) == 3
    # the invited of another group sees the meeting, not what it is about; who was not invited sees nothing
    guest = visit(cast.users["other_expert"])
    text = guest.get(f"/clinics/{code}/").content.decode()
    assert "还没有破题的难题" not in text
    assert cases[2].code not in text
    assert f"/cases/{cases[1].code}/summary/" in text
    assert [visit(cast.outsider).get(path).status_code for path in (f"/clinics/{code}/", "/clinics/")] == [404, 200]
    assert "NET-2603" not in visit(cast.outsider).get("/clinics/").content.decode()
    assert guest.post(f"/clinics/{code}/cancel/", {"reason": "不开了"}).status_code == 403
    # strange filters and pages
    for query in ("?after=x.y", "?after=9.99999999999999999999", "?domain=%00", "?state=gone", "?q=%27%3B--", "?q=%00"):
        assert client.get(f"/clinics/{query}").status_code == 200, query
    assert client.get("/clinics/%00/").status_code in (400, 404)


def test_minutes_and_attendance_are_written_once_and_amended(cast: Cast) -> None:
    solved, open_ = cast.archived(), cast.contacted(title="还没有破题的难题")
    clinic = planned(cast, solved, open_)
    path, client = f"/clinics/{clinic.code}/", visit(cast.leader)
    assert client.get(f"{path}hold/").status_code == 409  # not begun
    with time_machine.travel(clinic.starts_at + timedelta(hours=2), tick=False):
        client = visit(cast.leader)
        page = parsed(client.get(f"{path}hold/"))
        assert page.all("div", **{"data-writing": "id_minutes"})  # the tools of long texts
        seen = page.all("input", name="seen")[0].attributes["value"]
        told = {
            "seen": seen, "came": ["mate"], "minutes": "## 议定\n\n- **先均衡**\n\n<script>alert(1)</script>",
            f"case_{solved.code}": "先查参数", "take_mate": "回去先查 15400012345",
        }  # fmt: skip
        assert client.post(f"{path}hold/", told | {"minutes": ""}).status_code == 422
        assert client.post(f"{path}hold/", told | {"came": []}).status_code == 422
        assert client.post(f"{path}hold/", told)["Location"] == path
        assert client.post(f"{path}hold/", told).status_code == 409  # the second click
        text = client.get(path).content.decode()
        assert "<strong>先均衡</strong>" in text
        assert "<script>alert" not in text
        assert "154****2345" in text
        assert "15400012345" not in text
        # amended by who saw the newest; the stale one is told
        edit = parsed(client.get(f"{path}minutes/")).all("input", name="seen")[0].attributes["value"]
        assert client.post(f"{path}minutes/", told | {"seen": edit, "whole": ["1"]})["Location"] == path
        assert clinic.attendances.filter(came=True).count() > 1
        assert client.post(f"{path}minutes/", told | {"seen": edit, "minutes": "旧的"}).status_code == 409
        assert visit(cast.users["mate"]).post(f"{path}minutes/", told).status_code == 403
        english = parsed(visit(cast.leader, "en").get(path))
        assert not re.findall(r"[\u4e00-\u9fff]+", english.all("h2")[0].text)


def test_clinic_is_put_off_called_off_and_told_to_calendars(cast: Cast) -> None:
    clinic = planned(cast, cast.resolved())
    path, client = f"/clinics/{clinic.code}/", visit(cast.leader)
    later = (LATER + 5 * DAY).strftime("%Y-%m-%dT%H:%M")
    assert client.post(f"{path}postpone/", {"starts_at": later, "minutes": "90", "reason": ""}).status_code == 422
    sent = {"starts_at": later, "minutes": "90", "reason": "主讲人出差", "seen": str(clinic.version)}
    assert client.post(f"{path}postpone/", sent)["Location"] == path
    assert client.post(f"{path}postpone/", sent).status_code in (409, 422)  # the second click: somebody was faster
    invitation = visit(cast.users["mate"]).get(f"{path}invitation.ics")
    assert (invitation.status_code, "SEQUENCE:1" in invitation.content.decode()) == (200, True)
    edit = client.get(f"{path}edit/")
    assert (edit.status_code, parsed(edit).all("input", name="starts_at")) == (200, [])
    assert client.post(f"{path}cancel/", {"reason": "不"}).status_code == 422
    assert client.post(f"{path}cancel/", {"reason": "并到下月"})["Location"] == path
    assert client.post(f"{path}cancel/", {"reason": "并到下月"}).status_code == 409
    assert "METHOD:CANCEL" in visit(cast.users["mate"]).get(f"{path}invitation.ics").content.decode()
    assert "并到下月" in client.get(path).content.decode()
    assert "已取消" in client.get("/clinics/?state=cancelled").content.decode()
    with pytest.raises(Exception, match="clinic_state"):
        hold_clinic(clinic, by=cast.leader, at=clinic.ends_at, minutes="开了", came={"mate"}, learned={}, takes={})
