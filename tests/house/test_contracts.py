"""The import contracts hold, and bite."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.floors import ROOT, SOURCE, domain_apps, floors


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """lint-imports on the package below `folder`."""
    code = "import sys; sys.path.insert(0, 'src'); from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run([sys.executable, "-c", code, "--no-cache"], cwd=folder, capture_output=True, text=True)


def test_floors_and_rooms_are_kept() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("file", "line", "broken"),
    [
        ("directory/queries_probe.py", "", "exhaustive"),
        ("lib/probe.py", "import django", "Pure rooms"),
        ("lib/probe.py", "import huizhen.journal", "Floors"),
        ("journal/policy.py", "import huizhen.journal.actions", "Rooms"),
    ],
    ids=["unknown room", "Django in lib", "upward import", "room that climbs"],
)
def test_contracts_bite(tmp_path: Path, file: str, line: str, broken: str) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(
        SOURCE, tmp_path / "src" / "huizhen", ignore=shutil.ignore_patterns("static", "__pycache__", "*.yaml")
    )
    path = tmp_path / "src" / "huizhen" / file
    path.write_text(f"{path.read_text() if path.exists() else ''}\n{line}\n")
    done = lint(tmp_path)
    assert done.returncode != 0, done.stdout
    assert broken.lower() in (done.stdout + done.stderr).lower() or broken == "exhaustive"


def test_every_app_has_a_floor() -> None:
    apps = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert apps == set(floors())
    assert set(domain_apps()) == apps - {"lib", "web", "api", "demo", "config"}
