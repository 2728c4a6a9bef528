"""A second process that makes while this one writes: what an iterator gives comes through a pipe, at most one ahead of its reader."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection
from typing import TypeVar

T = TypeVar("T")


class LostError(RuntimeError):
    """The second process ended before its time: killed, or out of memory."""


def is_possible() -> bool:
    """Whether a second process is worth it here: it has to begin with all that was read, and wants a processor of its own."""
    return "fork" in get_all_start_methods() and (os.cpu_count() or 1) > 1


@contextmanager
def beside(make: Callable[[], Iterator[T]]) -> Iterator[Iterator[T]]:
    """What `make` gives, made in a second process, which never touches the database. It ends with the block, or with this process.

    LostError: it is gone though it was not at its end. What it raises is raised here.
    """
    context = get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(make, ours, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield _received(ours)
    finally:
        ours.close()
        process.terminate()
        process.join()


def _received(ours: Connection) -> Iterator[T]:
    while True:
        try:
            kind, what = ours.recv()
        except EOFError:
            raise LostError from None
        if kind == "end":
            return
        if kind == "fault":
            raise what
        yield what


def _work(make: Callable[[], Iterator[T]], ours: Connection, theirs: Connection) -> None:
    """In the second process. Ctrl-C is the first one's affair; when that is gone, the pipe is broken."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ours.close()
    gc.freeze()
    try:
        try:
            for one in make():
                theirs.send(("one", one))
            theirs.send(("end", None))
        except BrokenPipeError:
            raise
        except Exception as fault:
            theirs.send(("fault", fault))
    except BrokenPipeError:
        pass
