"""Lexemes of a document, and expressions over lexemes as both engines write them.

A text's tokens are lexemes as they are; those of the title stand once more behind "^". Everything else that a question can ask of
a document is a lexeme behind "~", so that the index alone answers it: scopes with their kind (~s), facets (~f), numbers that are
no single token (~n), the week and the span of four weeks of its moment (~w, ~m).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal

from huizhen.lib.zh import normal, tokens
from huizhen.search.registry import Document

VERSION = 2
"""Of the tokens. Raise it when they change: every entry is then written anew by the next rebuild."""
LONGEST_BODY = 20_000
"""Characters of a body that are indexed and kept."""
_CLAUSES = re.compile(r"[，、。；：！？（）\n]+")
"""Where no token ever crosses: the tokens of a text are those of its pieces."""
_DIGIT, _HAN = re.compile("[0-9]"), re.compile("[\u3400-\u9fff]")
_ODD = re.compile(r"[^\w.\-]")


@dataclass(frozen=True)
class Lexeme:
    """One lexeme that must be there; a prefix when something there need only begin so."""

    text: str
    is_prefix: bool = False


@dataclass(frozen=True)
class Joined:
    """Several expressions: all of them, or any."""

    how: Literal["and", "or"]
    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Without:
    """What `wanted` finds and `unwanted` does not."""

    wanted: Expression
    unwanted: Expression


Expression = Lexeme | Joined | Without


def all_of(parts: Iterable[Expression]) -> Expression:
    """Every one of them. ValueError: of nothing."""
    return _joined("and", parts)


def any_of(parts: Iterable[Expression]) -> Expression:
    """At least one of them. ValueError: of nothing."""
    return _joined("or", parts)


def _joined(how: Literal["and", "or"], parts: Iterable[Expression]) -> Expression:
    once = tuple(dict.fromkeys(parts))
    if not once:
        raise ValueError("an expression of nothing")
    return once[0] if len(once) == 1 else Joined(how, once)


@lru_cache(maxsize=1 << 14)
def mark(sort: str, value: str) -> str:
    """The lexeme of something that is no text.

    >>> mark("f", "unit=广 州")
    '~funit=广_州'
    """
    name, equals, rest = value.partition("=")
    return f"~{sort}{_ODD.sub('_', normal(name))}{equals}{_ODD.sub('_', normal(rest))}"


def week(at: datetime) -> int:
    """Weeks since 1970, from Thursday to Thursday, UTC."""
    return int(at.timestamp()) // 604_800


def month(at: datetime) -> int:
    """Spans of four weeks since 1970."""
    return week(at) // 4


def lexemes_of(document: Document) -> frozenset[str]:
    """Every lexeme under which a document is found."""
    title = tokens(document.title)
    found = {*title, *(f"^{token}" for token in title)}
    for clause in _CLAUSES.split(document.body[:LONGEST_BODY]):
        found.update(_of_clause(clause))
    found.update(tokens(document.code))
    for key in document.keys:
        found.update(_of_clause(key))
        if is_number(key):
            found.add(number_mark(key))
    found.update(scope_mark(document.kind, scope) for scope in document.scopes)
    found.update(facet_mark(name, value) for name, value in document.facets.items() if value)
    return frozenset({*found, f"~w{week(document.at)}", f"~m{month(document.at)}"})


@lru_cache(maxsize=1 << 13)
def _of_clause(clause: str) -> tuple[str, ...]:
    """The tokens of some words without punctuation: phrases come again and again."""
    return tuple(tokens(clause))


def scope_mark(kind: str, scope: str) -> str:
    """The lexeme of a scope of one kind: what a reader may find of one kind says nothing of another."""
    return mark("s", f"{kind}={scope}")


def is_number(name: str) -> bool:
    """Whether a name has digits and is more than one token, so that its tokens say less than the whole: "旧-12"."""
    return _DIGIT.search(name) is not None and _HAN.search(name) is not None


def number_mark(name: str) -> str:
    """The lexeme of such a name, whole."""
    return mark("n", name)


def facet_mark(name: str, value: str) -> str:
    """The lexeme of one value of a facet."""
    return mark("f", f"{name}={value}")


def fts5(wanted: Expression) -> str:
    """The expression in the language of SQLite's FTS5."""
    if isinstance(wanted, Lexeme):
        quoted = '"' + wanted.text.replace('"', '""') + '"'
        return f"{quoted} *" if wanted.is_prefix else quoted
    if isinstance(wanted, Without):
        return f"({fts5(wanted.wanted)}) NOT ({fts5(wanted.unwanted)})"
    return "(" + f" {wanted.how.upper()} ".join(fts5(part) for part in wanted.parts) + ")"


def tsquery(wanted: Expression) -> str:
    """The expression as the text of a PostgreSQL tsquery."""
    if isinstance(wanted, Lexeme):
        return quoted_lexeme(wanted.text) + (":*" if wanted.is_prefix else "")
    if isinstance(wanted, Without):
        return f"({tsquery(wanted.wanted)} & !({tsquery(wanted.unwanted)}))"
    sign = " & " if wanted.how == "and" else " | "
    return "(" + sign.join(tsquery(part) for part in wanted.parts) + ")"


def quoted_lexeme(text: str) -> str:
    """One literal lexeme in the text form of tsvector and tsquery."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
