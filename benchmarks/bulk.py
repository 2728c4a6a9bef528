"""What cases in bulk cost. Run: python benchmarks/bulk.py [cases]; DATABASE_URL chooses the database.

Makes a scratch database, loads the demo, then writes that many cases as `huizhen demo --cases` does; prints cases and rows a second, by the
clock and by the processor time of this process (on a busy machine the second is the honest one), the memory it took at most, and how long
`huizhen verify` walks over what is there.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
from time import perf_counter, process_time


def main(total: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huizhen.config.settings")
    os.environ.setdefault("HUIZHEN_VAR", tempfile.mkdtemp(prefix="huizhen-benchmark-"))
    import django

    django.setup()
    from django.db import connection

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

    at = timezone.now()
    load(at=at, progress=lambda *_: None)
    before = rows()
    clock, worked = perf_counter(), process_time()
    fill(total, at=at, progress=lambda *_: None)
    clock, worked = perf_counter() - clock, process_time() - worked
    written = rows() - before
    print(f"{connection.vendor}, {total} cases, {written} rows without those of search")
    for name, took in (("by the clock", clock), ("processor time of this process", worked)):
        print(f"{name}: {took:.1f} s, {total / took:,.0f} cases/s, {written / took:,.0f} rows/s")
    print(f"memory at most: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    clock = perf_counter()
    found = verify()
    faults = found.faults_found + len(unaccounted())
    print(f"verify: {found.entries} journal rows, {faults} faults, {perf_counter() - clock:.1f} s")


def rows() -> int:
    from huizhen.demo.bulk.templates import ORDER
    from huizhen.journal.models import ChainHead, Entry

    return sum(model._default_manager.count() for model in (*ORDER, Entry, ChainHead))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
