"""Views of the list that a person keeps for herself. Nobody else sees them, so the journal does not hold them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from huizhen.cases.models import SavedFilter
from huizhen.directory.models import Person
from huizhen.lib.errors import Invalid
from huizhen.lib.text import clean

MOST_FILTERS = 12
LONGEST_NAME = 20
LONGEST_QUERY = 800


def save_filter(person: Person, *, name: str, query: str, at: datetime, key: UUID | None = None) -> SavedFilter:
    """Keep a view under a name; `key` gives back one that was dropped.

    Invalid: no name, too long a name, a name taken, no query, or twelve are kept already.
    """
    called = _name(name)
    if not query or len(query) > LONGEST_QUERY:
        raise Invalid.one("name", "no_filter")
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)  # two pages at once must not keep a thirteenth
        if SavedFilter.objects.filter(person=person).count() >= MOST_FILTERS:
            raise Invalid.one("name", "too_many", max=MOST_FILTERS)
        try:
            with transaction.atomic():
                more = {"key": key} if key else {}
                return SavedFilter.objects.create(person=person, name=called, query=query, saved_at=at, **more)
        except IntegrityError:
            raise Invalid.one("name", "name_taken") from None


def rename_filter(saved: SavedFilter, *, name: str) -> None:
    """Invalid: no name, too long a name, a name taken."""
    called = _name(name)
    try:
        with transaction.atomic():
            SavedFilter.objects.filter(pk=saved.pk).update(name=called)
    except IntegrityError:
        raise Invalid.one("name", "name_taken") from None


def drop_filter(saved: SavedFilter) -> None:
    """Forget a view."""
    SavedFilter.objects.filter(pk=saved.pk).delete()


def _name(name: str) -> str:
    called = clean(name).strip()
    if not called:
        raise Invalid.one("name", "required")
    if len(called) > LONGEST_NAME:
        raise Invalid.one("name", "too_long", max=LONGEST_NAME, length=len(called))
    return called
