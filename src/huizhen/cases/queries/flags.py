"""Flags for a talk: who refused how often, who should talk with whom, what is shown to whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from huizhen.cases.models import Case, Flag, Invitation, Transfer
from huizhen.cases.policy import is_flagged, talks_with
from huizhen.directory.choices import MemberRole, PostingRole
from huizhen.directory.models import Group, Membership, Person, Posting
from huizhen.directory.queries import Standing, leader_of, liaison_of
from huizhen.lib.errors import NotVisible

SHOWN = 20


@dataclass(frozen=True)
class Refusal:
    """One refusal: of a transfer or an invitation, on which case, by whom, when."""

    what: str
    code: str
    who: str
    at: datetime

    def as_facts(self) -> dict[str, Any]:
        """As a flag keeps it."""
        return {"what": self.what, "case": self.code, "who": self.who, "at": self.at.isoformat()}


def refusals_of(person: Person, group: Group, *, since: datetime) -> list[Refusal]:
    """What the person, or anybody for the group, refused since a moment and since their last talk about it. Three queries.

    An invitation that ended with its case was refused by nobody and does not count.
    """
    talk = Flag.objects.filter(person=person, kind="refusals", talked_at__isnull=False).order_by("-talked_at").first()
    if talk is not None and talk.talked_at is not None:
        since = max(since, talk.talked_at)
    transfers = Transfer.objects.filter(
        Q(answered_by=person) | Q(to_group=group), is_refused=True, answered_by__isnull=False, at__gte=since
    ).select_related("case", "answered_by")
    invitations = Invitation.objects.filter(
        Q(answered_by=person) | Q(group=group), state="declined", answered_by__isnull=False, answered_at__gte=since
    ).select_related("case", "answered_by")
    found = [
        Refusal("transfer", one.case.code, one.answered_by.name, one.answered_at or one.disputed_at or one.at)
        for one in transfers
        if one.answered_by
    ]
    found += [
        Refusal("invitation", one.case.code, one.answered_by.name, one.answered_at)
        for one in invitations
        if one.answered_by and one.answered_at
    ]
    return sorted(found, key=lambda one: one.at)


def group_of(person: Person, case: Case, *, on: date) -> Group | None:
    """The group in which somebody works on a case: the case's own if she is its member, else her primary one. One query."""
    seats = Membership.objects.filter(Q(until=None) | Q(until__gt=on), person=person, since__lte=on)
    rows = list(seats.select_related("group__domain").order_by("-is_primary", "pk"))
    own = next((one.group for one in rows if one.group_id == case.group_id), None)
    return own or (rows[0].group if rows else None)


def talker_of(flag: Flag, *, on: date) -> Person | None:
    """Who should have the talk: the leader of the group; about the leader herself, the liaison of the domain."""
    leader = leader_of(flag.group, on=on)
    if leader is None or leader.pk == flag.person_id:
        return liaison_of(flag.group.domain, on=on)
    return leader


_WITH = ("case", "person__unit", "group__domain", "talked_by")


@dataclass(frozen=True)
class Talks:
    """Talks not had yet: those the reader should have with others, and those somebody should have with her."""

    to_have: tuple[Flag, ...] = ()
    about_me: tuple[Flag, ...] = ()


NO_TALKS = Talks()


def talks(standing: Standing) -> Talks:
    """Flags of the groups the reader leads, of leaders of the domains she is liaison of, and about herself. One query.

    What is lent to her while somebody is away does not count: a talk waits.
    """
    herself = standing.own or standing
    if herself.person is None:
        return Talks()
    leads = Membership.objects.filter(
        group=OuterRef("group"), person=OuterRef("person"), role=MemberRole.LEADER, until=None
    )
    domains = Q(group__domain__in=herself.domain_ids)
    if herself.is_coordinator:  # where nobody is the domain's liaison
        posts = Posting.objects.filter(role=PostingRole.LIAISON, domain=OuterRef("group__domain"), until=None)
        domains |= Q(~Exists(posts))
    hers = Q(person=herself.person) | Q(group__in=herself.led_group_ids) | (domains & Exists(leads))
    rows = Flag.objects.filter(hers, talked_at=None).select_related(*_WITH).order_by("at", "pk")[: 2 * SHOWN]
    mine = [one for one in rows if one.person_id == herself.person.pk]
    return Talks(tuple(one for one in rows if one not in mine), tuple(mine))


def get_flag(standing: Standing, key: Any) -> Flag:
    """The flag with this key, for the person it is about and for whoever leads her; NotVisible for everybody else."""
    flag = Flag.objects.select_related(*_WITH).filter(key=key).first()
    if flag is None or not (is_flagged(standing, flag) or talks_with(standing, flag)):
        raise NotVisible("flag_unknown")
    return flag
