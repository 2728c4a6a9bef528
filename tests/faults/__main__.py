"""`python -m tests.faults`: two web servers, two workers, a load of moves; processes killed, PostgreSQL crashed; then all is counted.

Ends with status 1 when a figure that must be nought is not. Everything happens on loopback and in a temporary folder.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests import pg
from tests.faults import world
from tests.faults.load import KINDS, Ledger, Load, Player, Road
from tests.faults.processes import UNREACHABLE, Installation, Keeper, Killer, Process
from tests.stub.server import Stub
from tests.stub.smtp import MailStub

SEED = 20261122


def main(words: list[str]) -> int:
    given = _parser().parse_args(words)
    if given.database == "both":
        return max(_in_its_own_process(words, database) for database in ("sqlite", "postgresql"))
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="huizhen-faults-"))
        if not given.keep:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        server = stack.enter_context(pg.running(durable=True)) if given.database == "postgresql" else None
        stub = stack.enter_context(Stub())
        mail = stack.enter_context(MailStub(stub=stub))
        fresh = world.environment(folder / "var", server.address if server else None, stub=stub, smtp_port=mail.port)
        os.environ.clear()
        os.environ.update(fresh)
        return _play(given, folder, stub, server)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tests.faults", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--moves", type=int, default=2000)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--every", type=float, default=4.0, help="seconds from one kill to the next")
    parser.add_argument("--kills", type=int, help="at most so many; default: as long as the load lasts")
    parser.add_argument("--keep", action="store_true", help="keep the folder with database and logs")
    return parser


def _in_its_own_process(words: list[str], database: str) -> int:
    """Settings are read once for a process, so each database gets one."""
    return subprocess.run([sys.executable, "-m", "tests.faults", *words, "--database", database]).returncode


def _play(given: argparse.Namespace, folder: Path, stub: Stub, server: pg.Cluster | None) -> int:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from tests.faults import count

    call_command("migrate", interactive=False, verbosity=0)
    tokens = world.build(stub)
    connection.close()
    installation = Installation(dict(os.environ), folder)
    try:
        installation.start_webs()
        calm = _calm(installation.ports, tokens)
        installation.start_workers()
        began = time.monotonic()
        load = Load(installation.ports, tokens, moves=given.moves, threads=given.threads, seed=SEED)
        killer = Killer(installation.workers, every=given.every, most=given.kills, seed=SEED)
        keeper = Keeper([*installation.workers, *installation.webs])
        load.start()
        killer.start()
        keeper.start()
        crashes = _watch(load, given.moves, installation.webs[1], server)
        played = time.monotonic() - began
        killer.end()
        drained = _drain()
        figures = count.count(load.ledger, load.roads, calm, list(stub.seen))
        keeper.end()
        statuses = installation.end()
    finally:
        installation.kill()
    told = {
        "web servers / workers": "2 / 2", "moves acknowledged": figures.acknowledged, "seconds of load": round(played),
        "workers killed / web servers killed": f"{killer.kills} / 1", "database crashed and restarted": crashes,
        "without a database when started, kept": keeper.kept.count(UNREACHABLE),
        "troubles met by the load": dict(load.ledger.troubles), "answers given again by key": load.ledger.replayed,
        "requests refused": len(load.ledger.refused), "requests given up": len(load.ledger.given_up),
        "jobs broken off and taken up": figures.runs_lost, "seconds until all was told": round(drained),
    }  # fmt: skip
    _print(given.database, told, figures)
    for sentence in [*load.ledger.refused[:5], *load.ledger.given_up[:5], *figures.differences[:12]]:
        print("   ", sentence)
    unclean = [status for status in [*keeper.kept, *statuses] if status not in (0, UNREACHABLE)]
    unclean += [status for status in statuses if status == UNREACHABLE]
    if unclean:
        print(f"  processes that did not end in order: {statuses}, before that {keeper.kept}")
    return 1 if figures.broken or unclean or load.ledger.refused or load.ledger.given_up else 0


def _calm(ports: list[int], tokens: dict[str, str]) -> count.Calm:  # noqa: F821
    """Two roads of each kind, undisturbed; there are no workers yet, so this process reads the journal when it likes."""
    from django.db import connection
    from django.utils import timezone

    from huizhen.notifications.jobs import drain
    from tests.faults import count

    player, calm = Player(ports, tokens, Ledger(), SEED), count.Calm()
    for kind in dict.fromkeys(KINDS):
        for at_once in (True, False):
            road = Road(player, kind)
            for step in road.steps():
                step()
                if at_once:
                    drain(timezone.now())
            drain(timezone.now())
            calm.learn(road)
    player.close()
    connection.close()
    return calm


def _watch(load: Load, moves: int, web: Process, server: pg.Cluster | None) -> int:
    """Wait for the load. After a quarter of it one web server is killed and started anew, after half of it the database crashes."""
    crashes, is_killed = 0, False
    while load.is_alive():
        time.sleep(0.1)
        if not is_killed and len(load.ledger) >= moves // 4:
            web.kill_and_start()
            is_killed = True
        if server and not crashes and len(load.ledger) >= moves // 2:
            server.restart("immediate")
            crashes += 1
    return crashes


def _drain(seconds: float = 900) -> float:
    """Wait until the workers have nothing left to do, twice in a row; how long it took."""
    from django.db import connection

    from tests.faults import count

    began, calm = time.monotonic(), 0
    while calm < 2 and time.monotonic() - began < seconds:
        connection.close()
        calm = calm + 1 if not count.still_waiting() else 0
        time.sleep(0.5)
    return time.monotonic() - began


def _print(database: str, told: dict[str, object], figures: count.Figures) -> None:  # noqa: F821
    print(f"\n== {database}")
    for name, value in told.items():
        print(f"  {name:42}{value}")
    lines = {
        "acknowledged moves lost / doubled": (figures.moves_lost, figures.moves_doubled),
        "inbox messages": (figures.messages,),
        "inbox messages lost / doubled": (figures.messages_lost, figures.messages_doubled),
        "outside deliveries": (figures.deliveries,),
        "outside deliveries lost / doubled": (figures.deliveries_lost, figures.deliveries_doubled),
        "delivery ids seen at the stub / never": (figures.seen, figures.never_seen),
        "delivery ids seen that nobody knows": (figures.unknown_seen,),
        "delivery ids seen more than once": (figures.repeats,),
        "  of these unexplained": (figures.repeats_unexplained,),
        "  possibly delivered (可能已送达)": (figures.doubtful,),
        "deliveries failed for good": (figures.failed,),
        "left over": (figures.left_over,),
        "faults of the journal (verify)": (figures.journal_faults,),
    }
    for name, numbers in lines.items():
        print(f"  {name:42}{' / '.join(map(str, numbers))}")
    print(f"  {'holds' if not figures.broken else 'BROKEN: ' + ', '.join(figures.broken)}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
