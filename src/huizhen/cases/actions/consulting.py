"""Examining together (把脉): accept, contact, inform the group, sessions, opinions, diagnosis, exemption."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.cases.actions.moving import Act, _moot, _move, people_of_codes
from huizhen.cases.lifecycle import Stage
from huizhen.cases.models import Attendance, Case, Cause, Contact, Diagnosis, Opinion, Round, Session
from huizhen.directory.models import Membership, Person
from huizhen.directory.queries import setting
from huizhen.lib.errors import Invalid, NotNow
from huizhen.worktime.queries import calendar


def accept(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """接诊. Stops no clock: only a logged contact does."""
    with _move(case, "accept", by=by, at=at, seen=seen, values=values) as act:
        _moot(act)
    return case


def _backdated(act: Act, name: str, *, limit: bool) -> datetime:
    """When it happened: not in the future, not before registration, and (for contacts) at most so many working days back."""
    moment = act.moment(name) or act.at
    if moment > act.at + timedelta(minutes=1):
        raise Invalid.one(name, "in_future")
    if moment < act.case.registered_at:
        raise Invalid.one(name, "before_registration")
    if limit:
        days = setting(act.case.campaign, "contact_backdate_days")
        if timezone.localdate(moment) < calendar().add_days(act.day, -days):
            raise Invalid.one(name, "too_far_back", days=days)
    return min(moment, act.at)


def log_contact(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """登记沟通: what was learned from the branch, at its stated time. Accepts a registered case implicitly; stops 首次沟通."""
    with _move(case, "log_contact", by=by, at=at, seen=seen, values=values) as act:
        moment = _backdated(act, "spoken_at", limit=True)
        row = Contact.objects.create(
            case=act.case, round=act.case.round, party="branch", by=act.person, channel=act.values["channel"],
            at=moment, logged_at=at, learned=act.values["learned"],
        )  # fmt: skip
        if act.case.stage == Stage.REGISTERED:
            _moot(act)
        act.data |= {"contact": row.pk, "moment": moment.isoformat()}
    return case


def inform_group(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """团内反馈: tell the group what was learned."""
    with _move(case, "inform_group", by=by, at=at, seen=seen, values=values) as act:
        row = Contact.objects.create(
            case=act.case,
            round=act.case.round,
            party="group",
            by=act.person,
            at=at,
            logged_at=at,
            learned=act.values["note"],
        )
        act.data |= {"contact": row.pk}
    return case


def _invite(session: Session, people: list[Person], act: Act, *, came: bool | None) -> None:
    """Set who is invited (or came). The branch's people are told apart from experts: only these count as contributors."""
    seats = Membership.objects.filter(Q(until=None) | Q(until__gt=act.day), person__in=people, since__lte=act.day)
    experts = set(seats.values_list("person_id", flat=True))
    kept = {one.person_id: one for one in session.attendances.all()}
    for person in people:
        if person.pk in kept:
            Attendance.objects.filter(pk=kept[person.pk].pk).update(came=came)
        else:
            Attendance.objects.create(session=session, person=person, came=came, is_expert=person.pk in experts)
    gone = [one.pk for key, one in kept.items() if key not in {person.pk for person in people}]
    if came is None:
        Attendance.objects.filter(pk__in=gone).delete()
    else:
        Attendance.objects.filter(pk__in=gone).update(came=False)


def plan_session(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """约会诊: time, place or link, people. Stops no clock; a held session does."""
    with _move(case, "plan_session", by=by, at=at, seen=seen, values=values) as act:
        starts = _agreed(act, act.values["mode"])
        people = people_of_codes(act.values["people"], "people")
        session = Session.objects.create(
            case=act.case, round=act.case.round, mode=act.values["mode"], place=act.values["place"], link=act.values["link"],
            starts_at=starts, ends_at=starts + timedelta(minutes=act.values["minutes"]), by=act.person, logged_at=at,
        )  # fmt: skip
        _invite(session, people, act, came=None)
        act.data |= {"session": session.pk, "moment": starts.isoformat(), "people": [one.pk for one in people]}
    return case


def _agreed(act: Act, mode: str) -> datetime:
    """When a session is to begin, and that people can come to it; Invalid names what is missing."""
    starts = act.moment("starts_at")
    if starts is None or starts < act.case.registered_at:
        raise Invalid.one("starts_at", "before_registration")
    if mode == "on_site" and not act.values["place"]:
        raise Invalid.one("place", "place_needed")
    if act.values["link"] and not act.values["link"].lower().startswith(("http://", "https://")):
        raise Invalid.one("link", "not_a_link")
    return starts


def reschedule_session(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """改期: a planned session gets another time, place or link; who was asked stays asked, and calendars see a higher SEQUENCE."""
    with _move(case, "reschedule_session", by=by, at=at, seen=seen, values=values) as act:
        session = _planned(act, act.values["session"])
        starts = _agreed(act, session.mode)
        Session.objects.filter(pk=session.pk).update(
            starts_at=starts, ends_at=starts + timedelta(minutes=act.values["minutes"]), place=act.values["place"],
            link=act.values["link"], sequence=session.sequence + 1, logged_at=at,
        )  # fmt: skip
        act.data |= {"session": session.pk, "moment": starts.isoformat(), "before": session.starts_at.isoformat()}
    return case


def _planned(act: Act, key: str) -> Session:
    found = next((one for one in act.file.sessions if str(one.key) == key), None)
    if found is None:
        raise Invalid.one("session", "not_found", given=key[:40])
    if found.state != "planned":
        raise NotNow("session_is_over", state=found.state)
    return found


def cancel_session(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """取消会诊; calendars are told by a higher SEQUENCE."""
    with _move(case, "cancel_session", by=by, at=at, seen=seen, values=values) as act:
        session = _planned(act, act.values["session"])
        Session.objects.filter(pk=session.pk).update(
            state="cancelled", sequence=session.sequence + 1, cancel_reason=act.values["reason"], logged_at=at
        )
        act.data |= {"session": session.pk}
    return case


def hold_session(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """登记会诊: a session took place, with attendance and minutes. Stops 会诊."""
    with _move(case, "hold_session", by=by, at=at, seen=seen, values=values) as act:
        held = _backdated(act, "held_at", limit=False)
        people = people_of_codes(act.values["people"], "people")
        if {one.pk for one in people} <= {act.person.pk}:
            raise Invalid.one("people", "nobody_else")
        if act.values["session"]:
            session = _planned(act, act.values["session"])
            if session.starts_at > act.at + timedelta(minutes=30):
                raise Invalid.one("session", "session_not_begun", starts=session.starts_at)
            length = session.ends_at - session.starts_at
        else:
            session, length = Session(case=act.case, round=act.case.round, by=act.person), timedelta(hours=1)
        session.state, session.mode, session.place = "held", act.values["mode"], act.values["place"] or session.place
        session.starts_at, session.ends_at = held, held + length
        session.record, session.logged_at, session.sequence = act.values["record"], at, session.sequence + 1
        session.save()
        _invite(session, people, act, came=True)
        act.data |= {"session": session.pk, "moment": held.isoformat(), "people": [one.pk for one in people]}
    return case


def sign_opinion(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """签署意见, possibly 保留意见. Answers the invitation of the signer's group."""
    with _move(case, "sign_opinion", by=by, at=at, seen=seen, values=values) as act:
        groups = act.standing.group_ids if act.standing else frozenset()
        invitation = next(
            (one for one in act.file.invitations if one.group_id in groups and one.state == "accepted"), None
        )
        group_id = (
            invitation.group_id
            if invitation
            else (act.case.group_id if act.case.group_id in groups else next(iter(groups), None))
        )
        row = Opinion.objects.create(
            case=act.case, round=act.case.round, person=act.person, group_id=group_id,
            text=act.values["text"], is_dissent=act.values["dissent"], at=at,
        )  # fmt: skip
        if invitation is not None:
            invitation.state, invitation.signed_at = "signed", at
            invitation.save(update_fields=["state", "signed_at"])
        act.data |= {"opinion": row.pk, "dissent": row.is_dissent, "invitation": invitation.pk if invitation else None}
    return case


def diagnose(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """诊断: findings and root causes, each with its place in the chain 省–市–县–班组. A later one replaces it."""
    with _move(case, "diagnose", by=by, at=at, seen=seen, values=values) as act:
        row = Diagnosis.objects.create(
            case=act.case, round=act.case.round, by=act.person, at=at, findings=act.values["findings"]
        )
        Cause.objects.bulk_create(
            Cause(diagnosis=row, number=number, text=one["text"], evidence=one["evidence"], chain=one["chain"])
            for number, one in enumerate(act.values["causes"], 1)
        )
        act.data |= {"diagnosis": row.pk, "causes": len(act.values["causes"])}
    return case


def exempt(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """The leader allows a prescription by a single expert, with a reason (集体会诊的例外)."""
    with _move(case, "exempt", by=by, at=at, seen=seen, values=values) as act:
        Round.objects.filter(pk=act.file.round.pk).update(
            exempted_by=act.person, exempted_at=at, exemption=act.values["reason"]
        )
    return case
