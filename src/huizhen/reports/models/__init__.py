"""Nouns of reports. `figures`: what is counted of each case, and its sums. `rounds`: 查房 and what leaders suggest. `bulletins`: 通报 and PDFs."""

from huizhen.reports.models.bulletins import Bulletin, BulletinCounter, PaperPdf
from huizhen.reports.models.figures import Counted, Fact, Fill, Load, Spread, Tally
from huizhen.reports.models.rounds import RoundReminder, Suggestion, WardRound

__all__ = [
    "Bulletin",
    "BulletinCounter",
    "Counted",
    "Fact",
    "Fill",
    "Load",
    "PaperPdf",
    "RoundReminder",
    "Spread",
    "Suggestion",
    "Tally",
    "WardRound",
]
