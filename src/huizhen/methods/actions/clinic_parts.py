"""What every write on a clinic does first and last: the right, the lock, the checks of what was given, the rows beneath."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.cases.models import Access, Case
from huizhen.cases.policy import is_visible, visible
from huizhen.directory.models import Campaign, Domain, Person
from huizhen.directory.queries import Standing, current_campaign, standing, standings_of
from huizhen.lib.errors import Fault, Invalid, NotAllowed, NotNow, NotVisible, StaleWrite
from huizhen.lib.text import clean
from huizhen.lib.zh import mask_personal
from huizhen.methods.choices import ClinicState
from huizhen.methods.models import Clinic, ClinicAttendance, ClinicCase
from huizhen.methods.policy import clinics_visible, may_host

LIMITS = {
    "title": 60, "place": 120, "link": 300, "agenda": 5000, "minutes": 20000, "reason": 200, "learned": 1000, "takes": 200,
}  # fmt: skip
CASES_MOST = 12
PEOPLE_MOST = 300
SHORTEST, LONGEST = 30, 480
"""Minutes a clinic may last."""
_LINES = ("agenda", "minutes", "learned")


@dataclass(frozen=True)
class Pick:
    """A case for the agenda, by its code, and who presents it; None: whoever is accountable for it."""

    case: str
    presenter: Person | None = None


@dataclass
class Faults:
    """Faults by field, gathered before anything is refused."""

    found: dict[str, list[Fault]] = field(default_factory=dict)

    def add(self, name: str, code: str, row: int | None = None, /, **args: Any) -> None:
        self.found.setdefault(name, []).append(Fault(code, args, row))

    def refuse(self) -> None:
        if self.found:
            raise Invalid(self.found)


def label(clinic: Clinic) -> str:
    return f"{clinic.code} {clinic.title}".strip()


def person(who: Standing) -> Person:
    if who.person is None:
        raise NotAllowed("clinic_of_domain")
    return who.person


def campaign() -> Campaign:
    campaign = current_campaign()
    if campaign is None:
        raise NotNow("no_campaign")
    return campaign


def host(by: User, domain_id: int, at: datetime) -> Standing:
    who = standing(by, on=timezone.localdate(at))
    if not may_host(who, domain_id):
        raise NotAllowed("clinic_of_domain")
    return who


def lender(who: Standing, domain_id: int) -> str:
    return who.lender_name(lambda one: may_host(one, domain_id))


def locked(clinic: Clinic, by: User, at: datetime, seen: int | None, state: str) -> tuple[Clinic, Standing]:
    """The row, ours until the transaction ends: seen, hosted by her, in this state and not changed since she looked."""
    who = standing(by, on=timezone.localdate(at))
    if not clinics_visible(who).filter(pk=clinic.pk).exists():
        raise NotVisible("clinic_unknown", code=clinic.code)
    locked = Clinic.objects.select_for_update(of=("self",)).select_related("domain", "by").get(pk=clinic.pk)
    if not may_host(who, locked.domain_id):
        raise NotAllowed("clinic_of_domain")
    if locked.state != state:
        raise NotNow("clinic_state", state=ClinicState(locked.state).label)
    if seen is not None and locked.version != seen:
        raise StaleWrite("stale")
    return locked, who


def save(clinic: Clinic, values: Mapping[str, Any]) -> None:
    """Compare-and-set on the version: the lock of SQLite is the transaction's, and a caller may hold an old row."""
    mine = Clinic.objects.filter(pk=clinic.pk, version=clinic.version)
    if not mine.update(**values, version=F("version") + 1):
        raise StaleWrite("stale")
    for name, value in values.items():
        setattr(clinic, name, value)
    clinic.version += 1


def next_code(domain: Domain, starts_at: datetime) -> str:
    """MKT-2611, then MKT-2611-2. The row of the domain is locked."""
    base = f"{domain.code}-{timezone.localtime(starts_at):%y%m}"
    taken = Clinic.objects.filter(domain=domain, code__startswith=base).count()
    return f"{base}-{taken + 1}" if taken else base


def text(name: str, value: str, faults: Faults, *, needed: bool = False, row: int | None = None) -> str:
    text = mask_personal(clean(value, lines=name in _LINES))[0]
    if needed and len(text) < 2:
        faults.add(name, "required", row)
    if len(text) > LIMITS[name]:
        faults.add(name, "too_long", row, max=LIMITS[name], length=len(text))
    return text


def texts(given: Mapping[str, str], faults: Faults) -> dict[str, Any]:
    values: dict[str, Any] = {name: text(name, value, faults) for name, value in given.items()}
    if not values["title"]:
        faults.add("title", "required")
    if values["link"] and not values["link"].startswith(("https://", "http://")):
        faults.add("link", "clinic_link")
    return values


def need_place(values: Mapping[str, Any], faults: Faults) -> None:
    if not values["place"] and not values["link"]:
        faults.add("place", "place_or_link")


def times(starts_at: datetime, minutes: int, at: datetime, faults: Faults) -> dict[str, Any]:
    if starts_at <= at:
        faults.add("starts_at", "in_the_past")
    elif starts_at > at + timedelta(days=366):
        faults.add("starts_at", "too_late", until=at + timedelta(days=366))
    if not SHORTEST <= minutes <= LONGEST:
        faults.add("minutes", "clinic_length", min=SHORTEST, max=LONGEST)
        return {"starts_at": starts_at}
    return {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=minutes)}


def unseen(clinic: Clinic, who: Standing) -> list[ClinicCase]:
    rows = list(clinic.cases.select_related("presenter", "case").order_by("order", "pk"))
    seen = set(visible(who).filter(pk__in=[row.case_id for row in rows]).values_list("pk", flat=True))
    return [row for row in rows if row.case_id not in seen]


def chosen(
    picks: Sequence[Pick], who: Standing, at: datetime, faults: Faults, *, unseen: Sequence[ClinicCase] = ()
) -> list[tuple[Case, Person]]:
    """The cases with their presenters, in the order given, those the editor does not see at the end.

    A case must be seen in full by who picks it and by who presents it, and not be 敏感.
    """
    codes = list(dict.fromkeys(pick.case[:20].replace("\x00", "") for pick in picks))
    found = {one.code: one for one in visible(who).filter(code__in=codes).select_related("accountable")}
    wanted = {pick.case: pick.presenter for pick in picks}
    chosen: list[tuple[Case, Person]] = []
    for row, code in enumerate(codes):
        case = found.get(code)
        if case is None:
            faults.add("picks", "clinic_case_unknown", row, value=code)
        elif case.is_sensitive:
            faults.add("picks", "clinic_case_sensitive", row, code=code)
        else:
            chosen.append((case, wanted.get(code) or case.accountable))
    if len(chosen) + len(unseen) > CASES_MOST:
        faults.add("picks", "too_many", max=CASES_MOST)
    elif not chosen and not unseen and "picks" not in faults.found:
        faults.add("picks", "clinic_no_case")
    for case, presenter in blind(chosen, at):
        faults.add("picks", "presenter_sees_not", name=presenter.name, code=case.code)
    return chosen + [(row.case, row.presenter or row.case.accountable) for row in unseen]


def blind(chosen: Sequence[tuple[Case, Person]], at: datetime) -> list[tuple[Case, Person]]:
    """Presenters who do not see their case in full, or are gone. Four queries."""
    today = timezone.localdate(at)
    who = standings_of({presenter for _case, presenter in chosen}, on=today) if chosen else {}
    accesses: dict[int, list[Access]] = {}
    for access in Access.objects.filter(case__in=[case.pk for case, _ in chosen], until=None):
        accesses.setdefault(access.case_id, []).append(access)
    return [
        (case, presenter)
        for case, presenter in chosen
        if (presenter.left_on and presenter.left_on <= today)
        or not is_visible(who[presenter.pk], case, accesses.get(case.pk, ()))
    ]


def invited(people: Iterable[Person], at: datetime, faults: Faults) -> list[Person]:
    today = timezone.localdate(at)
    found = {one.pk: one for one in people if one.left_on is None or one.left_on > today}
    if not found:
        faults.add("people", "clinic_nobody")
    if len(found) > PEOPLE_MOST:
        faults.add("people", "too_many", max=PEOPLE_MOST)
    return list(found.values())


def write_cases(clinic: Clinic, chosen: Sequence[tuple[Case, Person]]) -> None:
    ClinicCase.objects.bulk_create(
        ClinicCase(clinic=clinic, case=case, presenter=presenter, order=order)
        for order, (case, presenter) in enumerate(chosen, 1)
    )


def invite(clinic: Clinic, ids: Iterable[int]) -> None:
    ClinicAttendance.objects.bulk_create(ClinicAttendance(clinic=clinic, person_id=pk) for pk in sorted(ids))


def people_of(clinic: Clinic) -> list[int]:
    return sorted(clinic.attendances.values_list("person_id", flat=True))


def write_minutes(
    clinic: Clinic,
    who: Standing,
    minutes: str,
    came: Collection[str],
    learned: Mapping[str, str],
    takes: Mapping[str, str],
    more: Mapping[str, Any],
) -> list[int]:
    """Minutes, lessons and attendance; the ids of those who came."""
    faults = Faults()
    words = text("minutes", minutes, faults, needed=True)
    people = list(clinic.attendances.select_related("person"))
    if unknown := sorted(set(came) - {one.person.code for one in people}):
        faults.add("came", "unknown", value=unknown[0][:20])
    rows = list(clinic.cases.select_related("case").order_by("order", "pk"))
    seen = set(visible(who).filter(pk__in=[row.case_id for row in rows]).values_list("pk", flat=True))
    for number, row in enumerate(rows):
        if row.case_id in seen:
            row.learned = text("learned", learned.get(row.case.code, row.learned), faults, row=number)
    for number, one in enumerate(people):
        one.came = one.person.code in came
        one.learned = text("takes", takes.get(one.person.code, one.learned), faults, row=number)
    if people and not came:
        faults.add("came", "clinic_nobody_came")
    faults.refuse()
    save(clinic, {"minutes": words, **more})
    ClinicCase.objects.bulk_update(rows, ["learned"])
    ClinicAttendance.objects.bulk_update(people, ["came", "learned"])
    return sorted(one.person_id for one in people if one.came)
