"""Secretaries by the file: what is refused, what is shown, what is done, and that a second time changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huizhen.directory.models import Branch, Person, Posting
from huizhen.directory.sheets.secretaries import COLUMNS
from huizhen.journal.models import Entry
from tests.books import table
from tests.cast import Cast
from tests.visits import visit

pytestmark = pytest.mark.usefixtures("monday")
B1, B2 = "佛山分公司网络部党支部", "湛江分公司网络部党支部"
NEW = {"姓名": "陈　新来", "单位": "佛山", "支部": B1, "职务": "党支部书记", "手机": "154-0000-7777", "工号": "S01"}


def _upload(desk: Client, rows: list[Mapping[str, Any]], headings: tuple[str, ...] = tuple(COLUMNS.values())) -> Any:
    content = table(rows, headings, ["书记名单"], "支部书记")
    return desk.post("/people/import/", {"file": SimpleUploadedFile("a.xlsx", content)})


def _confirm(desk: Client, answer: Any) -> Any:
    page = desk.get(answer["Location"])
    assert "确认导入" in page.content.decode()
    return desk.post(f"{answer['Location']}apply/", {"digest": page.context["plan"].digest})


def test_secretaries_come_with_a_file_and_only_once(cast: Cast) -> None:
    desk = visit(cast.coordinator)
    requester = cast.person("requester")
    known = {"姓名": "曾维舟", "单位": "佛山分公司", "支部": B1, "邮箱": "neu@example.com"}
    second = {"姓名": "韩怀朗", "单位": "网络部", "手机": cast.person("outsider").phone, "支部": B2}
    Branch.objects.filter(code="B2").update(unit=cast.person("outsider").unit)
    rows = [NEW, known, second]
    answer = _upload(desk, rows)
    page = desk.get(answer["Location"])
    assert dict(page.context["plan"].counts) == {"added": 1, "changed": 1, "unchanged": 1}
    assert not Person.objects.filter(name="陈新来").exists()
    assert desk.post(f"{answer['Location']}apply/", {"digest": "x"}).status_code == 409
    assert _confirm(desk, answer)["Location"] == "/people/?state=none&post=requester"
    person = Person.objects.get(name="陈新来")
    assert (person.code, person.staff_no, person.phone, person.unit.code) == ("E001", "S01", "15400007777", "FS")
    assert [(post.branch.name, post.title) for post in person.postings.all()] == [(B1, "党支部书记")]
    assert Person.objects.get(pk=requester.pk).email == "neu@example.com"
    assert Person.objects.get(pk=requester.pk).phone == requester.phone
    data = Entry.objects.get(verb="secretaries_imported").data
    assert (data["added"], data["posts"], data["changed"], data["persons"]) == (1, 1, 1, ["E001", "requester"])
    assert "陈新来" in desk.get("/people/?state=none&post=requester").content.decode()

    before = Posting.objects.count(), Entry.objects.count()
    again = _upload(desk, rows)
    assert "名单里的书记都在任" in desk.get(again["Location"]).content.decode()
    assert desk.post(f"{again['Location']}apply/", {"digest": "x"}).status_code == 409
    assert (Posting.objects.count(), Entry.objects.count()) == before


def test_bad_rows_and_files_are_told_and_nothing_is_written(cast: Cast) -> None:
    desk = visit(cast.coordinator)
    Person.objects.filter(code="clerk").update(left_on=cast.campaign.starts_on)
    bad: list[Mapping[str, Any]] = [
        {**NEW, "单位": "无此单位"}, {**NEW, "支部": "无此支部"}, {**NEW, "支部": B2}, {**NEW, "姓名": ""}, {**NEW, "手机": "x"},
        {**NEW, "工号": "=F1"}, {**NEW, "姓名": "别人", "工号": "", "手机": cast.person("second").phone},
        {"姓名": "姜书竹", "单位": "佛山", "支部": B1}, NEW, NEW, {**NEW, "职务": "副书记"},
    ]  # fmt: skip
    answer = _upload(desk, bad)
    page = desk.get(answer["Location"])
    said = page.content.decode()
    assert page.context["plan"].counts["rejected"] == 10
    for words in ("没有“无此单位”这个单位", "没有“无此支部”这个支部", "不属于这个单位", "这一项要填", "手机号写法不对", "这一格是公式",
                  "麦承宇 second已用这个号码", "姜书竹已登记离开", "已经有一条相同的了", "内容却不一致"):  # fmt: skip
        assert words in said, words
    digest = page.context["plan"].digest
    assert desk.post(f"{answer['Location']}apply/", {"digest": digest}).status_code == 409
    assert not Person.objects.filter(name="陈新来").exists()
    assert visit(cast.viewer).get(answer["Location"]).status_code == 403
    assert _upload(desk, [NEW], ("姓名", "单位")).status_code == 422
    assert _upload(desk, []).status_code == 422
    assert desk.post("/people/import/", {"file": SimpleUploadedFile("a.xlsx", b"nein")}).status_code == 422
    form = desk.get("/people/import/form.xlsx").content
    assert desk.post("/people/import/", {"file": SimpleUploadedFile("a.xlsx", form)}).status_code == 422
