"""What a person chose, and what holds where she chose nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

from huizhen.directory.models import Person
from huizhen.notifications.choices import DEFAULTS, PERSONAL, ChannelName, DigestDay, Event
from huizhen.notifications.models import PersonalSetting, Preference

Chosen = dict[tuple[int, str, str], bool]


@dataclass(frozen=True)
class Wish:
    """One box of the page: a kind of happening by one channel."""

    event: str
    channel: str
    label: str | Promise
    is_wanted: bool
    is_default: bool


@dataclass(frozen=True)
class Row:
    """A kind of happening; it is always in the inbox."""

    event: str
    label: str | Promise
    wishes: tuple[Wish, ...]


@dataclass(frozen=True)
class Wishes:
    """Everything a person may choose."""

    rows: tuple[Row, ...]
    digest_day: str


def wishes(person: Person) -> Wishes:
    """The page of preferences. Two queries."""
    chosen = chosen_by([person.pk])
    rows = tuple(
        Row(event, Event(event).label, tuple(_wish(person, event, channel, chosen) for channel in PERSONAL))
        for event in Event.values
    )
    return Wishes(rows, digest_day(person))


def _wish(person: Person, event: str, channel: ChannelName, chosen: Chosen) -> Wish:
    usual = channel in DEFAULTS[event]
    wanted = chosen.get((person.pk, event, channel.value), usual)
    return Wish(event, channel.value, channel.label, wanted, wanted == usual)


def chosen_by(person_ids: Iterable[int]) -> Chosen:
    """Person, kind and channel → wanted, where somebody chose. One query."""
    rows = Preference.objects.filter(person__in=set(person_ids))
    return {(one.person_id, one.event, one.channel): one.wanted for one in rows}


def is_wanted(person_id: int, event: str, channel: str, chosen: Chosen) -> bool:
    """Whether a kind of happening goes to somebody by a channel."""
    return chosen.get((person_id, str(event), str(channel)), channel in DEFAULTS[event])


def digest_day(person: Person) -> str:
    """The day chosen for the weekly digest; "" where nothing was chosen."""
    return PersonalSetting.objects.filter(person=person).values_list("digest_day", flat=True).first() or ""


def digest_days(leaders: Collection[int]) -> dict[int, int]:
    """Person → day of the week (1 is Monday) of everybody who gets a digest: who chose one, and leaders who chose nothing."""
    days = dict.fromkeys(leaders, int(DigestDay.MONDAY.value))
    for person, day in PersonalSetting.objects.exclude(digest_day="").values_list("person_id", "digest_day"):
        if day == DigestDay.OFF:
            days.pop(person, None)
        else:
            days[person] = int(day)
    return days
