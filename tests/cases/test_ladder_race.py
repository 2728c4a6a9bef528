"""Two workers sweep at once: real threads on a shared database. Each step is told once."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from huizhen.cases import actions, jobs
from huizhen.cases.models import Case, LadderStep
from huizhen.journal.models import Entry
from tests.cases.test_races import HOUR, crowd, press, whole  # noqa: F401
from tests.cast import MONDAY, Cast
from tests.racing import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
STEPS = ("half", "late", "late_1", "late_3")


def test_two_sweeps_at_once_tell_each_step_once(crowd: Cast) -> None:  # noqa: F811
    cases = [crowd.register(at=MONDAY + timedelta(minutes=n)) for n in range(6)]
    answers = at_once(*[lambda: jobs.sweep(MONDAY + 11 * 24 * HOUR) for _ in range(3)])

    assert [one for one in answers if isinstance(one, Exception)] == []
    written = LadderStep.objects.count()
    assert sum(one["steps"] for one in answers) == written == 12 * len(cases)
    verbs = Counter(Entry.objects.filter(verb__startswith="clock_").values_list("target_id", "verb"))
    assert verbs == {(case.pk, f"clock_{step}"): 3 for case in cases for step in STEPS}
    whole(cases[0])


def test_one_case_climbed_by_four_at_once(crowd: Cast) -> None:  # noqa: F811
    case = crowd.register()
    pages = [Case.objects.get(pk=case.pk) for _ in range(4)]
    answers = at_once(*[lambda page=page: actions.climb(page, at=MONDAY + 6 * HOUR) for page in pages])

    assert sorted(answers) == [0, 0, 0, 2]
    whole(case)


def test_answer_and_step_at_once_leave_no_step_after_the_answer(crowd: Cast) -> None:  # noqa: F811
    case = crowd.register()
    page = Case.objects.get(pk=case.pk)
    answers = at_once(
        press(crowd, case, "log_contact", "expert", 2, channel="phone", learned="问清楚了"),
        lambda: actions.climb(page, at=MONDAY + 2 * HOUR),
    )

    assert [one for one in answers if isinstance(one, Exception)] == []
    verbs = list(
        Entry.objects.filter(target_id=case.pk, verb__in=["log_contact", "clock_half"])
        .order_by("seq")
        .values_list("verb", flat=True)
    )
    assert verbs in (["log_contact"], ["clock_half", "log_contact"])
    whole(case)
