"""Who holds the case, and who helps: transfers and rulings, invitations of other groups."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.cases.actions.flags import flag_refusals
from huizhen.cases.actions.moving import Act, _grant, _move, _turn, lock
from huizhen.cases.actions.registering import _move_to_group, _picked
from huizhen.cases.models import Case, Invitation, Transfer
from huizhen.cases.queries.picks import pick_in_group, pick_named
from huizhen.directory.models import Group, Person
from huizhen.directory.queries import leader_of, liaison_of
from huizhen.journal.actions import record
from huizhen.lib.errors import Invalid, NotAllowed, NotNow
from huizhen.worktime.queries import calendar

REFUSALS_BEFORE_RULING = 2
"""Product paper 3.4: two refusals, and the liaison rules."""


def propose_transfer(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """提议转诊 to another group, or to another person of the own one. Responsibility stays until the receiver accepts."""
    with _move(case, "propose_transfer", by=by, at=at, seen=seen, values=values) as act:
        person, group = act.person_at("person"), act.group_at("group")
        if person is None and group is None:
            raise Invalid.one("group", "choose_receiver")
        if group is None and person is not None:
            group = _group_of(act, person)
        if group is None:
            raise Invalid.one("person", "not_an_expert", name=person.name if person else "")
        if person is None:
            if group.pk == act.case.group_id:
                raise Invalid.one("group", "same_group")
            person = pick_in_group(group, act.case.title + act.case.condition, on=act.day).person
        elif not person.memberships.filter(group=group, until=None).exists():
            raise Invalid.one("person", "not_in_group", name=person.name, group=group.name)
        if person.pk == act.case.accountable_id:
            raise Invalid.one("person", "holds_it_already", name=person.name)
        amount = _answer_time(act)
        row = Transfer.objects.create(
            case=act.case, from_group=act.case.group, to_group=group, to_person=person, by=act.person, reason=act.values["reason"],
            at=at, due_at=calendar().add(at, amount),
        )  # fmt: skip
        _grant(act.case, at=at, why="receiver", person=person)
        if act.case.is_sensitive:
            _grant(act.case, at=at, why="receiver", person=leader_of(group, on=act.day))
        else:
            _grant(act.case, at=at, why="receiver", group=group)
        act.data |= {"transfer": row.pk, "group": group.pk, "person": person.pk}
    return case


def _group_of(act: Act, person: Person) -> Group | None:
    seats = person.memberships.filter(group__campaign=act.case.campaign_id, until=None).select_related(
        "group__domain", "group__campaign"
    )
    first = seats.order_by("-is_primary", "pk").first()
    return first.group if first else None


def _answer_time(act: Act) -> timedelta:
    policy = [one for one in act.file.policies if one.at <= act.at] or list(act.file.policies[:1])
    return timedelta(minutes=policy[-1].table["transfer_answer"][act.case.urgency])


def _running(act: Act) -> Transfer:
    row = act.file.transfer
    if row is None:
        raise NotNow("no_transfer_open")
    act.data |= {"transfer": row.pk, "group": row.to_group_id}
    return row


def _end(row: Transfer, state: str, act: Act, answer: str = "") -> None:
    Transfer.objects.filter(pk=row.pk).update(state=state, answered_at=act.at, answered_by=act.person, answer=answer)


def _keep_in_sight(act: Act, group: Group | None) -> None:
    """The group that gave a case away may still read it; of a 敏感 case only those who had a part in it, who are admitted already."""
    if group is not None and not act.case.is_sensitive:
        _grant(act.case, at=act.at, why="former_group", group=group)


def take_back_transfer(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """收回转诊 before it is answered."""
    with _move(case, "take_back_transfer", by=by, at=at, seen=seen, values=values) as act:
        _end(_running(act), "taken_back", act)
    return case


def accept_transfer(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """接受转诊: only now responsibility moves, with a fresh 首次沟通 clock. A leader who accepts may name one of the group."""
    with _move(case, "accept_transfer", by=by, at=at, seen=seen, values=values) as act:
        row = _running(act)
        person = act.person_at("person")
        leads = act.standing is not None and row.to_group_id in act.standing.led_group_ids
        if person is not None and person.pk != row.to_person_id:
            if not leads:
                raise NotAllowed("leader_names", move="accept_transfer")
            if not person.memberships.filter(group=row.to_group, until=None).exists():
                raise Invalid.one("person", "not_in_group", name=person.name, group=row.to_group.name)
        holder = pick_named(person or row.to_person, on=act.day).person
        group = Group.objects.select_related("domain").get(pk=row.to_group_id)
        _keep_in_sight(act, row.from_group)
        _end(row, "accepted", act)
        _move_to_group(act, group, holder, why="transferred")
        act.data["person"] = holder.pk
    return case


def refuse_transfer(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """不接, with a reason. The second one since somebody last took it, or one after the answer clock ran out, is for the liaison."""
    with _move(case, "refuse_transfer", by=by, at=at, seen=seen, values=values) as act:
        row = _running(act)
        settled = max((one.pk for one in act.file.transfers if one.state in ("accepted", "ruled")), default=0)
        refused = [one for one in act.file.transfers if one.is_refused and settled < one.pk < row.pk]
        if len(refused) + 1 >= REFUSALS_BEFORE_RULING or row.state == "disputed":
            _dispute(act.case, row, at=at, answer=act.values["reason"], person=act.person)
            act.data["disputed"] = True
        else:
            Transfer.objects.filter(pk=row.pk).update(is_refused=True)
            _end(row, "refused", act, act.values["reason"])
        flag_refusals(act.case, act.person, row.to_group, at=at, occurrence=f"transfer:{row.pk}")
    return case


def _dispute(case: Case, row: Transfer, *, at: datetime, answer: str = "", person: Person | None = None) -> None:
    Transfer.objects.filter(pk=row.pk).update(
        state="disputed",
        disputed_at=row.disputed_at or at,
        is_refused=person is not None,
        answer=answer,
        answered_by=person,
    )
    if row.from_group is not None:
        liaison = liaison_of(row.from_group.domain, on=timezone.localdate(at))
        _grant(case, at=at, why="ruler", person=liaison)


def lapse_transfer(case: Case, *, at: datetime) -> bool:
    """The answer clock ran out: the liaison of the proposing domain shall rule; the receiver may still answer. True if it was so."""
    with transaction.atomic():
        locked = lock(case.pk)
        row = locked.transfers.filter(state="open", due_at__lte=at).select_related("from_group__domain").first()
        if row is None:
            return False
        _dispute(locked, row, at=at)
        _turn(locked, at=at)
        record("transfer_lapsed", locked, by=None, at=at, label=locked.code, transfer=row.pk, group=row.to_group_id)
    return True


def rule_transfer(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """指定承办: the liaison names the group that takes it, also the one that has it. It is final."""
    with _move(case, "rule_transfer", by=by, at=at, seen=seen, values=values) as act:
        row = _running(act)
        group = act.group_at("group")
        if group is None:
            raise Invalid.one("group", "required")
        if group.pk == act.case.group_id and not act.values["person"]:
            holder = act.case.accountable
        else:
            holder = _picked(act, group).person
        if group.pk != row.from_group_id:
            _keep_in_sight(act, row.from_group)
        _end(row, "ruled", act, act.values["reason"])
        if group.pk != act.case.group_id or holder.pk != act.case.accountable_id:
            _move_to_group(act, group, holder, why="ruled")
        act.data |= {"ruled_group": group.pk, "person": holder.pk}
    return case


def invite(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """邀请协诊 (联合会诊): another group, once per round, with its own clock."""
    with _move(case, "invite", by=by, at=at, seen=seen, values=values) as act:
        group = act.group_at("group")
        if group is None or group.pk == act.case.group_id:
            raise Invalid.one("group", "same_group")
        if any(one.group_id == group.pk and one.round == act.case.round for one in act.file.invitations):
            raise NotNow("invited_already", group=group.name)
        row = Invitation.objects.create(
            case=act.case, round=act.case.round, group=group, by=act.person, ask=act.values["ask"], at=at
        )
        _grant(act.case, at=at, why="invited", group=group)
        leader = leader_of(group, on=act.day)
        act.data |= {
            "invitation": row.pk,
            "key": str(row.key),
            "group": group.pk,
            "leader": leader.pk if leader else None,
        }
    return case


def _mine(act: Act) -> Invitation:
    groups = act.standing.group_ids if act.standing else frozenset()
    row = next((one for one in act.file.invitations if one.state == "invited" and one.group_id in groups), None)
    if row is None:
        raise NotNow("no_invitation_open")
    act.data |= {"invitation": row.pk, "group": row.group_id}
    return row


def _answer_invitation(act: Act, state: str, answer: str = "") -> Invitation:
    row = _mine(act)
    Invitation.objects.filter(pk=row.pk).update(state=state, answered_at=act.at, answered_by=act.person, answer=answer)
    return row


def accept_invitation(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """接受协诊 for one's group; its opinion is due from now."""
    with _move(case, "accept_invitation", by=by, at=at, seen=seen, values=values) as act:
        _answer_invitation(act, "accepted")
    return case


def decline_invitation(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """不参加协诊, with a reason. The group keeps sight of the case so that its reason can be read in context."""
    with _move(case, "decline_invitation", by=by, at=at, seen=seen, values=values) as act:
        row = _answer_invitation(act, "declined", act.values["reason"])
        flag_refusals(act.case, act.person, row.group, at=at, occurrence=f"invitation:{row.pk}")
    return case
