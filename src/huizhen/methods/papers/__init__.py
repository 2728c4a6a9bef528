"""Papers of a method."""

from huizhen.methods.papers.a4 import sheet_of

__all__ = ["sheet_of"]
