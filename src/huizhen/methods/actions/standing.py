"""推广, 退役, 恢复, 仍然有效: what is decided about a published method as a whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.directory.choices import SETTINGS
from huizhen.directory.models import Person
from huizhen.directory.queries import Standing, current_campaign, setting, standing
from huizhen.journal.actions import record
from huizhen.lib.errors import Invalid, NotAllowed, NotNow, NotVisible, StaleWrite
from huizhen.lib.text import clean
from huizhen.lib.zh import mask_personal
from huizhen.methods.actions.moving import label_of
from huizhen.methods.actions.weighing import weigh
from huizhen.methods.choices import DecisionKind, Use
from huizhen.methods.lifecycle import MOVES, Evidence
from huizhen.methods.models import Adoption, Decision, Method
from huizhen.methods.policy import roles_on, visible

LONGEST = 300


def _open(
    method: Method, name: str, *, by: User, at: datetime, seen: int | None
) -> tuple[Method, Standing, Person, frozenset[str]]:
    """The locked method and who acts. NotVisible, NotAllowed, NotNow and StaleWrite in this order."""
    who = standing(by, on=timezone.localdate(at))
    locked = Method.objects.select_for_update().select_related("domain").filter(pk=method.pk).first()
    if locked is None or who.person is None or not visible(who).filter(pk=locked.pk).exists():
        raise NotVisible("method_unknown", code=method.code)
    roles = roles_on(who, locked)
    if not MOVES[name].roles & roles:
        raise NotAllowed("method_not_yours")
    if locked.evidence not in MOVES[name].evidence:
        raise NotNow(f"method_{name}", code=locked.code)
    if seen is not None and seen != locked.version:
        raise StaleWrite("method_changed", code=locked.code)
    return locked, who, who.person, roles


def _words(reason: str, *, required: bool) -> str:
    words = mask_personal(clean(reason))[0]
    if required and len(words) < 2:
        raise Invalid.one("reason", "required")
    if len(words) > LONGEST:
        raise Invalid.one("reason", "too_long", max=LONGEST, length=len(words))
    return words


def _decide(
    method: Method,
    kind: DecisionKind,
    *,
    by: User,
    at: datetime,
    seen: int | None,
    reason: str,
    required: bool,
    **columns: Any,
) -> Method:
    with transaction.atomic():
        locked, who, person, _roles = _open(method, kind, by=by, at=at, seen=seen)
        words = _words(reason, required=required)
        Decision.objects.create(method=locked, kind=kind, by=person, at=at, reason=words, before=locked.evidence)
        Method.objects.filter(pk=locked.pk).update(version=F("version") + 1, **columns)
        record(
            f"method_{_VERBS[kind]}", locked, by=by, at=at, label=label_of(locked),
            on_behalf_of=who.lender_name(lambda one: bool(MOVES[kind].roles & roles_on(one, locked))),
            domain=locked.domain_id, person=locked.owner_id, branch=_concerned(locked),
        )  # fmt: skip
        weigh(locked, at=at)
    method.refresh_from_db()
    return method


def _concerned(method: Method) -> list[int]:
    """The branch it came from, and those that try it now."""
    trying = Adoption.objects.filter(method=method, use=Use.WAITING).values_list("branch_id", flat=True)
    return sorted({*trying, *([method.first_branch_id] if method.first_branch_id else [])})


_VERBS = {
    DecisionKind.PROMOTE: "promoted", DecisionKind.RETIRE: "retired", DecisionKind.REVIVE: "revived",
    DecisionKind.CONFIRM: "confirmed",
}  # fmt: skip


def enough_reuses() -> int:
    """So many effective reuses let a method be promoted without a reason."""
    campaign = current_campaign()
    return setting(campaign, "promotion_reuses") if campaign else SETTINGS["promotion_reuses"].default


def promote(method: Method, *, by: User, at: datetime, reason: str = "", seen: int | None = None) -> Method:
    """推广 by head office: after enough effective reuses, or with a reason before that.

    Side effects: a Decision; journal `method_promoted`. NotAllowed: not head office. NotNow: not 已验证. Invalid: reason.
    """
    fresh = Method.objects.filter(pk=method.pk).values_list("effective_reuses", flat=True).first() or 0
    return _decide(
        method, DecisionKind.PROMOTE, by=by, at=at, seen=seen, reason=reason, required=fresh < enough_reuses(),
        evidence=Evidence.PROMOTED,
    )  # fmt: skip


def retire(method: Method, *, by: User, at: datetime, reason: str, seen: int | None = None) -> Method:
    """退役 by a reviewer of the domain or head office: stays readable, is offered to nobody and cannot be cited any more.

    Side effects: a Decision; journal `method_retired`. Open trials stay and may still be told; a version being written stays with its
    authors, who may discard it, and goes on its way once the method is revived.
    """
    return _decide(
        method, DecisionKind.RETIRE, by=by, at=at, seen=seen, reason=reason, required=True,
        evidence=Evidence.RETIRED, needs_review_since=None,
    )  # fmt: skip


def revive(method: Method, *, by: User, at: datetime, reason: str, seen: int | None = None) -> Method:
    """恢复 of a retired one: back to the evidence it had.

    Side effects: a Decision; journal `method_revived`; counts as looked at.
    """
    last = Decision.objects.filter(method=method, kind=DecisionKind.RETIRE).order_by("-at", "-pk").first()
    return _decide(
        method, DecisionKind.REVIVE, by=by, at=at, seen=seen, reason=reason, required=True,
        evidence=last.before if last else Evidence.REVIEWED, looked_at=at,
    )  # fmt: skip


def confirm(method: Method, *, by: User, at: datetime, reason: str = "", seen: int | None = None) -> Method:
    """仍然有效: looked at again and still sound. Ends the wish for another review; counts as one.

    Side effects: a Decision; journal `method_confirmed`.
    """
    return _decide(
        method, DecisionKind.CONFIRM, by=by, at=at, seen=seen, reason=reason, required=False,
        looked_at=at, needs_review_since=None,
    )  # fmt: skip
