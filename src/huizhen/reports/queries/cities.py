"""Where the 21 cities of Guangdong lie, roughly: columns from west to east, rows from north to south, equal squares."""

from __future__ import annotations

PLACES = {
    "清远": (3, 1), "韶关": (4, 1), "河源": (5, 1), "梅州": (6, 1),
    "肇庆": (2, 2), "广州": (3, 2), "东莞": (4, 2), "惠州": (5, 2), "揭阳": (6, 2), "潮州": (7, 2),
    "云浮": (1, 3), "佛山": (2, 3), "中山": (3, 3), "深圳": (4, 3), "汕尾": (5, 3), "汕头": (6, 3),
    "茂名": (1, 4), "阳江": (2, 4), "江门": (3, 4), "珠海": (4, 4),
    "湛江": (1, 5),
}  # fmt: skip
"""City → column and row, from 1."""


def city_of(name: str) -> str:
    """The city a unit is named after, "" for every other: 佛山分公司 → 佛山."""
    return name[:2] if name[:2] in PLACES else ""


def brief(name: str) -> str:
    """A unit's name where units stand side by side: 佛山分公司 → 佛山."""
    return name.removesuffix("分公司") or name
