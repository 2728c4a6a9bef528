"""Who is who. Lasting: domain, unit, branch, person. Of one campaign: group, membership, duty, policy.

Dates: `since` is the first day, `until` the first day after (half-open), None while it lasts.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from huizhen.directory.choices import BranchKind, MemberRole, PostingRole, UnitKind

GONE = date(2999, 1, 1)
"""`until` of the leave of somebody who left for good: who acts for her does so until nothing is hers any more."""


class Campaign(models.Model):
    """主题实践活动: everything hangs on one; next year's edition coexists with this year's."""

    name = models.CharField(max_length=60)
    short_name = models.CharField(max_length=20)
    basis = models.CharField(max_length=120, blank=True, help_text="The notice it is based on")
    starts_on = models.DateField()
    ends_on = models.DateField()
    report_day = models.PositiveSmallIntegerField(default=15)
    notice_experts = models.PositiveIntegerField(default=359)
    notice_groups = models.PositiveIntegerField(default=52)
    is_current = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True, help_text="From then on nothing is registered in it")
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="predecessors", help_text="Where its open cases may go on"
    )
    settings = models.JSONField(default=dict, help_text="Overrides of the defaults of product.md section 7")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_current"], condition=Q(is_current=True), name="one_current_campaign"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="campaign_ends_after_start"),
            models.CheckConstraint(
                condition=Q(successor=None) | Q(ended_at__isnull=False), name="campaign_ended_has_successor"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """A city company, a department of head office, or a direct unit."""

    code = models.CharField(max_length=8, unique=True)
    name = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=12, choices=UnitKind)
    order = models.PositiveSmallIntegerField(default=0)
    sort_key = models.CharField(max_length=300, default="")

    def __str__(self) -> str:
        return self.name


class Domain(models.Model):
    """A professional line, e.g. 网络运维."""

    code = models.CharField(max_length=8, unique=True)
    name = models.CharField(max_length=40, unique=True)
    lead_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    has_listed_liaison = models.BooleanField(default=True)
    order = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class Branch(models.Model):
    """A grass-roots Party branch 支部, the one who asks."""

    code = models.CharField(max_length=20, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="branches")
    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=12, choices=BranchKind, default=BranchKind.ORDINARY)
    former_names = models.CharField(max_length=1000, blank=True, help_text="Separated by 、, the newest first")
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")
    sort_key = models.CharField(max_length=600, default="")

    class Meta:
        indexes = [models.Index(fields=["unit", "sort_key"], name="branch_list")]  # branches of a unit, by name

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """Somebody who can be accountable, asked, or told. May have an account."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    code = models.CharField(max_length=20, unique=True, help_text="Human code in addresses, e.g. E001")
    staff_no = models.CharField(max_length=32, blank=True)
    name = models.CharField(max_length=40)
    sort_key = models.CharField(max_length=300, default="")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="persons")
    post = models.CharField(max_length=60, blank=True)
    level = models.CharField(max_length=20, blank=True)
    specialities = models.CharField(max_length=200, blank=True, help_text="Separated by 、")
    focus = models.CharField(max_length=200, blank=True, help_text="主攻方向")
    phone = models.CharField(max_length=32, blank=True)
    email = models.CharField(max_length=120, blank=True)
    left_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff_no"], condition=~Q(staff_no=""), name="person_staff_no"),
        ]
        indexes = [
            models.Index(fields=["sort_key"], name="person_list"),  # people by name
            # people who left, for the home of head office: some hold cases still
            models.Index(fields=["left_on"], condition=Q(left_on__isnull=False), name="person_left"),
            models.Index(fields=["phone"], name="person_phone"),  # roster import: same person by phone
            models.Index(
                fields=["name", "unit"], name="person_name_unit"
            ),  # roster import: same person by name and unit
        ]

    def __str__(self) -> str:
        return self.name


class Group(models.Model):
    """专家团: about seven experts of one domain, in one campaign.

    A group merged into another keeps its name and its past; from `closed_on` on its `successor` takes what comes, and whoever sits in
    the successor has the rights of its predecessors.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="groups")
    code = models.CharField(max_length=20)
    domain = models.ForeignKey(Domain, models.PROTECT, related_name="groups")
    name = models.CharField(max_length=60)
    scope = models.CharField(max_length=300, blank=True)
    specialities = models.CharField(max_length=300, blank=True)
    keywords = models.CharField(max_length=400, blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    closed_on = models.DateField(null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on=None, successor=None) | Q(closed_on__isnull=False, successor__isnull=False),
                name="group_closed_has_successor",
            ),
            models.UniqueConstraint(fields=["campaign", "code"], name="group_code"),
            models.UniqueConstraint(fields=["campaign", "name"], name="group_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """Who was in which group, as what, from when to when."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="memberships")
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=8, choices=MemberRole, default=MemberRole.MEMBER)
    is_primary = models.BooleanField(default=True, help_text="False marks the explicit exception of a second group")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "person"], condition=Q(until=None), name="membership_once"),
            models.UniqueConstraint(
                fields=["group"], condition=Q(until=None, role=MemberRole.LEADER), name="one_leader_per_group"
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="membership_order"),
        ]
        indexes = [models.Index(fields=["person", "until"], name="membership_person")]  # groups of the reader


class Posting(models.Model):
    """A post that gives rights: contact of a branch, liaison of a domain, clerk of a unit, head office."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="postings")
    role = models.CharField(max_length=12, choices=PostingRole)
    title = models.CharField(max_length=40, blank=True, help_text="e.g. 党支部书记")
    branch = models.ForeignKey(Branch, models.PROTECT, null=True, blank=True, related_name="postings")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="postings")
    domain = models.ForeignKey(Domain, models.PROTECT, null=True, blank=True, related_name="postings")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="posting_has_its_place",
                condition=Q(role=PostingRole.REQUESTER, branch__isnull=False)
                | Q(role=PostingRole.LIAISON, domain__isnull=False)
                | Q(role=PostingRole.CLERK, unit__isnull=False)
                | Q(role__in=[PostingRole.COORDINATOR, PostingRole.VIEWER, PostingRole.AUDITOR]),
            ),
        ]
        indexes = [models.Index(fields=["person", "until"], name="posting_person")]  # standing of the reader


class Duty(models.Model):
    """Who is on duty in a group in the week that starts on `week` (a Monday). No group: the triage desk 导诊台."""

    group = models.ForeignKey(Group, models.CASCADE, null=True, related_name="duties")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    week = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "week"], name="duty_once"),
            models.UniqueConstraint(fields=["week"], condition=Q(group=None), name="desk_duty_once"),
        ]


class Leave(models.Model):
    """Dated absence; the deputy acts 代 with all rights from `since` to the day before `until`."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="leaves")
    deputy = models.ForeignKey(Person, models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField()
    reason = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="leave_order"),
            models.CheckConstraint(condition=~Q(person=F("deputy")), name="leave_other_deputy"),
        ]
        indexes = [
            models.Index(fields=["person", "until"], name="leave_person"),  # is this person away, until when
            models.Index(fields=["until"], name="leave_until"),  # everybody away today: for whom does the reader act
        ]


class ClockPolicy(models.Model):
    """One version of the clock table of a campaign; never edited, a new version replaces it from its moment on.

    `table[clock][urgency]` is an amount of working minutes; a working day is 420.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="policies")
    version = models.PositiveIntegerField()
    table = models.JSONField()
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "version"], name="policy_version")]

    def __str__(self) -> str:
        return f"v{self.version}"


class RosterUpload(models.Model):
    """A roster file between its dry run and its confirmation; deleted when applied, or a day later."""

    token = models.CharField(max_length=43, unique=True)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    content = models.BinaryField()
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name
