"""The views of the list that a person kept."""

from __future__ import annotations

from uuid import UUID

from huizhen.cases.models import SavedFilter
from huizhen.directory.models import Person
from huizhen.lib.errors import NotVisible


def saved_filters(person: Person | None) -> list[SavedFilter]:
    """All of them, by name; at most a dozen. One query."""
    return list(SavedFilter.objects.filter(person=person).order_by("name")) if person else []


def saved_filter(person: Person | None, key: UUID) -> SavedFilter:
    """One of her own. NotVisible: somebody else's, or none."""
    found = SavedFilter.objects.filter(person=person, key=key).first() if person else None
    if found is None:
        raise NotVisible("no_such_filter")
    return found
