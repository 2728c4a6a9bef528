"""Handing over many cases at once: composed from the moves, one transaction for each case, so that one's trouble keeps no other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.cases.actions.holding import accept_transfer, propose_transfer, refuse_transfer
from huizhen.cases.models import Case, Transfer
from huizhen.cases.policy import get_visible
from huizhen.directory.models import Membership, Person
from huizhen.directory.queries import Standing, standing
from huizhen.lib.errors import NotNow, Refusal


@dataclass(frozen=True)
class Outcome:
    """Codes of the cases that went, and of those that did not, each with its refusal."""

    done: tuple[str, ...]
    failed: tuple[tuple[str, Refusal], ...]


def propose_handover(
    person: Person, *, receivers: Mapping[str, Person], reason: str, by: User, at: datetime
) -> Outcome:
    """Propose each case (by its code) to its receiver. Until she accepts, the holder stays accountable. Twice is once."""
    who = standing(by, on=timezone.localdate(at))
    return _each(receivers, lambda code: _propose(who, code, person, receivers[code], reason, by, at))


def _propose(who: Standing, code: str, holder: Person, receiver: Person, reason: str, by: User, at: datetime) -> None:
    case = get_visible(who, code)
    if case.accountable_id != holder.pk:
        raise NotNow("holder_changed", name=case.accountable.name)
    running = case.transfers.filter(state__in=["open", "disputed"]).first()
    if running is not None and running.to_person_id == receiver.pk:
        return
    values: dict[str, Any] = {"person": receiver.code, "reason": reason}
    if case.group is not None and _sits(receiver, case):
        values["group"] = case.group.code
    propose_transfer(case, by=by, at=at, **values)


def _sits(person: Person, case: Case) -> bool:
    return Membership.objects.filter(person=person, group=case.group_id, until=None).exists()


def accept_handover(codes: Iterable[str], *, by: User, at: datetime) -> Outcome:
    """Accept the transfers of these cases. Twice is once."""
    who = standing(by, on=timezone.localdate(at))

    def accept(code: str) -> None:
        case = get_visible(who, code)
        if _answered(case, "accepted", who):
            return
        accept_transfer(case, by=by, at=at)

    return _each(codes, accept)


def refuse_handover(codes: Iterable[str], *, reason: str, by: User, at: datetime) -> Outcome:
    """Refuse the transfers of these cases, with one reason. Twice is once."""
    who = standing(by, on=timezone.localdate(at))

    def refuse(code: str) -> None:
        case = get_visible(who, code)
        if _answered(case, "refused", who):
            return
        refuse_transfer(case, by=by, at=at, reason=reason)

    return _each(codes, refuse)


def _answered(case: Case, state: str, who: Standing) -> bool:
    """Nothing is open, and the last transfer was answered so by her."""
    last: Transfer | None = case.transfers.order_by("-pk").first()
    mine = who.person.pk if who.person else None
    return last is not None and last.state == state and last.answered_by_id == mine


def _each(codes: Iterable[str], act) -> Outcome:  # type: ignore[no-untyped-def]
    done: list[str] = []
    failed: list[tuple[str, Refusal]] = []
    for code in codes:
        try:
            act(code)
        except Refusal as no:
            failed.append((code, no))
        else:
            done.append(code)
    return Outcome(tuple(done), tuple(failed))
