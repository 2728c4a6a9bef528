"""Nouns of reports. `figures`: what is counted of each case, and its sums. `rounds`: 查房 and what leaders suggest."""

from huizhen.reports.models.figures import Counted, Fact, Fill, Load, Spread, Tally
from huizhen.reports.models.rounds import RoundReminder, Suggestion, WardRound

__all__ = ["Counted", "Fact", "Fill", "Load", "RoundReminder", "Spread", "Suggestion", "Tally", "WardRound"]
