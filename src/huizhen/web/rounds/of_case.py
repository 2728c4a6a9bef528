"""Rounds and suggestions in the story of a case: the texts of their rows beside the entries of the journal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from huizhen.journal.models import Entry
from huizhen.reports.queries.rounds import OfCase

ICONS = {
    "round_made": "footprints", "round_taken_back": "undo-2", "suggested": "lightbulb", "suggestion_answered": "message-circle-reply",
    "suggestion_withdrawn": "undo-2",
}  # fmt: skip


def tell(lines: Iterable[Any], entries: Iterable[Entry], found: OfCase) -> None:
    """Fill the lines of these verbs; a stamp that was taken back says so and keeps its words to itself."""
    told = {one.pk: one for one in entries if one.verb in ICONS}
    rounds, suggestions = ({one.pk: one for one in rows} for rows in (found.rounds, found.suggestions))
    for line in lines:
        entry = told.get(line.entry)
        if entry is None:
            continue
        line.icon = ICONS[entry.verb]
        stamp, suggestion = rounds.get(entry.data.get("round")), suggestions.get(entry.data.get("suggestion"))
        if stamp is not None and entry.verb == "round_made":
            if stamp.taken_back_at is None:
                line.text = stamp.comment
            else:
                line.notes.append(_("已撤回"))
        if suggestion is not None:
            _suggestion(line, entry, suggestion)


def _suggestion(line: Any, entry: Entry, row: Any) -> None:
    line.notes.append(_("给%(to)s") % {"to": row.get_to_display()})
    if entry.verb == "suggested":
        line.disc, line.quote = "ask", row.text
    elif entry.verb == "suggestion_answered":
        line.disc = "zhu" if row.state == "adopted" else ""
        line.notes.append(str(row.get_state_display()))
        line.text = row.answer
