"""The weekly digest as a page: the figures as they were when it was sent, beside those of the week before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huizhen.cases.queries.lists import scopes
from huizhen.cases.verbs import SITUATIONS
from huizhen.directory.queries import Standing
from huizhen.lib.errors import NotVisible
from huizhen.methods.models import Method
from huizhen.methods.policy import visible
from huizhen.notifications import queries
from huizhen.notifications.choices import Event
from huizhen.notifications.models import Message
from huizhen.notifications.queries.inbox import message_before
from huizhen.web.context import standing_of

_SCOPES = ("all", "domain", "group", "mine")


@require_GET
def digest(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own, of any week."""
    standing = standing_of(request)
    message = queries.message_of(standing.person, pk) if standing.person and pk < 2**63 else None
    if message is None or message.event != Event.DIGEST:
        raise NotVisible("no_such_message")
    before = message_before(message)
    context = {
        "message": message,
        "place": message.data.get("place", ""),
        "week": week(message.at),
        "figures": figures(message, before, standing),
        "situations": _situations(message.data, standing),
        "has_before": before is not None,
        "methods": new_methods(message, standing),
        "reused": _number(message.data, "reused"),
    }
    return render(request, "inbox/digest.html", context)


def new_methods(message: Message, standing: Standing) -> list[Method]:
    """Those that the digest named and that the reader may still read, latest first. One query."""
    named = [pk for pk in message.data.get("methods", ()) if isinstance(pk, int)]
    found = visible(standing).filter(pk__in=named) if named else Method.objects.none()
    return list(found.select_related("domain", "first_branch").order_by("-published_at", "-pk"))


def week(at: datetime) -> tuple[date, date]:
    """The seven days that a digest of this moment tells of."""
    return timezone.localdate(at - timedelta(days=7)), timezone.localdate(at)


def _base(standing: Standing) -> str:
    held = scopes(standing)
    scope = next((one for one in _SCOPES if one in held), "following")
    return f"{reverse('cases:list')}?scope={scope}"


def figures(message: Message, before: Message | None, standing: Standing) -> list[dict[str, Any]]:
    """Four figures; each leads to its cases as they are today where a list has them."""
    base, last = _base(standing), before.data if before else {}
    rows = [
        ("open", _("在诊"), base, False),
        ("late", _("超时"), f"{base}&overdue=1", True),
        ("registered", _("本周挂号"), base, False),
        ("resolved", _("本周破题"), f"{base}&stage=resolved", False),
    ]
    return [
        {
            "label": label, "n": _number(message.data, name), "url": url,
            "is_bad": red and _number(message.data, name) > 0,
            "change": _change(_number(message.data, name) - _number(last, name)) if before else "",
        }
        for name, label, url, red in rows
    ]  # fmt: skip


def _number(data: Mapping[str, Any], name: str) -> int:
    value = data.get(name)
    return value if isinstance(value, int) else 0


def _change(n: int) -> str:
    if not n:
        return _("和上周一样")
    return _("比上周多 %(n)s") % {"n": n} if n > 0 else _("比上周少 %(n)s") % {"n": -n}


def _situations(data: Mapping[str, Any], standing: Standing) -> list[tuple[Any, str, int]]:
    base = _base(standing)
    rows = [(name, n) for name, n in data.get("situations", ()) if name in SITUATIONS]
    return [(SITUATIONS[name], f"{base}&situation={name}", n) for name, n in rows]
