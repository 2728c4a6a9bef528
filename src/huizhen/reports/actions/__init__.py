"""Every write of reports. `counting`: the facts of cases and their sums. `mending`: a slow recount that compares, and mends."""

from huizhen.reports.actions.counting import fill_step, mark_filled, read_news

__all__ = ["fill_step", "mark_filled", "read_news"]
