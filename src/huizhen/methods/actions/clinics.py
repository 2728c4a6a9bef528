"""Every write on clinics (病例讨论会): planning one, changing it, putting it off, calling it off, holding it, mending its minutes.

What is written about a case or a person stays in the rows; the journal holds ids and the moment, so that those who are meant are told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.directory.models import Domain, Person
from huizhen.journal.actions import record
from huizhen.lib.errors import NotNow
from huizhen.methods.actions import clinic_parts as parts
from huizhen.methods.actions.clinic_parts import LIMITS, Pick
from huizhen.methods.choices import ClinicState
from huizhen.methods.models import Clinic

__all__ = [
    "LIMITS",
    "Pick",
    "amend_minutes",
    "cancel_clinic",
    "edit_clinic",
    "hold_clinic",
    "plan_clinic",
    "postpone_clinic",
]


def plan_clinic(
    domain: Domain,
    *,
    by: User,
    at: datetime,
    key: UUID,
    starts_at: datetime,
    minutes: int,
    picks: Sequence[Pick],
    people: Iterable[Person],
    title: str = "",
    place: str = "",
    link: str = "",
    agenda: str = "",
) -> Clinic:
    """Plan a clinic of a domain and invite to it. The same `key` again, by the same person, is the same clinic: a double click plans once.

    Side effects: the rows of cases and invitations (presenters are invited too); journal `clinic_planned`. NotAllowed: neither liaison
    of the domain nor leader of one of its groups nor head office. NotNow: no campaign, or the key is somebody else's.
    Invalid: starts_at, minutes, place, picks, presenters, people.
    """
    with transaction.atomic():
        Domain.objects.select_for_update().get(pk=domain.pk)  # codes of a domain are given out one after the other
        who = parts.host(by, domain.pk, at)
        twin = Clinic.objects.filter(key=key).first()
        if twin is not None:
            if twin.by_id not in who.person_ids:
                raise NotNow("clinic_key_taken")
            return twin
        faults = parts.Faults()
        values = parts.texts({"title": title, "place": place, "link": link, "agenda": agenda}, faults)
        values |= parts.times(starts_at, minutes, at, faults)
        chosen = parts.chosen(picks, who, at, faults)
        invited = parts.invited(people, at, faults)
        parts.need_place(values, faults)
        faults.refuse()
        clinic = Clinic.objects.create(
            key=key, code=parts.next_code(domain, starts_at), campaign=parts.campaign(), domain=domain, by=parts.person(who), created_at=at,
            month=timezone.localdate(starts_at).replace(day=1), **values,
        )  # fmt: skip
        parts.write_cases(clinic, chosen)
        presenters = {presenter.pk for _case, presenter in chosen}
        rest = {one.pk for one in invited} - presenters
        parts.invite(clinic, presenters | rest)
        record(
            "clinic_planned", clinic, by=by, at=at, label=parts.label(clinic), on_behalf_of=parts.lender(who, domain.pk), domain=domain.pk,
            moment=starts_at, presenters=sorted(presenters), persons=sorted(rest), cases=[case.pk for case, _ in chosen],
        )  # fmt: skip
        return clinic


def edit_clinic(
    clinic: Clinic,
    *,
    by: User,
    at: datetime,
    picks: Sequence[Pick],
    people: Iterable[Person],
    title: str = "",
    place: str = "",
    link: str = "",
    agenda: str = "",
    seen: int | None = None,
) -> Clinic:
    """Change what a planned clinic is about, where it is and who is invited. Its time is changed by `postpone_clinic`.

    Cases that the editor does not see stay where they are. Side effects: another place is a higher sequence; journal `clinic_edited`
    with whom it invites newly. NotVisible, NotAllowed, NotNow: over or cancelled. StaleWrite. Invalid: as for planning.
    """
    with transaction.atomic():
        locked, who = parts.locked(clinic, by, at, seen, ClinicState.PLANNED)
        faults = parts.Faults()
        values = parts.texts({"title": title, "place": place, "link": link, "agenda": agenda}, faults)
        parts.need_place(values, faults)
        invited = parts.invited(people, at, faults)
        chosen = parts.chosen(picks, who, at, faults, unseen=parts.unseen(locked, who))
        faults.refuse()
        before = set(locked.attendances.values_list("person_id", flat=True))
        presented = {one.presenter_id for one in locked.cases.all()}
        moved = any(values[name] != getattr(locked, name) for name in ("place", "link"))
        parts.save(locked, values | ({"sequence": locked.sequence + 1} if moved else {}))
        locked.cases.all().delete()
        parts.write_cases(locked, chosen)
        presenters = {presenter.pk for _case, presenter in chosen}
        wanted = presenters | {one.pk for one in invited}
        locked.attendances.exclude(person__in=wanted).delete()
        parts.invite(locked, wanted - before)
        asked = presenters - presented
        record(
            "clinic_edited", locked, by=by, at=at, label=parts.label(locked), on_behalf_of=parts.lender(who, locked.domain_id),
            moment=locked.starts_at, presenters=sorted(asked), persons=sorted(wanted - before - asked),
            others=sorted((wanted & before) - asked) if moved else [], cases=[case.pk for case, _ in chosen],
        )  # fmt: skip
        return locked


def postpone_clinic(
    clinic: Clinic, *, by: User, at: datetime, starts_at: datetime, minutes: int, reason: str, seen: int | None = None
) -> Clinic:
    """Another time, with the reason; everybody invited hears of it, and calendars by the higher sequence.

    Side effects: journal `clinic_postponed`. NotVisible, NotAllowed, NotNow, StaleWrite. Invalid: starts_at, minutes, reason.
    """
    with transaction.atomic():
        locked, who = parts.locked(clinic, by, at, seen, ClinicState.PLANNED)
        faults = parts.Faults()
        values = parts.times(starts_at, minutes, at, faults) | {
            "reason": parts.text("reason", reason, faults, needed=True)
        }
        if not faults.found and (values["starts_at"], values["ends_at"]) == (locked.starts_at, locked.ends_at):
            faults.add("starts_at", "same_time")
        faults.refuse()
        parts.save(locked, values | {"sequence": locked.sequence + 1})
        record(
            "clinic_postponed", locked, by=by, at=at, label=parts.label(locked), on_behalf_of=parts.lender(who, locked.domain_id),
            moment=locked.starts_at, persons=parts.people_of(locked),
        )  # fmt: skip
        return locked


def cancel_clinic(clinic: Clinic, *, by: User, at: datetime, reason: str, seen: int | None = None) -> Clinic:
    """Call it off, with the reason. Final: another one is planned anew.

    Side effects: journal `clinic_cancelled`. NotVisible, NotAllowed, NotNow, StaleWrite. Invalid: reason.
    """
    with transaction.atomic():
        locked, who = parts.locked(clinic, by, at, seen, ClinicState.PLANNED)
        faults = parts.Faults()
        words = parts.text("reason", reason, faults, needed=True)
        faults.refuse()
        parts.save(locked, {"reason": words, "state": ClinicState.CANCELLED, "sequence": locked.sequence + 1})
        record(
            "clinic_cancelled", locked, by=by, at=at, label=parts.label(locked), on_behalf_of=parts.lender(who, locked.domain_id),
            moment=locked.starts_at, persons=parts.people_of(locked),
        )  # fmt: skip
        return locked


def hold_clinic(
    clinic: Clinic,
    *,
    by: User,
    at: datetime,
    minutes: str,
    came: Collection[str],
    learned: Mapping[str, str],
    takes: Mapping[str, str],
    seen: int | None = None,
) -> Clinic:
    """It took place: minutes (Markdown), who came, by code; what was learned, by case code and by person code.

    Cases that the writer does not see keep what stands there. Side effects: journal `clinic_held`.
    NotVisible, NotAllowed, StaleWrite. NotNow: over, cancelled, or not begun. Invalid: minutes, came, learned, takes.
    """
    with transaction.atomic():
        locked, who = parts.locked(clinic, by, at, seen, ClinicState.PLANNED)
        if at < locked.starts_at:
            raise NotNow("clinic_not_begun", starts=locked.starts_at)
        here = parts.write_minutes(
            locked, who, minutes, came, learned, takes, {"state": ClinicState.HELD, "held_at": at}
        )
        record(
            "clinic_held", locked, by=by, at=at, label=parts.label(locked), on_behalf_of=parts.lender(who, locked.domain_id),
            moment=locked.starts_at, persons=parts.people_of(locked), came=here,
        )  # fmt: skip
        return locked


def amend_minutes(
    clinic: Clinic,
    *,
    by: User,
    at: datetime,
    minutes: str,
    came: Collection[str],
    learned: Mapping[str, str],
    takes: Mapping[str, str],
    seen: int | None = None,
) -> Clinic:
    """Mend the minutes and the attendance of a clinic that was held. Nobody is told; the journal knows.

    Side effects: journal `clinic_amended`. NotVisible, NotAllowed, NotNow: not held. StaleWrite. Invalid: as for holding.
    """
    with transaction.atomic():
        locked, who = parts.locked(clinic, by, at, seen, ClinicState.HELD)
        here = parts.write_minutes(locked, who, minutes, came, learned, takes, {})
        record(
            "clinic_amended", locked, by=by, at=at, label=parts.label(locked), on_behalf_of=parts.lender(who, locked.domain_id),
            came=here,
        )  # fmt: skip
        return locked
