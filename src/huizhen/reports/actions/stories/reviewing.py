"""Reviewing a story its branch agreed to: handing it in, out to everybody, or back to its authors."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from huizhen.accounts.models import User
from huizhen.lib.errors import NotNow
from huizhen.reports.actions.stories.moving import Act, begin, need_solved
from huizhen.reports.actions.stories.writing import lapse
from huizhen.reports.choices import Consent
from huizhen.reports.models.stories import Story
from huizhen.reports.queries.stories import digest_of, pictures_of, words_of


def submit_story(story: Story, *, by: User, at: datetime) -> Story:
    """To head office. Side effects: journal `story_submitted`. NotNow: the case is 敏感 or not solved any more."""
    with transaction.atomic():
        act = begin(story, "submit", by=by, at=at)
        need_solved(act.story)
        act.turn()
        act.journal("story_submitted")
        return act.story


def publish_story(story: Story, *, by: User, at: datetime) -> Story:
    """Out on the board, for everybody signed in.

    Side effects: journal `story_published`. NotAllowed: not head office, or she wrote in it. NotNow: its branch has not agreed to these
    very words, or the case is 敏感 or not solved any more.
    """
    with transaction.atomic():
        act = begin(story, "publish", by=by, at=at)
        need_solved(act.story)
        _need_agreed(act)
        act.turn(published_at=at)
        act.journal("story_published", persons=act.writers(), branch=act.story.case.branch_id)
        return act.story


def _need_agreed(act: Act) -> None:
    """Whatever happened to the rows: what goes out is what the branch agreed to."""
    digest = digest_of(words_of(act.story, list(pictures_of(act.story))))
    if not act.story.consents.filter(state=Consent.AGREED, digest=digest).exists():
        raise NotNow("story_consent_missing")


def return_story(story: Story, *, by: User, at: datetime, note: str) -> Story:
    """Back to its authors, with what is to be different; the branch will be asked again. Side effects: journal `story_returned`."""
    with transaction.atomic():
        act = begin(story, "return_story", by=by, at=at)
        noted = act.note(note, name="note")
        lapse(act)
        act.journal("story_returned", persons=act.writers())
        act.turn(**noted)
        return act.story
