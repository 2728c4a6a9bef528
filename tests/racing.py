"""Several at the same moment: real threads, each with a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act answered, or what it raised, all begun in the same moment."""
    answers: list[Any] = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(index: int, act: Callable[[], Any]) -> None:
        try:
            gate.wait(20)
            answers[index] = act()
        except BaseException as no:
            answers[index] = no
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return answers


def together(*acts: Callable[[], Any]) -> list[Any]:
    """The same of acts that all come out well: what one raises is raised here."""
    answers = at_once(*acts)
    for one in answers:
        if isinstance(one, BaseException):
            raise one
    return answers
