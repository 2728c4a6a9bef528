"""What may stand in a method, how alike two names are, what changed between two versions: pure calculation on words."""

from huizhen.methods.matching.differences import GONE, NEW, SAME, Part, differences, pairs_of_steps
from huizhen.methods.matching.findings import Finding, findings, findings_of_text, possible_names, replaced
from huizhen.methods.matching.likeness import grams, likeness, name_for, shared_words
from huizhen.methods.matching.numbers import counts_in, is_counted, number_of
from huizhen.methods.matching.words import (
    LONGEST,
    NAME_LONGEST,
    STEP_LONGEST,
    STEP_TITLE_LONGEST,
    STEPS_LEAST,
    STEPS_MOST,
    TEXTS,
    StepWords,
    Words,
)

__all__ = [
    "GONE", "LONGEST", "NAME_LONGEST", "NEW", "SAME", "STEPS_LEAST", "STEPS_MOST", "STEP_LONGEST",
    "STEP_TITLE_LONGEST", "TEXTS", "Finding", "Part", "StepWords", "Words", "counts_in", "differences", "findings",
    "findings_of_text", "grams", "is_counted", "likeness", "name_for", "number_of", "pairs_of_steps",
    "possible_names", "replaced", "shared_words",
]  # fmt: skip
