"""Ending a campaign with what it came to, taking that back, and letting its open cases go on."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.cases.actions.carrying import carry_over
from huizhen.directory.actions import ending as directory
from huizhen.directory.models import Campaign
from huizhen.directory.queries import standing
from huizhen.directory.queries.campaigns import next_campaign
from huizhen.journal.actions import record, worker
from huizhen.lib import official
from huizhen.lib.budget import pieces
from huizhen.lib.errors import Invalid, NotAllowed, NotNow
from huizhen.lib.text import clean
from huizhen.reports.actions.counting import read_news, writing
from huizhen.reports.models import CampaignSummary
from huizhen.reports.papers.ending import paper_of
from huizhen.reports.policy.scopes import reads_all
from huizhen.reports.queries.ending import carriable, digest_of, summary_of, to_carry, told_of
from huizhen.reports.queries.state import open_fill

BATCH = 50
"""Cases in one piece of the job; each is a transaction of its own."""


def end_campaign(campaign: Campaign, *, confirmation: str, carries: bool, by: User, at: datetime) -> CampaignSummary:
    """Freeze a campaign: nothing more is registered in it, its figures are kept as they are. `carries`: its open cases go on in the next.

    `confirmation` is its short name, typed. Side effects: the summary; journal `campaign_ended` with the digest of the figures, and the
    next campaign becomes current. NotAllowed: not head office. NotNow: it ended already, or the figures are being counted.
    Invalid: confirmation, carries.
    """
    who = standing(by, on=timezone.localdate(at))
    if not who.is_coordinator or who.person is None:
        raise NotAllowed("coordinator_only")
    if clean(confirmation).strip() != campaign.short_name.strip():
        raise Invalid.one("confirmation", "confirmation_wrong", name=campaign.short_name)
    if open_fill() is not None:
        raise NotNow("figures_counting")
    for _read in pieces(lambda: read_news(by=worker(), at=at)):
        pass  # what the figures do not know yet
    with transaction.atomic():
        locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if locked.ended_at is not None:
            raise NotNow("campaign_ended", name=locked.short_name)
        if carries and next_campaign(locked) is None:
            raise Invalid.one("carries", "no_next_campaign")
        writing()  # nobody changes a sum while it is read
        told = told_of(locked, today=timezone.localdate(at))
        digest = digest_of(told)
        made = CampaignSummary.objects.create(
            campaign=locked, at=at, by=who.person, told=told, digest=digest, carries=carries
        )
        made.campaign = directory.end_campaign(locked, by=by, at=at, digest=digest)
        return made


def take_back_end(summary: CampaignSummary, *, by: User, at: datetime) -> Campaign:
    """The campaign goes on as if it had not been ended, while nothing was registered in the next one and no case went on there.

    Side effects: the summary is gone (its digest stays in the journal); journal `campaign_resumed`. NotAllowed: not head office.
    NotNow: something happened in the next one, or it was taken back already.
    """
    if not standing(by, on=timezone.localdate(at)).is_coordinator:
        raise NotAllowed("coordinator_only")
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update().get(pk=summary.campaign_id)
        row = CampaignSummary.objects.select_related("campaign__successor", "by").filter(pk=summary.pk).first()
        if row is None:
            raise NotNow("campaign_not_ended")
        if not summary_of(row).may_be_taken_back:
            raise NotNow("end_is_final")
        row.delete()
        return directory.resume_campaign(campaign, by=by, at=at)


def carry_some(*, at: datetime) -> int | None:
    """Let some open cases of ended campaigns go on; None when none is left. Killed in the middle, the next call takes up the rest.

    What was reopened later, or got its group only later, goes on then. Side effects: journal `case_carried` for each.
    """
    for summary in to_carry(at):
        to = summary.campaign.successor
        keys = list(carriable(summary.campaign, to).order_by("pk").values_list("pk", flat=True)[:BATCH])
        if to is not None and keys and (done := sum(carry_over(one, to, by=summary.by.user, at=at) for one in keys)):
            return done
    return None


def export_summary(summary: CampaignSummary, *, by: User, at: datetime) -> bytes:
    """The summary as an official document (DOCX). Side effects: journal `summary_exported`. NotAllowed: not hers to read."""
    if not reads_all(standing(by, on=timezone.localdate(at))):
        raise NotAllowed("summary_of_readers")
    content = official.draw(paper_of(summary_of(summary)))
    with transaction.atomic():
        record("summary_exported", summary.campaign, by=by, at=at, label=summary.campaign.name, digest=summary.digest)
    return content
