"""The cast on an ordinary Monday, and what its people are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import time_machine

from huizhen.directory.models import Campaign
from huizhen.notifications import jobs
from huizhen.notifications.models import Message
from tests.cast import MONDAY, Cast


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The clock stands on Monday morning until somebody moves it."""
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def unlimited(cast: Cast) -> None:
    """Everybody may be first asked about any number of cases, so that a test knows who is."""
    Campaign.objects.update(settings={"open_cases_per_person": 1000})


Told = list[tuple[str, str, str]]


@pytest.fixture
def heard(cast: Cast, clock: time_machine.Traveller) -> Callable[..., Told]:
    """Who was told what by everything recorded so far: person, verb, kind. Messages found once are not told again."""
    seen: set[int] = set()
    codes = {person.pk: code for code, person in cast.people.items()}

    def drain(at: datetime = MONDAY + timedelta(hours=3)) -> Told:
        jobs.drain(at)
        fresh = Message.objects.exclude(pk__in=seen).order_by("pk")
        seen.update(one.pk for one in fresh)
        return sorted((codes[one.person_id], one.verb, str(one.event)) for one in fresh)

    return drain
