"""Stages and moves as data. Pure: names, codes and arguments only; words are in `verbs`."""

from huizhen.cases.lifecycle.inputs import Input, clean
from huizhen.cases.lifecycle.moves import MOVES, Move
from huizhen.cases.lifecycle.stages import OPEN, STAGES, Stage, situation

__all__ = ["MOVES", "OPEN", "STAGES", "Input", "Move", "Stage", "clean", "situation"]
