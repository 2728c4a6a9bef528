"""工作清单 of the demo: leaders who signed the month that is over, words beside some cases, a difference worth looking at."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.directory.queries import standing
from huizhen.reports.models import Note, Snapshot
from huizhen.reports.queries import snapshots
from huizhen.reports.queries.snapshots import draft, rows_of


def test_leaders_signed_and_people_wrote(world: datetime) -> None:
    assert (Snapshot.objects.count(), Note.objects.count()) == (6, 4)
    signed = Snapshot.objects.select_related("group__campaign").get(group__code="NET-13")
    day = timezone.localdate(world)
    now = draft(
        signed.group, snapshots.months(signed.group, day)[0], standing(User.objects.get(username="leader"), on=day)
    )
    found = snapshots.difference(now, rows_of(signed))
    assert found.new or found.moved or found.words
    assert all("****" in one.cells["requester"] for one in now)
