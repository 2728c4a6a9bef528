"""Rows as references: a code and a name. Phones leave the house masked only."""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

from huizhen.api.schemas.refs import ActingOut, PersonOut, Ref
from huizhen.directory.models import Person
from huizhen.directory.queries.standings import Absence
from huizhen.lib.zh import mask_phone


class Coded(Protocol):
    code: str
    name: str


def ref(row: Coded) -> Ref:
    """A person, group, unit, branch or domain."""
    return Ref(code=row.code, name=row.name)


def maybe(row: Coded | None) -> Ref | None:
    """The same for what may be missing."""
    return ref(row) if row is not None else None


def person(row: Person) -> PersonOut:
    """Somebody to talk to. The whole number is told by the page alone, which writes down for what."""
    unit = row.unit.name if row.unit else ""
    return PersonOut(code=row.code, name=row.name, unit=unit, post=row.post, phone=mask_phone(row.phone))


def acting(away: Absence | None) -> ActingOut | None:
    """Who acts for somebody away; nobody when every deputy is away as well."""
    if away is None or not away.deputy:
        return None
    return ActingOut(code=away.deputy_code, name=away.deputy, until=away.last)


def words(text: str) -> list[str]:
    """A list kept as text, separated by 、."""
    return [word for word in text.split("\u3001") if word]


def number(value: Decimal | None) -> str | None:
    """A measured number as people write it: no trailing zeros, no exponent."""
    return None if value is None else f"{value.normalize():f}"
