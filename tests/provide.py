"""Find a program the tests need, or install its Debian package, or say in one sentence what is missing. Never skip."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path


def find_or_install(what: str, package: str, find: Callable[[], Path | None]) -> Path:
    """Where `what` is. As root on a Debian, an absent one is installed first."""
    if found := find():
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"{what}：正在安装 {package}… / installing {package} …", file=sys.stderr, flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "-qq", "update"], check=False, **quiet)
        subprocess.run(["apt-get", "-qq", "install", "-y", "--no-install-recommends", package], check=False, **quiet)
        if found := find():
            return found
    sys.exit(
        f"没有找到 {what}，也无法自动安装：请安装 {package}（Debian：apt-get install {package}）。\n"
        f"{what} was not found and cannot be installed: install {package} (Debian: apt-get install {package})."
    )
