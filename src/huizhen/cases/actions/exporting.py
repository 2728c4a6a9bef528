"""Papers that leave the house: made for one reader, written down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.cases.papers import minutes_of, sheet_of, told_of
from huizhen.directory.queries import standing
from huizhen.journal.actions import record
from huizhen.lib import official
from huizhen.lib.word import draw


def export_a3(code: str, *, by: User, at: datetime, methods: Sequence[str] = ()) -> bytes:
    """The A3 sheet of a case as a Word file: in full for who sees it in full, else as a summary. `methods`: see `papers.sheet_of`.

    Side effects: journal `case_exported` with its level. NotVisible: neither is for her.
    """
    told = told_of(standing(by, on=timezone.localdate(at)), code)
    content = draw(sheet_of(told, methods=methods, at=at))
    with transaction.atomic():
        record("case_exported", told.case, by=by, at=at, label=told.case.code, paper="a3", level=told.level)
    return content


def export_minutes(code: str, key: str, *, by: User, at: datetime) -> bytes:
    """The minutes of a held session as an official document (DOCX), for who sees the case in full.

    Side effects: journal `case_exported` with the session. NotVisible: not seen in full, or no such session. NotNow: it was not held.
    """
    case, session, paper = minutes_of(standing(by, on=timezone.localdate(at)), code, key, at=at)
    content = official.draw(paper)
    with transaction.atomic():
        record("case_exported", case, by=by, at=at, label=case.code, paper="minutes", level="full", session=session.pk)
    return content
