"""How long a roster of 10,000 rows takes: read, plan, apply, plan again. Run: python -m benchmarks.roster (a throw-away SQLite file)."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000


def _timed(label: str, work: Callable[[], Any]) -> Any:
    start = time.perf_counter()
    result = work()
    print(f"{label:<32}{time.perf_counter() - start:8.2f} s")
    return result


def _cells(group: Any, unit: str) -> Iterator[tuple[str, ...]]:
    for index in range(ROWS):
        name, phone, mail = f"专家{index}", f"1541{index:07d}", f"x{index}@example.com"
        yield (
            group.domain.name,
            group.name,
            group.code,
            name,
            unit,
            "主管",
            "省级",
            "成员",
            "5G",
            "",
            phone,
            mail,
            f"X{index}",
        )


def main() -> None:
    """Prints one line per step."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"HUIZHEN_VAR": folder, "DJANGO_SETTINGS_MODULE": "huizhen.config.settings"}
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{Path(folder) / 'benchmark.sqlite3'}")
        import django

        django.setup()
        from django.core.management import call_command
        from django.utils import timezone

        from huizhen.demo.people import load_people
        from huizhen.directory import actions, sheets
        from huizhen.directory.models import Group

        call_command("migrate", verbosity=0)
        at = timezone.now()
        on = timezone.localdate(at)
        campaign = _timed("demo people", lambda: load_people(at=at, progress=lambda *_: None))
        group = Group.objects.select_related("domain").get(code="NET-13")
        content = _timed("write XLSX", lambda: sheets.write_rows(_cells(group, "佛山分公司")))
        print(f"{ROWS} rows, {len(content) / 2**20:.1f} MB")
        sheet = _timed("read", lambda: sheets.read(content))
        plan = _timed("plan", lambda: sheets.plan(sheet, campaign, on=on))
        _timed(
            "apply (reads and plans again)",
            lambda: actions.apply_roster(campaign, content=content, digest=plan.digest, by=None, at=at),
        )
        again = _timed("plan the same file", lambda: sheets.plan(sheet, campaign, on=on))
        print(again.counts)


if __name__ == "__main__":
    main()
