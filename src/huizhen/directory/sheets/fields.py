"""The columns of 附件1 and how each cell is read: normal forms, limits, words for roles."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from huizhen.directory.choices import MemberRole
from huizhen.lib.errors import Fault
from huizhen.lib.text import clean
from huizhen.lib.workbooks import text_of

# Field → header, in the order of 附件1. The staff number is optional, everything else must have a column.
HEADERS = {
    "domain": "领域",
    "group": "专家团",
    "group_code": "专家团编号",
    "name": "姓名",
    "unit": "单位",
    "post": "岗位",
    "level": "级别",
    "role": "角色",
    "specialities": "专业特长",
    "focus": "主攻方向",
    "phone": "手机",
    "email": "邮箱",
    "staff_no": "工号",
}
OPTIONAL = frozenset({"staff_no"})
REQUIRED_CELLS = ("domain", "name", "unit", "role")
LIMITS = {
    "domain": 40, "group": 60, "group_code": 20, "name": 40, "unit": 60, "post": 60, "level": 20, "role": 20,
    "specialities": 200, "focus": 200, "phone": 32, "email": 120, "staff_no": 32,
}  # fmt: skip
ROLE_WORDS = {"团长": MemberRole.LEADER, "副团长": MemberRole.DEPUTY, "成员": MemberRole.MEMBER}
_WORDS_OF_ROLES = {str(role): word for word, role in ROLE_WORDS.items()}
SECOND_GROUP = "（兼）"  # written behind the role: the explicit exception of a second group

_CJK = "[\u3400-\u9fff]"
_GAP = re.compile(rf"(?<={_CJK})\s+(?={_CJK})")
PHONE = re.compile(r"\+?[0-9][0-9-]{4,20}")
EMAIL = re.compile(r"[^@\s,;，；]+@[^@\s,;，；]+\.[^@\s,;，；.]+")
_STAFF_NO = re.compile(r"[A-Za-z0-9_./-]+")
CHECKS = {"phone": (PHONE, "bad_phone"), "email": (EMAIL, "bad_email"), "staff_no": (_STAFF_NO, "bad_staff_no")}
"""Field → how it is written, and the fault otherwise."""
_LIST = re.compile(r"\s*[、，,;；/|\n]+\s*")


def code_text(value: str) -> str:
    """Codes, phones and addresses: full-width forms become ASCII, blanks go."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", clean(value)))


def name_text(value: str) -> str:
    """Names: blanks between Chinese characters (张　三) go."""
    return _GAP.sub("", clean(unicodedata.normalize("NFKC", value) if value.isascii() else value))


def list_text(value: str) -> str:
    """Lists: any separator becomes 、."""
    return "、".join(part for part in _LIST.split(clean(value, lines=True)) if part)


def phone_text(value: str) -> str:
    """A phone; dashes inside an 11-digit mobile number go."""
    plain = code_text(value).replace("－", "-").replace("—", "-")
    digits = plain.replace("-", "")
    return digits if len(digits) == 11 and digits.startswith("1") else plain


NORMAL = {
    "domain": name_text, "group": name_text, "group_code": code_text, "name": name_text, "unit": name_text,
    "post": name_text, "level": name_text, "role": code_text, "specialities": list_text, "focus": clean,
    "phone": phone_text, "email": code_text, "staff_no": code_text,
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One row of the file in normal form. `number` is the row as the spreadsheet program counts it."""

    number: int
    domain: str = ""
    group: str = ""
    group_code: str = ""
    name: str = ""
    unit: str = ""
    post: str = ""
    level: str = ""
    role: str = ""
    specialities: str = ""
    focus: str = ""
    phone: str = ""
    email: str = ""
    staff_no: str = ""
    faults: tuple[Fault, ...] = ()

    @property
    def is_primary(self) -> bool:
        return not self.role.endswith("(兼)")

    @property
    def member_role(self) -> MemberRole | None:
        return ROLE_WORDS.get(self.role.removesuffix("(兼)"))


def faults_of(values: dict[str, str], number: int) -> list[Fault]:
    """What is wrong with the cells of a row, each by itself."""
    found = [Fault("required", row=number, column=HEADERS[name]) for name in REQUIRED_CELLS if not values.get(name)]
    if not values.get("group") and not values.get("group_code"):
        found.append(Fault("required", row=number, column=HEADERS["group"]))
    for name, value in values.items():
        if len(value) > LIMITS[name]:
            found.append(Fault("too_long", {"max": LIMITS[name], "length": len(value)}, number, HEADERS[name]))
    for name, (pattern, code) in CHECKS.items():
        if values.get(name) and not pattern.fullmatch(values[name]):
            found.append(Fault(code, row=number, column=HEADERS[name]))
    if values.get("role") and values["role"].removesuffix("(兼)") not in ROLE_WORDS:
        found.append(Fault("unknown_role", {"value": values["role"][:20]}, number, HEADERS["role"]))
    return found


def entry_of(cells: dict[str, object], number: int, faults: list[Fault]) -> Entry:
    """Reads one row. Faults of its cells are kept with it."""
    values = {name: NORMAL[name](text_of(value)) for name, value in cells.items()}
    kept = {name: value[: LIMITS[name]] for name, value in values.items()}
    return Entry(number, **kept, faults=tuple(faults + faults_of(values, number)))


def role_word(role: str, is_primary: bool) -> str:
    """团长, 副团长 or 成员, with （兼） when the seat is the exception of a second group. Never translated: files are Chinese."""
    return _WORDS_OF_ROLES[role] + ("" if is_primary else SECOND_GROUP)
