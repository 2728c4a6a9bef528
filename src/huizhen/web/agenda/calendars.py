"""Calendar files after RFC 5545 and RFC 5546. No phone and no address of another person leaves the house in one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from huizhen.cases.models import Session
from huizhen.cases.queries.agenda import Item
from huizhen.directory.queries import Standing
from huizhen.methods.models import Clinic

PRODUCT = "-//Huizhen//Huizhen//ZH"


def method_of(session: Session | Clinic) -> str:
    return "CANCEL" if session.state == "cancelled" else "REQUEST"


def _calendar(method: str, name: str = "") -> Calendar:
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("method", method)
    if name:
        made.add("x-wr-calname", name)
        made.add("refresh-interval;value=duration", "PT1H")
    return made


def _title(item_case: object) -> str:
    """The title of a case, or for a 敏感 one that it is one: calendars are shown on screens and walls."""
    return _("敏感病例") if getattr(item_case, "is_sensitive", False) else str(getattr(item_case, "title", ""))


def _event(session: Session, home: str, *, at: datetime, is_open: bool = True) -> Event:
    lines = (session.case.code, session.case.branch.name, session.link, session.cancel_reason)
    url = f"{home}cases/{session.case.code}/" if is_open else ""
    return _held(session, _("会诊：%(title)s") % {"title": _title(session.case)}, lines, home, url, at=at)


def _clinic(clinic: Clinic, home: str, *, at: datetime) -> Event:
    lines = (clinic.code, clinic.link, clinic.reason)
    url = f"{home}clinics/{clinic.code}/"
    return _held(clinic, f"{clinic.title} · {clinic.domain.name}", lines, home, url, at=at)


def _held(thing: Session | Clinic, summary: str, lines: Iterable[str], home: str, url: str, *, at: datetime) -> Event:
    """What takes place at its hour: called off or confirmed, in the name of who called it together."""
    host = urlsplit(home).hostname or "localhost"
    event = Event()
    event.add("uid", f"{thing.key}@huizhen")
    event.add("sequence", thing.sequence)
    event.add("dtstamp", at)
    event.add("dtstart", timezone.localtime(thing.starts_at))
    event.add("dtend", timezone.localtime(thing.ends_at))
    event.add("summary", summary)
    if thing.place:
        event.add("location", thing.place)
    event.add("description", "\n".join(line for line in lines if line))
    if url:
        event.add("url", url)
    event.add("status", "CANCELLED" if thing.state == "cancelled" else "CONFIRMED")
    organizer = vCalAddress(f"mailto:no-reply@{host}")
    organizer.params["CN"] = vText(thing.by.name)
    event.add("organizer", organizer, encode=False)
    return event


def invitation(session: Session, standing: Standing, home: str, *, at: datetime) -> bytes:
    """One session for the reader herself: METHOD REQUEST or CANCEL, the same UID, a higher SEQUENCE with every change."""
    event = _event(session, home, at=at)
    _attend(event, standing, home)
    names = [one.person.name for one in session.attendances.all()]
    if names:
        event["description"] = vText(f"{event['description']}\n" + _("参加人：%(names)s") % {"names": "、".join(names)})
    return _alone(session, event)


def _alone(thing: Session | Clinic, event: Event) -> bytes:
    made = _calendar(method_of(thing))
    made.add_component(event)
    made.add_missing_timezones()
    return made.to_ical()


def _attend(event: Event, standing: Standing, home: str) -> None:
    """The reader herself; nobody else's address leaves the house."""
    if standing.person is not None:
        host = urlsplit(home).hostname or "localhost"
        attendee = vCalAddress(f"mailto:{standing.person.email or f'no-reply@{host}'}")
        attendee.params["CN"] = vText(standing.person.name)
        attendee.params["RSVP"] = vText("FALSE")
        event.add("attendee", attendee, encode=False)


def clinic_invitation(clinic: Clinic, standing: Standing, home: str, *, at: datetime) -> bytes:
    """One clinic for the reader herself, as `invitation`. It names no case: calendars are shown on screens and walls."""
    event = _clinic(clinic, home, at=at)
    _attend(event, standing, home)
    return _alone(clinic, event)


def published(items: list[Item], clinics: list[Clinic], home: str, *, at: datetime) -> bytes:
    """The whole agenda as a feed: sessions and clinics with their hours, follow-ups and measures as whole days."""
    made = _calendar("PUBLISH", _("会诊日程"))
    for clinic in clinics:
        made.add_component(_clinic(clinic, home, at=at))
    for item in items:
        if item.session is not None:
            made.add_component(_event(item.session, home, at=at, is_open=item.is_open))
        else:
            made.add_component(_whole_day(item, home, at=at))
    made.add_missing_timezones()
    return made.to_ical()


def _whole_day(item: Item, home: str, *, at: datetime) -> Event:
    key = item.measure.key if item.measure else item.case.code
    event = Event()
    event.add("uid", f"{item.kind}-{key}@huizhen")
    event.add("dtstamp", at)
    event.add("dtstart", item.day)
    event.add("dtend", item.day + timedelta(days=1))
    if item.measure is not None and not item.case.is_sensitive:
        event.add("summary", _("措施到期：%(what)s") % {"what": item.measure.what})
    else:
        event.add("summary", _("复诊：%(title)s") % {"title": _title(item.case)})
    event.add("description", f"{item.case.code}\n{item.case.branch.name}")
    event.add("url", f"{home}cases/{item.case.code}/")
    event.add("transp", "TRANSPARENT")
    return event
