"""日程: five weeks on a page, the same as a private calendar feed, one session as an invitation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_POST

from huizhen.accounts.actions import renew_feed
from huizhen.accounts.queries import feed_token, user_of_feed
from huizhen.cases.queries import agenda as queries
from huizhen.directory.queries import monday_of
from huizhen.directory.queries import standing as standing_on
from huizhen.methods.models import Clinic
from huizhen.methods.queries.clinics import invited_between
from huizhen.web.agenda import calendars
from huizhen.web.context import standing_of

BACK, AHEAD = timedelta(days=7), timedelta(days=28)
FEED_BACK, FEED_AHEAD = timedelta(days=60), timedelta(days=180)


@dataclass(frozen=True)
class Meeting:
    """A clinic among the entries of a day."""

    day: date
    clinic: Clinic

    @property
    def starts_at(self) -> datetime:
        return self.clinic.starts_at


def with_clinics(items: list[queries.Item], clinics: list[Clinic]) -> list[Any]:
    """Clinics beside the entries of cases: by day, those with an hour first."""
    found = [*(Meeting(timezone.localdate(one.starts_at), one) for one in clinics), *items]
    return sorted(found, key=lambda one: (one.day, one.starts_at is None, one.starts_at or 0))


@require_GET
def agenda(request: HttpRequest) -> HttpResponse:
    """The past week and the coming four, today always among the days."""
    today, standing = timezone.localdate(), standing_of(request)
    items = queries.items(standing, since=today - BACK, until=today + AHEAD)
    items = with_clinics(items, invited_between(standing, since=today - BACK, until=today + AHEAD))
    past, ahead = ([one for one in items if (one.day < today) is before] for before in (True, False))
    context = {"today": today, "past": queries.days(past), "weeks": weeks(queries.days(ahead), today)}
    token = feed_token(request.user)
    context["feed"] = request.build_absolute_uri(reverse("schedule:feed", args=[token])) if token else ""
    return render(request, "agenda/agenda.html", context)


def weeks(days: list[queries.Day], today: date) -> list[tuple[str, list[queries.Day]]]:
    """Days under 今天, 本周, 下周, 以后."""
    sunday = monday_of(today) + timedelta(days=6)
    heads = [(_("今天"), today), (_("本周"), sunday), (_("下周"), sunday + timedelta(days=7)), (_("以后"), date.max)]
    made = []
    for title, last in heads:
        made.append((title, [one for one in days if one.day <= last]))
        days = [one for one in days if one.day > last]
    return [(title, found) for title, found in made if found]


@require_POST
def renew(request: HttpRequest) -> HttpResponse:
    """A new secret address for the feed; the old one ends."""
    renew_feed(request.user, at=timezone.now())
    messages.success(request, _("订阅地址已更换，旧地址不再有效。请在日历软件里换上新地址。"))
    return redirect("schedule:agenda")


@login_not_required
@require_GET
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The agenda for a calendar program, in its owner's language. Whoever has the address may read, so it can be renewed."""
    user = user_of_feed(token)
    if user is None:
        raise Http404
    today = timezone.localdate()
    standing, since, until = standing_on(user, on=today), today - FEED_BACK, today + FEED_AHEAD
    found = queries.items(standing, since=since, until=until)
    clinics = invited_between(standing, since=since, until=until)
    with override(user.language or None):
        content = calendars.published(found, clinics, request.build_absolute_uri("/"), at=timezone.now())
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, max-age=600"
    return answer


@require_GET
def session(request: HttpRequest, code: str, key: UUID) -> HttpResponse:
    """One session as an invitation, or as the word that it was called off."""
    standing = standing_of(request)
    found = queries.session_of(standing, code, str(key))
    content = calendars.invitation(found, standing, request.build_absolute_uri("/"), at=timezone.now())
    answer = HttpResponse(content, content_type=f"text/calendar; charset=utf-8; method={calendars.method_of(found)}")
    answer["Content-Disposition"] = f'attachment; filename="{found.case.code}.ics"'
    return answer
