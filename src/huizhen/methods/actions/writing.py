"""Writing a method: from the case to a draft, its words, what is put into which field, handing it to review, the next version."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.cases.models import Case, Closing
from huizhen.cases.policy import get_visible as get_case
from huizhen.cases.queries.file import file_of
from huizhen.directory.models import Person
from huizhen.directory.queries import Standing, standing
from huizhen.journal.actions import record
from huizhen.lib.codes import method_code
from huizhen.lib.errors import Fault, Invalid, NotAllowed, NotNow, StaleWrite
from huizhen.lib.text import clean
from huizhen.methods.actions.moving import Act, begin, label_of
from huizhen.methods.actions.prefill import prefilled, title_of
from huizhen.methods.actions.weighing import weigh
from huizhen.methods.lifecycle import PUBLISHED, Evidence, VersionState
from huizhen.methods.matching import NAME_LONGEST, STEP_TITLE_LONGEST, Finding, replaced
from huizhen.methods.models import Method, MethodCounter, MethodVersion, Piece, Proof
from huizhen.methods.policy import get_visible, may_extract
from huizhen.methods.queries.pieces import files_of, pieces_of, source_cases
from huizhen.methods.queries.twins import hushed_sources, made_from
from huizhen.methods.queries.words import findings_in, words_of

KEPT: Mapping[str, int] = {
    "name": 60, "meaning": 400, "problem": 20_000, "applies": 20_000, "applies_not": 20_000, "tools": 20_000, "effect": 20_000,
    "indicator": 40, "indicator_unit": 12, "sample": 60, "period": 60, "consent": 2000, "change": 200,
}  # fmt: skip
"""Longest texts that a draft keeps; what may be submitted is shorter (`matching.LONGEST`)."""
_LINES = frozenset({"problem", "applies", "applies_not", "tools", "effect", "consent"})
NUMBERS = ("before", "after")
STEPS_KEPT = 12
EXPERTS_MOST = 12
TAKES = ("problem", "applies", "applies_not", "tools", "effect", "meaning", "steps")
"""Fields into which a piece of a case can be put; each put into `steps` is a step of its own."""
_LARGEST, _PLACES = Decimal(10) ** 12, Decimal("0.0001")
_COPIED = (*KEPT, *NUMBERS, "steps")


def extract(case: Case, *, by: User, at: datetime, beside: str = "") -> Method:
    """萃取成文: a draft made of a case whose leader decided to extract it. Twice is one draft.

    What was made of the case already and is in use is answered instead. `beside`: its code, from who wants a second one all the same.

    Side effects: takes the next number of the year; writes version 1 with its fields prefilled and where they came from; journal
    `method_drafted`. NotVisible: not seen in full. NotAllowed: not of the case's group. NotNow: not decided, or 敏感.
    """
    with transaction.atomic():
        who, found = _case(case, by, at)
        made = made_from(found)
        is_wanted = not made or (made[0].evidence != Evidence.DRAFT and made[0].code == beside)
        return _draft(found, who, by, at) if is_wanted else made[0]


def _case(case: Case, by: User, at: datetime) -> tuple[Standing, Case]:
    """The case, locked, if she may make a method of it."""
    who = standing(by, on=timezone.localdate(at))
    found = get_case(who, case.code)
    Case.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if not may_extract(who, found):
        raise NotAllowed("extract_of_group")
    if not Closing.objects.filter(case=found, is_current=True, verdict="marked", extraction="extract").exists():
        raise NotNow("extraction_not_decided")
    if found.is_sensitive:
        raise NotNow("extract_of_hushed")
    return who, found


def _draft(case: Case, who: Standing, by: User, at: datetime) -> Method:
    domain_id = case.domain_id or (case.group.domain_id if case.group else None)
    if domain_id is None or who.person is None:
        raise NotNow("extract_without_domain")
    made = prefilled(file_of(case))
    method = Method.objects.create(
        code=_next_code(timezone.localdate(at).year), domain_id=domain_id, group=case.group, owner=who.person,
        first_branch=case.branch, source_case=case, name=made.values["name"][:NAME_LONGEST],
        meaning=made.values.get("meaning", ""), created_at=at, looked_at=at,
    )  # fmt: skip
    version = method.versions.create(number=1, by=who.person, created_at=at, saved_at=at, **made.values)
    version.experts.set(made.experts[:EXPERTS_MOST])
    version.writers.add(who.person)
    Piece.objects.bulk_create(
        Piece(version=version, case=case, kind=kind, source_id=key, field=name) for kind, key, name in made.put
    )
    lender = who.lender_name(lambda one: may_extract(one, case))
    record("method_drafted", method, by=by, at=at, label=label_of(method), on_behalf_of=lender, case=case.pk)
    return method


def _next_code(year: int) -> str:
    MethodCounter.objects.get_or_create(year=year)
    counter = MethodCounter.objects.select_for_update().get(year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return method_code(year, counter.last)


def prove(method: Method, case: Case, *, by: User, at: datetime) -> Method:
    """The case is joined to a published method as one more that shows it, instead of becoming a second method. Twice is once.

    Side effects: journal `method_proved`. NotVisible: either. NotAllowed: not of the case's group. NotNow: extraction not decided,
    the case is 敏感, or the method is not published or came from this very case.
    """
    with transaction.atomic():
        who, found = _case(case, by, at)
        _join(get_visible(who, method.code), found, who, by, at)
    return method


def _join(method: Method, case: Case, who: Standing, by: User, at: datetime) -> None:
    if method.evidence not in PUBLISHED or method.source_case_id == case.pk or who.person is None:
        raise NotNow("proof_of_published")
    _proof, is_new = Proof.objects.get_or_create(method=method, case=case, defaults={"by": who.person, "at": at})
    if is_new:
        record("method_proved", method, by=by, at=at, label=label_of(method), case=case.pk, person=method.owner_id)
        weigh(method, at=at)


# ── words


def save_version(
    method: Method, values: Mapping[str, Any], *, by: User, at: datetime, seen: int | None = None
) -> MethodVersion:
    """Keep what was typed into the version being written; fields that are not named stay. No journal: nothing happened yet.

    Anything is kept, however unfinished; only what no field can hold is refused. NotAllowed, NotNow as for writing.
    StaleWrite: somebody saved it meanwhile. Invalid: a text beyond all bounds, a number that is none.
    """
    with transaction.atomic():
        act = begin(method, "write", by=by, at=at, seen=seen)
        _write(act, values)
        return act.version


def _write(act: Act, values: Mapping[str, Any]) -> None:
    """Into the version, if anything is different."""
    fresh, faults = _cleaned(values)
    if faults:
        raise Invalid(faults)
    changed = {name: value for name, value in fresh.items() if value != getattr(act.version, name)}
    experts = _experts(act.version, values)
    if changed or experts is not None:
        act.turn(VersionState.WRITING, saved_at=act.at, **changed)
        act.version.writers.add(act.person)
    if "name" in changed or "meaning" in changed:
        _show(act)
    if experts is not None:
        act.version.experts.set(experts)


def _experts(version: MethodVersion, values: Mapping[str, Any]) -> list[Person] | None:
    """Who is named as having guided it now; None when it is who it was."""
    if "experts" not in values:
        return None
    found = list(Person.objects.filter(code__in=[clean(str(code))[:20] for code in values["experts"]][:EXPERTS_MOST]))
    return found if {one.pk for one in found} != {one.pk for one in version.experts.all()} else None


def _show(act: Act) -> None:
    """While nothing is published lists show the newest words."""
    if act.method.evidence == Evidence.DRAFT:
        act.method.name, act.method.meaning = act.version.name[:NAME_LONGEST], act.version.meaning[:120]
        Method.objects.filter(pk=act.method.pk).update(name=act.method.name, meaning=act.method.meaning)


def _cleaned(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, list[Fault]]]:
    fresh: dict[str, Any] = {}
    faults: dict[str, list[Fault]] = {}
    for name, longest in KEPT.items():
        if name in values:
            text = clean(str(values[name] or ""), lines=name in _LINES)
            fresh[name] = text
            if len(text) > longest:
                faults[name] = [Fault("too_long", {"max": longest, "length": len(text)})]
    for name in NUMBERS:
        if name in values:
            fresh[name], fault = _number(values[name])
            if fault:
                faults[name] = [fault]
    if "steps" in values:
        rows = [row for row in list(values["steps"]) if isinstance(row, Mapping)]
        fresh["steps"] = [_step(row) for row in rows[:STEPS_KEPT]]
        if len(rows) > STEPS_KEPT:
            faults["steps"] = [Fault("too_many_steps", {"most": STEPS_KEPT, "steps": len(rows)})]
    return fresh, faults


def _step(row: Mapping[str, Any]) -> dict[str, str]:
    title = clean(str(row.get("title") or ""))[:200]
    return {"title": title, "text": clean(str(row.get("text") or ""), lines=True)[:20_000]}


def _number(raw: Any) -> tuple[Decimal | None, Fault | None]:
    text = clean(str(raw if raw is not None else "")).replace(",", "").replace("\uff0c", "").rstrip("%\uff05")
    if not text:
        return None, None
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None, Fault("not_a_number")
    if not value.is_finite() or abs(value) >= _LARGEST:
        return None, Fault("not_a_number")
    return value.quantize(_PLACES), None


# ── pieces


def put_piece(
    method: Method, key: str, field: str, *, by: User, at: datetime, seen: int | None = None, values: Mapping[str, Any]
) -> MethodVersion:
    """Append a piece of a source case to a field, after keeping `values`; where it came from is kept beside it.

    Invalid: no such piece or field, or it stands there already. Else as `save_version`.
    """
    with transaction.atomic():
        act = begin(method, "write", by=by, at=at, seen=seen)
        _write(act, values)
        pieces = {one.key: one for file in files_of(source_cases(act.method, act.who)) for one in pieces_of(file)}
        piece = pieces.get(key)
        if piece is None or field not in TAKES:
            raise Invalid.one("put", "piece_unknown")
        _piece, is_new = Piece.objects.get_or_create(
            version=act.version, case=piece.case, kind=piece.kind, source_id=piece.source_id, field=field
        )
        if not is_new:
            raise Invalid.one("put", "piece_is_there")
        if field == "steps":
            row = {"title": title_of(piece.title or piece.text)[:STEP_TITLE_LONGEST], "text": piece.text}
            _write(act, {"steps": [*act.version.steps, row]})
        else:
            _write(act, {field: "\n".join(text for text in (getattr(act.version, field), piece.text) if text)})
        return act.version


def take_piece(
    method: Method, key: str, field: str, *, by: User, at: datetime, seen: int | None = None, values: Mapping[str, Any]
) -> bool:
    """Undo of `put_piece`: the words go if they still stand there as they came, and it is no longer said that they came from there.

    Returns whether words were taken out; if somebody has worked on them they stay.
    """
    with transaction.atomic():
        act = begin(method, "write", by=by, at=at, seen=seen)
        _write(act, values)
        pieces = {one.key: one for file in files_of(source_cases(act.method, act.who)) for one in pieces_of(file)}
        piece = pieces.get(key)
        if piece is None:
            raise Invalid.one("put", "piece_unknown")
        act.version.pieces.filter(case=piece.case, kind=piece.kind, source_id=piece.source_id, field=field).delete()
        if field == "steps":
            mine = [row for row in act.version.steps if row.get("text") == piece.text]
            left: Any = [row for row in act.version.steps if row not in mine]
        else:
            before = str(getattr(act.version, field, "")) if field in TAKES else ""
            left = clean(before.replace(piece.text, "", 1), lines=True)
            mine = [{}] if piece.text in before else []
        if mine:
            _write(act, {field: left})
        return bool(mine)


def mask(
    method: Method,
    *,
    by: User,
    at: datetime,
    only: Collection[str] = (),
    seen: int | None = None,
    values: Mapping[str, Any],
) -> int:
    """Put 某同事, 某客户 or a masked number where names and numbers stand: those findings whose keys are in `only`, or all.

    Returns how many places were changed. Names somebody consented to stay. Refusals as of `save_version`.
    """
    with transaction.atomic():
        act = begin(method, "write", by=by, at=at, seen=seen)
        _write(act, values)
        files = files_of(source_cases(act.method, act.who))
        found = [
            one
            for one in findings_in(act.version, files)
            if one.instead and (one.key in only or (not only and one.code != "person_consented"))
        ]
        changes: dict[str, Any] = {}
        steps = [dict(row) for row in act.version.steps]
        for name, text in words_of(act.version).fields():
            mine = [one for one in found if one.name == name]
            if not mine:
                continue
            if name.startswith("steps-"):
                _, n, part = name.split("-")
                steps[int(n)][part] = replaced(text, mine)
                changes["steps"] = steps
            else:
                changes[name] = replaced(text, mine)
        _write(act, changes)
        return len(found)


# ── on its way


def submit(
    method: Method, *, by: User, at: datetime, seen: int | None = None, confirmed: Collection[str] = ()
) -> MethodVersion:
    """To review. What blocks must be mended, everything else that was found must be confirmed by its key.

    Side effects: journal `method_submitted`. NotNow: also for words of a 敏感 case. Invalid: by control, or `confirm`.
    """
    with transaction.atomic():
        act = begin(method, "submit", by=by, at=at, seen=seen)
        if hushed_sources(act.version):
            raise NotNow("source_hushed")
        found = findings_in(act.version, files_of(source_cases(act.method, act.who)))
        if faults := _standing_in_the_way(found, confirmed):
            raise Invalid(faults)
        act.turn(VersionState.IN_REVIEW, submitted_at=at)
        act.journal("method_submitted", domain=act.method.domain_id, confirmed=len({one.key for one in found}))
        return act.version


def _standing_in_the_way(found: Sequence[Finding], confirmed: Collection[str]) -> dict[str, list[Fault]]:
    faults: dict[str, list[Fault]] = {}
    for one in found:
        if one.blocks:
            faults.setdefault(one.name, []).append(Fault(one.code, dict(one.args)))
    open_ = [one for one in found if not one.blocks and one.key not in confirmed]
    if open_ and not faults:
        faults["confirm"] = [Fault("unconfirmed", {"n": len({one.key for one in open_})})]
    return faults


def take_back(method: Method, *, by: User, at: datetime, seen: int | None = None) -> MethodVersion:
    """Back from review to go on writing. Side effects: journal `method_taken_back`."""
    with transaction.atomic():
        act = begin(method, "take_back", by=by, at=at, seen=seen)
        act.turn(VersionState.WRITING, submitted_at=None)
        act.journal("method_taken_back")
        return act.version


def revise(method: Method, *, by: User, at: datetime, case: Case | None = None) -> MethodVersion:
    """The next version, beginning with the words of the published one, which stays as it is until the next is published.

    With a `case` that is joined to the method as in `prove`. Side effects: journal `method_revised`. Refusals of both.
    """
    with transaction.atomic():
        who, found = _case(case, by, at) if case is not None else (None, None)
        act = begin(method, "revise", by=by, at=at)
        if who is not None and found is not None:
            _join(act.method, found, who, by, at)
        old = act.version
        values = {name: getattr(old, name) for name in _COPIED} | {"change": ""}
        try:
            with transaction.atomic():
                fresh = MethodVersion.objects.create(
                    method=act.method, number=old.number + 1, by=act.person, created_at=at, saved_at=at, **values
                )
        except IntegrityError as twice:
            raise StaleWrite("stale") from twice
        fresh.experts.set(old.experts.all())
        fresh.writers.add(act.person)
        Piece.objects.bulk_create(
            Piece(version=fresh, case_id=one.case_id, kind=one.kind, source_id=one.source_id, field=one.field)
            for one in old.pieces.all()
        )
        Method.objects.filter(pk=act.method.pk).update(version=F("version") + 1)
        act.version = fresh
        act.journal("method_revised")
        return fresh


def discard(method: Method, *, by: User, at: datetime) -> None:
    """Throw away what is being written: a draft with all of it, or the next version of a published method.

    Side effects: journal `method_discarded`, with the number of the version; the case of a draft waits on the desk again.
    """
    with transaction.atomic():
        act = begin(method, "write", by=by, at=at)
        is_draft = act.method.evidence == Evidence.DRAFT
        act.journal("method_discarded", is_draft=is_draft, case=act.method.source_case_id)
        for version in act.method.versions.all() if is_draft else [act.version]:
            version.reviews.all().delete()
            version.delete()
        if is_draft:
            act.method.delete()
        else:
            Method.objects.filter(pk=act.method.pk).update(version=F("version") + 1)
