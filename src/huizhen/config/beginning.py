"""`huizhen begin` and `huizhen account`: how a real installation gets its organisation and people get in."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import Any

import yaml
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from huizhen.config.voice import Refused, say
from huizhen.directory.actions.founding import Organisation, found, open_account
from huizhen.directory.models import Person
from huizhen.lib.errors import Invalid, NotNow

PARTS = ("campaign", "units", "domains", "branches", "people")
_WORDS = {
    "founding_needs": ("缺 {column}", "{column} is missing"),
    "founding_kind": ("“{given}”不在 {kinds} 之中", "“{given}” is none of {kinds}"),
    "founding_unknown": ("没有“{name}”", "there is no “{name}”"),
    "founding_twice": ("“{name}”重复", "“{name}” stands twice"),
    "founding_coordinator": ("至少要有一位 coordinator（党建工作部）", "at least one coordinator is needed"),
    "username_taken": ("登录名“{name}”为空或已被使用", "the user name “{name}” is empty or taken"),
    "ends_before_start": ("结束日期要晚于开始日期", "the end must come after the start"),
}


def _password() -> str:
    """From HUIZHEN_PASSWORD, or asked twice. Weak ones are refused as on the page."""
    given = os.environ.get("HUIZHEN_PASSWORD")
    if given is None:
        given = getpass.getpass("密码 Password: ")
        if getpass.getpass("再输一次 Again: ") != given:
            raise Refused("两次输入的密码不同。", "The two passwords differ.")
    try:
        validate_password(given)
    except ValidationError as weak:
        raise Refused(
            f"密码太弱：{' '.join(weak.messages)}",
            "The password is too weak: at least 10 characters, not a common one.",
        ) from None
    return given


def _organisation(path: Path) -> Organisation:
    try:
        read: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as fault:
        reason = str(fault).splitlines()[0]
        raise Refused(f"无法读取 {path}：{reason}", f"Cannot read {path}: {reason}") from None
    if not isinstance(read, dict) or not isinstance(read.get("campaign"), dict):
        raise Refused(f"{path} 里没有 campaign。", f"{path} holds no campaign.")
    rows = {part: read.get(part) or [] for part in PARTS[1:]}
    for part, listed in rows.items():
        if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
            raise Refused(f"{path} 的 {part} 应当是一列条目。", f"{part} in {path} must be a list of entries.")
    return Organisation(campaign=read["campaign"], **rows)


def _refused(no: Invalid) -> Refused:
    part, faults = next(iter(no.faults.items()))
    zh, en = _WORDS.get(faults[0].code, (faults[0].code, faults[0].code))
    where = f"{part} {faults[0].row}" if faults[0].row else part
    return Refused(
        f"{where}：{zh.format(**faults[0].args)}。没有写入任何内容。",
        f"{where}: {en.format(**faults[0].args)}. Nothing was written.",
    )


def begin(path: Path, *, username: str) -> None:
    """Found the installation from a file."""
    organisation = _organisation(path)
    if Person.objects.exists():
        raise Refused(
            "已经有人员：begin 只用于空的安装。", "There are people already: begin is for an empty installation."
        )
    try:
        user = found(organisation, username=username, password=_password(), at=timezone.now())
    except Invalid as no:
        raise _refused(no) from None
    except NotNow:
        raise Refused(
            "已经有账号：begin 只用于空的安装。", "There are accounts already: begin is for an empty installation."
        ) from None
    say(
        f"已建立：{user.name}可以用 {user.username} 登录。接着导入名册。",
        f"Done: {user.name} may sign in as {user.username}. Import the roster next.",
    )


def account(code: str, *, username: str) -> None:
    """Open an account for somebody of the roster, by code or staff number."""
    person = (
        Person.objects.filter(code=code).first() or Person.objects.filter(staff_no=code).exclude(staff_no="").first()
    )
    if person is None:
        raise Refused(f"没有编号或工号为 {code} 的人。", f"Nobody has the code or staff number {code}.")
    try:
        open_account(person, username=username, password=_password(), at=timezone.now())
    except Invalid as no:
        raise _refused(no) from None
    except NotNow:
        raise Refused(f"{person.name}已经有账号。", f"{person.name} has an account already.") from None
    say(f"已开通：{person.name}可以用 {username} 登录。", f"Done: {person.name} may sign in as {username}.")
