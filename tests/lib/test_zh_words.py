"""Tokens of Chinese and Latin text: what is there is found, what is not there is not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from huizhen.lib.zh import keeps_places, normal, query_terms, squeezed, tokens

HAN = st.text("光缆中断基站宽带网络〇々𠀀", min_size=1, max_size=8)
LATIN = st.text("abg5260.-_", min_size=1, max_size=8)
MIXED = st.lists(st.one_of(HAN, LATIN, st.sampled_from("，。 、\n；!（")), max_size=8).map("".join)


def finds(text: str, question: str) -> bool:
    """What both engines do: every token there, a prefix where one is asked for."""
    known = set(tokens(text))
    return all(
        any(one.startswith(token) for one in known) if term.is_prefix else token in known
        for term in query_terms(question)
        for token in term.tokens
    )


@given(MIXED, HAN, MIXED, st.data())
def test_tokens_find_every_part_of_a_chinese_run(before: str, run: str, after: str, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(run) - 1))
    part = run[first : data.draw(st.integers(first + 1, len(run)))]
    assert finds(before + run + after, part)


@given(MIXED, st.one_of(HAN.filter(lambda run: len(run) <= 2), LATIN.filter(str.isalnum)))
def test_tokens_find_nothing_that_is_not_there(text: str, question: str) -> None:
    """A term of one token is met exactly; longer Chinese is met by all its bigrams, and the scorer looks for the whole."""
    if finds(text, question):
        assert normal(question) in squeezed(normal(text)) or normal(question) in normal(text)


@given(HAN, HAN)
def test_tokens_do_not_cross_a_comma(one: str, other: str) -> None:
    joined = set(tokens(f"{one}，{other}"))
    assert joined == set(tokens(one)) | set(tokens(other))


@given(st.text(max_size=40))
def test_any_text_has_tokens_without_blanks_or_marks(text: str) -> None:
    for token in [*tokens(text), *(token for term in query_terms(text) for token in term.tokens)]:
        assert token
        assert token[0] not in "^~"
        assert not any(character.isspace() for character in token)
    if keeps_places(text):
        assert len(normal(text)) == len(text)


def test_tokens_of_latin_and_numbers() -> None:
    for text, asked in {
        "2.6GHz频段": "2.6 2.6g ghz 2.6GHz 频段", "ＦＴＴＲ组网": "FTT fttr 组", "IDC-2机房": "idc idc-2 2 idc2", "IPv6": "ipv6 ip 6",
        "HZ26-00012": "hz26 00012 26-00012 HZ26-00012", "拨打10086": "100 10086", "5G-A": "5g 5g-a 5ga",
    }.items():  # fmt: skip
        for question in asked.split():
            assert finds(text, question), (text, question)
    for text, question in (("2.6GHz", "26ghz"), ("FTTR", "tr"), ("10086", "0086"), ("IDC-2", "c-2"), ("5G", "6g")):
        assert not finds(text, question), (text, question)
