"""How the command line speaks: one Chinese sentence, the English one below it unless the terminal is Chinese.

Plain pairs instead of the catalogue, because the command must be able to speak before Django is set up, and when it cannot be.
"""

from __future__ import annotations

import os
import sys


class Refused(Exception):
    """The command cannot go on, for a reason one sentence can say. `code` is the exit status."""

    def __init__(self, zh: str, en: str, *, code: int = 2) -> None:
        super().__init__(en)
        self.zh, self.en, self.code = zh, en, code


def in_chinese() -> bool:
    """Whether the terminal's language is Chinese; the first of the three variables that is set decides, as POSIX has it."""
    chosen = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return chosen.lower().startswith("zh")


def say(zh: str, en: str, *, error: bool = False) -> None:
    """Print the sentence on standard output, or on standard error."""
    stream = sys.stderr if error else sys.stdout
    print(zh if in_chinese() else f"{zh}\n{en}", file=stream, flush=True)


def pick(zh: str, en: str) -> str:
    """The short form for a table or a progress bar: both languages in one line unless the terminal is Chinese."""
    return zh if in_chinese() else f"{zh} {en}"
