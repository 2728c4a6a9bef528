"""The campaign's settings: its numbers, a new version of the clock table, what changed between versions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from huizhen.directory.choices import LONGEST_CAMPAIGN, ClockName, ClockUrgency, default_clocks
from huizhen.directory.models import Campaign, ClockPolicy
from huizhen.directory.queries import setting, settings_of
from huizhen.journal.models import Entry
from huizhen.reports.clocks.periods import custom
from huizhen.web.campaigns.forms import minutes_of, words_of
from huizhen.worktime.queries import calendar, days_of
from tests.cast import MONDAY, ROLES, Cast
from tests.visits import parsed, visit

pytestmark = pytest.mark.usefixtures("_monday")


@pytest.fixture
def _monday() -> Any:
    with time_machine.travel(MONDAY + timedelta(hours=1), tick=False):
        yield


def table(**changes: str) -> dict[str, str]:
    """The whole form as the page would send it back, with some cells changed: first_contact__normal="2 小时"."""
    told = {
        f"{clock}.{urgency}": words_of(amount)
        for clock, row in default_clocks().items()
        for urgency, amount in row.items()
    }
    changed = {name.replace("__", "."): words for name, words in changes.items()}
    return told | {"seen": "1", "note": "试行"} | changed


@pytest.mark.parametrize("role", [one for one in ROLES if one != "coordinator"])
def test_settings_are_head_offices_alone(cast: Cast, role: str) -> None:
    client = visit(cast.users[role])
    answers = [client.get("/campaign/"), client.get("/campaign/clocks/"), client.post("/campaign/settings/", {}),
               client.post("/campaign/clocks/", table())]  # fmt: skip
    assert [answer.status_code for answer in answers] == [403] * 4
    assert ClockPolicy.objects.count() == 1


def test_page_shows_facts_and_the_table_in_hours_and_days(cast: Cast) -> None:
    page = parsed(visit(cast.coordinator).get("/campaign/"))
    row = next(one.text.split() for one in page.all("tr") if "首次沟通" in one.text)
    assert row == ["首次沟通", "4", "小时", "2", "小时", "30", "分"] or "".join(row) == "首次沟通4小时2小时30分"
    assert "通知列 52" in page.text


def test_new_version_says_what_changed_and_why(cast: Cast) -> None:
    client = visit(cast.coordinator)
    page = parsed(client.get("/campaign/clocks/"))
    assert page.all("input", name="session.normal")[0].attributes["value"] == "3 天"
    assert client.post("/campaign/clocks/", table(first_contact__normal="3 小时 30 分")).status_code == 302
    newest = ClockPolicy.objects.get(version=2)
    assert (newest.table["first_contact"]["normal"], newest.note) == (210, "试行")
    text = parsed(client.get("/campaign/")).text
    assert "首次沟通 · 普通 4 小时 → 3 小时 30 分" in text
    assert "第 2 版" in text


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"first_contact__normal": "很快"}, "请写成“3 天”“4 小时”或“30 分”。"),
        ({"first_contact__normal": ""}, "这一项要填。"),
        ({"first_contact__normal": "0 分"}, "要在 1 到"),
        ({"first_contact__normal": "61 天"}, "要在 1 到"),
        ({"first_contact__critical": "3 天"}, "越急的时限不能越长。"),
        ({}, "和现行的时限一样"),
        ({"seen": "x", "first_contact__normal": "3 小时"}, "输入整数"),
    ],
)
def test_bad_table_is_refused_beside_its_cell(cast: Cast, changes: dict[str, str], words: str) -> None:
    answer = visit(cast.coordinator).post("/campaign/clocks/", table(**changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert ClockPolicy.objects.count() == 1


def test_older_version_is_a_409(cast: Cast) -> None:
    ClockPolicy.objects.create(campaign=cast.campaign, version=2, table=default_clocks(), at=MONDAY)
    answer = visit(cast.coordinator).post("/campaign/clocks/", table(first_contact__normal="3 小时"))
    assert answer.status_code == 409
    assert "时限表已有第 2 版" in answer.content.decode()


@pytest.mark.parametrize(
    "text, minutes",
    [
        ("3 天", 1260), ("4小时", 240), ("30 分", 30), ("1 天 2 小时 5 分", 545), ("1.5天", 630), ("1 d 4 h", 660), ("30 min", 30),
        ("\uff13天", 1260), ("2 days 1 hour", 900), ("", None), ("3", None), ("三天", None), ("3 天左右", None), ("-3 天", None),
        ("999999999 天", None),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(text: str, minutes: int | None) -> None:
    assert minutes_of(text) == minutes


def test_words_of_an_amount_read_back_to_it() -> None:
    amounts = {amount for row in default_clocks().values() for amount in row.values()} | {1, 61, 421, 545, 25200}
    assert [minutes_of(words_of(amount)) for amount in sorted(amounts)] == sorted(amounts)
    assert (words_of(1260), words_of(545), words_of(30)) == ("3 天", "1 天 2 小时 5 分", "30 分")


def numbers(cast: Cast, **changes: str) -> dict[str, str]:
    return {name: str(value) for name, value in settings_of(cast.campaign).items()} | changes


def test_settings_are_changed_within_bounds(cast: Cast) -> None:
    client = visit(cast.coordinator)
    answer = client.post("/campaign/settings/", numbers(cast, open_cases_per_person="8", report_inclusive="0"))
    assert answer.status_code == 302
    campaign = Campaign.objects.get()
    assert (setting(campaign, "open_cases_per_person"), setting(campaign, "report_inclusive")) == (8, 0)


def facts(**changes: str) -> dict[str, str]:
    return {
        "name": "领题破题 2027", "short_name": "领题 2027", "basis": "党建通〔2027〕1 号", "starts_on": "2026-01-01",
        "ends_on": "2027-12-31", "report_day": "12", "notice_groups": "52", "notice_experts": "359",
    } | changes  # fmt: skip


def test_facts_of_a_campaign_are_changed_and_the_journal_keeps_both(cast: Cast) -> None:
    client = visit(cast.coordinator)
    assert client.post("/campaign/facts/", facts()).status_code == 302
    campaign = Campaign.objects.get()
    assert (campaign.name, campaign.ends_on, campaign.report_day) == ("领题破题 2027", date(2027, 12, 31), 12)
    entry = Entry.objects.get(verb="campaign_changed")
    assert entry.data["changed"]["report_day"] == ["15", "12"]
    assert client.post("/campaign/facts/", facts()).status_code == 302
    assert Entry.objects.filter(verb="campaign_changed").count() == 1
    assert "每月 12 日" in parsed(client.get("/campaign/")).text


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"name": " "}, "这一项要填。"),
        ({"ends_on": "2026-01-01"}, "结束要晚于开始。"),
        ({"ends_on": "9999-12-31"}, "时间不能晚于"),
        ({"starts_on": "0226-01-01"}, "时间不能早于2000年1月1日"),
        ({"report_day": "29"}, "要在 1 到 28 之间。"),
        ({"report_day": "0"}, "要在 1 到 28 之间。"),
        ({"starts_on": "2月30日"}, "日期"),
    ],
)
def test_facts_that_do_not_fit_are_refused_beside_their_field(cast: Cast, changes: dict[str, str], words: str) -> None:
    answer = visit(cast.coordinator).post("/campaign/facts/", facts(**changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Entry.objects.filter(verb="campaign_changed").exists()


def test_figures_of_the_longest_campaign_have_their_lists() -> None:
    first = date(2026, 1, 1)
    assert custom(first, first + timedelta(days=LONGEST_CAMPAIGN - 1)).days == LONGEST_CAMPAIGN


@pytest.mark.parametrize("value, words", [("0", "要在 1 到 100 之间。"), ("many", "整数"), ("", "这一项要填。")])
def test_bad_setting_is_refused_beside_its_field(cast: Cast, value: str, words: str) -> None:
    answer = visit(cast.coordinator).post("/campaign/settings/", numbers(cast, open_cases_per_person=value))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Campaign.objects.get().settings == {}


def test_missing_calendar_is_told_from_november_on(cast: Cast) -> None:
    with time_machine.travel(datetime(2026, 11, 23, 2, 0, tzinfo=UTC), tick=False):
        assert "2027 年的工作日安排还没有录入" in visit(cast.coordinator).get("/campaign/").content.decode()
    assert "工作日安排还没有录入" not in visit(cast.coordinator).get("/campaign/").content.decode()


YEAR = "日期,安排,名称\n2027-01-01,休,元旦\n2027/2/5,放假,春节\n2027-02-20,班,春节\n"


def test_calendar_of_a_year_is_entered_and_told(cast: Cast) -> None:
    with time_machine.travel(datetime(2026, 11, 23, 2, 0, tzinfo=UTC), tick=False):
        client = visit(cast.coordinator)
        assert 'href="/campaign/calendar/">去录入' in client.get("/campaign/").content.decode()
        assert 'href="/campaign/calendar/">去录入' in client.get("/").content.decode()
        assert (
            client.post("/campaign/calendar/", {"text": YEAR, "source": "国办发明电"})["Location"]
            == "/campaign/calendar/"
        )
        text = parsed(client.get("/campaign/calendar/")).text
        assert "2027 年的工作日历已录入：休 2 天，补班 1 天。" in text
        assert "国办发明电" in text
        assert "还没有录入" not in client.get("/campaign/").content.decode()
    assert 2027 in calendar().years
    assert calendar().is_working_day(date(2027, 2, 20))
    entry = Entry.objects.get(verb="calendar_loaded", target_label="2027")
    assert entry.actor_id == cast.coordinator.pk
    assert entry.data["holidays"] == ["2027-01-01", "2027-02-05"]


def test_calendar_is_read_from_a_file_of_a_spreadsheet(cast: Cast) -> None:
    file = SimpleUploadedFile("2027.csv", YEAR.encode("gb18030"))
    assert visit(cast.coordinator).post("/campaign/calendar/", {"file": file}).status_code == 302
    assert days_of(2027).get(date="2027-01-01").name == "元旦"


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "没有读到任何一天。"),
        ("某年某月", "没有读到任何一天。"),
        ("2027-01-01,休\n2027-02-30,休", "第 2 行：日期“2027-02-30”读不懂"),
        ("2027-01-01,上学", "第 1 行：“上学”不是休或班。"),
        ("2027-01-01,休\n2027-01-01,休", "第 2 行：2027-01-01 写了两次。"),
        ("2027-01-01,休\n2028-01-01,休", "一次只录一年，这里有 2027、2028。"),
        ("2027-01-01,休\n2027-01-04,班", "2027-01-04 不是周末，不用写补班。"),
        ("2027-01-02,班", "一整年没有一个休息日，请核对。"),
        ("2027-01-01,休\n" * 401, "最多 400 行。"),
    ],
)
def test_bad_calendar_is_refused_beside_its_box(cast: Cast, text: str, words: str) -> None:
    answer = visit(cast.coordinator).post("/campaign/calendar/", {"text": text})
    assert answer.status_code == 422
    shown = parsed(answer).text
    assert words in shown
    assert text.partition("\n")[0] in shown
    assert not days_of(2027).exists()


def test_without_a_campaign_there_is_nothing_to_set(cast: Cast) -> None:
    Campaign.objects.update(is_current=False)
    assert visit(cast.coordinator).get("/campaign/").status_code == 409


@pytest.mark.parametrize("count", [1, 3])
def test_page_costs_the_same_for_one_and_three_versions(cast: Cast, count: int, django_assert_num_queries: Any) -> None:
    for version in range(2, count + 1):
        ClockPolicy.objects.create(
            campaign=cast.campaign, version=version, table=default_clocks(), at=MONDAY, by=cast.person("coordinator")
        )
    client = visit(cast.coordinator)
    with django_assert_num_queries(14):
        assert client.get("/campaign/").status_code == 200


def test_every_clock_has_its_cells(cast: Cast) -> None:
    page = parsed(visit(cast.coordinator).get("/campaign/clocks/"))
    cells = {one.attributes["name"] for one in page.all("input") if "." in one.attributes.get("name", "")}
    assert cells == {f"{clock}.{urgency}" for clock in ClockName.values for urgency in ClockUrgency.values}
