"""The leader signs the work list of her group for a report month: kept as it was, in versions."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.directory.models import Group
from huizhen.directory.queries import standing
from huizhen.journal.actions import record
from huizhen.lib.errors import NotAllowed, NotNow
from huizhen.reports.actions.worklist import purpose_of
from huizhen.reports.clocks.periods import Period
from huizhen.reports.models import Snapshot
from huizhen.reports.policy.worklist import get_signed_group
from huizhen.reports.queries.snapshots import digest_of, draft, may_sign, name_of


def sign_worklist(group: Group, period: Period, *, by: User, at: datetime) -> Snapshot:
    """Sign what the list is now; again makes another version, and none when nothing changed: a double click signs once.

    Side effects: `Snapshot`, journal `worklist_signed`. NotVisible: not her group to read. NotAllowed: not its leader. NotNow: neither this
    report month nor the one before.
    """
    today = timezone.localdate(at)
    who = standing(by, on=today)
    known = get_signed_group(who, group.code)
    if known.pk not in who.led_group_ids or who.person is None:
        raise NotAllowed("snapshot_of_leader")
    if not may_sign(known, period, today):
        raise NotNow("snapshot_month")
    with transaction.atomic():
        Group.objects.select_for_update().get(pk=known.pk)
        found = draft(known, period, who)
        hers = Snapshot.objects.filter(group=known, month=name_of(period))
        digest = digest_of(found)
        current = hers.filter(is_current=True).first()
        if current is not None and current.digest == digest:
            return current
        last = hers.aggregate(last=Max("version"))["last"] or 0
        hers.filter(is_current=True).update(is_current=False)
        behalf = who.lender_name(lambda one: known.pk in one.led_group_ids)
        made = Snapshot.objects.create(
            group=known, month=name_of(period), version=last + 1, since=period.since, until=min(period.until, today),
            signed_by=who.person, on_behalf_of=behalf, signed_at=at, rows=[vars(one) for one in found], count=len(found),
            digest=digest,
        )  # fmt: skip
        record(
            "worklist_signed", made, by=by, at=at, label=known.name, on_behalf_of=behalf, group=known.pk,
            month=f"{made.month:%Y-%m}", version=made.version, count=made.count, rows=digest,
        )  # fmt: skip
        return made


def take_out_snapshot(snapshot: Snapshot, *, count: int, purpose: str, by: User, at: datetime) -> None:
    """Its file leaves the house. Side effects: journal `worklist_exported`. Invalid: purpose."""
    words = purpose_of(purpose)
    with transaction.atomic():
        record(
            "worklist_exported", snapshot, by=by, at=at, label=snapshot.group.name, count=count,
            purpose=words, contacts=False, scope="snapshot",
        )  # fmt: skip
