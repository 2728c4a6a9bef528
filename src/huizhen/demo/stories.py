"""宣传 of the demo: stories written by the leaders, agreed to by their branches and published; one waits for its branch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any

from huizhen.accounts.models import User
from huizhen.cases.models import Case
from huizhen.cases.queries.file import file_of
from huizhen.demo.drawings import drawing
from huizhen.demo.methods import user_of
from huizhen.demo.reading import data
from huizhen.demo.scenes import DAY, Scene
from huizhen.demo.stage import Stage
from huizhen.reports.actions.stories.consenting import agree, ask_consent
from huizhen.reports.actions.stories.pictures import add_story_picture
from huizhen.reports.actions.stories.reviewing import publish_story, submit_story
from huizhen.reports.actions.stories.writing import draft_story, save_story
from huizhen.reports.models import Story
from huizhen.reports.queries.stories import TEXTS, findings_in, pictures_of

_ASKED, _AGREED, _SUBMITTED = 0.5, 1.5, 2.0
"""Working days after the draft."""


@dataclass
class Tale:
    """What happens to one story, in order of time. `scene` is its case."""

    stage: Stage
    row: Mapping[str, Any]
    scene: Scene
    acts: list[tuple[datetime, Callable[[datetime], object]]] = field(default_factory=list)
    number: int = 0

    @property
    def moments(self) -> Sequence[datetime]:
        return [moment for moment, _act in self.acts]

    @property
    def case(self) -> Case:
        return Case.objects.select_related("branch", "campaign", "group", "domain").get(pk=self.scene.played.pk)

    @property
    def story(self) -> Story:
        return Story.objects.get(case=self.scene.played)

    @property
    def author(self) -> User:
        return user_of(self.stage.leaders[self.scene.played.group_id or 0])

    def at(self, days: float, act: Callable[[datetime], object]) -> None:
        """An act so many working days before now."""
        self.acts.append((self.stage.before(days * DAY), act))

    def play(self) -> None:
        moment, act = self.acts[self.number]
        act(moment)
        self.number += 1

    def write(self, at: datetime) -> None:
        story = draft_story(self.case, by=self.author, at=at)
        words = {name: self.row[name].strip() for name in TEXTS}
        save_story(story, {**words, "names_branch": self.row.get("names_branch", True)}, by=self.author, at=at)
        if "picture" in self.row:
            name, caption = self.row["picture"]
            add_story_picture(story, by=self.author, at=at, content=BytesIO(drawing(name)), caption=caption)

    def ask(self, at: datetime) -> None:
        story = self.story
        found = {one.key for one in findings_in(story, list(pictures_of(story)), file_of(self.case))}
        ask_consent(story, by=self.author, at=at, confirmed=found)

    def agree(self, at: datetime) -> None:
        story, asker = self.story, self.stage.askers[self.scene.played.branch_id][0]
        agree(story, by=user_of(asker), at=at, digest=story.consents.get().digest)


def tales(stage: Stage, played: Mapping[str, Scene]) -> list[Tale]:
    """Every story with its acts. `played` maps keys of problems to their scenes."""
    return [_tale(Tale(stage, row, played[row["case"]])) for row in data("stories")["stories"]]


def _tale(tale: Tale) -> Tale:
    begun = tale.row["days"]
    tale.at(begun, tale.write)
    tale.at(begun - _ASKED, tale.ask)
    if "published" in tale.row:
        head = user_of(tale.stage.named("coordinator"))
        tale.at(begun - _AGREED, tale.agree)
        tale.at(begun - _SUBMITTED, lambda at: submit_story(tale.story, by=tale.author, at=at))
        tale.at(tale.row["published"], lambda at: publish_story(tale.story, by=head, at=at))
    return tale
