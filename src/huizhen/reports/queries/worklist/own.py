"""What is one's own: sets of columns, lists that were taken out, lists that came back."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from huizhen.accounts.models import User
from huizhen.directory.models import Person
from huizhen.lib.errors import NotVisible
from huizhen.reports.models import ColumnSet, Export, FilledList

LASTS = timedelta(days=7)
"""How long a list that was taken out can be fetched."""
FILLED_LASTS = timedelta(days=1)
"""How long a list that came back waits to be confirmed."""
SHOWN = 30


def column_sets(person: Person | None) -> list[ColumnSet]:
    """All of them, by name; at most a dozen. One query."""
    return list(ColumnSet.objects.filter(person=person).order_by("name")) if person else []


def column_set(person: Person | None, key: UUID) -> ColumnSet:
    """One of her own. NotVisible: somebody else's, or none."""
    found = ColumnSet.objects.filter(person=person, key=key).first() if person else None
    if found is None:
        raise NotVisible("no_such_columns")
    return found


def exports(user: User, *, at: datetime) -> list[Export]:
    """Hers of the last days, newest first. One query."""
    return list(Export.objects.filter(by=user, at__gt=at - LASTS).order_by("-pk")[:SHOWN])


def export(user: User, key: UUID, *, at: datetime) -> Export:
    """One of her own that can still be fetched. NotVisible otherwise."""
    found = Export.objects.filter(by=user, key=key, at__gt=at - LASTS).first()
    if found is None:
        raise NotVisible("no_such_export")
    return found


def filled_list(user: User, key: UUID, *, at: datetime) -> FilledList:
    """One of her own that came back not long ago. NotVisible otherwise."""
    found = FilledList.objects.filter(by=user, key=key, at__gt=at - FILLED_LASTS).first()
    if found is None:
        raise NotVisible("no_such_filled")
    return found
