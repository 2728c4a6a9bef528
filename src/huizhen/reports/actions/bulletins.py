"""Every write of 通报: beginning, writing, handing to review, passing or returning, issuing under a number, voiding."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.directory.choices import PostingRole
from huizhen.directory.models import Campaign, Person, Posting
from huizhen.directory.queries import Standing, standing
from huizhen.journal.actions import record
from huizhen.lib.errors import Fault, Invalid, NotAllowed, NotNow, NotVisible, StaleWrite
from huizhen.lib.text import clean
from huizhen.lib.zh import mask_personal
from huizhen.reports.choices import BulletinState
from huizhen.reports.lifecycle.bulletins import EDITOR, MOVES, REVIEWER, Move, State
from huizhen.reports.models import Bulletin, BulletinCounter
from huizhen.reports.papers.bulletin import LETTERS, number_words, proposed_title, word_of
from huizhen.reports.policy.bulletins import is_office, roles_on, visible, wrote
from huizhen.reports.queries.bulletins import counted, frozen, is_behind, span_of

KEPT: Mapping[str, int] = {
    "title": 60, "addressees": 100, "issuer": 30, "copies": 200,
    "overview": 4000, "highlights": 4000, "problems": 4000, "next_steps": 4000,
}  # fmt: skip
"""The writers' texts and how long each may be."""
LINES = frozenset({"overview", "highlights", "problems", "next_steps"})
NEEDED = ("title", "addressees", "issuer", "problems", "next_steps")
"""Without these nothing goes to review."""
LONGEST_NOTE, LONGEST_REASON, SHORTEST = 1000, 300, 5
ADDRESSEES = "各单位、各专家团"
HEAD_OFFICE = "党建工作部"


@dataclass
class Act:
    """A move under way: the locked bulletin and who moves it."""

    move: Move
    bulletin: Bulletin
    who: Standing
    person: Person
    by: User
    at: datetime

    def turn(self, **values: Any) -> None:
        """Set what changed, and the state the move leads to; the revision grows."""
        if self.move.target is not None:
            values["state"] = self.move.target.value
        mine = Bulletin.objects.filter(
            pk=self.bulletin.pk, revision=self.bulletin.revision, state=self.bulletin.state
        )  # fmt: skip
        if not mine.update(revision=F("revision") + 1, **values):
            raise StaleWrite("stale")
        for name, value in values.items():
            setattr(self.bulletin, name, value)
        self.bulletin.revision += 1

    def journal(self, verb: str, **data: Any) -> None:
        lender = self.who.lender_name(lambda one: bool(self.move.roles & roles_on(one, self.bulletin)))
        record(
            verb, self.bulletin, by=self.by, at=self.at, label=label_of(self.bulletin), on_behalf_of=lender,
            month=self.bulletin.month, **data,
        )  # fmt: skip


def label_of(bulletin: Bulletin) -> str:
    """Number once there is one, else the code."""
    return number_words(bulletin) or bulletin.code


def draft_bulletin(campaign: Campaign, month: date, *, by: User, at: datetime) -> Bulletin:
    """Begin the bulletin of a month (its first day). Twice is one: who comes second gets the one that is there.

    Side effects: the row with proposed title and addressees; journal `bulletin_drafted`. NotAllowed: not head office. NotVisible: the
    campaign has no such month. NotNow: it has not begun.
    """
    who = standing(by, on=timezone.localdate(at))
    if not who.is_coordinator or who.person is None:
        raise NotAllowed("bulletin_of_office")
    span = span_of(campaign, month)
    if span.since > timezone.localdate(at):
        raise NotNow("bulletin_month_ahead")
    known = Bulletin.objects.filter(campaign=campaign, month=month).exclude(state=BulletinState.VOIDED)
    with transaction.atomic():
        Campaign.objects.select_for_update().get(pk=campaign.pk)
        if found := known.first():
            return found
        made = Bulletin(
            code=_next_code(month), campaign=campaign, month=month, since=span.since, until=span.until, created_at=at,
            saved_at=at, title=proposed_title(campaign.short_name, month), addressees=ADDRESSEES, author=who.person,
            issuer=who.person.unit.name if who.person.unit else HEAD_OFFICE,
        )  # fmt: skip
        made.save(force_insert=True)
        made.writers.add(who.person)
        Act(MOVES["write"], made, who, who.person, by, at).journal("bulletin_drafted")
        return made


def _next_code(month: date) -> str:
    """TB2603; the second of a month, after the first was voided, TB2603-2."""
    stem = f"TB{month:%y%m}"
    taken = set(Bulletin.objects.filter(code__startswith=stem).values_list("code", flat=True))
    number = 1
    while (code := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return code


def save_bulletin(
    bulletin: Bulletin, values: Mapping[str, Any], *, by: User, at: datetime, seen: int | None = None
) -> Bulletin:
    """Keep what was typed; texts that are not named stay. Numbers are nobody's to type. No journal: nothing happened yet.

    Side effects: who writes becomes one of the writers. NotVisible, NotAllowed, NotNow as for `write`. StaleWrite: somebody saved it
    meanwhile. Invalid: a text too long.
    """
    with transaction.atomic():
        act = _begin(bulletin, "write", by=by, at=at, seen=seen)
        fresh = _cleaned(values)
        changed = {name: text for name, text in fresh.items() if text != getattr(act.bulletin, name)}
        if changed:
            act.turn(saved_at=at, **changed)
            act.bulletin.writers.add(act.person)
        return act.bulletin


def submit_bulletin(bulletin: Bulletin, *, by: User, at: datetime, seen: int | None = None) -> Bulletin:
    """提交审核: to everybody who may review and has not written in it.

    Side effects: journal `bulletin_submitted` with the digest of its words. NotVisible, NotAllowed, NotNow, StaleWrite. Invalid: what is
    missing.
    """
    with transaction.atomic():
        act = _begin(bulletin, "submit", by=by, at=at, seen=seen)
        missing = [name for name in NEEDED if not getattr(act.bulletin, name)]
        if missing:
            raise Invalid({name: [Fault("required")] for name in missing})
        act.turn(submitted_at=at, reviewed_by=None, reviewed_at=None, review_note="")
        act.bulletin.writers.add(act.person)
        act.journal("bulletin_submitted", digest=words_digest(act.bulletin), persons=_reviewers(act))
        return act.bulletin


def take_back_bulletin(bulletin: Bulletin, *, by: User, at: datetime) -> Bulletin:
    """From review, or from being passed, back to being written. Side effects: journal `bulletin_taken_back`. NotAllowed, NotNow."""
    with transaction.atomic():
        act = _begin(bulletin, "take_back", by=by, at=at)
        act.turn()
        act.journal("bulletin_taken_back", persons=_reviewers(act))
        return act.bulletin


def return_bulletin(bulletin: Bulletin, *, by: User, at: datetime, note: str) -> Bulletin:
    """The reviewer sends it back, saying why. Side effects: journal `bulletin_returned`. NotAllowed: also who wrote in it. Invalid: note."""
    with transaction.atomic():
        act = _begin(bulletin, "return_bulletin", by=by, at=at)
        act.turn(reviewed_by=act.person, reviewed_at=at, review_note=_said(note, "note", LONGEST_NOTE, SHORTEST))
        act.journal("bulletin_returned", persons=_writers(act))
        return act.bulletin


def pass_bulletin(bulletin: Bulletin, *, by: User, at: datetime, note: str = "", seen: int | None = None) -> Bulletin:
    """The reviewer agrees to what was before her; from now on it can be issued.

    Side effects: journal `bulletin_passed` with the digest of its words. NotAllowed: also who wrote in it. StaleWrite: it is another
    revision than she saw. Invalid: note.
    """
    with transaction.atomic():
        act = _begin(bulletin, "pass_bulletin", by=by, at=at, seen=seen)
        act.turn(reviewed_by=act.person, reviewed_at=at, review_note=_said(note, "note", LONGEST_NOTE, 0))
        act.journal("bulletin_passed", digest=words_digest(act.bulletin), persons=_writers(act))
        return act.bulletin


def issue_bulletin(bulletin: Bulletin, *, by: User, at: datetime) -> Bulletin:
    """签发: the next number of the year, the numbers frozen, the Word file drawn, the clerk of every unit told. Twice is refused.

    Everything in one transaction that holds the counter of the year: two who issue at once get numbers that follow each other, and what
    is broken off uses none. Side effects in order: the counter, the row with figures and file, journal `bulletin_issued` with the
    digests of words and file. NotVisible, NotAllowed. NotNow: not passed, its month still runs, figures are being counted.
    """
    with transaction.atomic():
        act = _begin(bulletin, "issue", by=by, at=at)
        today = timezone.localdate(at)
        if today <= act.bulletin.until:
            raise NotNow("bulletin_month_runs", until=act.bulletin.until)
        if is_behind():
            raise NotNow("figures_are_counted")
        told = counted(act.bulletin, now=at)
        number = _next_number(today.year)
        act.bulletin.year, act.bulletin.number, act.bulletin.issued_at = today.year, number, at
        word = word_of(act.bulletin, told, on=today)
        act.turn(
            year=today.year, number=number, issued_by=act.person, issued_at=at, figures=frozen(told), word=word
        )  # fmt: skip
        act.journal(
            "bulletin_issued", number=number, year=today.year, digest=words_digest(act.bulletin),
            file=hashlib.sha256(word).hexdigest(), persons=_clerks(today),
        )  # fmt: skip
        return act.bulletin


def _next_number(year: int) -> int:
    """One more than the last of the year; the row stays ours until the transaction ends."""
    BulletinCounter.objects.get_or_create(year=year)
    counter = BulletinCounter.objects.select_for_update().get(year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last


def void_bulletin(bulletin: Bulletin, *, by: User, at: datetime, reason: str) -> Bulletin:
    """作废: the number stays visible with the reason and is never given again; the month can be told of anew.

    Side effects: journal `bulletin_voided`. NotAllowed, NotNow. Invalid: reason.
    """
    with transaction.atomic():
        act = _begin(bulletin, "void", by=by, at=at)
        why = _said(reason, "reason", LONGEST_REASON, SHORTEST)
        act.turn(voided_by=act.person, voided_at=at, void_reason=why)
        number, year = act.bulletin.number, act.bulletin.year
        act.journal("bulletin_voided", number=number, year=year, persons=_clerks(timezone.localdate(at)))
        return act.bulletin


def discard_bulletin(bulletin: Bulletin, *, by: User, at: datetime) -> None:
    """Throw a draft away; no number was given to it. Side effects: journal `bulletin_discarded`; the row is gone. NotAllowed, NotNow."""
    with transaction.atomic():
        act = _begin(bulletin, "discard", by=by, at=at)
        act.journal("bulletin_discarded", digest=words_digest(act.bulletin))
        act.bulletin.delete()


# ── beneath


def _begin(bulletin: Bulletin, name: str, *, by: User, at: datetime, seen: int | None = None) -> Act:
    """Lock the bulletin and check the move: NotVisible, NotAllowed, NotNow, StaleWrite in this order. In a transaction."""
    who = standing(by, on=timezone.localdate(at))
    rows = visible(who).select_for_update(of=("self",)).select_related("campaign").defer("word")
    locked = rows.filter(pk=bulletin.pk).first()
    if locked is None or who.person is None:
        raise NotVisible("bulletin_unknown", code=bulletin.code)
    move = MOVES[name]
    if not move.roles & roles_on(who, locked):
        is_hers = REVIEWER in move.roles and is_office(who) and wrote(who, locked)
        raise NotAllowed("own_bulletin" if is_hers else _whose(move))
    if State(locked.state) not in move.sources:
        raise NotNow("bulletin_state", state=locked.get_state_display())
    if seen is not None and seen != locked.revision:
        raise StaleWrite("stale")
    return Act(move, locked, who, who.person, by, at)


def _whose(move: Move) -> str:
    return "bulletin_of_office" if EDITOR in move.roles else "bulletin_of_reviewer"


def _cleaned(values: Mapping[str, Any]) -> dict[str, str]:
    fresh, faults = {}, {}
    for name, longest in KEPT.items():
        if name in values:
            fresh[name] = mask_personal(clean(str(values[name] or ""), lines=name in LINES))[0]
            if len(fresh[name]) > longest:
                faults[name] = [Fault("too_long", {"max": longest, "length": len(fresh[name])})]
    if faults:
        raise Invalid(faults)
    return fresh


def _said(text: str, name: str, longest: int, shortest: int) -> str:
    words = mask_personal(clean(text, lines=True))[0]
    if len(words) < shortest:
        raise Invalid.one(name, "too_short" if words else "required", min=shortest, length=len(words))
    if len(words) > longest:
        raise Invalid.one(name, "too_long", max=longest, length=len(words))
    return words


def words_digest(bulletin: Bulletin) -> str:
    """Of all the writers' texts: what was passed is what was issued."""
    told = "\x1f".join(f"{name}\x1e{getattr(bulletin, name)}" for name in KEPT)
    return hashlib.sha256(f"{LETTERS}\x1f{told}".encode()).hexdigest()


def _held(role: PostingRole, on: date) -> set[int]:
    rows = Posting.objects.filter(Q(until=None) | Q(until__gt=on), role=role, since__lte=on)
    return set(rows.values_list("person_id", flat=True))


def _clerks(on: date) -> list[int]:
    """The clerk of every unit."""
    return sorted(_held(PostingRole.CLERK, on))


def _writers(act: Act) -> list[int]:
    return sorted(act.bulletin.writers.values_list("pk", flat=True))


def _reviewers(act: Act) -> list[int]:
    """Head office and the executives, but for those who wrote in it."""
    on = timezone.localdate(act.at)
    may = _held(PostingRole.COORDINATOR, on) | _held(PostingRole.VIEWER, on)
    return sorted(may - set(_writers(act)))
