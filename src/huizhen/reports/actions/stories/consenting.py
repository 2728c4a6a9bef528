"""Asking the branch with the very words, and its answer: yes, no with a reason, and no longer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from huizhen.accounts.models import User
from huizhen.cases.policy import get_visible as get_case
from huizhen.cases.queries.file import file_of
from huizhen.lib.errors import Fault, Invalid, NotAllowed, StaleWrite
from huizhen.methods.matching import Finding
from huizhen.reports.actions.stories.moving import Act, begin, need_solved, said
from huizhen.reports.actions.stories.writing import lapse
from huizhen.reports.choices import Consent
from huizhen.reports.models.stories import Story, StoryConsent
from huizhen.reports.queries.stories import digest_of, figures_of, findings_in, pictures_of, words_of


def ask_consent(
    story: Story,
    *,
    by: User,
    at: datetime,
    confirmed: Collection[str] = (),
    seen: int | None = None,
) -> Story:
    """请支部同意: the words stand still from here on. What was found and does not block is `confirmed` by its key.

    Side effects: figures are taken from the case anew; a consent row with the words; journal `story_asked` with their digest.
    NotNow: the case is 敏感 or not solved any more. Invalid: by control what is to be mended, or `confirm`.
    """
    with transaction.atomic():
        act = begin(story, "ask_consent", by=by, at=at, seen=seen)
        need_solved(act.story)
        file = file_of(get_case(act.who, act.story.case.code))
        rows = list(pictures_of(act.story))
        if faults := _in_the_way(findings_in(act.story, rows, file), confirmed):
            raise Invalid(faults)
        act.turn(saved_at=at, note="", note_by=None, note_at=None, **figures_of(file))
        act.story.writers.add(act.person)
        words = words_of(act.story, rows)
        made = StoryConsent.objects.create(
            story=act.story, words=words, digest=digest_of(words), asked_by=act.person, asked_at=at
        )
        act.journal("story_asked", branch=act.story.case.branch_id, consent=made.pk, digest=made.digest)
        return act.story


def _in_the_way(found: Sequence[Finding], confirmed: Collection[str]) -> dict[str, list[Fault]]:
    faults: dict[str, list[Fault]] = {}
    for one in found:
        if one.blocks:
            faults.setdefault(one.name, []).append(Fault(one.code, dict(one.args)))
    open_ = {one.key for one in found if not one.blocks} - set(confirmed)
    if open_ and not faults:
        faults["confirm"] = [Fault("unconfirmed", {"n": len(open_)})]
    return faults


def take_back_story(story: Story, *, by: User, at: datetime) -> Story:
    """Back to write on: what the branch was asked, or agreed to, lapses. Side effects: journal `story_taken_back`."""
    with transaction.atomic():
        act = begin(story, "take_back", by=by, at=at)
        act.journal("story_taken_back", branch=act.story.case.branch_id)
        lapse(act)
        act.turn()
        return act.story


def agree(story: Story, *, by: User, at: datetime, digest: str) -> Story:
    """The branch agrees to the words with this digest.

    Side effects: journal `story_agreed` with the digest. NotAllowed: not of the branch, or she asked herself. StaleWrite: the words are
    others by now.
    """
    with transaction.atomic():
        act, row = _answering(story, "agree", by, at, digest)
        _answer(act, row, Consent.AGREED)
        act.turn()
        act.journal("story_agreed", persons=act.writers(), consent=row.pk, digest=row.digest)
        return act.story


def refuse(story: Story, *, by: User, at: datetime, digest: str, reason: str) -> Story:
    """The branch does not agree, and says why; the story is a draft again. Side effects: journal `story_refused`. Invalid: no reason."""
    with transaction.atomic():
        act, row = _answering(story, "refuse", by, at, digest)
        noted = act.note(reason)
        _answer(act, row, Consent.REFUSED, noted["note"])
        act.journal("story_refused", persons=act.writers(), consent=row.pk)
        act.turn(**noted)
        return act.story


def withdraw_consent(story: Story, *, by: User, at: datetime, reason: str = "") -> Story:
    """The branch takes its consent back, before or after the story is out; it is off the board at once. A reason may be given.

    Side effects: journal `story_consent_withdrawn`.
    """
    with transaction.atomic():
        act = begin(story, "withdraw_consent", by=by, at=at)
        words = said(reason, name="reason", shortest=0)
        row = act.story.consents.get(state=Consent.AGREED)
        _answer(act, row, Consent.WITHDRAWN, words)
        act.journal("story_consent_withdrawn", persons=act.writers(), consent=row.pk)
        act.turn(note=words, note_by=act.person, note_at=at)
        return act.story


def _answering(story: Story, name: str, by: User, at: datetime, digest: str) -> tuple[Act, StoryConsent]:
    act = begin(story, name, by=by, at=at)
    row = act.story.consents.get(state=Consent.WAITING)
    if row.asked_by_id in act.who.person_ids:
        raise NotAllowed("own_story_consent")
    if row.digest != digest:
        raise StaleWrite("stale")
    return act, row


def _answer(act: Act, row: StoryConsent, state: str, reason: str = "") -> None:
    row.state, row.reason, row.answered_by, row.answered_at = state, reason, act.person, act.at
    row.save(update_fields=["state", "reason", "answered_by", "answered_at"])
