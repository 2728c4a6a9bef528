"""年度总结: what a campaign came to, as it stood when it was ended."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from huizhen.directory.models import Campaign, Person


class CampaignSummary(models.Model):
    """The figures of a whole campaign, frozen when it was ended; `digest` is the SHA-256 of `told`, which the journal keeps as well.

    `carries`: its open cases go on in the successor of the campaign, by a job that begins some minutes later. One for each campaign;
    while the end can be taken back, the row goes with it. Found by its key or its campaign only, hence no other index.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    campaign = models.OneToOneField(Campaign, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    told = models.JSONField()
    digest = models.CharField(max_length=64)
    carries = models.BooleanField(default=False)

    objects: ClassVar[models.Manager[CampaignSummary]] = models.Manager()

    def __str__(self) -> str:
        return str(self.campaign)
