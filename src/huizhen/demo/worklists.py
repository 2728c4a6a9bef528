"""工作清单 of the demo: leaders who signed the list of the last report month, and words that people wrote since."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone

from huizhen.cases.actions import recompute
from huizhen.cases.models import Case
from huizhen.demo.reading import data
from huizhen.demo.rounds import Rounds
from huizhen.demo.scenes import Scene
from huizhen.demo.stage import Stage
from huizhen.directory.models import Group
from huizhen.reports.actions.notes import write_note
from huizhen.reports.actions.snapshots import sign_worklist
from huizhen.reports.queries.snapshots import months
from huizhen.reports.queries.worklist import WORDS


def worklists(stage: Stage, played: Mapping[str, Scene]) -> Rounds:
    """The words and the signatures, in order of time among the cases."""
    told, story = data("worklists"), Rounds(stage, played)
    for code in told["signed"]:
        story.at(told["days"], lambda at, code=code: _sign(story, stage.groups[code], at))
    for key, (days, *words) in told["words"].items():
        story.at(
            days, lambda at, key=key, words=words: _write(story, played[key], dict(zip(WORDS, words, strict=True)), at)
        )
    story.acts.sort(key=lambda one: one[0])
    return story


def _sign(story: Rounds, group_id: int, at: datetime) -> None:
    """The month that is over by then. What its cases wait for is worked out for that moment: loading many acts leaves it to the end."""
    for case in Case.objects.filter(group=group_id, is_open=True).order_by("pk"):
        recompute(case, at=at)
    group = Group.objects.select_related("campaign").get(pk=group_id)
    sign_worklist(group, months(group, timezone.localdate(at))[1], by=story.leader(group_id), at=at)


def _write(story: Rounds, scene: Scene, words: Mapping[str, str], at: datetime) -> None:
    case = Case.objects.get(pk=scene.played.pk)
    if case.group_id is not None:
        write_note(case, by=story.leader(case.group_id), at=at, seen=0, words=words)
