"""The installed command, run as people run it: a process of its own, an empty folder, a real port."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from huizhen.config import cli

COMMAND = [sys.executable, "-m", "huizhen.config.cli"]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def surroundings(tmp_path: Path) -> dict[str, str]:
    """An environment that knows nothing of the tests."""
    plain = {
        name: value for name, value in os.environ.items() if not name.startswith(("HUIZHEN_", "DATABASE_", "DJANGO_"))
    }
    return {**plain, "HUIZHEN_VAR": str(tmp_path / "var"), "PYTHONPATH": str(ROOT / "src"), "LANG": "C.UTF-8"}


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(surroundings: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *words], env=surroundings, capture_output=True, text=True, timeout=120)


@pytest.fixture
def served(surroundings: dict[str, str], port: int) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", str(port)],
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    yield process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def wait_for(port: int) -> int:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                return int(answer.status)
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not answer")


def test_server_answers_refuses_a_taken_port_and_ends_cleanly(
    surroundings: dict[str, str], served: subprocess.Popen[str], port: int
) -> None:
    assert wait_for(port) == 200

    second = run(surroundings, "serve", "--port", str(port))
    assert second.returncode == 2
    assert f"Port {port} is taken" in second.stderr
    assert "Traceback" not in second.stderr

    began = time.monotonic()
    os.killpg(served.pid, signal.SIGINT)
    out, err = served.communicate(timeout=20)
    assert served.returncode == 0
    assert time.monotonic() - began < 5
    assert f"http://127.0.0.1:{port}/" in out
    assert "Traceback" not in err
    assert "SIGKILL" not in err


def test_commands_work_on_a_fresh_installation(surroundings: dict[str, str], tmp_path: Path) -> None:
    assert run(surroundings, "migrate").returncode == 0
    assert run(surroundings, "verify").returncode == 0
    refused = run(surroundings, "import-roster", str(tmp_path / "none.xlsx"))
    assert (refused.returncode, "Cannot read" in refused.stderr) == (2, True)
    archive = tmp_path / "a.tar.gz"
    assert run(surroundings, "backup", str(archive)).returncode == 0
    again = run(surroundings, "restore", str(archive))
    assert (again.returncode, "--force" in again.stderr) == (2, True)
    assert run(surroundings, "restore", str(archive), "--force").returncode == 0
    assert run(surroundings, "doctor").returncode == 0


def test_unreachable_database_is_one_sentence(surroundings: dict[str, str]) -> None:
    surroundings["DATABASE_URL"] = "postgres://nobody:x@127.0.0.1:1/none"
    done = run(surroundings, "serve", "--port", "0")
    assert done.returncode == 2
    assert "Cannot reach the database" in done.stderr
    assert "Traceback" not in done.stderr


def test_every_verb_has_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 0
    shown = capsys.readouterr().out
    assert [name for name in cli.VERBS if name not in shown] == []
    assert cli.main(["help"]) == 0
    assert capsys.readouterr().out == shown
    with pytest.raises(SystemExit):
        cli.main(["help", "import-roster"])
    assert "--dry-run" in capsys.readouterr().out
