"""Nouns of reports. `figures`: what is counted of each case, and its sums."""

from huizhen.reports.models.figures import Counted, Fact, Fill, Load, Spread, Tally

__all__ = ["Counted", "Fact", "Fill", "Load", "Spread", "Tally"]
