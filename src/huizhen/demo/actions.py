"""Loading the demo: people, challenges, and the plays of all problems through the real actions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import connection

from huizhen.cases.actions import note_talk, recompute, state_reasons
from huizhen.cases.actions.moving import clocks_at_rest
from huizhen.cases.jobs import sweep
from huizhen.cases.models import Case, Flag
from huizhen.cases.queries.flags import talker_of
from huizhen.demo.bulletins import load_bulletins
from huizhen.demo.challenges import load_challenges
from huizhen.demo.clinics import load_clinics
from huizhen.demo.mailings import load_mailings
from huizhen.demo.methods import MethodStory, method_stories
from huizhen.demo.monthly import load_monthly
from huizhen.demo.people import load_people
from huizhen.demo.plays import in_order, scenes
from huizhen.demo.rounds import Rounds, rounds
from huizhen.demo.scenes import Scene
from huizhen.demo.stage import open_stage
from huizhen.demo.stories import Tale, tales
from huizhen.demo.worklists import worklists
from huizhen.lib.errors import NotNow
from huizhen.methods.actions.weighing import learn

Progress = Callable[[str, int, int], None]


def load(*, at: datetime, progress: Progress) -> None:
    """Fill an empty installation with a world as of `at`; nothing in it is later. NotNow: there are cases or people already.

    Every act is its own transaction, as in life: what belongs together in the journal is what one person did at once.
    """
    if Case.objects.exists():
        raise NotNow("directory_not_empty")
    load_people(at=at, progress=progress)
    stage = open_stage(at=at)
    codes = load_challenges(stage, progress=progress)
    played = scenes(stage, codes)
    by_key = {one.script.key: one for one in played}
    stories: list[Scene | MethodStory | Rounds | Tale] = [
        *played, *method_stories(stage, by_key), rounds(stage, by_key), *tales(stage, by_key),
        worklists(stage, by_key),
    ]  # fmt: skip
    progress("plays", 0, len(stories))
    ended = 0
    with clocks_at_rest() as resting:
        for story in in_order(stories):
            story.play()
            if story.number == len(story.moments):
                ended += 1
                progress("plays", ended, len(stories))
                if ended & (ended - 1) == 0:
                    _tell_planner()
    for case in Case.objects.filter(pk__in=resting).order_by("pk"):
        recompute(case, at=resting[case.pk])
    sweep(at)
    for scene in played:
        _talks(scene, at=at)
    cases = {scene.script.key: scene.case for scene in played if scene.case}
    load_clinics(stage, cases, progress=progress)
    learn([one.pk for one in cases.values()], at=at)
    load_monthly(stage, progress=progress)
    load_bulletins(stage)
    load_mailings(stage)


def _tell_planner() -> None:
    """After one, two, four … stories. PostgreSQL else plans every question of a demo loaded in one go as for empty tables."""
    if connection.vendor == "postgresql":
        tables = ", ".join(
            map(connection.ops.quote_name, connection.introspection.django_table_names(only_existing=True))
        )
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {tables}")


def _talks(scene: Scene, *, at: datetime) -> None:
    """What is said about the flags of a case: the expert's reasons, and the note of whoever leads her where they have talked."""
    if not {"reasons", "talk"} & set(scene.text):
        return
    for flag in Flag.objects.filter(case=scene.played).select_related("case", "person__user", "group__domain"):
        if "reasons" in scene.text:
            state_reasons(flag, by=flag.person.user, at=at, text=scene.text["reasons"])
        talker = talker_of(flag, on=scene.stage.on)
        if "talk" in scene.text and talker is not None:
            note_talk(flag, by=talker.user, at=at, note=scene.text["talk"])
