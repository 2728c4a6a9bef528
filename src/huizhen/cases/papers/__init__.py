"""Papers of a case."""

from huizhen.cases.papers.a3 import sheet_of, told_of
from huizhen.cases.papers.minutes import minutes_of

__all__ = ["minutes_of", "sheet_of", "told_of"]
