"""The end of a campaign, taking it back, and the next one made ready beside it."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.directory.actions.campaigns import create_campaign, make_current
from huizhen.directory.actions.rights import need_coordinator
from huizhen.directory.models import Campaign, ClockPolicy, Group, Membership
from huizhen.directory.queries.campaigns import next_campaign
from huizhen.journal import actions as journal
from huizhen.lib.errors import Invalid, NotNow

COPIED = ("code", "domain_id", "name", "scope", "specialities", "keywords", "order")


@transaction.atomic
def prepare_next(
    campaign: Campaign,
    *,
    name: str,
    short_name: str,
    starts_on: date,
    ends_on: date,
    basis: str = "",
    by: User,
    at: datetime,
) -> Campaign:
    """The next campaign with the groups and members, settings and clock table of this one; it becomes current when this one ends.

    Side effects: journal `campaign_created`, with the number of groups. NotNow: there is a next one already, or this one has ended.
    Invalid: names, dates, or it begins no later than this one.
    """
    need_coordinator(by, at)
    locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if next_campaign(locked) is not None:
        raise NotNow("campaign_has_next")
    if starts_on <= locked.starts_on:
        raise Invalid.one("starts_on", "too_early", since=locked.starts_on)
    made = create_campaign(
        name=name, short_name=short_name, starts_on=starts_on, ends_on=ends_on, basis=basis, by=by, at=at
    )
    Campaign.objects.filter(pk=made.pk).update(
        report_day=locked.report_day, notice_experts=locked.notice_experts, notice_groups=locked.notice_groups,
        settings=locked.settings,
    )  # fmt: skip
    table = locked.policies.order_by("-version").first()
    if table is not None:
        ClockPolicy.objects.filter(campaign=made, version=1).update(table=table.table)
    _copy_groups(locked, made, on=timezone.localdate(at))
    made.refresh_from_db()
    return made


def _copy_groups(campaign: Campaign, made: Campaign, *, on: date) -> None:
    """Groups that are not closed, under their codes, with who sits in them today; members from the first day on."""
    groups = list(Group.objects.filter(campaign=campaign, closed_on=None).order_by("pk"))
    Group.objects.bulk_create(
        [Group(campaign=made, **{field: getattr(one, field) for field in COPIED}) for one in groups], batch_size=200
    )
    by_code = {one.code: one for one in Group.objects.filter(campaign=made)}
    seats = Membership.objects.filter(group__in=groups, since__lte=on, until=None).select_related("group")
    Membership.objects.bulk_create(
        [
            Membership(
                group=by_code[one.group.code], person_id=one.person_id, role=one.role, is_primary=one.is_primary,
                since=max(made.starts_on, on),
            )
            for one in seats
        ],
        batch_size=500,
    )  # fmt: skip


@transaction.atomic
def end_campaign(campaign: Campaign, *, by: User, at: datetime, digest: str = "") -> Campaign:
    """Nothing is registered in it from now on; the next campaign, where there is one, becomes current. `digest`: of its summary.

    Side effects: journal `campaign_ended`, and `campaign_made_current` for the next one. NotNow: it ended already.
    """
    lender = need_coordinator(by, at)
    locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if locked.ended_at is not None:
        raise NotNow("campaign_ended", name=locked.short_name)
    successor = next_campaign(locked)
    locked.ended_at, locked.successor = at, successor
    locked.save(update_fields=["ended_at", "successor"])
    journal.record(
        "campaign_ended", locked, by=by, at=at, on_behalf_of=lender, label=locked.name, digest=digest,
        successor=successor.pk if successor else None,
    )  # fmt: skip
    if successor is not None and locked.is_current:
        today = timezone.localdate(at)
        # Who was to begin with the next campaign begins when that takes over.
        Membership.objects.filter(group__campaign=successor, since__gt=today, until=None).update(since=today)
        make_current(successor, by=by, at=at)
        locked.is_current = False
    return locked


@transaction.atomic
def resume_campaign(campaign: Campaign, *, by: User, at: datetime) -> Campaign:
    """Take the end of a campaign back: it is current again. Whoever calls has made sure that nothing happened in the next one.

    Side effects: journal `campaign_resumed`, `campaign_made_current`. NotNow: it has not ended.
    """
    lender = need_coordinator(by, at)
    locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if locked.ended_at is None:
        raise NotNow("campaign_not_ended")
    locked.ended_at = locked.successor = None
    locked.save(update_fields=["ended_at", "successor"])
    journal.record("campaign_resumed", locked, by=by, at=at, on_behalf_of=lender, label=locked.name)
    return locked if locked.is_current else make_current(locked, by=by, at=at)
