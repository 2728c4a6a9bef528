"""Templates: nothing inline that the content security policy forbids, and shared parts that know no room."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.floors import SOURCE, source_files

INLINE = {
    "inline style": re.compile(r"\sstyle\s*=|<style\b", re.IGNORECASE),
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>", re.IGNORECASE),
    "inline handler": re.compile(r"\son[a-z]+\s*=\s*[\"']|\bhx-on\b|javascript:", re.IGNORECASE),
    "unsafe output": re.compile(r"\|\s*safe\b|{%\s*autoescape\s+off"),
    "address of another host": re.compile(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE),
}
ROOM_ADDRESS = re.compile(r"{%\s*url\b")


def faults(text: str, *, shared: bool = False) -> list[str]:
    found = [name for name, pattern in INLINE.items() if pattern.search(text)]
    if shared and ROOM_ADDRESS.search(text):
        found.append("address of a room in a shared part")
    return found


def _is_shared(path: Path) -> bool:
    return "parts" in path.parts


def test_templates_are_clean() -> None:
    found = [
        f"{path.relative_to(SOURCE)}: {fault}"
        for path in source_files(".html", ".svg", ".txt", below=("src/huizhen",))
        for fault in faults(path.read_text(encoding="utf-8"), shared=_is_shared(path))
    ]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        '<p style="color:red">',
        "<style>p{}</style>",
        "<script>alert(1)</script>",
        '<a onclick="x()">',
        '<a hx-on:click="x()">',
        '<a href="javascript:x()">',
        "{{ text|safe }}",
        '<img src="//example.com/a.png">',
    ],
)
def test_unclean_template_is_found(text: str) -> None:
    assert len(faults(text)) == 1


def test_address_in_a_shared_part_is_found() -> None:
    assert faults("{% url 'cases:page' code %}", shared=True) == ["address of a room in a shared part"]
    assert faults("{% url 'cases:page' code %}") == []
