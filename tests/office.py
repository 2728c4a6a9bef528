"""The LibreOffice that measures official documents. `python -m tests.office` finds or installs it, and a Chinese font for it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from huizhen.lib import pdf
from tests.provide import find_or_install


def _font() -> Path | None:
    """Any font with Chinese characters: what is measured are places, which all of them share."""
    if not shutil.which("fc-list"):
        return None
    listed = subprocess.run(["fc-list", ":lang=zh-cn", "file"], capture_output=True, text=True, check=False).stdout
    return next((Path(line.rstrip(": ")) for line in listed.splitlines()), None)


def office() -> Path:
    found = find_or_install("LibreOffice", "libreoffice-writer-nogui", pdf.find)
    find_or_install("中文字体 / a Chinese font", "fonts-arphic-uming", _font)
    return found


if __name__ == "__main__":
    print(f"LibreOffice: {office()}")
