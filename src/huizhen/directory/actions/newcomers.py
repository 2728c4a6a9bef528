"""People who are new: the next human code, for one person and for a whole roster, and somebody entered by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import count

from django.db import transaction

from huizhen.accounts.models import User
from huizhen.directory.actions.rights import need_coordinator
from huizhen.directory.models import Campaign, Person, Unit
from huizhen.directory.sheets.fields import CHECKS, LIMITS, NORMAL
from huizhen.journal import actions as journal
from huizhen.lib.errors import Fault, Invalid
from huizhen.lib.zh import sort_key

_TEXTS = ("name", "post", "staff_no", "phone", "email")


def person_codes() -> Iterator[str]:
    """The free codes E001, E002, … Call it in a transaction: until it ends nobody else gives codes."""
    Campaign.objects.select_for_update().order_by("pk").first()  # the first one, whichever is imported into
    codes = Person.objects.filter(code__startswith="E").values_list("code", flat=True)
    first = max((int(code[1:]) for code in codes if code[1:].isdecimal()), default=0) + 1
    return (f"E{number:03d}" for number in count(first))


def texts_of(given: dict[str, str], person: Person | None = None) -> dict[str, str]:
    """What was typed about somebody in the normal form of the roster. Invalid: missing, too long, badly written, or another's number."""
    texts = {name: NORMAL[name](value) for name, value in given.items()}
    faults: dict[str, list[Fault]] = {}
    if not texts.get("name", "-"):
        faults["name"] = [Fault("required")]
    for name, value in texts.items():
        if len(value) > LIMITS[name]:
            faults[name] = [Fault("too_long", {"max": LIMITS[name], "length": len(value)})]
        elif value and name in CHECKS and not CHECKS[name][0].fullmatch(value):
            faults[name] = [Fault(CHECKS[name][1])]
    for name in {"staff_no", "phone"} & set(texts) - set(faults):
        others = Person.objects.filter(**{name: texts[name]}) if texts[name] else Person.objects.none()
        other = (others.exclude(pk=person.pk) if person else others).first()
        # Somebody may share the phone of a desk with whom it is hers already; a newcomer with a known phone is mostly no newcomer.
        if other and (name == "staff_no" or person is None):
            faults[name] = [Fault("number_taken", {"name": f"{other.name} {other.code}"})]
    if faults:
        raise Invalid(faults)
    return texts


@transaction.atomic
def add_person(
    *, name: str, unit: Unit, post: str = "", staff_no: str = "", phone: str = "", email: str = "",
    is_namesake: bool = False, by: User | None, at: datetime,
) -> Person:  # fmt: skip
    """Somebody the roster does not bring: a secretary, a colleague of head office. She has no post and no account yet.

    Side effects: journal `person_added`. NotAllowed: not head office. Invalid: badly written, a number somebody has already, or the name of
    somebody of the same unit, unless it is said that these are two people; a second click is refused by that too.
    """
    lender = need_coordinator(by, at)
    codes = person_codes()
    texts = texts_of(dict(zip(_TEXTS, (name, post, staff_no, phone, email), strict=True)))
    namesake = Person.objects.filter(name=texts["name"], unit=unit).order_by("pk").first()
    if namesake and not is_namesake:
        raise Invalid.one("name", "namesake", name=f"{namesake.name} {namesake.code}")
    person = Person.objects.create(code=next(codes), unit=unit, sort_key=sort_key(texts["name"], person=True), **texts)
    journal.record("person_added", person, by=by, at=at, on_behalf_of=lender, label=person.name, unit=unit.pk)
    return person


@transaction.atomic
def change_person(
    person: Person, *, name: str, unit: Unit, post: str, staff_no: str, by: User | None, at: datetime
) -> Person:
    """Name, unit, job and staff number. Side effects: her account carries the new name; journal `person_changed`, naming the fields.

    NotAllowed: not head office. Invalid: badly written, or somebody else's staff number. Her user name stays as it is.
    """
    lender = need_coordinator(by, at)
    locked = Person.objects.select_for_update().get(pk=person.pk)
    fresh = texts_of({"name": name, "post": post, "staff_no": staff_no}, locked)
    changed = [field for field, value in fresh.items() if getattr(locked, field) != value]
    changed += ["unit"] if locked.unit_id != unit.pk else []
    if not changed:
        return locked
    for field, value in fresh.items():
        setattr(locked, field, value)
    locked.unit, locked.sort_key = unit, sort_key(locked.name, person=True)
    locked.save(update_fields=[*fresh, "unit", "sort_key"])
    if locked.user_id is not None:
        User.objects.filter(pk=locked.user_id).update(name=locked.name)
    journal.record("person_changed", locked, by=by, at=at, on_behalf_of=lender, label=locked.name, fields=changed)
    return locked
