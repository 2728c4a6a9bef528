"""What happens without anybody pressing a button: one loop for each process, which claims what is due and renews what it holds.

The loop runs in a thread of the web server, or in the foreground of `huizhen worker`. Each job runs in a thread of its own, so a
slow one delays nobody. Any number of loops may run, on any number of machines: `huizhen.schedules` lets each job be held once.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time

from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from huizhen.schedules import actions, queries
from huizhen.schedules.models import Run

log = logging.getLogger(__name__)
PATIENCE = 20.0
"""Seconds that jobs get to end when the process is told to."""
AT_ONCE = 8


def worker_name() -> str:
    """host:pid:nonce; the nonce because a container's processes may all be number 1."""
    return f"{socket.gethostname()[:64]}:{os.getpid()}:{secrets.token_hex(3)}"


class Loop:
    """One process's part in the timetable. All but the jobs happens in the thread that calls `run`."""

    def __init__(self, stop: threading.Event, *, kind: str, tick: float = 1.0, patience: float = PATIENCE) -> None:
        self.stop, self.kind, self.tick, self.patience = stop, kind, tick, patience
        self.name = worker_name()
        self.held: dict[int, tuple[Run, threading.Thread]] = {}
        self.next_beat = self.next_renewal = 0.0
        self.is_entered = self.is_cut_off = False

    def run(self) -> None:
        """Work until `stop` is set; then begin nothing more, wait for what runs, and say goodbye."""
        while not self.stop.is_set():
            self._turn(claim=True)
            self.stop.wait(self.tick)
        deadline = time.monotonic() + self.patience
        while self._running() and time.monotonic() < deadline:
            self._turn(claim=False)
            time.sleep(min(0.05, self.tick))
        self._guarded(lambda: actions.leave(self.name))
        connection.close()

    def _turn(self, *, claim: bool) -> None:
        close_old_connections()
        self._guarded(self._keep)
        free = AT_ONCE - len(self._running())
        if claim and free > 0:
            self._guarded(lambda: actions.tick(timezone.now(), self.name, start=self._start, most=free))
        close_old_connections()

    def _keep(self) -> None:
        """Heartbeat and leases, each when it is time."""
        clock = time.monotonic()
        if not self.is_entered:
            actions.enter_jobs(at=timezone.now())
            self.is_entered = True
        if clock >= self.next_beat:
            actions.beat(self.name, self.kind, at=timezone.now())
            self.next_beat = clock + queries.BEAT.total_seconds()
        if clock >= self.next_renewal:
            actions.renew(self._running(), now=timezone.now())
            self.next_renewal = clock + queries.lease().total_seconds() / 4

    def _guarded(self, act) -> None:
        """A database that is away is said once, and asked again at the next turn."""
        try:
            act()
        except DatabaseError as fault:
            connection.close()
            if not self.is_cut_off:
                log.warning("The jobs cannot reach the database (%s); trying again.", type(fault).__name__)
            self.is_cut_off = True
        else:
            if self.is_cut_off:
                log.warning("The jobs reach the database again.")
            self.is_cut_off = False

    def _running(self) -> list[int]:
        self.held = {key: (run, thread) for key, (run, thread) in self.held.items() if thread.is_alive()}
        return list(self.held)

    def _start(self, run: Run) -> None:
        thread = threading.Thread(target=_work, args=(run,), name=run.name, daemon=True)
        self.held[run.pk] = (run, thread)
        thread.start()


def _work(run: Run) -> None:
    """The thread of one run. What it did must be recorded: a database that is away is waited for, as long as the lease lasts."""
    try:
        counts, error = actions.attempt(run)
        # The job may have left a connection behind that the database has closed meanwhile.
        close_old_connections()
        deadline = time.monotonic() + queries.lease().total_seconds()
        while True:
            try:
                actions.end(run, at=timezone.now(), counts=counts, error=error)
                return
            except DatabaseError:
                connection.close()
                if time.monotonic() > deadline:
                    log.warning("The end of %s could not be recorded; it will be taken for broken off.", run.name)
                    return
                time.sleep(0.5)
    finally:
        connection.close()


def run(stop: threading.Event, *, kind: str = "worker", tick: float = 1.0) -> None:
    """Work in the foreground until `stop` is set."""
    Loop(stop, kind=kind, tick=tick).run()


class Companion:
    """The loop beside the web server."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=run, args=(self._stop,), kwargs={"kind": "web"}, name="clockwork", daemon=True
        )
        self._thread.start()

    def end(self, seconds: float) -> None:
        """Tell it to end, and wait for it that long."""
        self._stop.set()
        self._thread.join(seconds)
