"""附件1: dry run, confirmation, round trip; who is the same person, what is rejected, that nobody is removed unasked."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest

from huizhen.directory import actions
from huizhen.directory.choices import MemberRole
from huizhen.directory.models import Group, Membership, Person, RosterUpload
from huizhen.directory.queries import leader_of, persons, upload, who_was_in
from huizhen.directory.sheets import HEADERS, Plan, plan, read
from huizhen.journal.models import Entry
from huizhen.lib.errors import Invalid, NotAllowed, NotNow, NotVisible, StaleWrite
from tests.books import workbook
from tests.directory.conftest import House
from tests.directory.files import ALL, LI, MKT, NET, OUYANG, WANG, ZHANG, Row, roster

NEW = {**WANG, "姓名": "周七", "手机": "15400000077", "邮箱": "z7@example.com"}


def _plan(house: House, content: bytes) -> Plan:
    return plan(read(content), house.campaign, on=house.on)


def _apply(house: House, content: bytes, remove: tuple[str, ...] = (), days: int = 0) -> actions.Applied:
    at = house.at + timedelta(days=days)
    digest = plan(read(content), house.campaign, on=at.date()).digest
    return actions.apply_roster(
        house.campaign, content=content, digest=digest, remove=remove, by=house.user("孙党建"), at=at
    )


def _outcomes(planned: Plan) -> list[str]:
    return [row.outcome for row in planned.rows]


def _faults(planned: Plan) -> list[tuple[int | None, str | None, str]]:
    return [(fault.row, fault.column, fault.code) for row in planned.rejected for fault in row.faults]


def test_export_imports_without_a_change(house: House) -> None:
    actions.join_group(house.groups["MKT-01"], person=house.people["王五"], by=None, at=house.at)
    Person.objects.filter(code="E001").update(
        post="=cmd|'/c calc'!A1", focus="<b>5G-A</b> 与，通感", specialities="5G，VoNR / 6G"
    )
    content = actions.export_roster(house.campaign, by=house.user("孙党建"), at=house.at)
    before = list(Membership.objects.order_by("pk").values())
    planned = _plan(house, content)
    assert planned.counts == {"added": 0, "changed": 0, "unchanged": 5, "rejected": 0}
    assert (planned.is_empty, planned.missing, planned.notices) == (True, (), ())
    entries = Entry.objects.count()
    assert _apply(house, content) == actions.Applied(0, 0, 0, 0)
    assert list(Membership.objects.order_by("pk").values()) == before
    assert Entry.objects.count() == entries
    assert Entry.objects.order_by("-pk")[0].verb == "roster_exported"


def test_dry_run_tells_what_is_added_and_changed(house: House) -> None:
    changed = {**WANG, "岗位": "主管", "手机": "15400000033", "专家团编号": "MKT-01", "专家团": MKT, "领域": "市场"}
    planned = _plan(house, roster([OUYANG, ZHANG, LI, changed, NEW]))
    assert _outcomes(planned) == ["unchanged", "unchanged", "unchanged", "changed", "added"]
    told = {(change.column, change.old, change.new) for change in planned.rows[3].changes}
    assert told == {("岗位", "", "主管"), ("手机", "15400000003", "15400000033"), ("专家团编号", "NET-01", "MKT-01")}
    assert Person.objects.count() == 7


def test_import_adds_and_changes_and_keeps_history(house: House) -> None:
    moved = {**WANG, "专家团编号": "MKT-01", "专家团": MKT, "领域": "市场", "角色": "副团长"}
    content = roster([OUYANG, ZHANG, LI, moved, NEW])
    assert _apply(house, content) == actions.Applied(added=1, changed=1, removed=0, groups=0)
    fresh = Person.objects.get(name="周七")
    assert (fresh.code, fresh.unit, fresh.phone, fresh.sort_key[:5]) == (
        "E005",
        house.units["佛山分公司"],
        "15400000077",
        "zhou ",
    )
    now = {seat.person.name for seat in who_was_in(house.groups["NET-01"], house.on)}
    then = {seat.person.name for seat in who_was_in(house.groups["NET-01"], house.on - timedelta(days=1))}
    assert (now, then) == ({"张三", "李四", "周七"}, {"张三", "李四", "王五"})
    entry = Entry.objects.get(verb="roster_imported")
    assert (entry.data["added"], entry.data["changed"], entry.data["persons"]) == (1, 1, ["E003", "E005"])
    assert _plan(house, content).is_empty
    assert _apply(house, content, days=3) == actions.Applied(0, 0, 0, 0)


def test_import_takes_columns_in_any_order_with_titles_and_extras(house: House) -> None:
    words = [*reversed(HEADERS.values()), "备注"]
    typed = {word: f" {word[0]} {word[1:]}\uff0a" for word in words}
    rows = [{typed[word]: row.get(word, "略") for word in words if word in row or word == "备注"} for row in ALL]
    assert _plan(house, roster(rows, list(typed.values()), above=2)).counts["unchanged"] == 4
    content = roster([{**row, "备注": "略"} for row in ALL], words, above=2)
    planned = _plan(house, content)
    assert (planned.counts["unchanged"], [(n.code, n.column) for n in planned.notices]) == (
        4,
        [("column_ignored", "备注")],
    )


def test_import_without_staff_numbers_keeps_them(house: House) -> None:
    planned = _plan(house, roster(ALL, [word for word in HEADERS.values() if word != "工号"]))
    assert planned.counts["unchanged"] == 4


def test_import_reads_what_people_type(house: House) -> None:
    wide = str.maketrans(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-",
        "".join(chr(ord(c) + 0xFEE0) for c in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-"),
    )
    rows = [
        {**ZHANG, "姓名": "张\u3000三", "手机": "15400000001".translate(wide), "专家团编号": "NET-01".translate(wide), "单位": "省公司网络部"},
        {**LI, "手机": 15400000002, "工号": "\uff27\uff10\uff10\uff12", "单位": "佛山"},
        {**WANG, "手机": "154-0000-0003", "角色": " 成员 ", "姓名": "王五 \u200b"},
        {},
        {**OUYANG, "领域": "市场 "},
        {"姓名": "   "},
    ]  # fmt: skip
    planned = _plan(house, roster(rows))
    assert _outcomes(planned) == ["unchanged"] * 4
    assert [row.entry.number for row in planned.rows] == [2, 3, 4, 6]


def test_import_fills_cells_merged_downwards(house: House) -> None:
    def fill(book: Any, sheet: Any) -> None:
        words = list(HEADERS.values())
        sheet.merge_range(0, 0, 0, 12, "附件1 名册")
        for column, word in enumerate(words):
            sheet.write_string(1, column, word)
            for index, row in enumerate([ZHANG, LI, WANG], start=2):
                if word not in ("领域", "专家团", "专家团编号"):
                    sheet.write_string(index, column, str(row.get(word, "")))
        for column, text in enumerate(["网络运维", NET, "NET-01"]):
            sheet.merge_range(2, column, 4, column, text)

    planned = _plan(house, workbook(fill))
    assert _outcomes(planned) == ["unchanged"] * 3
    assert [(n.code, n.column, n.args["rows"]) for n in planned.notices] == [
        ("merged_filled", word, "3–5") for word in ("领域", "专家团", "专家团编号")
    ]


@pytest.mark.parametrize(
    "row, column, code",
    [
        ({**NEW, "领域": "火星"}, "领域", "unknown_domain"),
        ({**NEW, "单位": "火星分公司"}, "单位", "unknown_unit"),
        ({**NEW, "角色": "组长"}, "角色", "unknown_role"),
        ({**NEW, "姓名": ""}, "姓名", "required"),
        ({**NEW, "专家团": "", "专家团编号": ""}, "专家团", "required"),
        ({**NEW, "手机": "不知道"}, "手机", "bad_phone"),
        ({**NEW, "邮箱": "a@b"}, "邮箱", "bad_email"),
        ({**NEW, "工号": "甲乙"}, "工号", "bad_staff_no"),
        ({**NEW, "姓名": "长" * 41}, "姓名", "too_long"),
        ({**NEW, "姓名": "=FALSE()"}, "姓名", "formula"),
        ({**NEW, "专家团": MKT}, "专家团", "group_mismatch"),
        ({**NEW, "专家团编号": "NET-99"}, "专家团编号", "group_mismatch"),
        ({**NEW, "领域": "市场"}, "领域", "domain_mismatch"),
        ({**NEW, "专家团编号": "NET-99", "专家团": ""}, "专家团", "group_incomplete"),
        ({**NEW, "专家团编号": "网/运", "专家团": "新团"}, "专家团编号", "bad_code"),
        ({**NEW, "角色": "团长"}, "角色", "two_leaders"),
        ({**WANG}, "姓名", "row_duplicate"),
        ({**WANG, "专家团": MKT, "专家团编号": "MKT-01", "领域": "市场"}, "专家团", "second_group"),
        ({**WANG, "专家团": MKT, "专家团编号": "MKT-01", "领域": "市场", "角色": "成员（兼）", "岗位": "x"}, "岗位", "differs_from_row"),
        ({**NEW, "工号": "G002"}, "姓名", "row_duplicate"),
        ({**NEW, "工号": "G002", "手机": "15400000003"}, "手机", "two_candidates"),
        ({**NEW, "工号": "G999", "手机": "15400000002"}, "手机", "phone_taken"),
    ],
)  # fmt: skip
def test_row_is_rejected_with_row_column_and_reason(house: House, row: Row, column: str, code: str) -> None:
    planned = _plan(house, roster([*ALL, row]))
    assert (6, column, code) in _faults(planned)
    assert _outcomes(planned)[:4] == ["unchanged"] * 4
    before = Person.objects.count()
    with pytest.raises(NotNow):
        _apply(house, roster([*ALL, row]))
    assert Person.objects.count() == before


def test_two_known_namesakes_are_nobody(house: House) -> None:
    house.person("E009", "王五", "佛山分公司")
    planned = _plan(house, roster([{**WANG, "手机": ""}]))
    assert _faults(planned) == [(2, "姓名", "two_candidates")]
    planned = _plan(house, roster([WANG, {**WANG, "手机": "15400000088"}]))
    assert _outcomes(planned) == ["unchanged", "added"]
    assert planned.rows[1].person is not None
    assert planned.rows[1].person.code == "E009"


def test_namesakes_with_other_numbers_are_newcomers(house: House) -> None:
    planned = _plan(house, roster([LI, {**LI, "手机": "15400000055", "工号": "G003", "角色": "成员"}]))
    assert _outcomes(planned) == ["unchanged", "added"]
    twins = [{**NEW, "手机": "15400000071"}, {**NEW, "手机": "15400000072"}, {**NEW, "手机": ""}]
    planned = _plan(house, roster(twins))
    assert _outcomes(planned) == ["added", "added", "rejected"]
    assert _faults(planned) == [(4, "姓名", "two_candidates")]
    planned = _plan(house, roster([{**NEW, "工号": "A1"}, {**NEW, "工号": "A2"}]))
    assert _faults(planned) == [(3, "手机", "phone_twice")]


def test_same_person_is_found_by_staff_number_then_phone_then_name(house: House) -> None:
    rows = [
        {**LI, "姓名": "李四新", "手机": "15400000022", "单位": "网络部"},
        {**WANG, "姓名": "王五新", "单位": "网络部"},
        {**OUYANG, "手机": "15400000044"},
    ]
    planned = _plan(house, roster([*rows, ZHANG]))
    assert [row.person.code if row.person else "" for row in planned.rows] == ["E002", "E003", "E004", "E001"]
    assert _apply(house, roster([*rows, ZHANG])).changed == 3
    assert Person.objects.get(code="E002").name == "李四新"


def test_missing_people_stay_unless_ticked(house: House) -> None:
    content = roster([OUYANG, ZHANG])
    planned = _plan(house, content)
    assert [item.person.name for item in planned.missing] == ["李四", "王五"]
    assert _apply(house, content).removed == 0
    assert Membership.objects.filter(until=None).count() == 4
    assert _apply(house, content, remove=("E003",)).removed == 1
    assert Membership.objects.get(person__code="E003").until == house.on
    assert Person.objects.filter(code="E003").exists()
    assert Entry.objects.get(verb="roster_imported").data["removed"] == ["E003"]
    with pytest.raises(StaleWrite):
        _apply(house, content, remove=("E001",))


def test_leader_who_is_not_in_the_file_becomes_a_member(house: House) -> None:
    content = roster([{**LI, "角色": "团长"}, WANG])
    planned = _plan(house, content)
    assert [(item.person.name, item.demoted) for item in planned.missing] == [("张三", True), ("欧阳六", False)]
    assert planned.counts == {"added": 0, "changed": 2, "unchanged": 1, "rejected": 0}
    assert [(one.column, one.old, one.new) for one in planned.demoted[0].changes] == [("角色", "团长", "成员")]
    assert _apply(house, content).changed == 2
    assert Entry.objects.get(verb="roster_imported").data["persons"] == ["E002", "E001"]
    assert leader_of(house.groups["NET-01"], on=house.on) == house.people["李四"]
    assert Membership.objects.get(person__name="张三", until=None).role == MemberRole.MEMBER


def test_leader_who_is_replaced_and_ticked_goes(house: House) -> None:
    done = _apply(house, roster([{**NEW, "角色": "团长"}]), remove=("E001",))
    assert done == actions.Applied(added=1, changed=0, removed=1, groups=0)
    assert not Membership.objects.filter(person__name="张三", until=None).exists()
    assert Entry.objects.get(verb="roster_imported").data["persons"] == ["E005"]


def test_leaders_who_change_places_are_written_in_order(house: House) -> None:
    rows = [{**ZHANG, "角色": "成员"}, {**LI, "角色": "团长"}, WANG, OUYANG]
    assert _apply(house, roster(rows)).changed == 2
    assert leader_of(house.groups["NET-01"], on=house.on) == house.people["李四"]
    swapped = [ZHANG, LI, WANG, OUYANG]
    assert _apply(house, roster(swapped)).changed == 2
    assert Membership.objects.filter(person__name="张三", until=None).get().role == MemberRole.LEADER


def test_second_group_is_an_explicit_exception(house: House) -> None:
    second = {**WANG, "领域": "市场", "专家团": MKT, "专家团编号": "MKT-01", "角色": "成员（兼）"}
    assert _apply(house, roster([*ALL, second])).added == 1
    seats = Membership.objects.filter(person__name="王五", until=None).order_by("group__code")
    assert [(seat.group.code, seat.is_primary) for seat in seats] == [("MKT-01", False), ("NET-01", True)]
    found = next(p for p in persons(house.campaign, on=house.on).persons if p.name == "王五")
    assert [seat.group.code for seat in found.seats] == ["NET-01", "MKT-01"]


def test_groups_come_with_the_file(house: House) -> None:
    row = {**NEW, "专家团": "核心网专家团", "专家团编号": "NET-02", "角色": "团长"}
    planned = _plan(
        house, roster([*ALL, row, {**row, "姓名": "吴八", "手机": "15400000078", "角色": "成员", "专家团": "别的团"}])
    )
    assert _faults(planned) == [(7, "专家团", "group_mismatch")]
    content = roster([*ALL, row])
    assert [(g.code, g.name) for g in _plan(house, content).groups] == [("NET-02", "核心网专家团")]
    assert _apply(house, content).groups == 1
    assert leader_of(Group.objects.get(code="NET-02"), on=house.on) == Person.objects.get(name="周七")


def test_stale_dry_run_is_refused(house: House) -> None:
    content = roster([*ALL, NEW])
    digest = _plan(house, content).digest
    house.people["王五"].post = "主任"
    house.people["王五"].save()
    with pytest.raises(StaleWrite):
        actions.apply_roster(house.campaign, content=content, digest=digest, by=None, at=house.at)
    assert not Person.objects.filter(name="周七").exists()


def test_upload_is_kept_for_its_owner_for_a_day(house: House) -> None:
    desk, content = house.user("孙党建"), roster([*ALL, NEW])
    kept = actions.keep_upload(house.campaign, content=content, name="附件1\x00.xlsx", by=desk, at=house.at)
    assert bytes(upload(kept.token, by=desk, at=house.at).content) == content
    assert kept.name == "附件1.xlsx"
    with pytest.raises(NotVisible):
        upload(kept.token, by=house.user("张三"), at=house.at)
    with pytest.raises(NotVisible):
        upload(kept.token, by=desk, at=house.at + timedelta(days=1))
    with pytest.raises(NotAllowed):
        actions.keep_upload(house.campaign, content=content, name="x", by=house.user("张三"), at=house.at)
    with pytest.raises(Invalid):
        actions.keep_upload(house.campaign, content=b"x", name="x", by=desk, at=house.at)
    _apply(house, content)
    assert RosterUpload.objects.count() == 0


def test_import_is_head_office_only_and_leaves_nothing_behind(house: House) -> None:
    content = roster([*ALL, NEW])
    with pytest.raises(NotAllowed):
        actions.apply_roster(
            house.campaign, content=content, digest=_plan(house, content).digest, by=house.user("张三"), at=house.at
        )
    assert not Person.objects.filter(name="周七").exists()


def test_ten_thousand_rows_take_seconds(house: House, django_assert_max_num_queries: Any) -> None:
    rows = [
        {
            **NEW,
            "姓名": f"专家{index}",
            "手机": f"1541{index:07d}",
            "邮箱": f"x{index}@example.com",
            "工号": f"X{index}",
        }
        for index in range(10_000)
    ]
    content = roster(rows)
    start = time.perf_counter()
    with django_assert_max_num_queries(10):
        planned = _plan(house, content)
    assert planned.counts == {"added": 10_000, "changed": 0, "unchanged": 0, "rejected": 0}
    assert _apply(house, content).added == 10_000
    assert time.perf_counter() - start < 60
    assert _plan(house, content).counts["unchanged"] == 10_000
