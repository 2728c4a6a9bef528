"""Writing a story: from the case to a draft, its words, masking names, beginning anew what was withdrawn."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.cases.models import Case
from huizhen.cases.policy import SUMMARY_STAGES
from huizhen.cases.policy import get_visible as get_case
from huizhen.cases.queries.file import CaseFile, file_of
from huizhen.directory.queries import standing
from huizhen.journal.actions import record
from huizhen.lib.codes import story_code
from huizhen.lib.errors import Fault, Invalid, NotAllowed, NotNow
from huizhen.lib.text import clean
from huizhen.lib.zh import mask_personal
from huizhen.methods.actions.prefill import whole
from huizhen.methods.matching import replaced
from huizhen.reports.actions.stories.moving import Act, begin
from huizhen.reports.models.stories import Story, StoryCounter
from huizhen.reports.policy.stories import may_write
from huizhen.reports.queries.stories import (
    CAPTION_LONGEST,
    LONGEST,
    figures_of,
    findings_in,
    pictures_of,
    texts_in,
    words_of,
)

_LINES = frozenset({"problem", "done", "result", "consent"})


def draft_story(case: Case, *, by: User, at: datetime) -> Story:
    """写成故事: a draft with its words taken from the case. Twice is one story, whatever has become of it.

    Side effects: takes the next number of the year; journal `story_drafted`. NotVisible: the case is not seen in full. NotAllowed:
    neither its leader, nor accountable, nor head office. NotNow: not solved, or 敏感.
    """
    with transaction.atomic():
        who = standing(by, on=timezone.localdate(at))
        found = get_case(who, case.code)
        Case.objects.select_for_update(of=("self",)).get(pk=found.pk)
        if not may_write(who, found) or who.person is None:
            raise NotAllowed("story_of_author")
        if known := Story.objects.filter(case=found).first():
            return known
        if found.is_sensitive:
            raise NotNow("story_of_hushed")
        if found.stage not in SUMMARY_STAGES:
            raise NotNow("story_of_unsolved")
        file = file_of(found)
        story = Story.objects.create(
            code=_next_code(timezone.localdate(at).year), case=found, domain_id=found.domain_id, by=who.person, created_at=at,
            saved_at=at, **_prefilled(file), **figures_of(file),
        )  # fmt: skip
        story.writers.add(who.person)
        lender = who.lender_name(lambda one: may_write(one, found))
        record("story_drafted", story, by=by, at=at, label=story.code, on_behalf_of=lender, case=found.pk)
        return story


def _next_code(year: int) -> str:
    StoryCounter.objects.get_or_create(year=year)
    counter = StoryCounter.objects.select_for_update().get(year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return story_code(year, counter.last)


def _prefilled(file: CaseFile) -> dict[str, str]:
    """Words to begin with, each within its measure, personal numbers masked."""
    case, sheet = file.case, file.closing
    told = [one.evidence for one in file.follow_ups if one.verdict and one.evidence]
    measures = [one for one in file.standing_measures if one.state != "dropped"]
    texts = {
        "title": case.title,
        "lead": file.prescription.thinking if file.prescription else "",
        "problem": case.condition,
        "done": "\n".join(f"- {one.what}" for one in measures),
        "result": (sheet.changed if sheet else "") or (told[-1] if told else ""),
        "voice": sheet.words if sheet else "",
    }
    return {name: whole(mask_personal(text)[0], LONGEST[name]) for name, text in texts.items()}


def save_story(story: Story, values: Mapping[str, Any], *, by: User, at: datetime, seen: int | None = None) -> Story:
    """Keep what was typed; fields that are not named stay. No journal: nothing happened yet.

    `values`: the texts, `names_branch`, `captions` (key of a picture → words), `cover` (key of the picture that stands above). Figures
    are none of them. Refusals as for writing; Invalid: a text longer than its measure.
    """
    with transaction.atomic():
        act = begin(story, "write", by=by, at=at, seen=seen)
        write(act, values)
        return act.story


def write(act: Act, values: Mapping[str, Any]) -> None:
    """Into the draft, if anything is different."""
    fresh, faults = _cleaned(values)
    captions, wrong = _captions(values.get("captions") or {})
    if faults or wrong:
        raise Invalid({**faults, **wrong})
    changed = {name: value for name, value in fresh.items() if value != getattr(act.story, name)}
    is_pictured = _picture(act.story, captions, str(values.get("cover") or ""))
    if changed or is_pictured:
        act.turn(saved_at=act.at, **changed)
        act.story.writers.add(act.person)


def _cleaned(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, list[Fault]]]:
    fresh: dict[str, Any] = {}
    faults: dict[str, list[Fault]] = {}
    for name, longest in LONGEST.items():
        if name in values:
            text = clean(str(values[name] or ""), lines=name in _LINES)
            fresh[name] = text
            if len(text) > longest:
                faults[name] = [Fault("too_long", {"max": longest, "length": len(text)})]
    if "names_branch" in values:
        fresh["names_branch"] = bool(values["names_branch"])
    return fresh, faults


def _captions(given: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, list[Fault]]]:
    captions = {key: clean(str(text or "")) for key, text in given.items()}
    long = {key: text for key, text in captions.items() if len(text) > CAPTION_LONGEST}
    faults = {
        f"caption-{key}": [Fault("too_long", {"max": CAPTION_LONGEST, "length": len(text)})]
        for key, text in long.items()
    }
    return captions, faults


def _picture(story: Story, captions: Mapping[str, str], cover: str) -> bool:
    """Captions, and which picture stands first; whether anything is different."""
    rows = list(pictures_of(story))
    first = [one for one in rows if str(one.key) == cover]
    wanted = [*first, *(one for one in rows if one not in first)]
    is_changed = False
    for place, one in enumerate(wanted):
        caption = captions.get(str(one.key), one.caption)
        if (place, caption) != (one.place, one.caption):
            one.place, one.caption, is_changed = place, caption, True
            one.save(update_fields=["place", "caption"])
    return is_changed


def mask_story(
    story: Story,
    *,
    by: User,
    at: datetime,
    values: Mapping[str, Any],
    only: Collection[str] = (),
    seen: int | None = None,
) -> int:
    """Put 某同事, 某客户, 某支部 or a masked number where names and numbers stand: findings whose keys are in `only`, or all.

    Returns how many places were changed. What somebody consented to stays. Refusals as of `save_story`.
    """
    with transaction.atomic():
        act = begin(story, "write", by=by, at=at, seen=seen)
        write(act, values)
        rows = list(pictures_of(act.story))
        found = [
            one
            for one in findings_in(act.story, rows, file_of(get_case(act.who, act.story.case.code)))
            if one.instead and (one.key in only or (not only and one.code != "person_consented"))
        ]
        texts = texts_in(words_of(act.story, rows))
        better = {
            name: replaced(text, [one for one in found if one.name == name])
            for name, text in texts.items()
            if any(one.name == name for one in found)
        }
        captions = {name.removeprefix("caption-"): text for name, text in better.items() if name.startswith("caption-")}
        plain = {name: text for name, text in better.items() if not name.startswith("caption-")}
        write(act, {**plain, "captions": captions, "cover": str(rows[0].key) if rows else ""})
        return len(found)


def withdraw_story(story: Story, *, by: User, at: datetime, reason: str) -> Story:
    """撤下: by its authors or head office, whatever state it is in. Nobody but they and its branch reads it any more.

    Side effects: an open consent lapses; journal `story_withdrawn`. Invalid: no reason.
    """
    with transaction.atomic():
        act = begin(story, "withdraw_story", by=by, at=at)
        noted = act.note(reason)
        lapse(act)
        act.journal(
            "story_withdrawn", persons=act.writers(), branch=act.story.case.branch_id if _was_asked(act) else None
        )
        act.turn(**noted)
        return act.story


def rewrite(story: Story, *, by: User, at: datetime) -> Story:
    """重新写: a withdrawn story is a draft again, and its branch is to be asked anew. Side effects: journal `story_rewritten`."""
    with transaction.atomic():
        act = begin(story, "rewrite", by=by, at=at)
        act.turn(saved_at=at, published_at=None)
        act.journal("story_rewritten")
        return act.story


def lapse(act: Act) -> None:
    """What the branch was asked, or has agreed to, holds no longer: the words will change."""
    act.story.consents.filter(state__in=("waiting", "agreed")).update(state="lapsed")


def _was_asked(act: Act) -> bool:
    return act.story.consents.exists()
