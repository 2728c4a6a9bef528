"""Rules of naming and of what may stand in a method; differences and likeness. No database."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huizhen.methods.matching import (
    GONE,
    NEW,
    SAME,
    StepWords,
    Words,
    counts_in,
    differences,
    findings,
    grams,
    is_counted,
    likeness,
    name_for,
    pairs_of_steps,
    possible_names,
    replaced,
)

GOOD = Words(
    {
        "name": "宿舍负荷三步法", "meaning": "先均衡再扩容", "problem": "晚高峰负荷高", "applies": "宿舍区",
        "applies_not": "农村", "effect": "降到六成八",
    },
    [StepWords("查"), StepWords("调"), StepWords("扩")],
)  # fmt: skip


def _with(**texts: str) -> Words:
    return replace(GOOD, texts={**GOOD.texts, **texts})


def _codes(words: Words, **names: set[str]) -> list[tuple[str, str, bool]]:
    return [(one.code, one.name, one.blocks) for one in findings(words, **names)]


@pytest.mark.parametrize(
    "name, counts, plainly",
    [
        ("装维预约三步法", {3}, True),
        ("宿舍负荷12步法", {12}, True),
        ("五字诀", {5}, True),
        ("四级五步闭环法", {5}, True),
        ("1234工作法", {4}, True),
        ("“1+3+N”服务模式", {3, 4, 5}, True),
        ("361工作法", {3, 10, 361}, True),
        ("三查三改", {2, 3, 6}, False),
        ("一网四通", {2, 4, 5}, False),
        ("一看二查三改", {3, 6}, False),
        ("十看十改", {2, 10, 20}, False),
        # numerals that count nothing
        ("5G一站式开通", set(), False),
        ("7×24小时值守", set(), False),
        ("2.6GHz频段清理", set(), False),
        ("10086首问不过夜", set(), False),
        ("第一时间响应", set(), False),
        ("一网通办", set(), False),
        ("千兆宽带入户", set(), False),
    ],
)
def test_number_in_a_name_says_how_many_steps(name: str, counts: set[int], plainly: bool) -> None:
    assert (counts_in(name), is_counted(name)) == (frozenset(counts), plainly)


def test_name_must_keep_its_promise() -> None:
    assert _codes(GOOD) == []
    assert _codes(_with(name="宿舍负荷四步法")) == [("name_number", "name", True)]
    assert _codes(_with(name="三线城市四通")) == [("name_number", "name", False)]
    assert _codes(_with(name="长" * 24)) == []
    assert _codes(_with(name="长" * 25)) == [("too_long", "name", True)]
    assert _codes(_with(name="最优负荷三步法")) == [("superlative", "name", True)]
    assert _codes(_with(effect="全省领先，最后一公里降到六成八，第一步见效")) == [("superlative", "effect", False)]
    assert _codes(replace(GOOD, steps=[])) == [("steps_count", "steps", True), ("name_number", "name", True)]
    assert _codes(replace(_with(change=""), is_first=False)) == [("field_missing", "change", True)]
    assert _codes(_with(effect="")) == [("effect_missing", "effect", True)]
    half = replace(_with(effect=""), has_before=True)
    assert [one[:2] for one in _codes(half)] == [
        ("effect_missing", "effect"), ("effect_half", "after"), ("indicator_missing", "indicator"),
    ]  # fmt: skip


def test_people_and_customers_are_found_in_their_place_and_masked_with_one_click() -> None:
    text = "沈言行和高峰为广州天河科技有限公司开通，电话15400001234，佛山分公司配合，本公司、该公司和校园大学生都不算"
    words = _with(problem=text)
    found = findings(words, parties={"沈言行"}, people={"高峰"})
    assert [(one.code, text[one.start : one.end], one.blocks) for one in found] == [
        ("personal_data", "15400001234", True),
        ("person_named", "沈言行", True),
        ("person_perhaps", "高峰", False),
        ("customer_named", "广州天河科技有限公司", False),
    ]
    assert replaced(text, found).startswith("某同事和某同事为某客户开通，电话154****1234，")
    again = findings(_with(problem=replaced(text, found)), parties={"沈言行"}, people={"高峰"})
    assert again == []
    consented = findings(_with(name="沈言行三步法", consent="沈言行本人同意"), parties={"沈言行"})
    assert [(one.code, one.blocks) for one in consented] == [("person_consented", False)]
    assert {"沈言行", "沈言"} <= possible_names("由沈言行负责")
    assert "欧阳启辰" in possible_names("请欧阳启辰来")


@pytest.mark.parametrize(
    "text, masked, blocks",
    [
        ("客户腾讯科技（深圳）有限公司和中国工商银行佛山分行", "客户某客户和某客户", False),
        ("中国移动通信集团广东有限公司佛山分公司，该公司，宿舍小区，校园小区，小区物业", "", False),
        ("万科物业、碧桂园小区、翠湖花园小区", "某客户、某客户、某客户", False),
        ("座机020-88881234，邮箱wang.jg@example.com", "座机020-****1234，邮箱w***@example.com", True),
        ("QQ号：123456789，微信号wxid_abc123，电话１３８００１３８０００", "QQ号：1****，微信号w****，电话138****8000", True),
        ("车牌粤A12345，宽带账号：fs20031234", "车牌粤A****，宽带账号：f****", True),
        ("家住天河区建设路12号3栋2单元501房", "家住某地址", True),
        ("业主王建国说网慢，李书记、张总、王工都来了", "业主某人说网慢，某同事、某同事、某同事都来了", False),
        ("施工单位、和工单、周总结、高校长期、汇总量，用户单位反映，客户关系，用户高峰，10086，3号楼2单元弱电井", "", False),
        ("![图](/methods/pictures/00000000-0000-0000-0000-000000000000/)，工单20251234", "", False),
    ],
)  # fmt: skip
def test_data_of_people_outside_the_directory_is_found_and_masked_whole(text: str, masked: str, blocks: bool) -> None:
    found = findings(_with(problem=text))
    assert (replaced(text, found), any(one.blocks for one in found)) == (masked or text, blocks)
    assert bool(found) == bool(masked)
    assert findings(_with(problem=replaced(text, found))) == []


def test_name_says_what_it_is_about_and_whose_it_is_by_consent_only() -> None:
    assert [one.code for one in findings(_with(name="三步法"))] == ["name_bare"]
    [guess] = findings(_with(name="张三丰三步法"))
    assert (guess.code, guess.blocks, guess.instead) == ("person_guessed", False, "")
    for consent, code, blocks in (("x", "person_named", True), ("沈言行 11月2日同意", "person_consented", False)):
        found = findings(_with(problem="沈言行的办法", consent=consent), parties={"沈言行"})
        assert [(one.code, one.blocks) for one in found] == [(code, blocks)]


def test_differences_read_as_words_and_steps_keep_their_partners() -> None:
    old, new = "先做负荷均衡，再扩容两个小区", "先做参数与负荷均衡，最后扩容三个小区"
    assert differences(old, new) == [
        (SAME, "先做"), (NEW, "参数与"), (SAME, "负荷均衡，"), (GONE, "再"), (NEW, "最后"), (SAME, "扩容"), (GONE, "两"),
        (NEW, "三"), (SAME, "个小区"),
    ]  # fmt: skip
    a, b, c, d = (StepWords(one) for one in "查调扩验")
    assert pairs_of_steps([a, b, c], [a, c, d]) == [(0, 0), (2, 1), (None, 2), (1, None)]
    assert pairs_of_steps([a, b], [a, d]) == [(0, 0), (1, 1)]
    assert pairs_of_steps([a, b, c], [c, a, b]) == [(2, 0), (0, 1), (1, 2)]


@given(st.text("负荷均衡扩容，5G ", max_size=40), st.text("负荷均衡扩容，5G ", max_size=40))
def test_differences_lose_no_word(old: str, new: str) -> None:
    parts = differences(old, new)
    assert "".join(text for kind, text in parts if kind != NEW) == old
    assert "".join(text for kind, text in parts if kind != GONE) == new


def test_likeness_looks_at_the_matter_not_at_the_form() -> None:
    assert likeness(grams("宿舍负荷三步法"), grams("宿舍负荷工作法")) == 1.0
    assert likeness(grams("三步工作法"), grams("宿舍负荷三步法")) == 0.0
    assert likeness(grams("校园宿舍负荷优化三步法"), grams("宿舍负荷均衡五字诀")) > 0.4


@pytest.mark.parametrize("title", ["校园宿舍晚高峰5G小区负荷过高", "长" * 60, "短"])
@pytest.mark.parametrize("steps", [2, 6])
def test_proposed_name_keeps_the_rules(title: str, steps: int) -> None:
    name = name_for(title, steps)
    assert len(name) <= 24
    assert counts_in(name) == {steps}
