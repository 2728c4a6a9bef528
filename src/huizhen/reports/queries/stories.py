"""Stories as they are read: the board, one story, the desk, what waits on a first screen, what is to be mended in the words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from huizhen.cases.models import Case
from huizhen.cases.policy import SUMMARY_STAGES, sees
from huizhen.cases.queries.file import CaseFile
from huizhen.directory.models import Domain
from huizhen.directory.queries import Standing
from huizhen.lib.errors import NotVisible
from huizhen.methods.matching import Finding, findings_of_text
from huizhen.methods.queries.pieces import parties_in, plain
from huizhen.methods.queries.words import known_names
from huizhen.reports.choices import Consent
from huizhen.reports.lifecycle.stories import AGREED, ASKED, BRANCH, IN_REVIEW, PUBLISHED, Move, StoryState, moves_from
from huizhen.reports.models.stories import Story, StoryConsent, StoryPicture
from huizhen.reports.policy.stories import (
    asked_of,
    get_visible,
    is_on_board,
    may_write,
    on_board,
    reads_words,
    roles_on,
    to_review,
    visible,
    written_by,
)

PAGE = 12
WAITING = 5
TEXTS = ("title", "lead", "problem", "done", "result", "voice")
"""Fields whose words are read by everybody."""
LONGEST: Mapping[str, int] = {
    "title": 30,
    "lead": 80,
    "problem": 400,
    "done": 800,
    "result": 400,
    "voice": 120,
    "consent": 200,
}
CAPTION_LONGEST = 60
REQUIRED = ("title", "lead", "problem", "done", "result")
SOME_BRANCH = "某支部"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ROW = ("domain", "case__branch")


# ── the words


def words_of(story: Story, pictures: Sequence[StoryPicture]) -> dict[str, Any]:
    """All that readers will see, as plain data: what a branch is asked about."""
    return {
        **{name: getattr(story, name) for name in TEXTS},
        "branch": story.case.branch.name if story.names_branch else "",
        "figures": {
            "indicator": story.indicator, "unit": story.indicator_unit, "before": plain(story.before), "after": plain(story.after),
            "since": story.since.isoformat() if story.since else "", "until": story.until.isoformat() if story.until else "",
        },
        "pictures": [{"key": str(one.key), "caption": one.caption} for one in pictures],
    }  # fmt: skip


def digest_of(words: Mapping[str, Any]) -> str:
    """SHA-256 of the words, the same for the same words."""
    return hashlib.sha256(json.dumps(words, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def texts_in(words: Mapping[str, Any]) -> dict[str, str]:
    """Every text by the name of its control: a caption is `caption-` and the key of its picture."""
    captions = {f"caption-{one['key']}": str(one["caption"]) for one in words["pictures"]}
    return {name: str(words[name]) for name in TEXTS} | captions


def findings_in(story: Story, pictures: Sequence[StoryPicture], file: CaseFile) -> list[Finding]:
    """What is to be mended or confirmed before the branch is asked; `file` is that of the case. A query for every 400 possible names."""
    texts = texts_in(words_of(story, pictures))
    found = [Finding("story_field_missing", name) for name in REQUIRED if not texts[name].strip()]
    found += [Finding("caption_missing", f"caption-{one.key}") for one in pictures if not one.caption.strip()]
    parties, people = parties_in(file), known_names(texts.values())
    for name, text in texts.items():
        kind = "name" if name == "title" else name
        hits = findings_of_text(kind, text, parties=parties, people=people, consent=story.consent)
        found += [replace(one, name=name) for one in hits]
        if not story.names_branch:
            found += _branch_named(name, text, story.case)
    return found


def _branch_named(name: str, text: str, case: Case) -> list[Finding]:
    """Places where a branch that is not to be named is named."""
    word, found, start = case.branch.name, [], 0
    while word and (at := text.find(word, start)) >= 0:
        start = at + len(word)
        found.append(Finding("branch_named", name, args={"word": word}, start=at, end=start, instead=SOME_BRANCH))
    return found


def figures_of(file: CaseFile) -> dict[str, Any]:
    """Before and after as the case has them: the baseline, and the value of the last follow-up that has one."""
    case = file.case
    measured = [one for one in file.follow_ups if one.value is not None]
    if not case.indicator or case.baseline is None or not measured:
        return {"indicator": "", "indicator_unit": "", "before": None, "after": None, "since": None, "until": None}
    return {
        "indicator": case.indicator, "indicator_unit": case.indicator_unit, "before": case.baseline, "after": measured[-1].value,
        "since": timezone.localdate(case.registered_at), "until": timezone.localdate(measured[-1].at),
    }  # fmt: skip


# ── the board


@dataclass(frozen=True)
class Line:
    """A story on the board or the desk, with the picture above it."""

    story: Story
    cover: StoryPicture | None = None

    @property
    def branch(self) -> str:
        """Its name where it may be named."""
        return self.story.case.branch.name if self.story.names_branch else ""


@dataclass(frozen=True)
class Page:
    """A slice, newest first; `after` is the key of what follows, "" at the end."""

    lines: tuple[Line, ...] = ()
    after: str = ""


def board(standing: Standing, *, domain: str = "", after: str = "", limit: int = PAGE) -> Page:
    """Published stories, newest first. Two queries."""
    rows = on_board(standing).select_related(*_ROW)
    if domain:
        rows = rows.filter(domain__code=domain[:20])
    if key := _moment(after):
        rows = rows.filter(Q(published_at__lt=key[0]) | Q(published_at=key[0], pk__lt=key[1]))
    found = list(rows.order_by("-published_at", "-pk")[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    token = (
        f"{(last.published_at - _EPOCH) // timedelta(microseconds=1)}.{last.pk}" if last and last.published_at else ""
    )
    return Page(_lines(found[:limit]), token)


def _lines(stories: Sequence[Story]) -> tuple[Line, ...]:
    covers: dict[int, StoryPicture] = {}
    shown = StoryPicture.objects.filter(story__in=[story.pk for story in stories], is_removed=False)
    for one in shown.defer("content", "small").order_by("place", "pk") if stories else ():
        covers.setdefault(one.story_id, one)
    return tuple(Line(one, covers.get(one.pk)) for one in stories)


def _moment(after: str) -> tuple[datetime, int] | None:
    """A key from an address; nonsense is the beginning."""
    value, _dot, pk = after[:40].partition(".")
    if not (value.isascii() and value.isdecimal() and pk.isascii() and pk.isdecimal()) or len(pk) > 18:
        return None
    return (_EPOCH + timedelta(microseconds=int(value)), int(pk)) if int(value) < 4_000_000_000_000_000 else None


def domains() -> list[Domain]:
    """Domains to choose from. One query."""
    return list(Domain.objects.order_by("order", "pk"))


# ── the desk


def has_desk(standing: Standing) -> bool:
    """Whether stories are hers to write or to review, or to read before they are out. No query."""
    return bool(standing.led_group_ids or standing.group_ids) or standing.is_reader_of_all


@dataclass(frozen=True)
class Desk:
    """Stories on their way that she may know of, latest begun first; `after` as on lists, 0 at the end."""

    lines: tuple[Line, ...]
    after: int = 0


def desk(standing: Standing, *, state: str = "", after: int | None = None, limit: int = 30) -> Desk:
    """What she may write, review or read before it is out. `state`: one state; "" all but the published. One query."""
    rows = visible(standing)
    if not standing.is_reader_of_all:
        rows = rows.filter(written_by(standing))
    rows = rows.filter(state=state) if state in {str(one) for one in StoryState} else rows.exclude(state=PUBLISHED)
    if after:
        rows = rows.filter(pk__lt=after)
    found = list(rows.select_related("case__branch", "case__group", "domain", "note_by").order_by("-pk")[: limit + 1])
    return Desk(tuple(Line(one) for one in found[:limit]), found[limit - 1].pk if len(found) > limit else 0)


def waiting(standing: Standing, role: str) -> list[Story]:
    """What waits of stories on a first screen, the oldest first: her branch's answer, her hand, her review. One query at most."""
    if role == "requester":
        rows = visible(standing).filter(asked_of(standing), state=ASKED)
    elif role == "coordinator":
        rows = visible(standing).filter(to_review(standing), state=IN_REVIEW)
    elif role in ("leader", "expert"):
        back = Q(state=StoryState.DRAFT, note_at__isnull=False)
        rows = visible(standing).filter(written_by(standing)).filter(Q(state=AGREED) | back)
    else:
        return []
    return list(rows.order_by("saved_at", "pk")[:WAITING])


def story_of(case: Case, standing: Standing) -> Story | None:
    """The story of a case, as far as she may know of it. One query."""
    return visible(standing).filter(case=case).first()


# ── one story


@dataclass(frozen=True)
class Reading:
    """One story with what she may do. `case_seen`: "full", "summary" or "", how its case may be opened."""

    story: Story
    pictures: tuple[StoryPicture, ...]
    consents: tuple[StoryConsent, ...]
    moves: tuple[Move, ...]
    reads_words: bool
    case_seen: str
    roles: frozenset[str] = field(default_factory=frozenset)

    @property
    def branch(self) -> str:
        return self.story.case.branch.name if self.story.names_branch else ""

    @property
    def consent(self) -> StoryConsent | None:
        """The newest."""
        return self.consents[0] if self.consents else None

    @property
    def is_on_board(self) -> bool:
        return is_on_board(self.story)


def reading(standing: Standing, code: str) -> Reading:
    """NotVisible as for `get_visible`. At most seven queries."""
    story = get_visible(standing, code)
    roles = roles_on(standing, story)
    tells = bool(roles) or standing.is_reader_of_all
    asked = story.consents.select_related("asked_by", "answered_by").order_by("-pk") if tells else ()
    seen = "full" if sees(standing, story.case_id) else "summary" if is_on_board(story) else ""
    return Reading(
        story, tuple(pictures_of(story)), tuple(asked), moves_from(story.state, roles),
        reads_words(standing, story, roles), seen, roles,
    )  # fmt: skip


def asked_about(standing: Standing, code: str) -> tuple[Story, StoryConsent, bool]:
    """The newest consent of a story, and whether the answer is hers to give. NotVisible: none, or not of her branch and not her story."""
    story = get_visible(standing, code)
    roles = roles_on(standing, story)
    newest = story.consents.select_related("asked_by", "answered_by").order_by("-pk").first()
    if newest is None or not (roles or standing.is_reader_of_all):
        raise NotVisible("story_unknown", code=code[:16])
    may = BRANCH in roles and newest.asked_by_id not in standing.person_ids
    return story, newest, may and newest.state in (Consent.WAITING, Consent.AGREED)


def pictures_of(story: Story) -> QuerySet[StoryPicture]:
    """Without their bytes, the first one first."""
    return story.pictures.filter(is_removed=False).defer("content", "small").order_by("place", "pk")


def get_picture(standing: Standing, key: UUID) -> StoryPicture:
    """The picture with this key. NotVisible: none, or of words that are not for her. A branch sees what it was asked about. Five queries."""
    picture = StoryPicture.objects.select_related("story__case").filter(key=key, story__in=visible(standing)).first()
    if picture is None:
        raise NotVisible("picture_unknown")
    roles = roles_on(standing, picture.story)
    if not reads_words(standing, picture.story, roles) and not _was_asked(picture):
        raise NotVisible("picture_unknown")
    return picture


def _was_asked(picture: StoryPicture) -> bool:
    """Whether the newest words that its branch has before it show the picture."""
    newest = picture.story.consents.order_by("-pk").first()
    return newest is not None and str(picture.key) in {one["key"] for one in newest.words["pictures"]}


def change(story: Story) -> tuple[Decimal, Decimal] | None:
    """Before and after, if both are known."""
    return (story.before, story.after) if story.before is not None and story.after is not None else None


def begins(case: Case, standing: Standing) -> bool:
    """Whether she may begin a story of this solved case; who asks has looked that there is none."""
    return case.stage in SUMMARY_STAGES and not case.is_sensitive and may_write(standing, case)
