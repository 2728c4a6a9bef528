"""The second process that makes cases in bulk: what comes through, and what happens when one of the two is gone."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from huizhen.demo.bulk.beside import LostError, beside


def pids() -> Iterator[int]:
    while True:
        yield os.getpid()


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_beside_makes_in_another_process_in_order_and_to_the_end() -> None:
    with beside(lambda: iter(["甲", b"\x00" * 200_000, "乙"])) as found:
        assert list(found) == ["甲", b"\x00" * 200_000, "乙"]
    with beside(pids) as found:
        first = next(found)
        assert first == next(found) != os.getpid()
    assert not is_there(first)


def test_beside_tells_faults_and_its_own_end() -> None:
    def fails() -> Iterator[int]:
        yield 1
        raise LookupError("nobody knows")

    with beside(fails) as found, pytest.raises(LookupError, match="nobody knows"):
        list(found)
    with beside(pids) as found, pytest.raises(LostError):
        os.kill(next(found), signal.SIGKILL)
        list(found)
    pid = 0
    with pytest.raises(KeyboardInterrupt), beside(pids) as found:
        pid = next(found)
        raise KeyboardInterrupt
    assert not is_there(pid)
