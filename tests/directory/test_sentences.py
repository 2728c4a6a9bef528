"""Every no of the directory has its words."""

from __future__ import annotations

import ast
from pathlib import Path

import huizhen.directory
from huizhen.web import sentences
from huizhen.web.campaigns import sentences as campaigns
from huizhen.web.directory.sentences import FIELD, FILE, REFUSALS, ROW

_REFUSES = {"Fault", "one", "bad_file", "_fault", "_refuse", "NotNow", "NotAllowed", "StaleWrite", "_need"}
_PLACE = {"one": 1, "_fault": 1, "_refuse": 1, "_need": 3}
"""Which argument is the code; the first of the others."""
SHARED = {"upload_gone", "file"} | set(sentences.FAULTS) | set(campaigns.FAULTS) | set(campaigns.REFUSALS)


def _codes() -> set[str]:
    """String constants given to whatever makes a refusal or a fault."""
    found = set()
    rooms = Path(huizhen.directory.__file__).parent
    for path in [*rooms.rglob("*.py"), rooms.parent / "lib/workbooks.py"]:
        for call in [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]:
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name in _REFUSES:
                code = ast.walk(call.args[_PLACE.get(name, 0)])
                found |= {n.value for n in code if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return found


def test_every_code_has_its_words() -> None:
    assert sorted(_codes() - set(FILE) - set(ROW) - set(FIELD) - set(REFUSALS) - SHARED) == []


def test_every_word_is_still_used() -> None:
    found = _codes() | {"bad_phone", "bad_email", "bad_staff_no", "phone_taken", "key_in_progress"}
    assert sorted((set(FILE) | set(ROW) | set(FIELD) | set(REFUSALS)) - found) == []
