"""Papers of a case."""

from huizhen.cases.papers.a3 import sheet_of, told_of

__all__ = ["sheet_of", "told_of"]
