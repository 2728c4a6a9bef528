"""The inbox: own messages, newest first. Opening one is a link; that it was read is posted, because looking writes nothing."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from huizhen.directory.models import Person
from huizhen.lib.errors import NotVisible
from huizhen.notifications import actions, queries
from huizhen.notifications.choices import NEEDED
from huizhen.notifications.models import Message
from huizhen.notifications.queries.bell import bell
from huizhen.notifications.queries.telling import link_of
from huizhen.web import undo
from huizhen.web.context import standing_of
from huizhen.web.filters import number_of
from huizhen.web.inbox import words
from huizhen.web.inbox.paths import path

STOP_ASKING = 286
"""What htmx takes for the end of a poll."""


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """All, the unread, or those that ask for an act."""
    view = request.GET.get("show", "")
    view = view if view in words.VIEWS else ""
    found = queries.inbox(
        standing_of(request),
        before=number_of(request.GET.get("after")),
        only_unread=view == "unread",
        events=NEEDED if view == "mine" else (),
    )
    context = {
        "view": view,
        "views": [(name, label, name == view) for name, label in words.VIEWS.items()],
        "days": words.days(found.items, now=timezone.now()),
        "after": found.before,
        "empty": words.EMPTY[view],
    }
    return render(request, "inbox/page.html", context)


@login_not_required
@never_cache
@require_GET
def ring(request: HttpRequest) -> HttpResponse:
    """The bell anew, asked for once a minute: 204 when the page knows it already, the end of asking once signed out.

    One query beyond session and account, and no redirect: a reader whose session ended may be in the middle of a form.
    """
    if not request.user.is_authenticated:
        return HttpResponse(status=STOP_ASKING)
    found, known = bell(request.user), request.GET.get("known", "")
    if known == found.stamp:
        return HttpResponse(status=204)
    on_inbox = urlsplit(request.headers.get("HX-Current-URL", "")).path == reverse("inbox:page")
    context = {"bell": found, "on_inbox": on_inbox, "is_news": on_inbox and found.newest > _newest(known)}
    return render(request, "inbox/ring.html", context)


def _newest(stamp: str) -> int:
    return number_of(stamp.partition("-")[2]) or 0


def _me(request: HttpRequest) -> Person:
    person = standing_of(request).person
    if person is None:
        raise NotVisible("no_such_message")
    return person


def _mine(request: HttpRequest, pk: int) -> Message:
    message = queries.message_of(_me(request), pk) if pk < 2**63 else None
    if message is None:
        raise NotVisible("no_such_message")
    return message


def _back(request: HttpRequest) -> HttpResponse:
    wanted = request.POST.get("next", "")
    fine = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return redirect(wanted if fine else "inbox:page")


def _say(request: HttpRequest, count: int, at: datetime) -> None:
    said = ngettext("%(n)s 条消息已标为已读。", "%(n)s 条消息已标为已读。", count) % {"n": count}
    undo.offer(request, said, url=reverse("inbox:unread"), fields={"at": at.isoformat()})


@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Put one aside. A script that follows a link asks for no page and gets none."""
    message, now = _mine(request, pk), timezone.now()
    count = actions.mark_read(message.person, [message.pk], at=now)
    if "X-Quiet" in request.headers:
        return HttpResponse(status=204)
    if count:
        _say(request, count, now)
    return _back(request)


@require_POST
def open_message(request: HttpRequest, pk: int) -> HttpResponse:
    """Read, and on to the place it speaks of: the way without script."""
    message = _mine(request, pk)
    actions.mark_read(message.person, [message.pk], at=timezone.now())
    return redirect(path(link_of(message)))


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Everything the page knew of; what came meanwhile stays unread."""
    now = timezone.now()
    count = actions.mark_all_read(_me(request), up_to=number_of(request.POST.get("up_to")) or 0, at=now)
    if count:
        _say(request, count, now)
    return _back(request)


@require_POST
def unread(request: HttpRequest) -> HttpResponse:
    """Take back what one act put aside."""
    at = _moment(request.POST.get("at", ""))
    count = actions.undo_read(_me(request), at=at) if at else 0
    if count:
        messages.success(request, ngettext("%(n)s 条消息又是未读。", "%(n)s 条消息又是未读。", count) % {"n": count})
    else:
        messages.info(request, _("没有可以撤回的。"))
    return _back(request)


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text[:40])
    except ValueError:
        return None
    return found if found and timezone.is_aware(found) else None
