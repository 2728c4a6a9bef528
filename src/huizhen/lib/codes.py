"""Human codes. They are read aloud over the phone, so they are short, upper-case and never reused."""

from __future__ import annotations

import re

_GIVEN = re.compile(r"[^\W_][\w-]{0,19}")


def is_code(text: str) -> bool:
    """Whether people may give something this code: letters, digits, then hyphens too, 20 at most. It becomes part of addresses.

    >>> is_code("NET-01"), is_code("网运3"), is_code("a/b"), is_code(".."), is_code("")
    (True, True, False, False, False)
    """
    return _GIVEN.fullmatch(text) is not None


def case_code(year: int, number: int) -> str:
    """Code of a case: two digits of the year, at least five of the number. Gaps are allowed.

    >>> case_code(2026, 932)
    'HZ26-00932'
    """
    return f"HZ{year % 100:02d}-{number:05d}"


def challenge_code(year: int, number: int) -> str:
    """Code of a challenge, built like that of a case.

    >>> challenge_code(2026, 12)
    'LT26-00012'
    """
    return f"LT{year % 100:02d}-{number:05d}"


def method_code(year: int, number: int) -> str:
    """Code of a 工作法: two digits of the year, at least four of the number. Gaps are allowed.

    >>> method_code(2026, 7)
    'GF26-0007'
    """
    return f"GF{year % 100:02d}-{number:04d}"


def story_code(year: int, number: int) -> str:
    """Code of a 宣传稿: two digits of the year, at least four of the number. Gaps are allowed.

    >>> story_code(2026, 7)
    'XC26-0007'
    """
    return f"XC{year % 100:02d}-{number:04d}"
