"""Human codes. They are read aloud over the phone, so they are short, upper-case and never reused."""

from __future__ import annotations


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
