"""Every write on challenges. Each is atomic, journals itself and asks for the right of the acting user."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.challenges.choices import InnovationKind
from huizhen.challenges.lifecycle import BRANCH, OPEN, STEPS
from huizhen.challenges.models import Challenge, ChallengeCounter
from huizhen.challenges.policy import roles_on
from huizhen.directory.choices import PostingRole
from huizhen.directory.models import Branch, Person, Posting
from huizhen.directory.queries import current_campaign, standing
from huizhen.journal.actions import record
from huizhen.lib.codes import challenge_code
from huizhen.lib.errors import Fault, Invalid, NotAllowed, NotNow, StaleWrite
from huizhen.lib.text import clean
from huizhen.lib.zh import mask_personal

LIMITS = {"title": 60, "background": 2000, "indicator": 40, "indicator_unit": 12, "result": 2000, "what": 80}
SHORTEST_TITLE = 4
MILESTONES_MOST = 12
_LARGEST = Decimal(10) ** 12
_DIGITS = Decimal("0.0001")
_FIELDS = (
    "title", "background", "indicator", "indicator_unit", "baseline", "goal", "lead", "kind", "milestones",
)  # fmt: skip


def create_challenge(
    branch: Branch,
    *,
    by: User | None,
    at: datetime,
    title: str,
    background: str = "",
    indicator: str = "",
    indicator_unit: str = "",
    baseline: Decimal | None = None,
    goal: Decimal | None = None,
    lead: Person | None = None,
    kind: str = "",
    milestones: Sequence[Mapping[str, Any]] = (),
) -> Challenge:
    """A branch takes on a challenge in the current campaign; it starts as 选题. Personal numbers in texts are masked.

    Side effects: takes the next number of the year; journal `challenge_created`. NotAllowed: not of this branch.
    NotNow: no campaign, or the branch is dissolved. Invalid: texts, target, lead or milestones.
    """
    with transaction.atomic():
        _need_branch(by, branch.pk, at)
        today = timezone.localdate(at)
        campaign = current_campaign()
        if campaign is None:
            raise NotNow("no_campaign")
        if campaign.ended_at is not None:
            raise NotNow("campaign_over", name=campaign.short_name)
        if branch.until and branch.until <= today:
            raise NotNow("branch_dissolved", name=branch.name)
        given = {
            "title": title, "background": background, "indicator": indicator, "indicator_unit": indicator_unit,
            "baseline": baseline, "goal": goal, "lead": lead, "kind": kind, "milestones": milestones,
        }  # fmt: skip
        values = _checked(given, branch.pk, today)
        challenge = Challenge.objects.create(
            campaign=campaign, branch=branch, code=_next_code(today.year), created_at=at, changed_at=at, **values
        )
        record("challenge_created", challenge, by=by, at=at, label=_label(challenge), branch=branch.pk)
        return challenge


def edit_challenge(
    challenge: Challenge, *, by: User | None, at: datetime, seen: int | None = None, **values: Any
) -> Challenge:
    """Changes the fields that are named; `seen` is the version the editor had before her.

    Side effects: journal `challenge_edited`, naming the fields. NotAllowed: not of this branch. NotNow: it has ended.
    StaleWrite: somebody changed it meanwhile. Invalid: as for creating.
    """
    with transaction.atomic():
        locked = _locked(challenge, seen)
        _need_branch(by, locked.branch_id, at)
        if locked.state not in OPEN:
            raise NotNow("challenge_over", code=locked.code)
        given = {name: values.get(name, getattr(locked, name)) for name in _FIELDS}
        fresh = _checked(given, locked.branch_id, timezone.localdate(at))
        changed = [name for name in _FIELDS if fresh[name] != getattr(locked, name)]
        if changed:
            for name in changed:
                setattr(locked, name, fresh[name])
            _save(locked, changed, at)
            record("challenge_edited", locked, by=by, at=at, label=_label(locked), fields=changed)
        return locked


def advance(
    challenge: Challenge, state: str, *, by: User | None, at: datetime, result: str = "", seen: int | None = None
) -> Challenge:
    """Into the next state (lifecycle.STEPS); ending needs a result, stopping a reason, both kept as `result`.

    Side effects: journal `challenge_advanced`. NotAllowed: another branch's, or head office where it may only stop.
    NotNow: not from this state. StaleWrite: somebody was faster. Invalid: no such state, no result.
    """
    with transaction.atomic():
        locked = _locked(challenge, seen)
        step = STEPS.get(state)
        if step is None:
            raise Invalid.one("state", "invalid_choice")
        if by is not None and not step.roles & roles_on(standing(by, on=timezone.localdate(at)), locked.branch_id):
            raise NotAllowed("challenge_of_branch")
        if locked.state not in step.sources:
            raise NotNow("challenge_state", state=locked.get_state_display())
        words = mask_personal(clean(result, lines=True))[0]
        if step.needs_result and not words:
            raise Invalid.one("result", "required")
        if len(words) > LIMITS["result"]:
            raise Invalid.one("result", "too_long", max=LIMITS["result"], length=len(words))
        before, locked.state, locked.result = locked.state, state, words or locked.result
        _save(locked, ["state", "result"], at)
        record("challenge_advanced", locked, by=by, at=at, label=_label(locked), state=state, before=before)
        return locked


def tick_milestone(
    challenge: Challenge, number: int, *, done: bool, by: User | None, at: datetime, seen: int | None = None
) -> Challenge:
    """Marks a milestone (counted from 0) as reached, or takes the mark back.

    Side effects: journal `milestone_ticked`. NotAllowed: not of this branch. NotNow: it has ended. StaleWrite: no such milestone any more.
    """
    with transaction.atomic():
        locked = _locked(challenge, seen)
        _need_branch(by, locked.branch_id, at)
        if locked.state not in OPEN:
            raise NotNow("challenge_over", code=locked.code)
        if not 0 <= number < len(locked.milestones):
            raise StaleWrite("stale")
        locked.milestones = [
            {**row, "done": done} if index == number else row for index, row in enumerate(locked.milestones)
        ]
        _save(locked, ["milestones"], at)
        record("milestone_ticked", locked, by=by, at=at, label=_label(locked), number=number, done=done)
        return locked


# ── beneath ──


def _label(challenge: Challenge) -> str:
    return f"{challenge.code} {challenge.title}"


def _need_branch(by: User | None, branch_id: int, at: datetime) -> None:
    if by is not None and BRANCH not in roles_on(standing(by, on=timezone.localdate(at)), branch_id):
        raise NotAllowed("challenge_of_branch")


def _locked(challenge: Challenge, seen: int | None) -> Challenge:
    """The row, ours until the transaction ends; `seen` guards against an edit of an older one."""
    locked = Challenge.objects.select_for_update(of=("self",)).select_related("branch", "lead").get(pk=challenge.pk)
    if seen is not None and locked.version != seen:
        raise StaleWrite("stale")
    return locked


def _save(challenge: Challenge, fields: Sequence[str], at: datetime) -> None:
    """Compare-and-set on the version: the lock of SQLite is the transaction's, and a caller may hold an old row."""
    values = {name: getattr(challenge, name) for name in fields}
    mine = Challenge.objects.filter(pk=challenge.pk, version=challenge.version)
    if not mine.update(**values, changed_at=at, version=F("version") + 1):
        raise StaleWrite("stale")
    challenge.version, challenge.changed_at = challenge.version + 1, at


def _next_code(year: int) -> str:
    ChallengeCounter.objects.get_or_create(year=year)
    counter = ChallengeCounter.objects.select_for_update().get(year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return challenge_code(year, counter.last)


@dataclass
class _Faults:
    """Faults by field, gathered before anything is refused."""

    found: dict[str, list[Fault]]

    def add(self, name: str, code: str, row: int | None = None, **args: Any) -> None:
        self.found.setdefault(name, []).append(Fault(code, args, row))


def _checked(given: Mapping[str, Any], branch_id: int, today: date) -> dict[str, Any]:
    """The fields as they are stored, or Invalid with all faults."""
    faults = _Faults({})
    values: dict[str, Any] = {
        name: _text(name, given[name], faults) for name in ("title", "background", "indicator", "indicator_unit")
    }
    if not values["title"]:
        faults.add("title", "required")
    elif len(values["title"]) < SHORTEST_TITLE:
        faults.add("title", "too_short", min=SHORTEST_TITLE, length=len(values["title"]))
    for name in ("baseline", "goal"):
        values[name] = _number(name, given[name], faults)
    if not values["indicator"] and (values["baseline"] is not None or values["goal"] is not None):
        faults.add("indicator", "required")
    if values["goal"] is not None and values["goal"] == values["baseline"]:
        faults.add("goal", "goal_is_baseline")
    values["kind"] = str(given["kind"] or "")
    if values["kind"] and values["kind"] not in InnovationKind.values:
        faults.add("kind", "invalid_choice")
    values["lead"] = given["lead"]
    if given["lead"] is not None and not _is_of_branch(given["lead"], branch_id, today):
        faults.add("lead", "lead_of_branch")
    values["milestones"] = _milestones(given["milestones"], faults)
    if faults.found:
        raise Invalid(faults.found)
    return values


def _text(name: str, value: str, faults: _Faults, *, field: str = "", row: int | None = None) -> str:
    text = mask_personal(clean(value, lines=name == "background"))[0]
    if len(text) > LIMITS[name]:
        faults.add(field or name, "too_long", row, max=LIMITS[name], length=len(text))
    return text


def _number(name: str, value: Decimal | None, faults: _Faults) -> Decimal | None:
    if value is None:
        return None
    if not value.is_finite() or abs(value) >= _LARGEST:
        faults.add(name, "not_a_number")
        return None
    return value.quantize(_DIGITS)


def _is_of_branch(person: Person, branch_id: int, today: date) -> bool:
    lasting = Posting.objects.filter(Q(until=None) | Q(until__gt=today), since__lte=today)
    return lasting.filter(role=PostingRole.REQUESTER, branch_id=branch_id, person=person).exists()


def _milestones(rows: Sequence[Mapping[str, Any]], faults: _Faults) -> list[dict[str, Any]]:
    """In order of their days; a row without words and day is none."""
    found: list[dict[str, Any]] = []
    for index, row in enumerate(rows):
        what = _text("what", str(row.get("what") or ""), faults, field="milestones", row=index)
        day = row.get("on") or ""
        if not what and not day:
            continue
        try:
            on = (day if isinstance(day, date) else date.fromisoformat(str(day))).isoformat()
        except ValueError:
            on = ""
        if not on or not what:
            faults.add("milestones", "milestone_incomplete", index, number=index + 1)
        found.append({"on": on, "what": what, "done": bool(row.get("done"))})
    if len(found) > MILESTONES_MOST:
        faults.add("milestones", "too_many", max=MILESTONES_MOST)
    return sorted(found, key=lambda row: str(row["on"]))
