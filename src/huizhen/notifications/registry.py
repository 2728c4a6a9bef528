"""What upper floors make known from their `apps.ready()`: the address of the page on which a thing is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """A thing by its kind and human code, and the part of its page; addresses are made of it above."""

    kind: str
    code: str
    part: str = ""


_paths: list[Callable[[Link], str]] = []


def register_paths(path: Callable[[Link], str]) -> None:
    """Make known how a link becomes the path of a page; "" for what has none. There is one such function."""
    if _paths:
        raise ValueError("paths of links are already registered")
    _paths.append(path)


def path_of(link: Link) -> str:
    """The path of the page of a thing, from the root of the site; the inbox when nobody knows a better one."""
    return (_paths[0](link) if _paths else "") or "/"
