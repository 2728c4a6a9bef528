"""What every move of a story does first: lock it, ask for the right, ask for its state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.cases.policy import SUMMARY_STAGES
from huizhen.directory.models import Person
from huizhen.directory.queries import Standing, standing
from huizhen.journal.actions import record
from huizhen.lib.errors import Invalid, NotAllowed, NotNow, NotVisible, StaleWrite
from huizhen.lib.text import clean
from huizhen.lib.zh import mask_personal
from huizhen.reports.lifecycle.stories import BRANCH, DRAFT, MOVES, REVIEWER, Move
from huizhen.reports.models.stories import Story
from huizhen.reports.policy.stories import is_own, roles_on, visible

NOTE_LONGEST = 500


@dataclass
class Act:
    """A move under way: the locked story and who moves it."""

    move: Move
    story: Story
    who: Standing
    person: Person
    by: User
    at: datetime

    def turn(self, **values: Any) -> None:
        """Take the story where the move leads, with what goes with it; its version grows."""
        mine = Story.objects.filter(pk=self.story.pk, version=self.story.version, state=self.story.state)
        if not mine.update(state=self.move.target, version=F("version") + 1, **values):
            raise StaleWrite("stale")
        for name, value in {"state": str(self.move.target), **values}.items():
            setattr(self.story, name, value)
        self.story.version += 1

    def journal(self, verb: str, **data: object) -> None:
        """Write the move down, with whose right it was. The title is told only of words that were checked."""

        def holds(one: Standing) -> bool:
            return bool(self.move.roles & roles_on(one, self.story))

        story = self.story
        label = story.code if DRAFT in (story.state, *self.move.sources) else f"{story.code} {story.title}"
        if verb == "story_asked":
            label = f"{story.code} {story.title}"
        record(
            verb, story, by=self.by, at=self.at, label=label, on_behalf_of=self.who.lender_name(holds), case=story.case_id,
            **data,
        )  # fmt: skip

    def writers(self) -> list[int]:
        """Keys of whoever wrote in it."""
        return sorted({self.story.by_id, *self.story.writers.values_list("pk", flat=True)})

    def note(self, text: str, *, name: str = "reason", shortest: int = 2) -> dict[str, Any]:
        """What is said against the story, as columns. Invalid: too short or too long."""
        words = said(text, name=name, shortest=shortest)
        return {"note": words, "note_by": self.person, "note_at": self.at}


def said(text: str, *, name: str, shortest: int) -> str:
    """Cleaned, personal numbers masked, of a fitting length; `shortest` 0: may be empty."""
    words = mask_personal(clean(text, lines=True))[0]
    if len(words) < shortest:
        raise Invalid.one(name, "too_short" if words else "required", min=shortest, length=len(words))
    if len(words) > NOTE_LONGEST:
        raise Invalid.one(name, "too_long", max=NOTE_LONGEST, length=len(words))
    return words


def begin(story: Story, name: str, *, by: User, at: datetime, seen: int | None = None) -> Act:
    """Lock the story and check the move: NotVisible, NotAllowed, NotNow, StaleWrite in this order. In a transaction.

    `seen`: the version that was before who acts.
    """
    who = standing(by, on=timezone.localdate(at))
    locked = visible(who).select_for_update(of=("self",)).select_related("case__branch").filter(pk=story.pk).first()
    if locked is None or who.person is None:
        raise NotVisible("story_unknown", code=story.code)
    move = MOVES[name]
    if not move.roles & roles_on(who, locked):
        raise NotAllowed(_whose(move, who, locked))
    if locked.state not in move.sources:
        raise NotNow("story_state")
    if seen is not None and seen != locked.version:
        raise StaleWrite("stale")
    return Act(move, locked, who, who.person, by, at)


def _whose(move: Move, who: Standing, story: Story) -> str:
    if BRANCH in move.roles:
        return "story_of_branch"
    if REVIEWER in move.roles:
        return "own_story" if who.is_coordinator and is_own(who, story) else "story_of_reviewer"
    return "story_of_author"


def need_solved(story: Story) -> None:
    """NotNow: its case is 敏感 or not solved any more."""
    if story.case.is_sensitive:
        raise NotNow("story_of_hushed")
    if story.case.stage not in SUMMARY_STAGES:
        raise NotNow("story_of_unsolved")
