"""Being heard: complaints with an independent handler, support asked of a unit, contacts the branch denies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from huizhen.accounts.models import User
from huizhen.cases.actions.moving import Act, _grant, _move
from huizhen.cases.actions.waiting import asked
from huizhen.cases.choices import AskKind
from huizhen.cases.models import Ask, Case, Contact
from huizhen.cases.policy import is_independent
from huizhen.cases.queries.needs import deniable
from huizhen.directory.choices import PostingRole
from huizhen.directory.models import Person, Posting, Unit
from huizhen.directory.queries import liaison_of, standing_of_person
from huizhen.lib.errors import Invalid, NotNow


def complain(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """投诉: given to somebody who had no hand in the case, who sees it from now on; the answer goes back to the branch.

    It has its own clock, which the end of the case does not end.
    """
    with _move(case, "complain", by=by, at=at, seen=seen, values=values) as act:
        handler = _independent_handler(act)
        row = Ask.objects.create(
            case=act.case, kind=AskKind.COMPLAINT, handler=handler, by=act.person, at=at, text=act.values["text"]
        )
        _grant(act.case, at=at, why="complaint_handler", person=handler)
        act.data |= {"ask": row.pk, "key": str(row.key), "person": handler.pk if handler else None}
    return case


def _independent_handler(act: Act) -> Person | None:
    """The liaison of the domain if she had no hand in the case, else somebody of head office who had none."""
    case = act.case
    candidates = [liaison_of(case.domain, on=act.day)] if case.domain is not None else []
    posts = Posting.objects.filter(role=PostingRole.COORDINATOR, until=None, since__lte=act.day)
    candidates += [one.person for one in posts.select_related("person").order_by("since", "pk")]
    for person in candidates:
        if person is not None and is_independent(standing_of_person(person, on=act.day), case):
            return person
    return None


def answer_complaint(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """答复投诉 by the independent handler. Nothing else changes: what follows from it is done by ordinary moves."""
    with _move(case, "answer_complaint", by=by, at=at, seen=seen, values=values) as act:
        row = asked(act, act.file.complaints)
        Ask.objects.filter(pk=row.pk).update(answer=act.values["text"], answered_by=act.person, answered_at=at)
        act.data |= {"ask": row.pk, "person": row.by_id}
    return case


def ask_support(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """请求支撑: travel, data, access or time, asked of a unit (by default the asker's own). Its clerk sees the case from now on."""
    with _move(case, "ask_support", by=by, at=at, seen=seen, values=values) as act:
        unit = _asked_unit(act)
        row = Ask.objects.create(
            case=act.case, kind=AskKind.SUPPORT, topic=act.values["topic"], unit=unit, by=act.person, at=at,
            text=act.values["text"],
        )  # fmt: skip
        _grant(act.case, at=at, why="supporter", unit=unit)
        act.data |= {"ask": row.pk, "key": str(row.key), "unit": unit.pk, "topic": row.topic}
    return case


def _asked_unit(act: Act) -> Unit:
    """The unit named, else the asker's, else the branch's. Invalid: unknown, or nobody there who could answer."""
    code = act.values["asked_unit"]
    unit = Unit.objects.filter(code=code).first() if code else (act.person.unit or act.case.unit)
    if unit is None:
        raise Invalid.one("asked_unit", "not_found", given=code[:40])
    clerks = Posting.objects.filter(role=PostingRole.CLERK, unit=unit, until=None, since__lte=act.day)
    if not clerks.exists():
        raise Invalid.one("asked_unit", "unit_without_clerk", name=unit.name)
    return unit


def answer_support(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """答复支撑: granted or not, with words, by the clerk of the asked unit."""
    with _move(case, "answer_support", by=by, at=at, seen=seen, values=values) as act:
        row = asked(act, act.file.supports)
        mine = act.standing.unit_ids if act.standing else frozenset()
        if row.unit_id not in mine and not (act.standing and act.standing.is_coordinator):
            raise Invalid.one("ask", "not_found", given=act.values["ask"][:40])
        granted = act.values["decision"] == "grant"
        Ask.objects.filter(pk=row.pk).update(
            answer=act.values["text"], answered_by=act.person, answered_at=at, is_granted=granted
        )
        act.data |= {"ask": row.pk, "person": row.by_id, "unit": row.unit_id, "granted": granted}
    return case


def deny_contact(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """没有联系过: the branch answers to a logged contact that there was none. It counts for no clock any more; the leader is told."""
    with _move(case, "deny_contact", by=by, at=at, seen=seen, values=values) as act:
        row = next((one for one in act.file.contacts if str(one.key) == act.values["contact"]), None)
        if row is None or row.party != "branch":
            raise Invalid.one("contact", "not_found", given=act.values["contact"][:40])
        if row not in deniable(act.file, at=at):
            raise NotNow("contact_is_denied" if row.denied_at else "too_late_to_deny")
        Contact.objects.filter(pk=row.pk).update(denied_at=at, denied_by=act.person, denial=act.values["text"])
        act.data |= {"contact": row.pk, "person": row.by_id}
    return case
