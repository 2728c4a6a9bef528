"""What others wait for while a list of earlier cases is written. Run: python benchmarks/imports.py [rows]; DATABASE_URL chooses the database.

Makes a scratch database, loads the demo, hands in a list of that many rows and lets the job write it, in a process of its own as on a server.
Meanwhile an expert follows and no longer follows a case, every 0.3 seconds, through the page. Prints how long the list took, how long she
waited, and what answers were no redirect; ends with 1 if she waited for 2 seconds or an answer was wrong. It also takes the list back the same way.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent.parent
LONGEST = 2.0
EVERY = 0.3


def main(rows: int) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huizhen.config.settings")
    os.environ.setdefault("HUIZHEN_VAR", tempfile.mkdtemp(prefix="huizhen-benchmark-"))
    sys.path.insert(0, str(HERE))
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test.utils import setup_test_environment

    setup_test_environment()
    if connection.vendor == "sqlite":  # a file, as an installation has it
        connection.settings_dict["TEST"]["NAME"] = str(Path(os.environ["HUIZHEN_VAR"], "benchmark.sqlite3"))
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        settings.ALLOWED_HOSTS = ["*"]
        return measure(rows)
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def measure(rows: int) -> int:
    from django.db import connection
    from django.utils import timezone

    from huizhen.accounts.models import User
    from huizhen.cases import actions
    from huizhen.demo.actions import load
    from huizhen.directory.models import Branch
    from tests.cases.worklists import row, worklist

    now = timezone.now()
    load(at=now, progress=lambda *_: None)
    office = User.objects.get(username="coordinator")
    branches = list(Branch.objects.values_list("name", flat=True)[:20])
    cells = [
        row(挂号编号=f"p{n}", 破题项目=f"第{n}题：晚高峰负荷超限", 党支部=branches[n % len(branches)], 问诊单位="", 专家团="", 首问专家="")
        for n in range(rows)
    ]  # fmt: skip
    batch = actions.keep_import(content=worklist(cells), name="清单.xlsx", by=office, at=now)
    actions.carry_out(batch, at=now)
    batch.refresh_from_db()
    actions.confirm_import(batch, digest=batch.report["digest"], by=office, at=now)
    print(f"{connection.vendor}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; {rows} rows")
    worst = _beside("written", batch.pk, now)
    batch.refresh_from_db()
    assert (batch.state, batch.total) == ("done", rows), (batch.state, batch.trouble)
    actions.take_back_import(batch, by=office, at=now)
    worst = max(worst, _beside("taken back", batch.pk, now))
    batch.refresh_from_db()
    assert batch.state == "undone", (batch.state, batch.trouble)
    return int(worst >= LONGEST)


def _beside(what: str, batch: int, now: Any) -> float:
    """Let a process carry the list on, click meanwhile; the longest wait, or more than any if an answer was wrong."""
    from django.db import connection
    from django.test import Client

    from huizhen.accounts.models import User
    from huizhen.cases.models import Case

    client = Client()
    client.force_login(User.objects.get(username="expert"))
    case = Case.objects.exclude(source="imported").filter(is_open__in=(True,), is_sensitive=False)
    code = case.filter(accountable__user__username="expert").values_list("code", flat=True)[0]
    for verb in ("follow", "unfollow"):  # the first page of a process loads the others
        client.post(f"/cases/{code}/{verb}/", {})
    place = f"{connection.settings_dict['NAME']}"
    began = time.perf_counter()
    worker = subprocess.Popen([sys.executable, __file__, "--carry", place, str(batch), now.isoformat()])
    waits: list[float] = []
    wrong: list[int] = []
    while worker.poll() is None:
        for verb in ("follow", "unfollow"):
            clock = time.perf_counter()
            answer = client.post(f"/cases/{code}/{verb}/", {})
            waits.append(time.perf_counter() - clock)
            wrong += [answer.status_code] if answer.status_code != 302 else []
            time.sleep(EVERY)
    took = time.perf_counter() - began
    waits.sort()
    print(
        f"{what}: {took:.1f} s; {len(waits)} clicks meanwhile, waited {waits[len(waits) // 2]:.2f} s in the middle, "
        f"{max(waits):.2f} s at most; wrong answers: {wrong or 'none'}"
    )
    return 99.0 if wrong or worker.returncode else max(waits)


def carry(place: str, batch: str, at: str) -> None:
    """What the job does, in this process."""
    from datetime import datetime

    import django

    django.setup()
    from django.db import connection

    connection.settings_dict["NAME"] = place
    from huizhen.cases.actions import carry_out
    from huizhen.cases.models import Import

    carry_out(Import.objects.get(pk=int(batch)), at=datetime.fromisoformat(at))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--carry"]:
        carry(*sys.argv[2:5])
    else:
        sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 3000))
