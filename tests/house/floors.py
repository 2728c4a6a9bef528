"""The house read from where it is written down: floors and rooms from the import contracts, files from the source tree."""

from __future__ import annotations

import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "huizhen"


def contracts() -> list[dict[str, Any]]:
    written = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return list(written["tool"]["importlinter"]["contracts"])


def _names(layer: str) -> list[str]:
    return [name.strip(" ()") for name in layer.split("|")]


def floors() -> dict[str, int]:
    """App → floor; 0 is the ground."""
    layers = reversed(contracts()[0]["layers"])
    return {name: floor for floor, layer in enumerate(layers) for name in _names(layer)}


def rooms() -> set[str]:
    """The file names that an app of the lower floors may have."""
    contract = contracts()[1]
    return {name for layer in contract["layers"] for name in _names(layer)} | set(contract["exhaustive_ignores"])


def domain_apps() -> list[str]:
    """The apps whose rooms are a closed list."""
    return [name.removeprefix("huizhen.") for name in contracts()[1]["containers"]]


def source_files(*endings: str, below: tuple[str, ...] = ("src", "tests")) -> Iterator[Path]:
    """Files of the repository, as git sees them (also those not yet added), without what is generated."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *below],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    for name in sorted(set(listed.split("\0")) - {""}):
        path = ROOT / name
        if path.suffix in endings and path.exists() and "migrations" not in path.parts:
            yield path
