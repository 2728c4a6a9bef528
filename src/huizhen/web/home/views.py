"""The first screen of each role."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from huizhen.cases.queries import home as queries
from huizhen.cases.queries.lists import solved
from huizhen.journal.queries import newest
from huizhen.methods.queries.writing import ahead
from huizhen.notifications.queries.outbox import stuck
from huizhen.web.context import standing_of
from huizhen.web.home import words
from huizhen.web.home.methods import waiting
from huizhen.web.monthly.words import at_home as reports_at_home
from huizhen.web.rounds.words import at_home
from huizhen.web.stories.words import at_home as stories_at_home

_PAGES = {
    "requester": "home/requester.html",
    "expert": "home/expert.html",
    "leader": "home/expert.html",
    "liaison": "home/liaison.html",
    "clerk": "home/clerk.html",
    "coordinator": "home/coordinator.html",
    "viewer": "home/viewer.html",
    "auditor": "home/auditor.html",
    "none": "home/none.html",
}
ENTRIES = 40
STORIES = 5


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What needs the reader now, the first thing first."""
    standing, now = standing_of(request), timezone.now()
    found = queries.home(standing, request.user, now=now)
    context = words.screen(found, request.user)
    context["waiting_methods"] = waiting(standing, found.role)
    context["round_lines"] = at_home(standing, found.role, now)
    context["report_lines"] = reports_at_home(standing, found.role, now)
    context["story_lines"] = stories_at_home(standing, found.role)
    if found.role in ("expert", "leader", "liaison", "coordinator"):
        context["methods_ahead"] = ahead(standing)
    if found.role == "auditor":
        context["entries"] = [words.entry(one) for one in newest()[:ENTRIES]]
    if found.role == "coordinator":
        context["stuck"] = stuck()
    if found.role in ("viewer", "requester", "none"):
        context["solved"] = solved(standing, limit=STORIES).closings
    return render(request, _PAGES[found.role], context)
