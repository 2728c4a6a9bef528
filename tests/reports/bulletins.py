"""Bulletins of the tests: written by head office, reviewed by the executive, issued."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from huizhen.reports.actions.bulletins import (
    draft_bulletin,
    issue_bulletin,
    pass_bulletin,
    save_bulletin,
    submit_bulletin,
)
from huizhen.reports.actions.pdfs import ask_pdf
from huizhen.reports.models import Bulletin
from huizhen.reports.papers.bulletin import word_of
from huizhen.reports.queries.bulletins import counted, frozen
from tests.cast import Cast

MARCH = date(2026, 3, 1)
AT = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
"""Monday 2026-03-16 10:00 in Shanghai: the month of March, 02-15 … 03-13, is over."""
FEBRUARY = date(2026, 2, 1)
NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
"""The moment of the table of rights."""
WORDS = {
    "overview": "各单位推进有力。",
    "highlights": "两个支部相互看样板。",
    "problems": "会诊不够及时。",
    "next_steps": "抓好会诊。",
}


def drafted(cast: Cast, month: date = MARCH, *, at: datetime = AT) -> Bulletin:
    made = draft_bulletin(cast.campaign, month, by=cast.coordinator, at=at)
    return save_bulletin(made, WORDS, by=cast.coordinator, at=at)


def passed(cast: Cast, month: date = MARCH, *, at: datetime = AT) -> Bulletin:
    made = submit_bulletin(drafted(cast, month, at=at), by=cast.coordinator, at=at)
    return pass_bulletin(made, by=cast.viewer, at=at + timedelta(minutes=5))


def issued(cast: Cast, month: date = MARCH, *, at: datetime = AT) -> Bulletin:
    return issue_bulletin(passed(cast, month, at=at), by=cast.coordinator, at=at + timedelta(minutes=10))


def bulletins(cast: Cast) -> dict[str, str]:
    """For the table of rights: codes of a draft and of an issued one, the key of a PDF asked for by head office.

    The issued one is put there: to issue it, everything that was played would have to be counted first.
    """
    made = drafted(cast, FEBRUARY, at=NOW)
    word = word_of(made, counted(made, now=NOW), on=NOW.date())
    out = Bulletin.objects.create(
        code="TB2601", campaign=cast.campaign, month=date(2026, 1, 1), since=date(2026, 1, 1), until=date(2026, 1, 15), title="一月通报",
        addressees="各单位", issuer="网络部", author=made.author, created_at=NOW, saved_at=NOW, state="issued", year=2026, number=1,
        issued_at=NOW, figures=frozen(counted(made, now=NOW)), word=word,
    )  # fmt: skip
    asked = ask_pdf(word, kind="bulletin", label=out.title, name="一月", by=cast.coordinator, at=NOW)
    return {"bulletin": made.code, "issued": out.code, "pdf": str(asked.key)}
