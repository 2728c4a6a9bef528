"""Messages of the inbox, deliveries to the outside, the endpoints of groups, and what each person chose.

Nothing here points at the journal or at a case: a message keeps the ids of its entries and the code of its target, so that the
journal stays free of keys and a message outlives what it tells of.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from huizhen.directory.models import Domain, Group, Person, Unit
from huizhen.notifications.choices import PERSONAL, ROBOTS, ChannelName, DeliveryState, DigestDay, Event, Scope


class Message(models.Model):
    """What one person is told of one transaction of the journal: one row, however many happenings concern her.

    `verb` is the weightiest happening and gives the title; `entries` are the ids of all of them, weightiest first.
    `data` holds the figures of a message without entries (the weekly digest). `stands_in_for`: told as the deputy of somebody away.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    txn = models.CharField(max_length=40)
    event = models.CharField(max_length=12, choices=Event)
    verb = models.CharField(max_length=60)
    entries = models.JSONField(default=list)
    target_type = models.CharField(max_length=60, blank=True)
    target_id = models.BigIntegerField(null=True)
    target_label = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict)
    stands_in_for = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    is_urgent = models.BooleanField(default=False)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "txn"], name="message_once")]
        indexes = [
            models.Index(fields=["person", "-id"], name="message_inbox"),  # the inbox, newest first
            # the number in the header and the unread inbox
            models.Index(fields=["person", "-id"], condition=Q(read_at=None), name="message_unread"),
            models.Index(fields=["txn"], name="message_txn"),  # who was told of an act
        ]

    def __str__(self) -> str:
        return f"{self.person_id} ← {self.verb} {self.target_label}"


class Endpoint(models.Model):
    """A robot or a webhook that hears of the cases of a group, a unit, a domain, or of all.

    `events`: which kinds it wants, empty for all that go outside. After failures in a row it rests until `resting_until`.
    """

    kind = models.CharField(max_length=10, choices=[(one.value, one.label) for one in ROBOTS])
    name = models.CharField(max_length=40)
    scope = models.CharField(max_length=8, choices=Scope)
    group = models.ForeignKey(Group, models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    domain = models.ForeignKey(Domain, models.PROTECT, null=True, blank=True, related_name="+")
    address = models.CharField(max_length=500)
    secret = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    events = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    failures = models.PositiveSmallIntegerField(default=0)
    resting_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="endpoint_has_its_place",
                condition=Q(scope=Scope.GROUP, group__isnull=False, unit=None, domain=None)
                | Q(scope=Scope.UNIT, unit__isnull=False, group=None, domain=None)
                | Q(scope=Scope.DOMAIN, domain__isnull=False, group=None, unit=None)
                | Q(scope=Scope.ALL, group=None, unit=None, domain=None),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One thing to be brought outside: a message by a channel, or a transaction to an endpoint.

    `key` is the delivery id, the same at every attempt. `is_doubtful`: a worker vanished between sending and recording, so it was
    sent once more. `entries`, `target_*`: what an endpoint is told, the counterparts of a message's.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    channel = models.CharField(max_length=10, choices=ChannelName)
    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="deliveries")
    endpoint = models.ForeignKey(Endpoint, models.PROTECT, null=True, related_name="+")
    txn = models.CharField(max_length=40)
    event = models.CharField(max_length=12, choices=Event)
    verb = models.CharField(max_length=60)
    entries = models.JSONField(default=list)
    target_type = models.CharField(max_length=60, blank=True)
    target_id = models.BigIntegerField(null=True)
    target_label = models.CharField(max_length=200, blank=True)
    is_urgent = models.BooleanField(default=False, help_text="特急: goes out at any hour")
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    is_doubtful = models.BooleanField(default=False)
    not_before = models.DateTimeField()
    claimed_by = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True, help_text="When the coordinator put a failure aside")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "channel"], name="delivery_of_message_once"),
            models.UniqueConstraint(fields=["endpoint", "txn", "event"], name="delivery_to_endpoint_once"),
            models.CheckConstraint(
                name="delivery_to_one",
                condition=Q(message__isnull=False, endpoint=None, channel__in=[one.value for one in PERSONAL])
                | Q(message=None, endpoint__isnull=False),
            ),
        ]
        indexes = [
            # a lane asks for what is due: mail (no endpoint), or one endpoint
            models.Index(fields=["endpoint", "not_before"], condition=Q(state="waiting"), name="delivery_due"),
            models.Index(fields=["not_before"], condition=Q(state="waiting"), name="delivery_oldest"),  # gauge
            # leases that ran out
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="delivery_lease"),
            # what the coordinator is shown
            models.Index(
                fields=["-id"],
                condition=Q(state__in=["failed", "doubtful"], settled_at=None),
                name="delivery_trouble",
            ),
            models.Index(fields=["endpoint", "-id"], name="delivery_log"),  # log of an endpoint
            models.Index(fields=["channel", "-id"], name="delivery_by_channel"),  # outbox of one channel
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.key}"


class Preference(models.Model):
    """What one person wants of one kind of happening by one channel, where it differs from the default."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    event = models.CharField(max_length=12, choices=Event)
    channel = models.CharField(max_length=10, choices=[(one.value, one.label) for one in PERSONAL])
    wanted = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "event", "channel"], name="preference_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.event} {self.channel}"


class PersonalSetting(models.Model):
    """What one person set for herself: when the weekly digest comes."""

    person = models.OneToOneField(Person, models.CASCADE, related_name="+")
    digest_day = models.CharField(max_length=3, choices=DigestDay, blank=True, default=DigestDay.DEFAULT)

    def __str__(self) -> str:
        return str(self.person_id)
