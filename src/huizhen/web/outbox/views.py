"""发送记录, for head office: what left the house and what did not, why, and what to do about it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from huizhen.lib.errors import NotAllowed, NotVisible
from huizhen.notifications import actions
from huizhen.notifications.channels.mail import reading
from huizhen.notifications.choices import ChannelName
from huizhen.notifications.queries.inbox import unread_words
from huizhen.notifications.queries.outbox import Line, counts, delivery_of, outbox
from huizhen.web.context import standing_of
from huizhen.web.endpoints.words import log_lines
from huizhen.web.filters import Filters, number_of, one_of
from huizhen.web.views import back_to_next

VIEWS = {
    "": gettext_lazy("全部"),
    "waiting": gettext_lazy("等待"),
    "failed": gettext_lazy("没有送到"),
    "doubtful": gettext_lazy("可能已送达"),
    "sent": gettext_lazy("已送达"),
}


class ChannelFilter(Filters):
    """By which way it went."""

    channel = one_of(gettext_lazy("走哪条路"), gettext_lazy("所有的路"), ChannelName.choices)


def _need_coordinator(request: HttpRequest) -> None:
    if not standing_of(request).is_coordinator:
        raise NotAllowed("coordinator_only")


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    _need_coordinator(request)
    filters = ChannelFilter(request.GET)
    channel, view = filters.values["channel"], request.GET.get("show", "")
    view = view if view in VIEWS else ""
    before = number_of(request.GET.get("after"))
    found = outbox(standing_of(request), view=view, channel=channel, before=before)
    letters = reading.letters_of([one.sending.key for one in found.lines if one.channel == ChannelName.MAIL])
    context = {
        "view": view,
        "views": _views(view, channel),
        "filters": filters,
        "rows": [_row(line, letters) for line in found.lines],
        "after": found.before,
        "is_folder": reading.is_kept(),
    }
    return render(request, "outbox/page.html", context)


def _views(view: str, channel: str) -> list[tuple[str, Any, str, bool]]:
    """Address, words, count and whether it is the one shown."""
    many, base = counts(), reverse("outbox:page")
    found = []
    for name, label in VIEWS.items():
        asked = {key: value for key, value in (("show", name), ("channel", channel)) if value}
        url = f"{base}?{urlencode(asked)}" if asked else base
        found.append((url, label, unread_words(many.get(name, 0)), name == view))
    return found


def _row(line: Line, letters: dict[str, str]) -> dict[str, Any]:
    (one, kind, why), *_rest = log_lines((line.sending,))
    if line.channel == ChannelName.MAIL and one.error == "address_form":
        why = _("名册里的邮箱写法不对")
    is_stuck = one.state in ("failed", "doubtful") and not line.is_settled
    return {"line": line, "one": one, "tag": kind, "why": why, "is_stuck": is_stuck, "letter": letters.get(one.key)}


@require_GET
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """A mail that was laid into the folder, as text."""
    _need_coordinator(request)
    found = reading.letter(name)
    if found is None:
        raise NotVisible("no_such_mail")
    return render(request, "outbox/mail.html", {"letter": found})


@require_POST
def send_again(request: HttpRequest, key: UUID) -> HttpResponse:
    _need_coordinator(request)
    if actions.send_again(delivery_of(key), by=request.user, at=timezone.now()):
        messages.success(request, _("已排队重发，还是同一个发送号。"))
    else:
        messages.info(request, _("这一条没有停在失败上，没有再发。"))
    return back_to_next(request)


@require_POST
def settle(request: HttpRequest, key: UUID) -> HttpResponse:
    _need_coordinator(request)
    if actions.settle(delivery_of(key), by=request.user, at=timezone.now()):
        messages.success(request, _("不再发了。站内消息还在。"))
    else:
        messages.info(request, _("这一条已经处理过。"))
    return back_to_next(request)
