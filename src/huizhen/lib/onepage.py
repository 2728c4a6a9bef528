"""A sheet of one page: titled boxes in columns, shortened until they fit, with a mark where words were left out. Pure.

Widths are counted in Chinese characters, heights in lines. The page of the browser and the Word file are set from the same sheet with
the same measures, so what fits one fits the other.
"""

from __future__ import annotations

import itertools
import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

MARK = "……"
"""Stands where words were left out."""
TITLE = 2
"""Lines that the title of a box takes with the space above it."""
POINTS_PER_MM = 72 / 25.4
TITLE_SIZE = 16
"""Points of the headline."""
HEAD_LINES = (24, 18, 16)
"""Points from line to line in the headline, below it, and in the facts."""
MOST_HEAD = (2, 3)
"""Lines of headline and of subtitle beyond which they are cut."""
NARROW = 0.56
"""Width of a Latin letter or digit against a Chinese character, on the safe side for a serif of the same size."""


@dataclass(frozen=True)
class Box:
    """A titled part: paragraphs, then a table if it has a `head`. `widths`: of the columns, in characters. `left_out`: rows dropped.

    `parts`: how many paragraphs belong to each part, if none of the parts may be lost for another (steps, say); () for one part. A box
    of n parts has n shares of a column, and each of its parts a share of the box.
    """

    key: str
    title: str
    lines: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    widths: tuple[int, ...] = ()
    parts: tuple[int, ...] = ()
    is_cut: bool = False
    left_out: int = 0


@dataclass(frozen=True)
class Paper:
    """A format: sides in mm, margins in mm, size of the type and distance of the lines in points, columns, and what a column takes."""

    name: str
    width: float
    height: float
    margin: float
    type_size: float
    leading: float
    columns: int
    line: int
    """Characters of a line."""
    lines: int
    """Lines of a column, titles of boxes included."""
    head: float
    """Points above the columns that `lines` leaves free: a line of title and of facts."""
    title_size: float = TITLE_SIZE
    head_lines: tuple[float, float, float] = HEAD_LINES

    def across(self, size: float) -> float:
        """Characters of this size that a line across the whole page takes."""
        return (self.width - 2 * self.margin) * POINTS_PER_MM / size - 0.5


A3 = Paper("A3", 420, 297, 10, 9, 12.5, 2, 57, 54, 52)
A4 = Paper("A4", 210, 297, 14, 10, 14.5, 1, 48, 45, 66)
POSTER = Paper("A3P", 297, 420, 18, 15, 24, 1, 45, 40, 108, 40, (54, 30, 24))
"""A3 upright, in type that is read from a wall; `lines` are those of a poster without picture and figure."""


@dataclass(frozen=True)
class Head:
    """What stands above the columns, each text cut to what it may take. `heights`: lines of title, subtitle and facts."""

    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    heights: tuple[int, int, int]
    is_cut: bool
    lines: tuple[float, float, float] = HEAD_LINES

    @property
    def points(self) -> float:
        """Height with the space below it."""
        title, subtitle, facts = self.heights
        return title * self.lines[0] + subtitle * self.lines[1] + facts * self.lines[2] + 4


@dataclass(frozen=True)
class Plate:
    """What stands between head and columns of a poster: a figure in large type, a picture (PNG or JPEG). Sides of the picture in mm."""

    label: str = ""
    figure: str = ""
    picture: bytes = b""
    width: float = 0.0
    height: float = 0.0
    caption: str = ""

    LABEL: ClassVar[float] = 24
    FIGURE: ClassVar[tuple[float, float]] = (44, 58)
    """Points of the type, and from line to line."""
    CAPTION: ClassVar[float] = 20

    @property
    def points(self) -> float:
        """Height with the space around."""
        told = self.LABEL + self.FIGURE[1] if self.figure else 0
        shown = self.height * POINTS_PER_MM + 8 + (self.CAPTION if self.caption else 0) if self.picture else 0
        return told + shown


@dataclass(frozen=True)
class Sheet:
    """One page: a headline, facts beside it (label, value), columns of boxes, a note at the foot."""

    paper: Paper
    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    columns: tuple[tuple[Box, ...], ...]
    foot: tuple[str, ...]
    is_cut: bool = False
    """Whether words were left out anywhere."""
    plate: Plate | None = None


def width_of(text: str) -> float:
    """In Chinese characters.

    >>> round(width_of("5G 网络"), 2)
    3.68
    """
    return sum(1.0 if unicodedata.east_asian_width(one) in "WFA" else NARROW for one in text)


def height_of(text: str, line: float) -> int:
    """Lines a paragraph takes; an empty one takes one."""
    return max(1, math.ceil(width_of(text) / max(1.0, line)))


def cut(text: str, line: float, lines: int) -> str:
    """As much of a paragraph as so many lines take, ending in the mark if that is not all of it.

    >>> cut("一二三四五六七八九十", 4, 2)
    '一二三四五六……'
    """
    if height_of(text, line) <= lines:
        return text
    room = line * lines - width_of(MARK)
    kept = 0
    for one in text:
        room -= width_of(one)
        if room < 0:
            break
        kept += 1
    return text[:kept].rstrip("，。；、 ") + MARK


def _cell(widths: Sequence[int], at: int) -> float:
    return max(1, widths[at] - 1)


def _row_height(row: Sequence[str], widths: Sequence[int]) -> int:
    return max(height_of(cell, _cell(widths, at)) for at, cell in enumerate(row))


def cost(box: Box, line: int) -> int:
    """Lines a box takes without its title."""
    told = sum(height_of(one, line) for one in box.lines)
    table = sum(_row_height(row, box.widths) for row in box.rows) + (1 if box.rows else 0)
    return told + table + (1 if box.left_out else 0)


def head_of(paper: Paper, title: str, subtitle: str, facts: Sequence[tuple[str, str]]) -> Head:
    """The head of a sheet; a fact is told in half a line of a column. Of a head that was cut already it is the same again."""
    line, below = paper.across(paper.title_size), paper.across(subtitle_size(paper))
    told = tuple((label, cut(value, paper.line // 2, 1)) for label, value in facts)
    words = cut(title, line, MOST_HEAD[0]), cut(subtitle, below, MOST_HEAD[1])
    heights = (height_of(words[0], line), height_of(words[1], below) if words[1] else 0, _facts(told, paper))
    return Head(*words, told, heights, (title, subtitle, tuple(facts)) != (*words, told), paper.head_lines)


def subtitle_size(paper: Paper) -> float:
    """Points of the subtitle."""
    return paper.type_size + (1 if paper.title_size == TITLE_SIZE else 5)


def _facts(facts: Sequence[tuple[str, str]], paper: Paper) -> int:
    """Lines of the facts: none of them is broken, two characters lie between them."""
    lines, room = 0, 0.0
    for label, value in facts:
        width = width_of(label) + 1 + width_of(value)
        if width > room:
            lines, room = lines + 1, paper.across(paper.type_size)
        room -= width + 2
    return lines


def shares(wants: Sequence[int], total: int, weights: Sequence[int] = ()) -> list[int]:
    """How `total` lines are given out: who wants little gets it whole, the rest is shared among those who want more, by their weights.

    >>> shares([2, 20, 10], 20), shares([20, 20], 9, [2, 1])
    ([2, 9, 9], [6, 3])
    """
    weights = weights or [1] * len(wants)
    given = [0] * len(wants)
    left, open_ = total, sorted(range(len(wants)), key=lambda at: wants[at] / weights[at])
    while open_:
        fair = left * weights[open_[0]] // sum(weights[at] for at in open_)
        at = open_.pop(0)
        given[at] = min(wants[at], max(0, fair))
        left -= given[at]
    return given


def _shortened(box: Box, line: int, lines: int) -> Box:
    if cost(box, line) <= lines:
        return box
    if len(box.parts) > 1 and not box.rows:
        return _in_parts(box, line, lines)
    rows = _fewer(box, lines - min(len(box.lines), lines // 3)) if box.rows else box
    room = max(0, lines - (cost(rows, line) - cost(replace(rows, rows=(), left_out=0), line)))
    kept: list[str] = []
    is_cut = rows.is_cut
    for at, one in enumerate(box.lines):
        height = height_of(one, line)
        if room <= 0:
            is_cut = True
            break
        is_last = room - height <= 0 and at + 1 < len(box.lines)
        words = cut(one, line, min(room, height))
        is_cut = is_cut or words != one
        if is_last and words == one:
            words, is_cut = cut(one + MARK * 2, line, room) if height_of(one + MARK, line) > room else one + MARK, True
        kept.append(words)
        room -= height
    return replace(rows, lines=tuple(kept), is_cut=is_cut)


def _in_parts(box: Box, line: int, lines: int) -> Box:
    """Each part keeps its beginning."""
    each = [sum(box.parts[:at]) for at in range(len(box.parts) + 1)]
    parts = [replace(box, lines=box.lines[a:b], parts=()) for a, b in itertools.pairwise(each)]
    given = shares([cost(one, line) for one in parts], lines)
    cuts = [_shortened(one, line, room) for one, room in zip(parts, given, strict=True)]
    kept = tuple(words for one in cuts for words in one.lines)
    return replace(box, lines=kept, parts=tuple(len(one.lines) for one in cuts), is_cut=True)


def _fewer(box: Box, lines: int) -> Box:
    """Cells of three lines, of two, of one; then rows are left out from the end."""
    rows = box.rows
    for most in (3, 2, 1):
        rows = tuple(tuple(cut(cell, _cell(box.widths, at), most) for at, cell in enumerate(row)) for row in box.rows)
        found = replace(box, lines=(), rows=rows, is_cut=rows != box.rows)
        if cost(found, 1) <= lines:
            return found
    keep = max(1, lines - 2)
    return replace(box, lines=(), rows=rows[:keep], is_cut=True, left_out=len(rows) - len(rows[:keep]))


def fit(boxes: Sequence[Box], paper: Paper, head: Head | None = None, plate: Plate | None = None) -> tuple[Box, ...]:
    """The boxes of one column, shortened to its lines below `head` and `plate`; a box without content is left out."""
    filled = [one for one in boxes if any(line.strip() for line in one.lines) or one.rows]
    above = (max(0.0, head.points - paper.head) if head else 0.0) + (plate.points if plate else 0.0)
    lost = math.ceil(above / paper.leading)
    wants = [cost(one, paper.line) for one in filled]
    given = shares(wants, paper.lines - lost - TITLE * len(filled), [max(1, len(one.parts)) for one in filled])
    return tuple(_shortened(one, paper.line, lines) for one, lines in zip(filled, given, strict=True))


def is_cut(head: Head, columns: Iterable[Iterable[Box]]) -> bool:
    """Whether words were left out anywhere."""
    return head.is_cut or any(box.is_cut or box.left_out for column in columns for box in column)
