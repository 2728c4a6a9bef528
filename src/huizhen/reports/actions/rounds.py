"""Every write of 查房: stamping cases, taking a stamp back, suggesting, answering, reminding. Texts stay in the rows, the journal holds ids."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.cases.models import Case
from huizhen.cases.policy import visible
from huizhen.directory.models import Group, Person
from huizhen.directory.queries import Standing, standing
from huizhen.journal.actions import record
from huizhen.lib.errors import Invalid, NotAllowed, NotNow, NotVisible
from huizhen.lib.text import clean
from huizhen.lib.zh import mask_personal
from huizhen.reports.choices import Addressee, SuggestionState
from huizhen.reports.models import RoundReminder, Suggestion, WardRound
from huizhen.reports.policy.rounds import answers, get_suggestion, withdraws
from huizhen.reports.queries.rounds import Period, addressees, leader_ids, unvisited

LONGEST_COMMENT = 300
LONGEST = 1000
SHORTEST = 5
MOST = 200
"""Cases in one act."""
TAKE_BACK = timedelta(minutes=10)


def make_round(cases: Iterable[Case], *, by: User, at: datetime, comment: str = "") -> list[WardRound]:
    """查房: stamp these cases at once, with the same comment or none. Personal numbers in it are masked.

    The same words on the same case by the same person on the same day are one stamp: a double click finds the first one. Cases that
    ended meanwhile are passed over unless all have. Side effects: journal `round_made` for each case. NotVisible: a case she does not
    see. NotAllowed: of a group she does not lead. NotNow: all have ended. Invalid: none, too many, comment.
    """
    wanted = sorted({case.pk: case.code for case in cases}.items())
    with transaction.atomic():
        who, locked = _standing(by, at), _locked([pk for pk, _code in wanted])
        _need_seen(who, wanted)
        if not who.led_group_ids or any(case.group_id not in who.led_group_ids for case in locked):
            raise NotAllowed("round_of_leader")
        if not 0 < len(wanted) <= MOST:
            raise Invalid.one("case", "too_many" if wanted else "round_of_nothing", max=MOST)
        still = [case for case in locked if case.is_open]
        if not still or who.person is None:
            raise NotNow("round_closed", code=wanted[0][1])
        words = _words(comment, "comment", LONGEST_COMMENT, shortest=0)
        known = {one.case_id: one for one in _same(still, who.person, words, at)}
        batch, made = uuid.uuid4(), []
        for case in still:
            made.append(known.get(case.pk) or _stamp(case, who, batch, by=by, at=at, words=words))
        return made


def take_back_round(batch: UUID, *, by: User, at: datetime) -> list[WardRound]:
    """Take back all stamps of one act of her own, within some minutes; nothing is left to take back: nothing happens.

    Side effects: journal `round_taken_back` for each case. NotVisible: no act of hers. NotNow: too long ago.
    """
    with transaction.atomic():
        who = _standing(by, at)
        hers = WardRound.objects.filter(batch=batch, by=who.person)
        _locked(list(hers.values_list("case_id", flat=True)))
        rows = list(hers.select_related("case").order_by("case_id"))
        if who.person is None or not rows:
            raise NotVisible("round_unknown")
        if at - rows[0].at > TAKE_BACK:
            raise NotNow("round_is_old", minutes=TAKE_BACK // timedelta(minutes=1))
        standing_ones = [one for one in rows if one.taken_back_at is None]
        hers.filter(taken_back_at=None).update(taken_back_at=at)
        for one in standing_ones:
            record("round_taken_back", one.case, by=by, at=at, label=one.case.code, round=one.pk)
        return standing_ones


def suggest(
    group: Group,
    *,
    by: User,
    at: datetime,
    to: str,
    text: str,
    case: Case | None = None,
    key: UUID | None = None,
) -> Suggestion:
    """A leader suggests something about a case of her group, or about its work. The same `key` again is the same suggestion.

    Side effects: journal `suggested`, on the case if there is one. NotVisible: a case she does not see. NotAllowed: not her group.
    NotNow: the case has ended, or the key is somebody else's. Invalid: to, text.
    """
    with transaction.atomic():
        who = _standing(by, at)
        if case is not None:
            case = next(iter(_locked([case.pk])))
            _need_seen(who, [(case.pk, case.code)])
        else:
            Group.objects.select_for_update().get(pk=group.pk)
        if group.pk not in who.led_group_ids or (case is not None and case.group_id != group.pk) or who.person is None:
            raise NotAllowed("round_of_leader")
        if key is not None and (known := Suggestion.objects.filter(key=key).first()):
            if known.by_id != who.person.pk:
                raise NotNow("suggestion_key_taken")
            return known
        if case is not None and not case.is_open:
            raise NotNow("round_closed", code=case.code)
        if to not in Addressee.values:
            raise Invalid.one("to", "invalid_choice")
        if to == Addressee.REQUESTER and case is None:
            raise Invalid.one("to", "suggestion_needs_case")
        words = _words(text, "text", LONGEST, shortest=SHORTEST)
        made = Suggestion.objects.create(
            key=key or uuid.uuid4(), case=case, group=group, by=who.person, at=at, to=to, text=words
        )
        _tell("suggested", made, who, by=by, at=at, persons=addressees(made, on=timezone.localdate(at)), to=to)
        return made


def answer_suggestion(suggestion: Suggestion, *, by: User, at: datetime, decision: str, answer: str = "") -> Suggestion:
    """Adopted, or not with the reason; `decision` is one of the two states.

    Side effects: journal `suggestion_answered`. NotVisible, NotAllowed: not hers to answer. NotNow: answered or withdrawn already.
    Invalid: decision, answer.
    """
    with transaction.atomic():
        who, row = _open_one(suggestion, by=by, at=at, may=answers)
        if decision not in (SuggestionState.ADOPTED, SuggestionState.NOT_ADOPTED):
            raise Invalid.one("decision", "invalid_choice")
        least = 2 if decision == SuggestionState.NOT_ADOPTED else 0
        row.answer = _words(answer, "answer", LONGEST, shortest=least)
        row.state, row.answered_by, row.answered_at = decision, who.person, at
        row.save(update_fields=["state", "answer", "answered_by", "answered_at"])
        told = {row.by_id, *leader_ids([row.group_id], on=timezone.localdate(at)).values()}
        _tell("suggestion_answered", row, who, by=by, at=at, persons=sorted(told), decision=decision)
        return row


def withdraw_suggestion(suggestion: Suggestion, *, by: User, at: datetime) -> Suggestion:
    """The leader takes a suggestion back that nobody has answered; it stays to be read as withdrawn.

    Side effects: journal `suggestion_withdrawn`. NotVisible, NotAllowed: not hers. NotNow: answered or withdrawn already.
    """
    with transaction.atomic():
        who, row = _open_one(suggestion, by=by, at=at, may=withdraws)
        row.state, row.answered_at = SuggestionState.WITHDRAWN, at
        row.save(update_fields=["state", "answered_at"])
        _tell("suggestion_withdrawn", row, who, by=by, at=at, persons=addressees(row, on=timezone.localdate(at)))
        return row


def remind_leader(group: Group, period: Period, *, at: datetime) -> bool:
    """Tell the leader that a period ends with cases unvisited; once for each group and period, whoever asks how often.

    Side effects: the reminder's row; journal `rounds_due`. False: reminded already, or nothing is left to visit.
    """
    with transaction.atomic():
        Group.objects.select_for_update().get(pk=group.pk)
        left = unvisited([group.pk], period).get(group.pk, 0)
        if not left or not RoundReminder.objects.get_or_create(group=group, since=period.since, defaults={"at": at})[1]:
            return False
        record(
            "rounds_due", group, by=None, at=at, label=group.name,
            groups=[group.pk], number=left, since=period.since, until=period.until,
        )  # fmt: skip
        return True


# ── beneath ──


def _standing(by: User, at: datetime) -> Standing:
    return standing(by, on=timezone.localdate(at))


def _locked(keys: Sequence[int]) -> list[Case]:
    """The cases in the order of their ids, ours until the transaction ends."""
    return list(Case.objects.select_for_update(of=("self",)).select_related("group").filter(pk__in=keys).order_by("pk"))


def _need_seen(who: Standing, wanted: Sequence[tuple[int, str]]) -> None:
    seen = set(visible(who).filter(pk__in=[pk for pk, _code in wanted]).values_list("pk", flat=True))
    for pk, code in wanted:
        if pk not in seen:
            raise NotVisible("case_unknown", code=code)


def _same(cases: Sequence[Case], person: Person, words: str, at: datetime) -> Iterable[WardRound]:
    """Stamps of the same day that say the same."""
    morning = timezone.make_aware(datetime.combine(timezone.localdate(at), time.min))
    rows = WardRound.objects.filter(case__in=cases, by=person, comment=words, taken_back_at=None)
    return rows.filter(at__gte=morning, at__lte=at)


def _stamp(case: Case, who: Standing, batch: UUID, *, by: User, at: datetime, words: str) -> WardRound:
    """One row with its entry. The person accountable hears of it when something was said."""
    made = WardRound(batch=batch, case=case, at=at, comment=words)
    made.group, made.by = case.group, who.person  # type: ignore[assignment]
    made.save(force_insert=True)
    persons = [case.accountable_id] if words else []
    record(
        "round_made", case, by=by, at=at, label=case.code, on_behalf_of=_lender(who, case.group_id), round=made.pk,
        persons=persons,
    )  # fmt: skip
    return made


def _words(text: str, name: str, longest: int, *, shortest: int) -> str:
    """Cleaned, personal numbers masked, of a fitting length; `shortest` 0: may be empty."""
    words = mask_personal(clean(text, lines=True))[0]
    if len(words) < shortest:
        raise Invalid.one(name, "too_short" if words else "required", min=shortest, length=len(words))
    if len(words) > longest:
        raise Invalid.one(name, "too_long", max=longest, length=len(words))
    return words


def _lender(who: Standing, group_id: int | None) -> str:
    return who.lender_name(lambda one: group_id in one.led_group_ids)


def _open_one(suggestion: Suggestion, *, by: User, at: datetime, may: Any) -> tuple[Standing, Suggestion]:
    """The row, locked after its case, when it is hers and still open."""
    who = _standing(by, at)
    if suggestion.case_id is not None:
        _locked([suggestion.case_id])
    row = get_suggestion(who, suggestion.key)
    Suggestion.objects.select_for_update().filter(pk=row.pk).values_list("pk").get()
    row.refresh_from_db(fields=["state"])
    if not may(who, row):
        raise NotAllowed("suggestion_of_others")
    if row.state != SuggestionState.OPEN:
        raise NotNow("suggestion_settled", state=row.get_state_display())
    return who, row


def _tell(
    verb: str, row: Suggestion, who: Standing, *, by: User, at: datetime, persons: Sequence[int], **more: str
) -> None:
    """One entry, in the story of the case if there is one."""
    label = row.case.code if row.case else row.group.name
    lender = who.lender_name(lambda one: answers(one, row) if verb == "suggestion_answered" else withdraws(one, row))
    record(
        verb, row.case or row, by=by, at=at, label=label, on_behalf_of=lender, suggestion=row.pk, group=row.group_id,
        persons=list(persons), **more,
    )  # fmt: skip
