"""What a person chooses to hear by which channel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from huizhen.accounts.models import User
from huizhen.directory.models import Person
from huizhen.journal.actions import record
from huizhen.lib.errors import Invalid
from huizhen.notifications.choices import DEFAULTS, PERSONAL, DigestDay, Event
from huizhen.notifications.models import PersonalSetting, Preference


@transaction.atomic
def choose(
    person: Person,
    *,
    wanted: Mapping[tuple[str, str], bool],
    digest_day: str | None = None,
    by: User,
    at: datetime,
) -> None:
    """Set what a person hears outside of the inbox: kind and channel → wanted, and the day of the digest unless None.

    What is like the default is not kept, so that it follows the default. Journal `preferences_changed`. Invalid: an unknown kind,
    channel or day.
    """
    for event, channel in wanted:
        if event not in Event.values or channel not in PERSONAL:
            raise Invalid.one("wanted", "not_offered", given=f"{event} {channel}"[:40])
    if digest_day is not None and digest_day not in DigestDay.values:
        raise Invalid.one("digest_day", "not_offered", given=digest_day[:10])
    for (event, channel), is_wanted in sorted(wanted.items()):
        mine = Preference.objects.filter(person=person, event=event, channel=channel)
        if is_wanted == (channel in DEFAULTS[event]):
            mine.delete()
        else:
            Preference.objects.update_or_create(
                person=person, event=event, channel=channel, defaults={"wanted": is_wanted}
            )
    if digest_day is not None:
        PersonalSetting.objects.update_or_create(person=person, defaults={"digest_day": digest_day})
    record("preferences_changed", person, by=by, at=at, label=person.name)
