"""What is typed, taken apart; periods; spelling; marked pieces. No database."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huizhen.search.matching.lexemes import Lexeme, Without, all_of, any_of, fts5, mark, tsquery
from huizhen.search.matching.periods import Period, period
from huizhen.search.matching.pieces import SHOWN, marked, snippet
from huizhen.search.matching.question import Question, question
from huizhen.search.matching.score import Text, met, ranked
from huizhen.search.matching.spelling import vocabulary
from huizhen.search.matching.wording import matter, widened

TODAY = date(2026, 11, 23)
KNOWN = {
    "domain": {"市场": "MKT", "mkt": "MKT"},
    "kind": {"病例": "case", "case": "case"},
    "state": {"已归档": "archived"},
}


def asked(text: str) -> Question:
    return question(text, known=KNOWN, today=TODAY)


def test_question_is_taken_apart() -> None:
    found = asked(
        '光缆中断 "接头盒 进水" “客户投诉” -割接 标题:基站 编号：HZ26 -领域:MKT 状态:archived,已归档 时间:今年'
    )
    assert [(word.text, word.where, word.is_phrase) for word in found.words] == [
        ("光缆中断", "", False), ("接头盒 进水", "", True), ("客户投诉", "", True), ("基站", "title", False), ("hz26", "code", False),
    ]  # fmt: skip
    assert [word.text for word in found.without] == ["割接"]
    assert [(choice.name, choice.values, choice.is_unwanted) for choice in found.choices] == [
        ("domain", ("MKT",), True),
        ("state", ("archived",), False),
    ]
    assert found.period == Period(date(2026, 1, 1), date(2026, 12, 31))
    assert not found.faults


@pytest.mark.parametrize(
    "text, code, words",
    [
        ("领域:火星 光缆", "unknown_value", 1),
        ("类型:飞碟", "unknown_value", 0),
        ("时间:昨夜", "bad_period", 0),
        ("时间:2026-13", "bad_period", 0),
        ("-时间:今年", "bad_period", 0),
        ("标题:", "empty_value", 0),
        ("stage:open", "unknown_operator", 1),
        ("光" * 300, "too_long", 1),
        (" ".join(f"词{n}" for n in range(20)), "too_many_words", 16),
    ],
)
def test_question_says_what_it_does_not_understand(text: str, code: str, words: int) -> None:
    found = asked(text)
    assert [fault.code for fault in found.faults] == [code]
    assert len(found.words) == words


def test_question_leaves_texts_with_colons_alone() -> None:
    for text in ("故障：专线中断", "http://example.cn/a", "12:30 断网"):
        assert asked(text).faults == ()
        assert asked(text).words


@given(st.text(max_size=60) | st.text("光缆a\"“”-:：*^~()'\\&|!<> \n\0标题时间", max_size=30))
def test_question_of_anything_is_no_fault(text: str) -> None:
    found = asked(text)
    for word in found.words:
        assert word.terms
        assert all(term.tokens for term in word.terms)
    for one in widened_texts(found):
        assert met(one, Text(1, "case", 1, "full", "hz", "标题", "", "正文", 0.0)) >= 0
    matter(found.words)
    snippet(text, [word.text for word in found.words])


def widened_texts(found: Question) -> list:
    return [widened(word, [("光缆", "光纤")]) for word in found.words]


@pytest.mark.parametrize(
    "text, since, until",
    [
        ("今年", (2026, 1, 1), (2026, 12, 31)),
        ("lastyear", (2025, 1, 1), (2025, 12, 31)),
        ("近30天", (2026, 10, 25), (2026, 11, 23)),
        ("最近两周", (2026, 11, 10), (2026, 11, 23)),
        ("近半年", (2026, 5, 26), (2026, 11, 23)),
        ("last7days", (2026, 11, 17), (2026, 11, 23)),
        ("上个月", (2026, 10, 1), (2026, 10, 31)),
        ("上周", (2026, 11, 16), (2026, 11, 22)),
        ("2024年2月", (2024, 2, 1), (2024, 2, 29)),
        ("20260305", (2026, 3, 5), (2026, 3, 5)),
        ("2026-03..2026-06", (2026, 3, 1), (2026, 6, 30)),
        ("2026-03-05至2026年3月7日", (2026, 3, 5), (2026, 3, 7)),
        ("..2025", None, (2025, 12, 31)),
        ("2025-12..", (2025, 12, 1), None),
    ],
)
def test_period_is_read(text: str, since: tuple[int, int, int] | None, until: tuple[int, int, int] | None) -> None:
    assert period(text, today=TODAY) == Period(since and date(*since), until and date(*until))


@given(st.text("0123456789-.年月日近天周去今..~至", max_size=14))
def test_period_of_anything_is_none_or_days(text: str) -> None:
    found = period(text, today=TODAY)
    assert found is None or found.is_set


def test_expressions_quote_everything() -> None:
    nasty = Lexeme("a'b\\c\"d")
    assert fts5(nasty) == '"a\'b\\c""d"'
    assert tsquery(nasty) == "'a''b\\\\c\"d'"
    whole = Without(all_of([Lexeme("x", is_prefix=True), any_of([Lexeme("y"), Lexeme("z")])]), Lexeme("w"))
    assert fts5(whole) == '(("x" * AND ("y" OR "z"))) NOT ("w")'
    assert tsquery(whole) == "(('x':* & ('y' | 'z')) & !('w'))"
    assert mark("f", "unit=广 州'\"") == "~funit=广_州__"
    with pytest.raises(ValueError):
        all_of([])


def test_widened_words_stand_where_the_word_stood() -> None:
    groups = [("携转", "携号转网"), ("olt", "光线路终端"), ("掉线", "掉话", "断线")]
    texts = {
        text: {word.text for word in widened(asked(text).words[0], groups).alternatives}
        for text in ("携转失败", "volte", "OLT", '"携转"', "编号:olt", "频繁掉线")
    }
    assert texts == {
        "携转失败": {"携转失败", "携号转网失败"}, "volte": {"volte"}, "OLT": {"olt", "光线路终端"}, '"携转"': {"携转"},
        "编号:olt": {"olt"}, "频繁掉线": {"频繁掉线", "频繁掉话", "频繁断线"},
    }  # fmt: skip


def test_ranked_prefers_titles_exact_codes_and_the_new() -> None:
    def text(number: int, title: str = "", body: str = "", age: float = 0.0, kind: str = "case") -> Text:
        return Text(number, kind, number, "full", f"hz26-{number}", title, "", body, age)

    texts = [
        text(1, body="光缆"), text(2, "光缆"), text(3, body="光缆", age=2000), text(4, "光缆抢修"), text(5, body="光，缆"),
        text(6, body="光缆", kind="expert"),
    ]  # fmt: skip

    def order(question: str) -> list[int]:
        return [one.id for _, one in ranked([widened(word, ()) for word in asked(question).words], texts)]

    assert order("光缆") == [2, 4, 1, 3, 6]
    assert order("hz26-3") == [3]


def test_vocabulary_hears_and_sees_slips() -> None:
    known = vocabulary(["携号转网资费争议", "FTTR组网", "VoLTE掉话", "家庭宽带"])
    meant = {
        run: known.meant(run)
        for run in ("携专", "携好转网", "资废争议", "ftrr", "fttr", "vlote", "宽带", "量子", "idc")
    }
    assert meant == {
        "携专": "", "携好转网": "携号转网", "资废争议": "资费争议", "ftrr": "fttr", "fttr": "", "vlote": "volte", "宽带": "",
        "量子": "", "idc": "",
    }  # fmt: skip


def test_pieces_mark_what_was_found_and_keep_the_text() -> None:
    text = "前面的话。" * 40 + "施工挖断光缆，ＦＴＴＲ退服。\n" + "后面的话。" * 40
    shown = snippet(text, ["光缆", "fttr", "挖断"])
    assert {piece for piece, is_marked in shown if is_marked} == {"挖断光缆", "ＦＴＴＲ"}  # noqa: RUF001
    assert shown[0] == ("…", False)
    assert shown[-1] == ("…", False)
    assert sum(len(piece) for piece, _ in shown) <= SHOWN + 2
    assert snippet("", ["x"]) == ()
    assert snippet("短", ["无"]) == (("短", False),)


@given(st.text(max_size=50), st.lists(st.text(max_size=3), max_size=3))
def test_marked_text_is_the_whole_text(text: str, words: list[str]) -> None:
    assert "".join(piece for piece, _ in marked(text, words)) == text
