"""From draft to registered case: drafts, 挂号, 改挂, routing from the triage desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.cases.actions.moving import (
    Act,
    _admit_heads,
    _grant,
    _hand_over,
    _moot,
    _move,
    _turn,
    group_of_code,
    need_open,
    person_of_code,
)
from huizhen.cases.choices import RoundWhy, Source
from huizhen.cases.lifecycle.inputs import clean
from huizhen.cases.lifecycle.moves import REGISTRATION, registration_faults
from huizhen.cases.models import Case, CodeCounter, Draft, Round
from huizhen.cases.queries.picks import Pick, pick_asked, pick_at_desk, pick_in_group, pick_named
from huizhen.challenges.models import Challenge
from huizhen.directory.models import Branch, Campaign, Group, Person
from huizhen.directory.queries import Standing, current_campaign, standing
from huizhen.journal.actions import record
from huizhen.lib.codes import case_code
from huizhen.lib.errors import Invalid, NotAllowed, NotNow, NotVisible, StaleWrite
from huizhen.lib.text import clean as clean_text
from huizhen.lib.zh import mask_personal

_MASKED = ("title", "condition", "tried", "urgency_reason")
_LONGEST_DRAFT = 20_000


def _masked(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, int]]:
    """Personal data is masked before anything is stored; how much was found is told to the writer."""
    found: dict[str, int] = {}
    kept = dict(values)

    def mask(text: str) -> str:
        text, hits = mask_personal(text)
        for kind, count in hits.items():
            found[kind] = found.get(kind, 0) + count
        return text

    for name in _MASKED:
        if isinstance(kept.get(name), str):
            kept[name] = mask(kept[name])
    if isinstance(kept.get("questions"), list):
        kept["questions"] = [
            {"text": mask(str(row.get("text", "")))} for row in kept["questions"] if isinstance(row, Mapping)
        ]
    return kept, found


def _loose(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a draft keeps: whatever was typed into known fields, cleaned but not checked. A draft may be wrong, never dangerous."""
    kept: dict[str, Any] = {}
    for item in REGISTRATION:
        raw = values.get(item.name)
        if raw is None:
            continue
        if item.kind == "rows":
            rows = raw if isinstance(raw, list) else []
            kept[item.name] = [
                {"text": clean_text(str(row.get("text") or ""))[:500]} for row in rows[:5] if isinstance(row, Mapping)
            ]
        elif item.kind == "flag":
            kept[item.name] = bool(raw)
        else:
            kept[item.name] = clean_text(str(raw), lines=item.kind == "text")[:_LONGEST_DRAFT]
    return kept


def may_register_for(who: Standing, branch: Branch) -> bool:
    """Own branch, or 代挂号: any expert, the unit's clerk, head office."""
    proxy = bool(who.group_ids) or branch.unit_id in who.unit_ids or who.is_coordinator
    return branch.pk in who.branch_ids or proxy


def start_draft(
    branch: Branch,
    *,
    by: User,
    at: datetime,
    source: str | None = None,
    values: Mapping[str, Any] | None = None,
    key: UUID | None = None,
) -> Draft:
    """Open a draft for a branch; somebody else's branch makes it a 代挂号 (or 专家寻诊), which the branch confirms by registering.

    `key` is one the page made up before anything was typed: the same key twice is one draft. NotVisible: somebody else has it.
    """
    who = standing(by, on=timezone.localdate(at))
    if who.person is None or not may_register_for(who, branch):
        raise NotAllowed("not_your_branch", name=branch.name)
    if branch.until is not None and branch.until <= timezone.localdate(at):
        raise NotNow("branch_gone", name=branch.name)
    own = branch.pk in who.branch_ids
    if source is None or own:
        source = Source.BRANCH if own else Source.PROXY
    kept, _ = _masked(_loose(values or {}))
    with transaction.atomic():
        draft, is_new = Draft.objects.get_or_create(
            key=key or uuid4(),
            defaults={
                "owner": by, "branch": branch, "source": source, "values": kept, "created_at": at, "saved_at": at,
            },
        )  # fmt: skip
        if draft.owner_id != by.pk:
            raise NotVisible("draft_unknown")
        if is_new:
            record("draft_started", draft, by=by, at=at, label=str(draft.key)[:8], branch=branch.pk, source=str(source))
    return draft


def draft_for(key: str, *, by: User, at: datetime) -> Draft:
    """The draft with this key, for its owner or the branch it is addressed to. NotVisible otherwise.

    What somebody writes for another branch is hers alone until she hands it over.
    """
    who = standing(by, on=timezone.localdate(at))
    try:
        found = Draft.objects.select_related("branch__unit", "case", "owner").filter(key=key).first()
    except (ValueError, TypeError):
        found = None
    except Exception as fault:
        if fault.__class__.__name__ != "ValidationError":
            raise
        found = None
    if found is None:
        raise NotVisible("draft_unknown")
    is_theirs = found.branch_id in who.branch_ids and (found.source == Source.BRANCH or found.handed_at is not None)
    if found.owner_id != by.pk and not is_theirs:
        raise NotVisible("draft_unknown")
    return found


def hand_draft(draft: Draft, *, by: User, at: datetime) -> None:
    """写好了，交支部确认: from now on the branch sees it. Twice is once."""
    with transaction.atomic():
        if Draft.objects.filter(pk=draft.pk, case=None, handed_at=None).update(handed_at=at):
            record("draft_handed", draft, by=by, at=at, label=str(draft.key)[:8], branch=draft.branch_id)
    draft.refresh_from_db(fields=["handed_at"])


def save_draft(
    draft: Draft, values: Mapping[str, Any], *, by: User, at: datetime, seen: int | None = None
) -> dict[str, int]:
    """Keep what was typed so far; returns how much personal data was masked.

    StaleWrite when somebody saved since `seen`; NotNow when it is registered already. Autosaves are not journalled: a draft is
    nobody's act yet.
    """
    if draft.case_id is not None:
        raise NotNow("draft_registered", code=draft.case.code if draft.case else "")
    kept, found = _masked({**draft.values, **_loose(values)})
    rows = Draft.objects.filter(pk=draft.pk, case=None)
    if seen is not None:
        rows = rows.filter(version=seen)
    if not rows.update(values=kept, saved_at=at, version=F("version") + 1):
        raise StaleWrite("draft_changed")
    draft.refresh_from_db(fields=["values", "saved_at", "version"])
    return found


def discard_draft(draft: Draft, *, by: User, at: datetime) -> None:
    """Throw a draft away. Only its owner or its branch finds it; a registered one stays."""
    with transaction.atomic():
        record("draft_discarded", draft, by=by, at=at, label=str(draft.key)[:8])
        if not Draft.objects.filter(pk=draft.pk, case=None).delete()[0]:
            raise NotNow("draft_registered", code=draft.case.code if draft.case else "")


def register(draft: Draft, *, by: User, at: datetime, advice: Mapping[str, Any] | None = None) -> Case:
    """挂号: make the draft a case. The same draft twice is the same case.

    In order: check every field; choose the first responder; write case, first round, responsibility, access; consume the draft;
    turn the clocks; journal. Raises NotAllowed (another branch), NotVisible (written for it and not handed over yet), Invalid (fields).
    """
    with transaction.atomic():
        locked = (
            Draft.objects.select_for_update(of=("self",))
            .select_related("branch__unit", "owner")
            .filter(pk=draft.pk)
            .first()
        )
        if locked is None:
            raise NotNow("draft_gone")
        if locked.case_id is not None:
            return Case.objects.get(pk=locked.case_id)
        who = standing(by, on=timezone.localdate(at))
        if who.person is None or locked.branch_id not in who.branch_ids:
            raise NotAllowed("branch_registers", name=locked.branch.name)
        if locked.source != Source.BRANCH and locked.handed_at is None:
            raise NotVisible("draft_unknown")
        writer = locked.owner.name if locked.owner_id != by.pk else ""
        case = _register(
            locked.branch, locked.values, source=locked.source, by=by, who=who, at=at, advice=advice, writer=writer
        )
        Draft.objects.filter(pk=locked.pk).update(case=case)
    return case


def register_at_once(
    branch: Branch, values: Mapping[str, Any], *, by: User, at: datetime, advice: Mapping[str, Any] | None = None
) -> Case:
    """挂号 without a draft, for the API and the demo: same checks, same effects."""
    who = standing(by, on=timezone.localdate(at))
    if who.person is None or branch.pk not in who.branch_ids:
        raise NotAllowed("branch_registers", name=branch.name)
    with transaction.atomic():
        return _register(branch, values, source=Source.BRANCH, by=by, who=who, at=at, advice=advice)


def _register(
    branch: Branch,
    raw: Mapping[str, Any],
    *,
    source: str,
    by: User,
    who: Standing,
    at: datetime,
    advice: Mapping[str, Any] | None,
    writer: str = "",
) -> Case:
    """Who registers 代 a contact of the branch who is away makes that contact the requester: it is she whom the branch sent."""
    campaign = current_campaign()
    if campaign is None:
        raise NotNow("no_campaign")
    if campaign.ended_at is not None:
        raise NotNow("campaign_over", name=campaign.short_name)
    if branch.until is not None and branch.until <= timezone.localdate(at):
        raise NotNow("branch_gone", name=branch.name)
    values, _ = _masked(clean(REGISTRATION, raw))
    _check(values)
    group, pick = _chosen(values, campaign, at=at)
    lender = who.lender(lambda one: branch.pk in one.branch_ids)
    person = lender or who.person
    if person is None:
        raise NotAllowed("branch_registers", name=branch.name)
    challenge = None
    if values["challenge"]:
        challenge = Challenge.objects.filter(branch=branch, code=values["challenge"]).first()
        if challenge is None:
            raise Invalid.one("challenge", "not_found", given=values["challenge"][:40])
    case = Case.objects.create(
        campaign=campaign,
        code=_next_code(timezone.localdate(at).year),
        branch=branch,
        unit=branch.unit,
        requester=person,
        group=group,
        domain=group.domain if group else None,
        first_responder=pick.person,
        accountable=pick.person,
        title=values["title"],
        condition=values["condition"],
        tried=values["tried"],
        questions=[row["text"] for row in values["questions"]],
        indicator=values["indicator"],
        indicator_unit=values["unit"],
        baseline=values["baseline"],
        target=values["target"],
        urgency=values["urgency"],
        urgency_reason=values["urgency_reason"],
        mode=values["mode"],
        source=source,
        challenge=challenge,
        registered_at=at,
    )
    Round.objects.create(case=case, number=1, since=at, why=RoundWhy.REGISTERED)
    _hand_over(case, pick.person, at=at, why="registered")
    _grant(case, at=at, why="requester", person=person)
    _turn(case, at=at)
    told: dict[str, Any] = {"advice": dict(advice)} if advice else {}
    told |= {"writer": writer} if writer else {}
    record(
        "register", case, by=by, at=at, label=case.code, on_behalf_of=lender.name if lender else "",
        branch=branch.pk, group=group.pk if group else None, person=pick.person.pk, why=pick.why,
        stands_in_for=pick.for_person.pk if pick.for_person else None, urgency=case.urgency, source=str(source), **told,
    )  # fmt: skip
    return case


def _check(values: Mapping[str, Any]) -> None:
    if faults := registration_faults(values):
        raise Invalid(faults)


def _chosen(values: Mapping[str, Any], campaign: Campaign, *, at: datetime) -> tuple[Group | None, Pick]:
    day = timezone.localdate(at)
    if values["person"]:
        person = person_of_code(values["person"], "person", on=day)
        group = _group_of_expert(person, campaign, day)
        if group is None:
            raise Invalid.one("person", "not_an_expert", name=person.name)
        return group, pick_asked(person, group, values["title"] + values["condition"], on=day)
    if values["group"]:
        groups = Group.objects.select_related("domain", "campaign", "successor")
        group = groups.filter(campaign=campaign, code=values["group"]).first()
        if group is None:
            raise Invalid.one("group", "not_found", given=values["group"][:40])
        need_open(group, "group")
        return group, pick_in_group(group, values["title"] + values["condition"], on=day)
    return None, pick_at_desk(on=day)


def _group_of_expert(person: Person, campaign: Campaign, day: Any) -> Group | None:
    """The primary group of an expert on a day."""
    rows = person.memberships.filter(group__campaign=campaign, until=None, since__lte=day)
    first = rows.select_related("group__domain", "group__campaign").order_by("-is_primary", "pk").first()
    return first.group if first else None


def _next_code(year: int) -> str:
    """The next number of the year, from a counter row locked in the same transaction."""
    CodeCounter.objects.get_or_create(year=year)
    counter = CodeCounter.objects.select_for_update().get(year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return case_code(year, counter.last)


def _move_to_group(act: Act, group: Group, person: Person, *, why: str) -> None:
    """Put the case into a group's hands: group, domain, accountable person."""
    case = act.case
    Case.objects.filter(pk=case.pk).update(group=group, domain=group.domain)
    case.group, case.domain = group, group.domain
    _hand_over(case, person, at=act.at, why=why)
    _moot(act)
    if case.is_sensitive:
        _admit_heads(case, on=act.day, at=act.at)


def _picked(act: Act, group: Group) -> Pick:
    """The person named among the inputs if she belongs to the group, else the group's pick."""
    named = act.person_at("person")
    if named is None:
        return pick_in_group(group, act.case.title + act.case.condition, on=act.day)
    if not named.memberships.filter(group=group, until=None).exists():
        raise Invalid.one("person", "not_in_group", name=named.name, group=group.name)
    return pick_named(named, on=act.day)


def redirect(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """改挂: another group before first contact. The first responder changes with it: nobody has been asked anything yet."""
    with _move(case, "redirect", by=by, at=at, seen=seen, values=values) as act:
        group = group_of_code(act.case, act.values["group"], "group")
        if group.pk == act.case.group_id:
            raise Invalid.one("group", "same_group")
        pick = pick_in_group(group, act.case.title + act.case.condition, on=act.day)
        Case.objects.filter(pk=act.case.pk).update(first_responder=pick.person)
        act.case.first_responder = pick.person
        _move_to_group(act, group, pick.person, why="redirected")
        act.data |= {"group": group.pk, "person": pick.person.pk, "why": pick.why}
        if pick.for_person:
            act.data["stands_in_for"] = pick.for_person.pk
    return act.case


def route(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """The triage desk hands the case to a group. The desk's officer stays first responder: the branch asked her first."""
    with _move(case, "route", by=by, at=at, seen=seen, values=values) as act:
        group = group_of_code(act.case, act.values["group"], "group")
        pick = _picked(act, group)
        _move_to_group(act, group, pick.person, why="routed")
        _grant(act.case, at=at, why="first_responder", person=act.case.first_responder)
        act.data |= {"group": group.pk, "person": pick.person.pk}
    return act.case
