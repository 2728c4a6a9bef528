"""Every file lies in a known room, can be held in one's head, and is finished."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.house.floors import ROOT, SOURCE, domain_apps, rooms, source_files

NEVER = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "manager",
    "managers",
    "core",
    "misc",
    "handle",
    "handler",
    "process",
    "data",
    "info",
}
LINES = 400
UNFINISHED = re.compile(
    r"(?:#|//|\*)\s*(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b|raise NotImplemented" + r"Error"
    r"|pytest\.mark\.(?:skip|skipif|xfail)\b|pytest\.(?:skip|xfail)\("
)
ELSEWHERE = re.compile(r"(?<![\w.])/work" + r"/(?:shared|main)|/tmp" + r"/hz\b")


def stray_rooms(files: Iterable[str]) -> list[str]:
    """Paths below src/huizhen that are no known room of their app, or have a name that says nothing."""
    wrong = []
    for name in files:
        parts = Path(name).with_suffix("").parts
        if NEVER & set(parts) or (parts[0] in domain_apps() and parts[1] not in {*rooms(), "__init__"}):
            wrong.append(name)
    return wrong


def test_no_unknown_room() -> None:
    assert stray_rooms(str(path.relative_to(SOURCE)) for path in source_files(".py", below=("src/huizhen",))) == []


@pytest.mark.parametrize(
    "name", ["cases/helpers.py", "cases/services.py", "web/utils.py", "lib/common.py", "cases/actions/manager.py"]
)
def test_unknown_room_is_found(name: str) -> None:
    assert stray_rooms([name]) == [name]


def too_long(path: Path) -> bool:
    return len(path.read_text(encoding="utf-8").splitlines()) > LINES


def test_files_can_be_held_in_ones_head() -> None:
    assert [str(path.relative_to(ROOT)) for path in source_files(".py", ".html", ".css", ".js") if too_long(path)] == []


def test_file_too_long_is_found(tmp_path: Path) -> None:
    path = tmp_path / "long.py"
    path.write_text("x = 1\n" * (LINES + 1))
    assert too_long(path)


def test_nothing_is_unfinished() -> None:
    files = source_files(".py", ".html", ".css", ".js")
    assert [str(path.relative_to(ROOT)) for path in files if UNFINISHED.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("text", ["# TO" + "DO: later", "raise NotImplemented" + "Error", "@pytest.mark.sk" + "ip"])
def test_unfinished_work_is_found(text: str) -> None:
    assert UNFINISHED.search(text)


def test_no_path_of_one_machine() -> None:
    files = source_files(".py", ".html", ".css", ".js", ".md", ".toml", ".json", ".yaml", below=(".",))
    assert [str(path.relative_to(ROOT)) for path in files if ELSEWHERE.search(path.read_text(encoding="utf-8"))] == []


def test_lock_file_holds_digests_and_no_registry() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    fetched = {name: facts for name, facts in packages.items() if name}
    assert fetched
    assert [name for name, facts in fetched.items() if not facts.get("integrity", "").startswith("sha512-")] == []
    assert [name for name, facts in fetched.items() if "resolved" in facts] == []
