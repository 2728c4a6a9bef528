"""结转: an open case goes on in the next campaign. Number, accountable person and clocks stay (see `queries.file.policies_of`)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from huizhen.accounts.models import User
from huizhen.cases.actions.moving import _grant
from huizhen.cases.models import Access, Case
from huizhen.directory.models import Campaign, Group
from huizhen.journal.actions import record


def carry_over(case: int, to: Campaign, *, by: User | None, at: datetime) -> bool:
    """Put an open case (its key) of another campaign under `to`, into the group that has its group's code there.

    Groups that were admitted to it keep that under their codes. False, and nothing is written: it is closed, it is there already, or no
    such group is there. Side effects: the version grows, so that nobody acts on what he saw before; journal `case_carried`.
    """
    with transaction.atomic():
        locked = Case.objects.select_for_update(of=("self",)).select_related("group").filter(pk=case).first()
        if locked is None or not locked.is_open or locked.campaign_id == to.pk:
            return False
        group = None
        if locked.group is not None:
            group = Group.objects.filter(campaign=to, code=locked.group.code, closed_on=None).first()
            if group is None:
                return False
        admitted = Access.objects.filter(case=locked, group__isnull=False, until=None).values_list("group__code", "why")
        for code, why in list(admitted):
            _grant(locked, at=at, why=why, group=Group.objects.filter(campaign=to, code=code, closed_on=None).first())
        Case.objects.filter(pk=locked.pk).update(
            campaign=to, group=group, domain=group.domain_id if group else locked.domain_id,
            carried_from=locked.campaign_id, version=F("version") + 1,
        )  # fmt: skip
        record(
            "case_carried", locked, by=by, at=at, label=locked.code, since=locked.campaign_id, campaign=to.pk,
            group=group.pk if group else None,
        )  # fmt: skip
        return True
