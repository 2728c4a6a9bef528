"""What several tests of pages ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client

from tests.cast import MONDAY, Cast
from tests.visits import visit


@pytest.fixture
def monday() -> Iterator[None]:
    """It is the Monday morning of the cast."""
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def enter(cast: Cast) -> Callable[[str], Client]:
    """A browser of somebody of the cast, by name."""
    return lambda name: visit(cast.users[name])


@pytest.fixture
def requester(enter: Callable[[str], Client]) -> Client:
    return enter("requester")
