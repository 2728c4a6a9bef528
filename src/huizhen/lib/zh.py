"""Chinese text: sort keys by pinyin, masks for personal data, words of the full-text index. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

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


def city_of(unit: str) -> str:
    """佛山分公司 → 佛山; the name of a unit that is no city's stays as it is."""
    return unit.removesuffix("分公司")


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


_WIDE = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))} | {
    0xFF0D: ord("-"), 0xFF20: ord("@"), 0xFF0E: ord("."), 0x3000: ord(" "),
}  # fmt: skip


def half_width(text: str) -> str:
    """Full-width digits, letters, dashes and spaces as half-width ones; every character stays in its place.

    >>> half_width("电话１３８")
    '电话138'
    """
    return text.translate(_WIDE)


def mask_personal(text: str) -> tuple[str, dict[str, int]]:
    """The text with identity numbers, bank cards and mobile phones masked, and how many of each were found, also in full width.

    Identity numbers: GB 11643-1999 (18 characters); cards: ISO/IEC 7812 with its check digit; phones: 11 digits from 13 to 19.
    """
    found = _personal(text)
    for _kind, start, end, masked in reversed(found):
        text = text[:start] + masked + text[end:]
    counts: dict[str, int] = {}
    for kind in ("identity", "card", "phone"):
        if count := sum(1 for one in found if one[0] == kind):
            counts[kind] = count
    return text, counts


def personal_in(text: str) -> list[tuple[int, int, str]]:
    """Where `mask_personal` masks: start, end and what stands there afterwards, in order.

    >>> personal_in("电话15400001234，下午")
    [(2, 13, '154****1234')]
    """
    return [(start, end, masked) for _kind, start, end, masked in _personal(text)]


def _personal(text: str) -> list[tuple[str, int, int, str]]:
    """Kind, start, end and mask of each number, in order; of two that overlap the longer kind."""
    plain = half_width(text)
    found: list[tuple[str, int, int, str]] = []
    for kind, pattern in (("identity", _IDENTITY), ("card", _CARD), ("phone", _PHONE)):
        for hit in pattern.finditer(plain):
            masked = _masked(kind, hit)
            if masked and all(hit.end() <= start or hit.start() >= end for _kind, start, end, _mask in found):
                found.append((kind, hit.start(), hit.end(), masked))
    return sorted(found, key=lambda one: one[1])


def _masked(kind: str, hit: re.Match[str]) -> str:
    if kind == "identity":
        return hit.group(1)[:4] + "*" * 12 + hit.group(0)[-2:]
    if kind == "phone":
        return f"{hit.group(1)}****{hit.group(3)}"
    digits = re.sub(r"\D", "", hit.group(0))
    return digits[:4] + "*" * (len(digits) - 8) + digits[-4:] if _luhn(digits) and digits[0] != "0" else ""


# ── words of the full-text index

_CJK = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003fffd"
_RUNS = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+(?:[.\-_][^\W_{_CJK}]+)*")
_INNER = re.compile(rf"(?<=[^\W_{_CJK}])[\-_](?=[^\W_{_CJK}])")
_HAN = re.compile(rf"[{_CJK}]")
# All but ASCII, unified ideographs and the punctuation of Chinese: what a text rarely has, and what alone may need folding.
_UNUSUAL = re.compile("[^\\x00-\\x7f\u4e00-\u9fff\u3000-\u3002\u2018-\u201d\u2014\u2026\u300a\u300b，！？；：（）]+")
_STARTS = re.compile(r"(?<=[.\-_])[^.\-_]|(?<=[^\W\d_])\d|(?<=\d)[^\W\d_]{2}")
LONGEST_WORD = 40
"""Characters of a Latin or number run that are looked at; what follows is cut off, in texts and in questions alike."""
_MOST_TAILS = 6


@dataclass(frozen=True)
class Term:
    """One thing asked for: its normal text, and the tokens that must all be there; the token of a prefix need only begin so."""

    text: str
    tokens: tuple[str, ...]
    is_prefix: bool


def normal(text: str) -> str:
    """Full width as half width, compatibility forms as their plain ones, lower case (Unicode NFKC).

    Chinese punctuation stays as it is: it belongs to no word.

    >>> normal("FTTR，㎡")
    'fttr，m2'
    """
    return _UNUSUAL.sub(_folded, text).lower()


def _folded(hit: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", hit[0])


def keeps_places(text: str) -> bool:
    """Whether every character of `normal(text)` stands where it stood in the text."""
    return _UNUSUAL.search(text) is None


def squeezed(text: str) -> str:
    """Without the dashes inside Latin and number runs.

    >>> squeezed("mkt-01，5g-a")
    'mkt01，5ga'
    """
    return _INNER.sub("", text)


@lru_cache(maxsize=1 << 16)
def _of_run(run: str) -> tuple[str, ...]:
    if _HAN.match(run):
        return (*(run[i : i + 2] for i in range(len(run) - 1)), run[-1])
    run = run[:LONGEST_WORD]
    tails = [run[hit.start() :] for hit in _STARTS.finditer(run)]
    close = squeezed(run)
    return (run, *tails[:_MOST_TAILS], *((close,) if close != run and not close.isdigit() else ()))


def tokens(text: str) -> list[str]:
    """What a text is indexed by, in its order, repeated where it repeats.

    A run of Chinese characters: every two neighbours, and the last character alone, so that every character begins some token and
    nothing reaches across a comma. A Latin or number run: the whole, its tail from each inner beginning ("2.6ghz" and "ghz",
    "idc-2" and "2"), so that a prefix of a token finds each part, and the whole without its dashes ("idc2").

    >>> tokens("5G基站，FTTR")
    ['5g', '基站', '站', 'fttr']
    """
    found: list[str] = []
    for run in _RUNS.findall(normal(text)):
        found += _of_run(run)
    return found


def query_terms(text: str) -> list[Term]:
    """What is asked for, one term for each run: Chinese of two and more by all its bigrams, anything else as a prefix.

    Bigrams that are all there need not stand together: who wants exactly the term looks for its text in `normal` of what was found.

    >>> [(term.text, term.tokens, term.is_prefix) for term in query_terms("FTT光缆断 网")]
    [('ftt', ('ftt',), True), ('光缆断', ('光缆', '缆断'), False), ('网', ('网',), True)]
    """
    terms = []
    for run in _RUNS.findall(normal(text)):
        if len(run) > 1 and _HAN.match(run):
            terms.append(Term(run, tuple(dict.fromkeys(_of_run(run)[:-1])), False))
        else:
            terms.append(Term(run[:LONGEST_WORD], (run[:LONGEST_WORD],), True))
    return terms


@lru_cache(maxsize=1 << 13)
def syllable(character: str) -> str:
    """The commonest reading of one character without its tone; anything that is not Chinese stays itself."""
    return str(lazy_pinyin(character, style=Style.NORMAL)[0]).lower()
