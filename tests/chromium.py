"""The Chromium of the browser tests. `python -m tests.chromium` finds or installs it."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.provide import find_or_install

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",  # the tests may run as root inside a container
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
]


def find() -> Path | None:
    return next((Path(path) for name in NAMES if (path := shutil.which(name))), None)


def chromium() -> Path:
    return find_or_install("Chromium", "chromium", find)


if __name__ == "__main__":
    print(f"Chromium: {chromium()}")
