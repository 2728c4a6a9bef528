"""The text form of PostgreSQL's COPY (its manual, COPY, "Text Format"): what is written as one piece instead of row by row. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any


def copied(rows: Iterable[Sequence[Any]]) -> bytes:
    r"""Rows as COPY … FROM STDIN takes them. A value is None, or its `str` is what the database reads.

    >>> copied([(1, None, "甲\t\\乙\n")]).decode()
    '1\t\\N\t甲\\t\\\\乙\\n\n'
    """
    return "".join(map(_line, rows)).encode()


def _line(row: Sequence[Any]) -> str:
    told = [r"\N" if value is None else value if type(value) is str else str(value) for value in row]
    line = "\t".join(told)
    if (
        line.count("\t") == len(told) - 1
        and line.count("\\") == row.count(None)
        and "\n" not in line
        and "\r" not in line
    ):
        return line + "\n"
    return "\t".join([r"\N" if value is None else _escaped(str(value)) for value in row]) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\t", r"\t").replace("\n", r"\n").replace("\r", r"\r")
