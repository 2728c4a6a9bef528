"""总览: the figures of a scope as pictures, each with its table; 大屏: the same for a screen on the wall."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from huizhen.directory.models import Campaign
from huizhen.directory.queries import current_campaign
from huizhen.lib.errors import NotAllowed, NotNow
from huizhen.reports.queries.state import open_fill
from huizhen.web.context import standing_of
from huizhen.web.dashboards.panels import panels, wall
from huizhen.web.dashboards.squares import SHORT
from huizhen.web.figures.forms import choice_of, form_of, remember
from huizhen.web.figures.words import period_words
from huizhen.web.inbox.views import STOP_ASKING


def _campaign() -> Campaign:
    found = current_campaign()
    if found is None:
        raise NotNow("no_campaign")
    return found


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    now, standing = timezone.now(), standing_of(request)
    choice = choice_of(request, _campaign(), today=timezone.localdate(now), first="campaign", own=True)
    context = {
        "choice": choice, "form": form_of(choice), "period": period_words(choice), "now": now, "fill": open_fill(),
        "heats": SHORT, "query": choice.query(), "me": (standing.own or standing).person, "has_screen": standing.is_reader_of_all,
        **panels(request, choice, standing, now=now),
    }  # fmt: skip
    return render(request, "dashboards/page.html", context)


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Remember scope and period for the next time, and show them."""
    query = remember(request, _campaign())
    return redirect(f"{reverse('overview:page')}?{query}")


@require_GET
def screen(request: HttpRequest) -> HttpResponse:
    """A wall to look at from afar: nothing to press, nobody's name."""
    return render(request, "dashboards/screen.html", _wall(request))


@login_not_required
@never_cache
@require_GET
def fresh(request: HttpRequest) -> HttpResponse:
    """The wall anew, asked for once a minute; the end of asking once signed out, so that the last figures stay where they are."""
    if not request.user.is_authenticated:
        return HttpResponse(status=STOP_ASKING)
    return render(request, "dashboards/screen.html#wall", _wall(request))


def _wall(request: HttpRequest) -> dict[str, Any]:
    standing = standing_of(request)
    if not standing.is_reader_of_all:
        raise NotAllowed("screen_of_head_office")
    return {"theme": "dark", **wall(request, _campaign(), standing, now=timezone.now())}
