"""Changes among groups and branches. What happens to open cases is decided above, in `cases.actions.following`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.directory.actions.rights import need_coordinator
from huizhen.directory.choices import MemberRole, PostingRole
from huizhen.directory.models import Branch, Duty, Group, Membership, Person, Posting
from huizhen.directory.queries import monday_of
from huizhen.directory.queries.branches import contact_of
from huizhen.journal import actions as journal
from huizhen.lib.codes import is_code
from huizhen.lib.errors import Fault, Invalid, NotNow
from huizhen.lib.text import clean
from huizhen.lib.zh import sort_key

FARTHEST = timedelta(days=60)
"""How far ahead a change of leader may be settled."""


@transaction.atomic
def change_leader(group: Group, *, person: Person, since: date, by: User | None, at: datetime) -> Membership:
    """Another leader from a day on; the old one stays a member. Side effects: journal `leader_changed` on the group.

    What waits for the leader waits for whoever leads. NotAllowed: not head office. Invalid: a day before today or more than
    `FARTHEST` ahead, not a member by then, she leads it already, or another change is still to come. NotNow: the group is closed.
    """
    lender = need_coordinator(by, at)
    locked, today = _open_group(group), timezone.localdate(at)
    if since < today:
        raise Invalid.one("since", "day_is_past")
    if since > today + FARTHEST:
        raise Invalid.one("since", "day_is_far", days=FARTHEST.days)
    seats = {seat.person_id: seat for seat in locked.memberships.filter(until=None).select_related("person")}
    former = next((seat for seat in seats.values() if seat.role == MemberRole.LEADER), None)
    seat = seats.get(person.pk)
    if seat is None:
        raise Invalid.one("person", "not_of_this_group")
    if former is not None and former.since > today:
        raise Invalid.one("since", "leader_to_come", name=former.person.name, day=former.since)
    if seat is former:
        raise Invalid.one("person", "leads_already", name=person.name)
    if seat.since > since:
        raise Invalid.one("since", "member_to_come", name=person.name, day=seat.since)
    if former is not None:
        _reseat(former, since=since, role=MemberRole.MEMBER)
    fresh = _reseat(seat, since=since, role=MemberRole.LEADER)
    journal.record(
        "leader_changed", locked, by=by, at=at, on_behalf_of=lender, label=locked.name, person=person.pk,
        former=former.person_id if former else None, since=since.isoformat(),
    )  # fmt: skip
    return fresh


def _reseat(seat: Membership, *, since: date, role: MemberRole, group: Group | None = None) -> Membership:
    """End a seat and open the next one on a day, so that each past day can still be told."""
    since = max(since, seat.since)
    Membership.objects.filter(pk=seat.pk).update(until=since)
    return Membership.objects.create(
        group=group or seat.group, person_id=seat.person_id, role=role, is_primary=seat.is_primary, since=since
    )


def _open_group(group: Group) -> Group:
    locked = Group.objects.select_for_update().get(pk=group.pk)
    if locked.closed_on is not None:
        raise NotNow("group_closed", name=locked.name)
    return locked


@transaction.atomic
def split_group(
    group: Group, *, code: str, name: str, leader: Person, members: Iterable[Person], by: User | None, at: datetime
) -> Group:
    """A new group of the same domain takes some members from today on; the rest stays. Side effects: journal `group_split`.

    NotAllowed: not head office. Invalid: code or name missing or taken, somebody not of this group, its leader among them, nobody left,
    or a leader who does not go along. NotNow: the group is closed.
    """
    lender = need_coordinator(by, at)
    locked, today = _open_group(group), timezone.localdate(at)
    code, name = clean(code)[:20], clean(name)[:60]
    going = {one.pk for one in members}
    seats = {seat.person_id: seat for seat in locked.memberships.filter(until=None)}
    faults: dict[str, list[Fault]] = {}
    taken = Group.objects.filter(campaign=locked.campaign_id)
    for field, text in (("code", code), ("name", name)):
        if not text:
            faults[field] = [Fault("required")]
        elif taken.filter(**{field: text}).exists():
            faults[field] = [Fault("group_taken", {"given": text})]
        elif field == "code" and not is_code(text):
            faults[field] = [Fault("bad_code")]
    if not going or going - set(seats):
        faults["members"] = [Fault("not_of_this_group")]
    elif any(seats[pk].role == MemberRole.LEADER for pk in going):
        faults["members"] = [Fault("leader_stays")]
    if leader.pk not in going:
        faults["leader"] = [Fault("leader_goes_along")]
    if faults:
        raise Invalid(faults)
    fresh = Group.objects.create(
        campaign_id=locked.campaign_id, code=code, name=name, domain_id=locked.domain_id, order=locked.order,
        scope=locked.scope, specialities=locked.specialities, keywords=locked.keywords,
    )  # fmt: skip
    for pk in sorted(going):
        _reseat(seats[pk], since=today, role=MemberRole.LEADER if pk == leader.pk else MemberRole.MEMBER, group=fresh)
    Duty.objects.filter(group=locked, person__in=going, week__gte=monday_of(today)).delete()
    journal.record(
        "group_split", locked, by=by, at=at, on_behalf_of=lender, label=locked.name, group=fresh.pk, person=leader.pk,
        persons=sorted(going), name=fresh.name,
    )  # fmt: skip
    return fresh


@transaction.atomic
def merge_group(group: Group, *, into: Group, by: User | None, at: datetime) -> Group:
    """A group goes into another from today on: its people become members there, and it is closed with a pointer to its successor.

    Side effects: journal `group_merged` on the group that ends. NotAllowed: not head office. Invalid: into itself, another campaign.
    NotNow: either is closed.
    """
    lender = need_coordinator(by, at)
    if into.pk == group.pk or into.campaign_id != group.campaign_id:
        raise Invalid.one("into", "other_group_wanted")
    today = timezone.localdate(at)
    first, second = (_open_group(one) for one in sorted((group, into), key=lambda one: one.pk))
    locked, kept = (first, second) if first.pk == group.pk else (second, first)
    there = {seat.person_id: seat for seat in kept.memberships.filter(until=None)}
    seats = list(locked.memberships.filter(Q(until=None) | Q(until__gt=today)))
    for seat in seats:
        if seat.person_id in there or seat.until is not None:
            Membership.objects.filter(pk=seat.pk).update(until=max(today, seat.since))
            if seat.is_primary and seat.person_id in there:
                Membership.objects.filter(pk=there[seat.person_id].pk).update(is_primary=True)
        else:
            role = MemberRole.DEPUTY if seat.role == MemberRole.DEPUTY else MemberRole.MEMBER
            _reseat(seat, since=today, role=role, group=kept)
    Duty.objects.filter(group=locked, week__gte=monday_of(today)).delete()
    Group.objects.filter(successor=locked).update(successor=kept)
    locked.closed_on, locked.successor = today, kept
    locked.save(update_fields=["closed_on", "successor"])
    words = dict.fromkeys([*kept.specialities.split("、"), *locked.specialities.split("、")])
    kept.specialities = "、".join(filter(None, words))[:300]
    kept.save(update_fields=["specialities"])
    journal.record(
        "group_merged", locked, by=by, at=at, on_behalf_of=lender, label=locked.name, group=kept.pk,
        persons=sorted({seat.person_id for seat in seats}), name=kept.name,
    )  # fmt: skip
    return locked


@transaction.atomic
def rename_branch(branch: Branch, *, name: str, by: User | None, at: datetime) -> Branch:
    """A new name from now on; the old one is kept and found. Side effects: journal `branch_renamed` with both.

    NotAllowed: not head office. Invalid: no name, the same, or another branch's. NotNow: it is dissolved.
    """
    lender = need_coordinator(by, at)
    locked = _lasting_branch(branch, timezone.localdate(at))
    name, former = clean(name)[:120], locked.name
    if not name:
        raise Invalid.one("name", "required")
    if name == former:
        raise Invalid.one("name", "same_name")
    if Branch.objects.filter(name=name).exists():
        raise Invalid.one("name", "branch_taken", given=name)
    names = [former, *(one for one in locked.former_names.split("、") if one and one not in (name, former))]
    while len("、".join(names)) > 1000:
        names.pop()
    locked.name, locked.former_names, locked.sort_key = name, "、".join(names), sort_key(name)
    locked.save(update_fields=["name", "former_names", "sort_key"])
    journal.record(
        "branch_renamed", locked, by=by, at=at, on_behalf_of=lender, label=name, branch=locked.pk, former=former
    )
    return locked


def _lasting_branch(branch: Branch, today: date) -> Branch:
    locked = Branch.objects.select_for_update().get(pk=branch.pk)
    if locked.until is not None and locked.until <= today:
        raise NotNow("branch_gone", name=locked.name)
    return locked


@transaction.atomic
def dissolve_branch(branch: Branch, *, successor: Branch | None, by: User | None, at: datetime) -> Branch:
    """The branch ends today; its contacts' posts end with it, and the successor, if any, asks in its place.

    Side effects: journal `branch_dissolved`. NotAllowed: not head office. Invalid: a successor that is itself, gone, or has no contact.
    NotNow: it is dissolved.
    """
    lender = need_coordinator(by, at)
    today = timezone.localdate(at)
    locked = _lasting_branch(branch, today)
    if successor is not None:
        if successor.pk == locked.pk or (successor.until is not None and successor.until <= today):
            raise Invalid.one("successor", "other_branch_wanted")
        if contact_of(successor, on=today) is None:
            raise Invalid.one("successor", "branch_without_contact", name=successor.name)
        Branch.objects.filter(successor=locked).update(successor=successor)
    posts = Posting.objects.filter(Q(until=None) | Q(until__gt=today), role=PostingRole.REQUESTER, branch=locked)
    ended = list(posts)
    for post in ended:
        Posting.objects.filter(pk=post.pk).update(until=max(today, post.since))
    locked.until, locked.successor = today, successor
    locked.save(update_fields=["until", "successor"])
    journal.record(
        "branch_dissolved", locked, by=by, at=at, on_behalf_of=lender, label=locked.name,
        branch=[locked.pk, *([successor.pk] if successor else [])], successor=successor.name if successor else "",
        persons=sorted({post.person_id for post in ended}),
    )  # fmt: skip
    return locked
