"""A throw-away PostgreSQL cluster: `python -m tests.pg -- COMMAND …` runs the command with DATABASE_URL pointing at it.

initdb refuses to work for root; run by root, the cluster belongs to `postgres` or `nobody`. It lives in a temporary folder, listens
on a free port of 127.0.0.1, never syncs to disk, and is gone when the command has ended.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.provide import find_or_install

CAREFREE = {  # nobody will read this cluster after a crash
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "jit": "off",  # small tables do not repay compiling
    # A vacuum between two tests finds only what was rolled back and notes that the tables are empty; whoever then loads the demo
    # in one transaction has every query planned for empty tables, and waits for ten seconds where milliseconds would do.
    "autovacuum": "off",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    # Whoever waits for ever is told so: a test fails with a sentence instead of standing still.
    "lock_timeout": "60s",
    "statement_timeout": "180s",
    "idle_in_transaction_session_timeout": "280s",
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
}
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


def find() -> Path | None:
    """The folder with initdb: on the path, or where Debian puts it, newest first."""
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return debian[-1].parent if debian else None


def binaries() -> Path:
    return find_or_install("PostgreSQL", "postgresql", find)


def _other_user() -> pwd.struct_passwd | None:
    """Whom the cluster belongs to when root runs the tests; None for anybody else, who owns it himself."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    sys.exit(
        "root 不能运行 PostgreSQL，且没有 postgres 或 nobody 用户。\nroot cannot run PostgreSQL and there is no user postgres or nobody."
    )


class Cluster:
    """A running server. `restart` keeps its port and its data."""

    def __init__(self, folder: Path, *, durable: bool) -> None:
        self.programs, owner = binaries(), _other_user()
        self.folder, self.data = folder, folder / "data"
        self.identity = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
        self.settings = {**CAREFREE, **(DURABLE if durable else {}), "port": str(_free_port())}
        password = secrets.token_hex(16)
        secret = folder / "password"
        secret.write_text(password)
        if owner:
            for path in (folder, secret):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        self.address = f"postgres://huizhen:{password}@127.0.0.1:{self.settings['port']}/postgres"
        to_make = ["-D", str(self.data), "-U", "huizhen", "-E", "UTF8", "--locale=C.UTF-8", "-A", "scram-sha-256", "-N"]
        self._run("initdb", *to_make, f"--pwfile={secret}")

    def start(self) -> None:
        options = " ".join(f"-c {name}={value or chr(39) * 2}" for name, value in self.settings.items())
        self._run("pg_ctl", "-D", str(self.data), "-l", str(self.folder / "log"), "-w", "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        """`immediate` is a crash: nothing is said to those connected, and the next start recovers from the log."""
        self._run("pg_ctl", "-D", str(self.data), "-w", "-m", mode, "stop")

    def restart(self, mode: str = "immediate") -> None:
        self.stop(mode)
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self.programs / program), *arguments],
            cwd=self.folder,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            capture_output=True,
            text=True,
            **self.identity,
        )
        if done.returncode:
            log = self.folder / "log"
            sys.exit(f"{program}: {done.stderr or done.stdout}\n{log.read_text() if log.exists() else ''}")


@contextmanager
def running(*, durable: bool = False) -> Iterator[Cluster]:
    """A fresh, running server with one empty database. `durable`: what was committed survives a crash of the server."""
    folder = Path(tempfile.mkdtemp(prefix="huizhen-pg-", dir="/tmp"))
    try:
        server = Cluster(folder, durable=durable)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def cluster() -> Iterator[str]:
    """The address of a fresh, running, empty database."""
    with running() as server:
        yield server.address


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main(words: list[str]) -> int:
    if words == ["--find"]:
        print(f"PostgreSQL: {binaries()}")
        return 0
    if words[:1] != ["--"] or len(words) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    # A kill must not leave a cluster behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with cluster() as address:
        return subprocess.run(words[1:], env={**os.environ, "DATABASE_URL": address}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
