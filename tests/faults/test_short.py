"""A short run of the faults, on the kind of database that the tests run on: some sixty moves, one worker killed in the middle."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.conf import settings

from tests.faults.processes import ROOT


@pytest.mark.timeout(600)
def test_nothing_acknowledged_is_lost_when_a_worker_is_killed() -> None:
    database = "sqlite" if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3") else "postgresql"
    words = ["--database", database, "--moves", "60", "--threads", "4", "--kills", "1", "--every", "3"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", *words], cwd=ROOT, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "acknowledged moves lost / doubled         0 / 0" in done.stdout
