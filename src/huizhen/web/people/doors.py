"""Door links as head office gets them: once on a page, as slips to cut or as a file, never stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from huizhen.accounts.queries import DOOR_LASTS, door_of
from huizhen.directory.models import Person
from huizhen.directory.queries.accounts import people_by_code
from huizhen.lib.errors import NotVisible
from huizhen.web.moments import when_words

_SALT = "huizhen.web.people.doors"
_LASTS = 3600
"""Seconds that the page with the links may still ask for their file."""


@dataclass(frozen=True)
class Slip:
    """What somebody is given to get in; `mail` writes it into a mail to her."""

    person: Person
    username: str
    address: str
    until: datetime
    mail: str


def slips(request: HttpRequest, people: Sequence[Person], *, at: datetime) -> list[Slip]:
    """One for each whose door is still to be opened; the same moment makes the same links."""
    found = []
    for one in people:
        token = door_of(one.user, at=at) if one.user else ""
        if one.user and token:
            address, until = request.build_absolute_uri(reverse("door", args=[token])), at + DOOR_LASTS
            found.append(Slip(one, one.user.username, address, until, _mail(one, one.user.username, address, until)))
    return found


def _mail(person: Person, username: str, address: str, until: datetime) -> str:
    if not person.email:
        return ""
    subject = _("您的会诊账号")
    text = _(
        "%(name)s，您好：\n\n会诊系统的账号已为您开通，登录名 %(username)s。\n"
        "请在 %(until)s 前打开下面的链接，自己设定密码：\n%(address)s\n\n链接只能用一次，请不要转发。"
    )
    body = text % {"name": person.name, "username": username, "until": when_words(until), "address": address}
    return f"mailto:{quote(person.email, safe='@')}?subject={quote(subject)}&body={quote(body)}"


def page(request: HttpRequest, people: Sequence[Person], *, at: datetime, **more: object) -> HttpResponse:
    """The answer that shows the links, this once: no address leads back here."""
    value = {"codes": [one.code for one in people], "at": at.isoformat(), "by": request.user.pk}
    context = {
        "slips": slips(request, people, at=at),
        "until": at + DOOR_LASTS,
        "stamp": signing.dumps(value, salt=_SALT, compress=True),
        **more,
    }
    answer = render(request, "people/doors.html", context)
    answer["Cache-Control"] = "no-store, private"
    return answer


def stamped(request: HttpRequest) -> tuple[list[Person], datetime]:
    """Whose links the page showed to this reader within the hour, and of which moment they are. NotVisible otherwise."""
    try:
        value = signing.loads(request.POST.get("stamp", ""), salt=_SALT, max_age=_LASTS)
    except signing.BadSignature:
        raise NotVisible("no_such_page") from None
    if value["by"] != request.user.pk:
        raise NotVisible("no_such_page")
    return people_by_code(value["codes"]), datetime.fromisoformat(value["at"])


def cells(slip: Slip) -> tuple[str, ...]:
    """The row of the file."""
    unit = slip.person.unit.name if slip.person.unit else ""
    until = timezone.localtime(slip.until).strftime("%Y-%m-%d %H:%M")
    return slip.person.name, unit, slip.username, slip.address, until
