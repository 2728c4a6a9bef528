"""Words of stories on pages: states, the article as it is read, findings with their places marked, what may be done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from huizhen.directory.queries import Standing
from huizhen.lib.errors import Fault
from huizhen.methods.matching import Finding
from huizhen.methods.queries.pieces import plain
from huizhen.reports.choices import StoryWords
from huizhen.reports.models.stories import Story, StoryPicture
from huizhen.reports.queries.stories import Line, change, waiting
from huizhen.web import sentences
from huizhen.web.methods.words import Told
from huizhen.web.stories.forms import StoryForm

KINDS = {"draft": "", "asked": "po", "agreed": "dai", "in_review": "dai", "published": "zhu", "withdrawn": "line"}


def state(story: Story) -> tuple[str, str]:
    """The word for its state, and the colour of the tag."""
    return str(StoryWords(story.state).label), KINDS[story.state]


@dataclass(frozen=True)
class Shown:
    """A picture as an article shows it; without sides when it is gone meanwhile."""

    key: str
    caption: str
    width: int = 0
    height: int = 0


@dataclass(frozen=True)
class Article:
    """A story as it is read, from the words a branch was asked with or those that stand."""

    words: Mapping[str, Any]
    pictures: tuple[Shown, ...]
    since: date | None
    until: date | None

    @property
    def cover(self) -> Shown | None:
        return self.pictures[0] if self.pictures else None

    @property
    def others(self) -> tuple[Shown, ...]:
        return self.pictures[1:]


def article(words: Mapping[str, Any], rows: Iterable[StoryPicture]) -> Article:
    """`rows` are pictures of the story, for their sides."""
    sides = {str(one.key): (one.width, one.height) for one in rows}
    shown = [Shown(one["key"], one["caption"], *sides.get(one["key"], (0, 0))) for one in words["pictures"]]
    days = [
        date.fromisoformat(words["figures"][name]) if words["figures"][name] else None for name in ("since", "until")
    ]
    return Article(words, tuple(shown), *days)


def card(line: Line) -> dict[str, Any]:
    """A story on the board."""
    both, unit = change(line.story), line.story.indicator_unit
    figure = (f"{plain(both[0])}{unit}", f"{plain(both[1])}{unit}") if both else None
    return {"story": line.story, "cover": line.cover, "branch": line.branch, "figure": figure}


def told(
    story: Story, pictures: Sequence[StoryPicture], texts: Mapping[str, str], found: Iterable[Finding]
) -> list[Told]:
    """Each kind of finding once for the same words in the same field; what blocks first."""
    rows: dict[str, Told] = {}
    for one in sorted(found, key=lambda one: not one.blocks):
        text = texts.get(one.name, "")
        rows.setdefault(
            one.key,
            Told(
                one.key, label(one.name, pictures), f"id_{one.name}", sentences.of_fault(Fault(one.code, dict(one.args))), one.blocks,
                bool(one.instead), text[max(0, one.start - 12) : one.start], text[one.start : one.end], text[one.end : one.end + 12],
            ),
        )  # fmt: skip
    return list(rows.values())


def label(name: str, pictures: Sequence[StoryPicture]) -> str:
    """The name of a field: 图 2 for the caption of the second picture."""
    if name.startswith("caption-"):
        keys = [str(one.key) for one in pictures]
        key = name.removeprefix("caption-")
        return _("图 %(n)s") % {"n": keys.index(key) + 1 if key in keys else ""}
    return str(StoryForm.base_fields[name].label) if name in StoryForm.base_fields else ""


@dataclass(frozen=True)
class Waits:
    """One story that waits for the reader."""

    title: str
    words: str
    since: Any
    url: str


def at_home(standing: Standing, role: str) -> list[Waits]:
    """By the reader's first screen; one query, none for who has nothing to do with stories."""
    words = {
        "asked": _("请看过全文，答复是否同意"),
        "agreed": _("支部已同意，可以提交审核"),
        "in_review": _("等您审核"),
        "draft": _("退回修改"),
    }
    return [
        Waits(
            one.title or one.code, words[one.state], one.saved_at,
            reverse("stories:consent" if role == "requester" else "stories:page", args=[one.code]),
        )
        for one in waiting(standing, role)
    ]  # fmt: skip
