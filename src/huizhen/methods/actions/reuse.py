"""A branch uses a method again: what it says of one cited in its case, trying one without a case, and what came of it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.cases.models import Case
from huizhen.cases.policy import sees
from huizhen.directory.choices import SETTINGS
from huizhen.directory.models import Branch
from huizhen.directory.queries import Standing, current_campaign, setting, standing
from huizhen.journal.actions import record
from huizhen.lib.errors import Fault, Invalid, NotAllowed, NotNow, NotVisible
from huizhen.lib.text import clean
from huizhen.lib.zh import mask_personal
from huizhen.methods.actions.moving import label_of
from huizhen.methods.actions.weighing import weigh
from huizhen.methods.choices import Better, Use
from huizhen.methods.lifecycle import PUBLISHED, Evidence, VersionState
from huizhen.methods.models import Adoption, Citation, Method, MethodVersion
from huizhen.methods.policy import visible
from huizhen.worktime.queries import calendar

LIMITS = {"note": 200, "why": 200, "indicator": 40, "indicator_unit": 12, "period": 60, "result": 1000, "evidence": 500}
AT_ONCE = timedelta(days=1)
"""A result told sooner after the trial began has to say when it was measured."""
OUTCOMES = (Use.SOLVED, Use.PARTLY, Use.NO_USE)
_TROUBLE = re.compile(
    r"(?:投诉|故障|掉线|掉话|退单|差评|离网|拆机|丢包|差错|超时|积压|断站|断缆|返工)(?:率|量|数|次数|件数|户数|单量|工单|工单量)?$"
)
"""Indicators of which nobody wants more, whatever a branch says."""
_LARGEST = Decimal(10) ** 12
_DIGITS = Decimal("0.0001")


def _seen(method: Method, who: Standing) -> Method:
    """The method, locked. NotVisible when the actor may not know it."""
    locked = Method.objects.select_for_update().filter(pk=method.pk).first()
    if locked is None or who.person is None or not visible(who).filter(pk=locked.pk).exists():
        raise NotVisible("method_unknown", code=method.code)
    return locked


def _line(faults: dict[str, list[Fault]], name: str, text: str, *, lines: bool = False) -> str:
    words = mask_personal(clean(text, lines=lines))[0]
    if len(words) > LIMITS[name]:
        faults[name] = [Fault("too_long", {"max": LIMITS[name], "length": len(words)})]
    return words


def _outcome(faults: dict[str, list[Fault]], use: str) -> str:
    if use not in OUTCOMES:
        faults["use"] = [Fault("required" if not use else "not_offered", {"options": [str(one) for one in OUTCOMES]})]
    return use


def say_use(method: Method, case: Case, *, by: User, at: datetime, use: str, note: str = "") -> bool:
    """解决了, 部分解决, 没有用: the branch's word on a method that its case's prescription cites. The last word stands.

    Returns whether anything changed: a second click says the same and writes nothing. Side effects: the citations of the case; `weigh`;
    journal `use_said`. NotVisible: she does not see the case or the method. NotAllowed: another branch's. NotNow: not cited any more.
    """
    who = standing(by, on=timezone.localdate(at))
    with transaction.atomic():
        if not sees(who, case.pk):
            raise NotVisible("case_unknown", code=case.code)
        held = Case.objects.select_for_update().get(pk=case.pk)
        locked = _seen(method, who)
        if held.branch_id not in who.branch_ids or who.person is None:
            raise NotAllowed("use_of_branch")
        rows = Citation.objects.filter(method=locked, case=held, is_current=True)
        before = rows.first()
        if before is None:
            raise NotNow("not_cited", code=locked.code)
        faults: dict[str, list[Fault]] = {}
        use, note = _outcome(faults, use), _line(faults, "note", note)
        if faults:
            raise Invalid(faults)
        if (before.use, before.note) == (use, note):
            return False
        rows.update(use=use, note=note, used_by=who.person, used_at=at)
        record(
            "use_said", locked, by=by, at=at, label=label_of(locked), on_behalf_of=_lender(who, held.branch_id),
            use=use, case=held.pk, branch=held.branch_id, person=locked.owner_id,
        )  # fmt: skip
        weigh(locked, at=at)
    method.refresh_from_db()
    return True


def _lender(who: Standing, branch_id: int) -> str:
    return who.lender_name(lambda one: branch_id in one.branch_ids)


def adopt(method: Method, branch: Branch, *, by: User, at: datetime, why: str = "") -> Adoption:
    """在本支部试用: a branch tries a published method without a case. One open trial per method and branch.

    Side effects: an Adoption, to be reminded of after 30 working days (setting); the method is looked at; journal `method_adopted`.
    NotAllowed: not of this branch. NotNow: not published, branch dissolved, or a trial is open already. Invalid: `why` too long.
    """
    who = standing(by, on=timezone.localdate(at))
    with transaction.atomic():
        locked = _seen(method, who)
        if branch.pk not in who.branch_ids or who.person is None:
            raise NotAllowed("adopt_for_branch")
        if locked.evidence not in PUBLISHED:
            raise NotNow("method_not_offered", code=locked.code)
        if branch.until and branch.until <= timezone.localdate(at):
            raise NotNow("branch_dissolved", name=branch.name)
        if Adoption.objects.filter(method=locked, branch=branch, use=Use.WAITING).exists():
            raise NotNow("trial_open", code=locked.code)
        faults: dict[str, list[Fault]] = {}
        why = _line(faults, "why", why)
        if faults:
            raise Invalid(faults)
        number = MethodVersion.objects.get(method=locked, state=VersionState.PUBLISHED).number
        row = Adoption.objects.create(
            method=locked, number=number, branch=branch, unit_id=branch.unit_id, by=who.person, at=at, why=why,
            remind_at=_remind_at(at),
        )  # fmt: skip
        Method.objects.filter(pk=locked.pk).update(looked_at=at, needs_review_since=None, version=F("version") + 1)
        record(
            "method_adopted", locked, by=by, at=at, label=label_of(locked), on_behalf_of=_lender(who, branch.pk),
            adoption=row.pk, branch=branch.pk, person=locked.owner_id,
        )  # fmt: skip
        weigh(locked, at=at)
    method.refresh_from_db()
    return row


def _remind_at(at: datetime) -> datetime:
    campaign = current_campaign()
    days = setting(campaign, "trial_days") if campaign else SETTINGS["trial_days"].default
    sums = calendar()
    return sums.first_moment(sums.add_days(timezone.localdate(at), days))


def tell_result(
    adoption: Adoption,
    *,
    by: User,
    at: datetime,
    use: str,
    result: str = "",
    indicator: str = "",
    indicator_unit: str = "",
    before: Decimal | None = None,
    after: Decimal | None = None,
    better: str = "",
    period: str = "",
    evidence: str = "",
) -> Adoption:
    """What came of a trial; told again, the last one stands. Effective: it helped, a number went the better way, there is evidence.

    Which way is better: as the method's own number or the aim of its source case goes for the same indicator; fewer of what nobody
    wants; else as `better` says. A measured success of the very day has to say its `period`.

    Side effects: ends the reminder; `weigh`; journal `adoption_told`; the first effective trial of another branch than the first makes a
    reviewed method 已验证, with journal `method_verified`. NotAllowed: another branch's trial. Invalid: no outcome, no result, half of
    the numbers, numbers that contradict the outcome, a direction nobody knows, no period where one is asked for, texts too long.
    """
    who = standing(by, on=timezone.localdate(at))
    with transaction.atomic():
        locked = _seen(adoption.method, who)
        row = Adoption.objects.select_for_update().get(pk=adoption.pk)
        if row.branch_id not in who.branch_ids or who.person is None:
            raise NotAllowed("adopt_for_branch")
        faults: dict[str, list[Fault]] = {}
        told: dict[str, Any] = {
            "use": _outcome(faults, use),
            "result": _line(faults, "result", result, lines=True),
            "indicator": _line(faults, "indicator", indicator),
            "indicator_unit": _line(faults, "indicator_unit", indicator_unit),
            "before": _number(faults, "before", before),
            "after": _number(faults, "after", after),
            "better": better if better in Better.values else "",
            "period": _line(faults, "period", period),
            "evidence": _line(faults, "evidence", evidence, lines=True),
        }
        if len(told["result"]) < 2:
            faults.setdefault("result", [Fault("required")])
        _check_numbers(faults, locked, told, at_once=at - row.at < AT_ONCE)
        if faults:
            raise Invalid(faults)
        helped = told["use"] in (Use.SOLVED, Use.PARTLY)
        told["is_effective"] = helped and told["before"] is not None and bool(told["evidence"])
        if all(getattr(row, name) == value for name, value in told.items()):
            return row
        Adoption.objects.filter(pk=row.pk).update(remind_at=None, told_by=who.person, told_at=at, **told)
        record(
            "adoption_told", locked, by=by, at=at, label=label_of(locked), on_behalf_of=_lender(who, row.branch_id),
            adoption=row.pk, use=told["use"], branch=row.branch_id, person=locked.owner_id,
        )  # fmt: skip
        _prove(locked, row, told["is_effective"], by=by, at=at)
        weigh(locked, at=at)
    adoption.refresh_from_db()
    adoption.method.refresh_from_db()
    return adoption


def _number(faults: dict[str, list[Fault]], name: str, value: Decimal | None) -> Decimal | None:
    if value is None:
        return None
    if not value.is_finite() or abs(value) >= _LARGEST:
        faults[name] = [Fault("not_a_number")]
        return None
    return value.quantize(_DIGITS)


def _check_numbers(faults: dict[str, list[Fault]], method: Method, told: dict[str, Any], *, at_once: bool) -> None:
    """All of a measurement or nothing of it; a number that got no better contradicts that it helped."""
    first, then = told["before"], told["after"]
    if faults or (first is None and then is None and not told["indicator"]):
        return
    for name in ("indicator", "before", "after"):
        if told[name] in (None, ""):
            faults[name] = [Fault("measure_whole")]
    if faults or told["use"] == Use.NO_USE:
        return
    if first == then:
        faults["after"] = [Fault("nothing_moved")]
        return
    known = _known_direction(method, told["indicator"])
    told["better"] = known or (Better.LOWER if _TROUBLE.search(told["indicator"]) else told["better"])
    if not told["better"]:
        faults["better"] = [Fault("direction_wanted", {"name": told["indicator"]})]
    elif (then < first) != (told["better"] == Better.LOWER):
        faults["after"] = [
            Fault("moved_the_wrong_way" if known else "moved_for_the_worse", {"name": told["indicator"]})
        ]
    if at_once and not told["period"]:
        faults["period"] = [Fault("period_wanted")]


def _known_direction(method: Method, indicator: str) -> str:
    """Which way this indicator is to go: as the method's own number went, or as its source case aims; "" when neither is about it."""
    asked = "".join(indicator.split()).casefold()
    own = MethodVersion.objects.filter(method=method, state=VersionState.PUBLISHED).first()
    case = method.source_case
    aims = [(own.indicator, own.before, own.after)] if own else []
    aims += [(case.indicator, case.baseline, case.target)] if case else []
    for name, first, then in aims:
        if first is not None and then is not None and first != then and "".join(name.split()).casefold() == asked:
            return str(Better.LOWER if then < first else Better.HIGHER)
    return ""


def _prove(method: Method, row: Adoption, is_effective: bool, *, by: User, at: datetime) -> None:
    """已评审 → 已验证, once; a result corrected later does not take it back: a reviewer may retire the method."""
    if not is_effective or row.branch_id == method.first_branch_id:
        return
    won = Method.objects.filter(pk=method.pk, evidence=Evidence.REVIEWED).update(
        evidence=Evidence.VERIFIED, version=F("version") + 1, looked_at=at
    )
    if won:
        record(
            "method_verified", method, by=by, at=at, label=label_of(method),
            branch=method.first_branch_id, person=method.owner_id, domain=method.domain_id,
        )  # fmt: skip


def remind(adoption: Adoption, *, at: datetime) -> bool:
    """A trial whose day has come without a result: told once. Returns whether it was; a result told meanwhile wins.

    Side effects: journal `trial_due`, which tells the branch.
    """
    with transaction.atomic():
        method = Method.objects.select_for_update().get(pk=adoption.method_id)
        won = Adoption.objects.filter(pk=adoption.pk, use=Use.WAITING, remind_at__lte=at).update(remind_at=None)
        if won:
            record(
                "trial_due",
                method,
                by=None,
                at=at,
                label=label_of(method),
                branch=adoption.branch_id,
                adoption=adoption.pk,
            )
    return bool(won)
