"""Chinese text: sort keys by pinyin, masks for personal data. Pure."""

from __future__ import annotations

import re

from pypinyin import Style, lazy_pinyin

# Surnames whose reading as a name differs from the common reading of the character.
SURNAMES = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "任": "ren", "查": "zha", "朴": "piao", "区": "ou", "盖": "ge",
    "华": "hua", "缪": "miao", "尉": "yu", "召": "shao", "种": "chong", "员": "yun", "翟": "zhai", "乐": "yue",
    "尉迟": "yuchi", "长孙": "zhangsun", "万俟": "moqi", "欧阳": "ouyang", "司徒": "situ", "上官": "shangguan",
}  # fmt: skip

_PHONE = re.compile(r"(?<!\d)(1[3-9]\d)[\s-]?(\d{4})[\s-]?(\d{4})(?!\d)")
_IDENTITY = re.compile(
    r"(?<![\dA-Za-z])(\d{6})(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}([\dXx])(?![\dA-Za-z])"
)
_CARD = re.compile(r"(?<!\d)(?:\d[ -]?){15,18}\d(?!\d)")


def sort_key(name: str, *, person: bool = False) -> str:
    """Key by which names sort alike on both databases: pinyin, lower case, then the name itself.

    >>> sort_key("曾维舟", person=True)
    'zeng wei zhou 曾维舟'
    """
    head: list[str] = []
    rest = name
    if person:
        for size in (2, 1):
            if name[:size] in SURNAMES:
                head, rest = [SURNAMES[name[:size]]], name[size:]
                break
    return " ".join([*head, *lazy_pinyin(rest, style=Style.NORMAL)]).lower()[:200] + " " + name


def mask_phone(phone: str) -> str:
    """154****0001; anything shorter than seven characters is masked whole."""
    return phone[:3] + "****" + phone[-4:] if len(phone) >= 7 else "*" * len(phone)


def mask_email(email: str) -> str:
    """e***@example.com."""
    name, at, host = email.partition("@")
    return f"{name[:1]}***{at}{host}" if name else ""


def _luhn(digits: str) -> bool:
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if index % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def mask_personal(text: str) -> tuple[str, dict[str, int]]:
    """The text with identity numbers, bank cards and mobile phones masked, and how many of each were found.

    Identity numbers: GB 11643-1999 (18 characters); cards: ISO/IEC 7812 with its check digit; phones: 11 digits from 13 to 19.
    """
    found = {"identity": 0, "card": 0, "phone": 0}

    def identity(hit: re.Match[str]) -> str:
        found["identity"] += 1
        return hit.group(1)[:4] + "*" * 12 + hit.group(0)[-2:]

    def card(hit: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", hit.group(0))
        if not _luhn(digits):
            return hit.group(0)
        found["card"] += 1
        return digits[:4] + "*" * (len(digits) - 8) + digits[-4:]

    def phone(hit: re.Match[str]) -> str:
        found["phone"] += 1
        return f"{hit.group(1)}****{hit.group(3)}"

    text = _IDENTITY.sub(identity, text)
    text = _CARD.sub(card, text)
    text = _PHONE.sub(phone, text)
    return text, {kind: count for kind, count in found.items() if count}
