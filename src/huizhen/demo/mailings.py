"""定时发送 of the demo: the leader's weekly list for her group, and the figures of the month for head office."""

from __future__ import annotations

from datetime import time

from huizhen.demo.stage import Stage
from huizhen.directory.models import Person
from huizhen.reports.actions.mailings import make_mailing


def load_mailings(stage: Stage) -> None:
    """Set up by the demo accounts, each for herself and one more who may see it."""
    at = stage.at
    for account, to, view in (
        ("leader", ("leader", "expert"), ("本团每周清单", "worklist", "scope=group", "weekly", 1)),
        ("coordinator", ("coordinator", "viewer"), ("全省月度统计", "figures", "scope=all&period=last_report&by=domain", "monthly", 16)),
    ):  # fmt: skip
        people = {
            one.user.username: one
            for one in Person.objects.filter(user__username__in=to).select_related("user")
            if one.user
        }
        owner = people[account].user
        if owner is None:
            continue
        name, kind, query, rhythm, number = view
        make_mailing(
            name=name, kind=kind, query=query, rhythm=rhythm, number=number, hour=time(8, 30),
            to="、".join(people[one].code for one in to), has_file=True, by=owner, at=at,
        )  # fmt: skip
