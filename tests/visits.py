"""Visiting pages as somebody of the cast: signed-in clients, posted forms, what a page offers. For tests above the actions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils.crypto import get_random_string

from huizhen.accounts.models import User
from huizhen.cases.lifecycle import MOVES

BACKEND = "huizhen.accounts.backends.Backend"
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def visit(user: User, language: str = "zh-hans") -> Client:
    """A browser of this person. A fault of the server fails the test."""
    client = Client(headers={"accept-language": language})
    sign_in(client, user)
    return client


def sign_in(client: Client, user: User) -> None:
    """What signing in leaves: a session of this user. `Client.force_login` asks ten queries for the same."""
    session = SessionStore(get_random_string(32))
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save(must_create=True)
    client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)


def posted(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Inputs of a move as its form sends them: rows become `name-0-column`, lists repeat their name."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Sequence) and not isinstance(value, str) and value and isinstance(value[0], Mapping):
            for n, row in enumerate(value):
                found |= posted(row, f"{prefix}{name}-{n}-")
        else:
            found[f"{prefix}{name}"] = value if value is not None else ""
    return found


def matrix(values: Mapping[str, Any]) -> dict[str, Any]:
    """A prescription as its page sends it: one select for each measure × cause."""
    found = {name: values.get(name, "") for name in ("thinking", "follow_up_on", "innovation")}
    for n, row in enumerate(values["measures"]):
        found |= {f"measures-{n}-{name}": text for name, text in row.items() if name not in ("main", "aid")}
        for how in ("main", "aid"):
            found |= {f"measures-{n}-treat-{number}": how for number in row.get(how, [])}
    for row in values.get("upward", []):
        found[f"upward-{row['cause']}-on"] = "on"
        found |= {f"upward-{row['cause']}-{name}": row[name] for name in ("department", "suggestion")}
    return found


@dataclass
class Node:
    """An element of a page."""

    tag: str
    attributes: dict[str, str]
    children: list[Any] = field(default_factory=list)

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()

    def all(self, tag: str = "", **attributes: str) -> list[Node]:
        return [
            one
            for one in self.walk()
            if (not tag or one.tag == tag)
            and all(one.attributes.get(name.replace("_", "-")) == value for name, value in attributes.items())
        ]

    @property
    def text(self) -> str:
        """The words, without the templates that scripts copy."""
        if self.tag in ("script", "style", "template"):
            return ""
        words = "".join(one.text if isinstance(one, Node) else one for one in self.children)
        return re.sub(r"\s+", " ", words)


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("", {})
        self.stack = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.stack[-1].children.append(node)
        if tag not in VOID:
            self.stack.append(node)

    def handle_endtag(self, tag: str) -> None:
        for at in range(len(self.stack) - 1, 0, -1):
            if self.stack[at].tag == tag:
                del self.stack[at:]
                return

    def handle_data(self, data: str) -> None:
        self.stack[-1].children.append(data)


def parsed(response: Any) -> Node:
    """The page as a tree; what a browser would make of it, nearly."""
    builder = _Builder()
    builder.feed(response.content.decode())
    return builder.root


def moves_on(page: Node, code: str) -> set[str]:
    """The moves a case page offers: addresses of its links and forms."""
    addresses = [one.attributes.get("href", "") for one in page.all("a")]
    addresses += [one.attributes.get("action", "") for one in page.all("form")]
    verbs = {found[1] for one in addresses if (found := re.match(rf"/cases/{code}/([a-z_]+)/(?:$|[?#])", one))}
    return verbs & set(MOVES)
