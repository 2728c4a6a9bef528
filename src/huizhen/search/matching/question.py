"""What somebody typed, taken apart: words, phrases, what is not wanted, operators. Every text has a meaning; none is a fault to raise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from huizhen.lib.errors import Fault
from huizhen.lib.traditional import simplified
from huizhen.lib.zh import Term, normal, query_terms
from huizhen.search.matching.periods import ALWAYS, Period, period

LONGEST = 200
"""Characters of a question that are looked at."""
MOST_WORDS = 16
OPERATORS = {
    "标题": "title", "题目": "title", "title": "title",
    "编号": "code", "code": "code",
    "领域": "domain", "专业": "domain", "domain": "domain",
    "状态": "state", "阶段": "state", "state": "state",
    "情况": "situation", "情形": "situation", "situation": "situation",
    "类型": "kind", "kind": "kind",
    "单位": "unit", "unit": "unit",
    "专家团": "group", "团": "group", "专家组": "group", "组": "group", "group": "group",
    "紧急": "urgency", "紧急程度": "urgency", "缓急": "urgency", "urgency": "urgency",
    "时间": "at", "日期": "at", "at": "at",
}  # fmt: skip
TEXTS = ("title", "code")
"""Operators whose value is looked for as text; the others choose from values, but for `at`."""
_PIECES = re.compile(
    r"(?P<minus>[-－](?=\S))?"
    r"(?:(?P<name>[^\W\d_]{1,16})[:：])?"
    r"(?:\"(?P<p1>[^\"]*)(?:\"|$)|“(?P<p2>[^”]*)(?:”|$)|「(?P<p3>[^」]*)(?:」|$)|(?P<word>[^\s\"“「]+))"
)
_LISTED = re.compile(r"[,，、|]")


@dataclass(frozen=True)
class Word:
    """One thing asked for: its terms must all be there. A phrase must stand there as it was written.

    `where`: "" anywhere, "title" or "code".
    """

    text: str
    terms: tuple[Term, ...]
    is_phrase: bool = False
    where: str = ""


@dataclass(frozen=True)
class Choice:
    """One of these values of a facet, or none of them."""

    name: str
    values: tuple[str, ...]
    is_unwanted: bool = False


@dataclass(frozen=True)
class Question:
    """What is asked for. `faults`: what was not understood, and is left out; the rest is answered."""

    words: tuple[Word, ...] = ()
    without: tuple[Word, ...] = ()
    choices: tuple[Choice, ...] = ()
    period: Period = ALWAYS
    faults: tuple[Fault, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing that could find anything."""
        return not (self.words or self.choices or self.period.is_set)


@dataclass
class _Reading:
    known: Mapping[str, Mapping[str, str]]
    today: date
    words: list[Word] = field(default_factory=list)
    without: list[Word] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    period: Period = ALWAYS
    faults: list[Fault] = field(default_factory=list)

    def take(self, name: str, text: str, *, is_phrase: bool, is_unwanted: bool) -> None:
        if not name and text[-1:] in (":", "：") and simplified(normal(text[:-1])) in OPERATORS:
            name, text = text[:-1], ""
        operator = OPERATORS.get(simplified(normal(name)), "")
        if name and not operator:
            # "故障：专线" is a text with a colon in it; "stage:open" wanted to be an operator.
            if name.isascii() and text and normal(name) not in ("http", "https"):
                self.faults.append(Fault("unknown_operator", {"name": name}))
            text, operator = f"{name} {text}", ""
        if name and operator and not text.strip():
            self.faults.append(Fault("empty_value", {"name": name}))
        elif operator == "at":
            self._period(name, text, is_unwanted)
        elif operator and operator not in TEXTS:
            self._choice(name, operator, text, is_unwanted)
        else:
            self._word(text, operator, is_phrase, is_unwanted)

    def _word(self, text: str, where: str, is_phrase: bool, is_unwanted: bool) -> None:
        terms = tuple(dict.fromkeys(query_terms(text)))
        if terms:
            word = Word(normal(text).strip(), terms, is_phrase, where)
            (self.without if is_unwanted else self.words).append(word)

    def _period(self, name: str, text: str, is_unwanted: bool) -> None:
        found = None if is_unwanted else period(normal(text), today=self.today)
        if found is None:
            self.faults.append(Fault("bad_period", {"name": name, "value": text[:40]}))
        else:
            self.period = self.period.within(found)

    def _choice(self, name: str, facet: str, text: str, is_unwanted: bool) -> None:
        known, values = self.known.get(facet, {}), []
        for one in filter(None, (normal(part).strip() for part in _LISTED.split(text))):
            by_value = {normal(value): value for value in known.values()}
            value = known.get(one) or known.get(simplified(one)) or by_value.get(one)
            if value is None and not known and facet != "kind":
                value = one
            if value is None:
                self.faults.append(Fault("unknown_value", {"name": name, "value": one[:40]}))
            else:
                values.append(value)
        if values:
            self.choices.append(Choice(facet, tuple(dict.fromkeys(values)), is_unwanted))


def question(text: str, *, known: Mapping[str, Mapping[str, str]], today: date) -> Question:
    """Take apart what was typed. `known`: for each facet what people may write, in normal form, and the value it means.

    Words are joined by "and"; "…" is a phrase; a minus leaves out; `OPERATORS` ask for fields, values and periods. Operators whose
    value is unknown, and everything beyond LONGEST characters or MOST_WORDS words, are left out and said to be (`faults`).
    """
    reading = _Reading(known, today)
    if len(text) > LONGEST:
        reading.faults.append(Fault("too_long", {"most": LONGEST}))
    for piece in _PIECES.finditer(text[:LONGEST]):
        phrase = next((piece[name] for name in ("p1", "p2", "p3") if piece[name] is not None), None)
        reading.take(
            piece["name"] or "",
            piece["word"] or "" if phrase is None else phrase,
            is_phrase=phrase is not None,
            is_unwanted=bool(piece["minus"]),
        )
    if len(reading.words) > MOST_WORDS:
        reading.faults.append(Fault("too_many_words", {"most": MOST_WORDS}))
    return Question(
        words=tuple(dict.fromkeys(reading.words[:MOST_WORDS])),
        without=tuple(dict.fromkeys(reading.without[:MOST_WORDS])),
        choices=tuple(reading.choices[:MOST_WORDS]),
        period=reading.period,
        faults=tuple(reading.faults[:5]),
    )
