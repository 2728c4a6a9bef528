"""The processes of an installation: web servers and workers, started as people start them, killed as machines do."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """One process of the installation with whatever it starts; its words go to a file."""

    def __init__(self, words: list[str], environment: Mapping[str, str], log: Path) -> None:
        self.words, self.environment, self.log = words, environment, log
        self.running: subprocess.Popen[bytes] | None = None
        self.lock = threading.RLock()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                [sys.executable, *self.words], cwd=ROOT, env=dict(self.environment), stdout=log, stderr=log, start_new_session=True
            )  # fmt: skip

    def kill(self) -> None:
        """SIGKILL to the process and its children, at once."""
        if self.running and self.running.poll() is None:
            os.killpg(self.running.pid, signal.SIGKILL)
            self.running.wait()

    def kill_and_start(self) -> None:
        with self.lock:
            self.kill()
            self.start()

    def keep(self) -> int | None:
        """Start it anew if it has ended by itself; the status it ended with."""
        with self.lock:
            if self.running is None or self.running.poll() is None:
                return None
            status = int(self.running.returncode)
            self.start()
            return status

    def end(self, seconds: float = 40) -> int:
        """SIGTERM, and its status; killed when it does not end."""
        assert self.running
        if self.running.poll() is None:
            self.running.terminate()
            try:
                self.running.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
        return int(self.running.returncode)


class Installation:
    """Two web servers without jobs and two workers, all on one database and one folder."""

    def __init__(self, environment: Mapping[str, str], logs: Path) -> None:
        self.ports = [free_port(), free_port()]
        command = ["-m", "huizhen.config.cli"]
        self.webs = [
            Process([*command, "serve", "--no-jobs", "--port", str(port)], environment, logs / f"web-{number}.log")
            for number, port in enumerate(self.ports)
        ]
        self.workers = [Process([*command, "worker"], environment, logs / f"worker-{number}.log") for number in (0, 1)]

    def start_webs(self) -> None:
        for web, port in zip(self.webs, self.ports, strict=True):
            # One after the other: the first one collects the static files.
            web.start()
            self.wait_for(port)

    def start_workers(self) -> None:
        for worker in self.workers:
            worker.start()

    def wait_for(self, port: int, seconds: float = 120) -> None:
        deadline = time.monotonic() + seconds
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                pass
            if time.monotonic() > deadline:
                raise TimeoutError(f"the server on port {port} does not answer")
            time.sleep(0.2)

    def end(self) -> list[int]:
        """In order, and the status of each."""
        return [one.end() for one in [*self.workers, *self.webs]]

    def kill(self) -> None:
        for one in [*self.workers, *self.webs]:
            one.kill()


class Killer:
    """Kills a worker every few seconds and starts it anew, at most `most` times."""

    def __init__(self, workers: list[Process], *, every: float, most: int | None, seed: int) -> None:
        self.workers, self.every, self.most = workers, every, most
        self.kills = 0
        self._random = random.Random(seed)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def _work(self) -> None:
        while (self.most is None or self.kills < self.most) and not self._stop.wait(
            self.every * self._random.uniform(0.6, 1.4)
        ):
            victim = self.workers[self.kills % len(self.workers)]
            victim.kill_and_start()
            self.kills += 1

    def end(self) -> None:
        self._stop.set()
        self._thread.join()


UNREACHABLE = 2
"""How a process ends that finds no database when it starts (config/cli.py): in order, for whoever keeps it to try again."""


class Keeper:
    """Starts anew what ended by itself, as the service manager of a real machine does (docs/operations.md)."""

    def __init__(self, processes: list[Process]) -> None:
        self.processes = processes
        self.kept: list[int] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def _work(self) -> None:
        while not self._stop.wait(1):
            self.kept += [status for one in self.processes if (status := one.keep()) is not None]

    def end(self) -> None:
        self._stop.set()
        self._thread.join()
