"""Cost of the work list as an XLSX. Run: python benchmarks/worklist.py [cases]; DATABASE_URL chooses the database.

Makes a scratch database, loads the demo, fills it with that many cases in bulk and writes the whole list, every column, twice: a tenth
of it and all of it, each in a process of its own. Prints rows, seconds, rows per second, the size of the file and the most memory that
the process ever held; ends with 1 if 100,000 rows took more than 60 seconds, or if all took half as much memory again as a tenth.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

HERE = Path(__file__).resolve().parent.parent
SECONDS, ROWS = 60, 100_000


def main(total: int) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huizhen.config.settings")
    os.environ.setdefault("HUIZHEN_VAR", tempfile.mkdtemp(prefix="huizhen-benchmark-"))
    sys.path.insert(0, str(HERE))
    import django

    django.setup()
    from django.db import connection
    from django.utils import timezone

    if connection.vendor == "sqlite":  # a file, for the processes that read it
        connection.settings_dict["TEST"]["NAME"] = str(Path(os.environ["HUIZHEN_VAR"], "benchmark.sqlite3"))
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    name = connection.settings_dict["NAME"]
    try:
        from huizhen.demo.actions import load
        from huizhen.demo.bulk.actions import fill

        begun = perf_counter()
        load(at=timezone.now(), progress=lambda *_: None)
        fill(total, at=timezone.now(), progress=lambda *_: None)
        print(f"{connection.vendor}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; {total} cases, "
              f"{perf_counter() - begun:.0f} s to fill", flush=True)  # fmt: skip
        connection.close()
        found = [beside(name, limit) for limit in (total // 10, total)]
    finally:
        connection.close()
        connection.creation.destroy_test_db(name, verbosity=0)
    (_, tenth), (seconds, whole) = found
    return int(seconds / total * ROWS > SECONDS or whole > 1.5 * tenth)


def beside(name: str, limit: int) -> tuple[float, float]:
    """Seconds and megabytes of a process that writes so many rows."""
    context = multiprocessing.get_context("spawn")
    queue: Any = context.Queue()
    process = context.Process(target=write, args=(name, limit, queue))
    process.start()
    told = queue.get()
    process.join()
    return told  # type: ignore[no-any-return]


def held() -> float:
    """Most memory that this process ever held, in MiB; not `getrusage`, which goes on counting from the parent's."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def write(name: str, limit: int, queue: Any) -> None:
    """Write the list of head office, cut to so many rows."""
    sys.path.insert(0, str(HERE))
    import django

    django.setup()
    from django.db import connection
    from django.utils import timezone

    connection.settings_dict["NAME"] = name
    from huizhen.accounts.models import User
    from huizhen.directory.queries import standing
    from huizhen.reports.queries.worklist import Asked
    from huizhen.reports.sheets import worklist

    worklist.ROWS_MOST = limit
    now = timezone.now()
    reader = standing(User.objects.get(username="coordinator"), on=timezone.localdate(now))
    with tempfile.TemporaryFile() as file:
        begun, worked = perf_counter(), process_time()
        rows = worklist.write(reader, Asked("all", is_both=True), file, at=now, contacts=True)
        seconds, worked, size = perf_counter() - begun, process_time() - worked, file.tell()
    memory = held()
    print(
        f"{rows} rows: {seconds:.1f} s ({worked:.1f} s of them at work), {rows / seconds:.0f} rows/s, file {size / 2**20:.1f} MiB, "
        f"at most {memory:.0f} MiB of memory",
        flush=True,
    )
    queue.put((seconds, memory))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))
