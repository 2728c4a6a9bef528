"""PDF of our own Word files, by LibreOffice where it is found. Slow: some seconds and 200 MB; only jobs call it, never a request. Pure.

Each run has a profile folder of its own, in which macros are off and the fonts of official documents have free stand-ins; one run at a time
in a process; past its time the whole process group is ended. It is fed what `lib.official` and `lib.word` drew, never an uploaded file.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from threading import Lock
from xml.sax.saxutils import escape

NAMES = ("soffice", "libreoffice")
SECONDS = 120.0
"""Longest run; 500 pages take half of it on two cores."""
STAND_INS = {
    "方正小标宋简体": (
        "FZXiaoBiaoSong-B05S",
        "FZXiaoBiaoSong-B05",
        "STZhongsong",
        "Noto Serif CJK SC",
        "AR PL UMing CN",
    ),
    "仿宋_GB2312": ("FangSong_GB2312", "FangSong", "仿宋", "STFangsong", "Noto Serif CJK SC", "AR PL UMing CN"),
    "楷体_GB2312": ("KaiTi_GB2312", "KaiTi", "楷体", "STKaiti", "LXGW WenKai", "AR PL UKai CN", "Noto Serif CJK SC"),
    "黑体": ("SimHei", "STHeiti", "Noto Sans CJK SC", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei"),
    "宋体": ("SimSun", "STSong", "Noto Serif CJK SC", "AR PL UMing CN"),
}
"""Fonts to take where the named one is not installed, the nearest first."""
_FILTER = 'pdf:writer_pdf_Export:{"IsSkipEmptyPages":{"type":"boolean","value":"false"}}'
_HEAVY = ("方正小标宋简体",)
_alone = Lock()


class NoPdf(Exception):
    """The conversion failed or took too long; the argument says which, in words for the log."""


def find(named: str = "") -> Path | None:
    """The program: the one that is named, else the first of NAMES on the path; None where there is none."""
    for name in [named] if named else NAMES:
        if path := shutil.which(name):
            return Path(path)
    return None


def pdf_of(word: bytes, *, soffice: Path, seconds: float = SECONDS) -> bytes:
    """The PDF of a DOCX file; empty pages stay in. NoPdf when nothing came out in time. Waits for its turn."""
    with _alone, tempfile.TemporaryDirectory(prefix="huizhen-pdf-") as room:
        place = Path(room)
        (place / "paper.docx").write_bytes(word)
        _prepare(place)
        said = _run(soffice, place, seconds)
        made = place / "paper.pdf"
        if not made.exists():
            raise NoPdf(f"LibreOffice made no PDF: {said[-300:]}")
        return made.read_bytes()


def _run(soffice: Path, place: Path, seconds: float) -> str:
    command = [
        str(soffice), f"-env:UserInstallation={(place / 'profile').as_uri()}", "--headless", "--norestore", "--nolockcheck", "--nodefault",
        "--convert-to", _FILTER, "--outdir", str(place), str(place / "paper.docx"),
    ]  # fmt: skip
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    environment = kept | {"HOME": str(place), "TMPDIR": str(place), "FONTCONFIG_FILE": str(place / "fonts.conf")}
    running = subprocess.Popen(
        command, cwd=place, env=environment, start_new_session=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
    )  # fmt: skip
    try:
        said, _ = running.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise NoPdf(f"LibreOffice took longer than {seconds:g} seconds") from None
    finally:
        _end(running)
    return said


def _end(running: subprocess.Popen[str]) -> None:
    """The program starts others; none of them outlives the run."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    if running.stdout:
        running.stdout.close()


def _prepare(place: Path) -> None:
    """A profile without macros, and where fonts are looked for."""
    user = place / "profile" / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
    (place / "fonts.conf").write_text(_fonts(place), encoding="utf-8")


def _fonts(place: Path) -> str:
    rules = []
    for name, others in STAND_INS.items():
        accepted = "".join(f"<family>{escape(one)}</family>" for one in others)
        rules.append(f'<alias binding="same"><family>{escape(name)}</family><accept>{accepted}</accept></alias>')
    for name in _HEAVY:
        rules.append(
            f'<match target="pattern"><test name="family"><string>{escape(name)}</string></test>'
            '<edit name="weight" mode="assign"><const>bold</const></edit></match>'
        )
    return (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f'<include ignore_missing="yes">/etc/fonts/fonts.conf</include><cachedir>{escape(str(place / "fonts"))}</cachedir>'
        f"{''.join(rules)}</fontconfig>"
    )


_SETTINGS = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">'
    + "".join(
        f'<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{value}</value></prop></item>"
        for name, value in (
            ("DisableMacrosExecution", "true"),
            ("MacroSecurityLevel", "3"),
            ("BlockUntrustedRefererLinks", "true"),
        )
    )
    + "</oor:items>"
)
