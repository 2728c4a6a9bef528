"""A migrated SQLite database, made once for a state of the migrations and copied by whoever begins with one.

Migrating takes eight seconds, a copy none. What was made lies in the cache of pytest, under a name that tells what the migrations are and
what they read. PostgreSQL's cluster does not outlive its run, so there it would not pay.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".pytest_cache" / "prepared"
DATABASE = "huizhen.sqlite3"
MAKE = """
import django
django.setup()
from django.db import connection
from huizhen.config.installation import migrate
migrate()
connection.close()  # all of it is in the one file then
"""
READ = ("*/migrations/*.py", "worktime/**/*", "lib/*.py")
"""Under src/huizhen: the migrations, and what they take their rows from."""


def lay_database(place: Path) -> None:
    """A migrated database at `place`. One process makes it, others wait; nobody takes it away while it is copied."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = CACHE / _source()
        if not found.exists():
            for old in CACHE.iterdir():
                if old.is_dir():
                    shutil.rmtree(old)
            fresh = Path(tempfile.mkdtemp(dir=CACHE))
            _make(fresh)
            # Somebody may have changed a migration meanwhile: then this one is used, but not kept under a wrong name.
            found = fresh.rename(found) if found.name == _source() else fresh
        shutil.copyfile(found / DATABASE, place)


def _make(var: Path) -> None:
    """In a process of its own, with the settings of the product and nothing of the tests."""
    plain = {
        name: value for name, value in os.environ.items() if not name.startswith(("HUIZHEN_", "DATABASE_", "DJANGO_"))
    }
    ours = {
        "HUIZHEN_VAR": str(var), "DJANGO_SETTINGS_MODULE": "huizhen.config.settings", "PYTHONPATH": str(ROOT / "src"),
    }  # fmt: skip
    subprocess.run([sys.executable, "-c", MAKE], env=plain | ours, check=True)


def _source() -> str:
    import django

    seen = hashlib.sha256(f"{sys.version} {django.__version__}".encode())
    base = ROOT / "src" / "huizhen"
    for path in sorted(
        path for pattern in READ for path in base.glob(pattern) if path.suffix != ".pyc" and path.is_file()
    ):
        seen.update(f"{path.relative_to(base)}\0".encode() + path.read_bytes())
    return seen.hexdigest()[:20]
