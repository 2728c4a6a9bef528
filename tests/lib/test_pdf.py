"""LibreOffice is found or not, and nothing of it stays behind."""

from __future__ import annotations

from pathlib import Path
from time import monotonic, sleep

import pytest

from huizhen.config import doctor
from huizhen.lib import pdf


def program(place: Path, *lines: str) -> Path:
    place.write_text("\n".join(["#!/bin/sh", *lines, ""]), encoding="utf-8")
    place.chmod(0o755)
    return place


def ends(number: str, *, within: float = 20.0) -> bool:
    """Whether the process ends in that many seconds; who was killed may still be seen for a moment on a busy machine."""
    begun = monotonic()
    while monotonic() - begun < within:
        try:
            if Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        sleep(0.02)
    return False


def test_program_that_fails_or_hangs_is_ended_with_all_it_started(tmp_path: Path) -> None:
    mark = tmp_path / "child"
    failing = program(tmp_path / "failing", f"sleep 600 >/dev/null 2>&1 & echo $! > '{mark}'", "echo no filter found")
    with pytest.raises(pdf.NoPdf, match="no filter found"):
        pdf.pdf_of(b"PK", soffice=failing)
    assert ends(mark.read_text().strip())
    hanging = program(tmp_path / "hanging", "exec sleep 600")
    with pytest.raises(pdf.NoPdf, match=r"longer than 0\.2 seconds"):
        pdf.pdf_of(b"PK", soffice=hanging, seconds=0.2)


def test_program_gets_a_room_of_its_own_and_it_is_gone_after(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIZHEN_SECRET_KEY", "secret")
    seen = tmp_path / "seen"
    made = program(
        tmp_path / "made",
        f"{{ echo \"$PWD $HOME $*\"; env; cat profile/user/registrymodifications.xcu; }} > '{seen}'",
        "cat paper.docx > paper.pdf",
    )
    assert pdf.pdf_of(b"PK", soffice=made) == b"PK"
    told = seen.read_text()
    place, home, *arguments = told.splitlines()[0].split()
    assert place == home
    assert f"-env:UserInstallation=file://{place}/profile" in arguments
    assert "DisableMacrosExecution" in told
    assert "secret" not in told
    assert not Path(place).exists()


def test_doctor_says_where_pdf_comes_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings) -> None:
    made = program(tmp_path / "soffice", "true")
    settings.HUIZHEN_SOFFICE = str(made)
    assert list(doctor._papers()) == []
    settings.HUIZHEN_SOFFICE = str(tmp_path / "nothing")
    assert [(one.error, "HUIZHEN_SOFFICE" in one.en) for one in doctor._papers()] == [(True, True)]
    settings.HUIZHEN_SOFFICE = ""
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assert [(one.error, "libreoffice-writer-nogui" in one.en) for one in doctor._papers()] == [(False, True)]
    monkeypatch.setenv("PATH", str(tmp_path))
    assert pdf.find() == made
    assert list(doctor._papers()) == []
