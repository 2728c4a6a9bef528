"""What cases in bulk cost. Run: python benchmarks/bulk.py [cases]; DATABASE_URL chooses the database.

Makes a scratch database, loads the demo, then writes that many cases as `huizhen demo --cases` does. Prints cases and rows a second by the
clock, the processor time of both processes here and of the database server (on a busy machine these are the honest figures; the server's only
where it runs on this machine, under Linux), the memory the larger one took at most, and whether `huizhen verify` finds all of it whole.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
from pathlib import Path
from time import perf_counter


def main(total: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huizhen.config.settings")
    os.environ.setdefault("HUIZHEN_VAR", tempfile.mkdtemp(prefix="huizhen-benchmark-"))
    import django

    django.setup()
    from django.db import connection

    if connection.vendor == "sqlite":  # a file, as an installation has it
        connection.settings_dict["TEST"]["NAME"] = str(Path(os.environ["HUIZHEN_VAR"], "benchmark.sqlite3"))
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        measure(total)
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def measure(total: int) -> None:
    from django.db import connection
    from django.utils import timezone

    from huizhen.cases.queries.accountability import unaccounted
    from huizhen.demo.actions import load
    from huizhen.demo.bulk.actions import fill
    from huizhen.journal.queries import verify
    from huizhen.search.queries import is_whole

    at = timezone.now()
    load(at=at, progress=lambda *_: None)
    before, worked, served = rows(), worked_here(), worked_by_server()
    clock = perf_counter()
    fill(total, at=at, progress=lambda *_: None)
    clock = perf_counter() - clock
    written = rows() - before
    print(f"{connection.vendor}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    print(f"cases: {total}, rows: {written}, those of search with them")
    print(f"by the clock: {clock:.1f} s, {total / clock:,.0f} cases/s, {written / clock:,.0f} rows/s")
    print(f"processor time here: {worked_here() - worked:.1f} s, in both processes")
    after = worked_by_server()
    if served is not None and after is not None:
        print(f"processor time of the server: {after - served:.1f} s")
    largest = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"memory at most: {largest // 1024} MB")
    clock = perf_counter()
    found = verify()
    faults = found.faults_found + len(unaccounted()) + (not is_whole())
    says = "ok" if not faults else f"{faults} FAULTS"
    print(f"verify: {says}, {found.entries} journal rows, {perf_counter() - clock:.1f} s")


def worked_here() -> float:
    """Seconds of processor time of this process and of those it began that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def worked_by_server() -> float | None:
    """Seconds of processor time of the server's processes, also of those that have ended; None where they cannot be seen."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    seen = {int(path.parent.name): fields(path) for path in Path("/proc").glob("[0-9]*/stat")}
    if not seen.get(backend):
        return None
    postmaster = seen[backend][1]
    ticks = sum(sum(one[11:13]) for one in seen.values() if one and one[1] == postmaster)
    return (ticks + sum(seen[postmaster][11:15])) / os.sysconf("SC_CLK_TCK")


def fields(path: Path) -> list[int]:
    """The numbers of /proc/PID/stat after the name, its state as 0 (proc_pid_stat(5)); nothing when the process is gone."""
    try:
        told = path.read_text().rpartition(")")[2].split()
    except OSError:
        return []
    return [0, *map(int, told[1:])]


def rows() -> int:
    from huizhen.demo.bulk.templates import ORDER
    from huizhen.journal.models import ChainHead, Entry
    from huizhen.search.models import Entry as Found

    return sum(model._default_manager.count() for model in (*ORDER, Entry, ChainHead, Found))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
