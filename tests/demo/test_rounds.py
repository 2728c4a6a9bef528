"""查房 of the demo: leaders who go round with something left to do, two groups nobody visits, suggestions in every state."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.directory.queries import current_campaign, standing
from huizhen.reports.models import Suggestion
from huizhen.reports.queries import rounds
from huizhen.reports.queries.suggestions import awaiting


def test_leaders_go_round_and_two_do_not(world: datetime) -> None:
    day, campaign = timezone.localdate(world), current_campaign()
    assert campaign is not None
    period = rounds.period_of(campaign, day)
    head, leader = (standing(User.objects.get(username=name), on=day) for name in ("coordinator", "leader"))
    silent = rounds.overview(head, period, now=world, only_silent=True)
    assert [one.group.code for one in silent.lines] == ["GOV-06", "NET-10"]
    board = rounds.board(leader, period, now=world, only_due=False)
    assert board.progress.open == 8
    assert sum(1 for one in board.lines if one.last) == 4
    assert any(one.last and one.last.comment for one in board.lines)
    assert Counter(Suggestion.objects.values_list("state", flat=True)) == {"adopted": 4, "not_adopted": 1, "open": 3}
    assert awaiting(head) == 2
