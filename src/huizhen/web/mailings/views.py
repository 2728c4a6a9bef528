"""定时发送: views that go out by themselves, to whom, when, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huizhen.cases.queries import lists
from huizhen.directory.queries import current_campaign
from huizhen.lib.errors import Invalid
from huizhen.reports.actions import mailings as actions
from huizhen.reports.choices import MailedView, Rhythm
from huizhen.reports.models import Mailing
from huizhen.reports.policy.scopes import scopes
from huizhen.reports.queries import mailings as queries
from huizhen.web import sentences
from huizhen.web.context import standing_of
from huizhen.web.figures.forms import PERIODS
from huizhen.web.filters import typed
from huizhen.web.lists.words import SCOPES
from huizhen.web.mailings.forms import WEEKDAYS, MailingForm

ROUTES = {MailedView.FIGURES: "figures:page", MailedView.CASES: "cases:list", MailedView.WORKLIST: "worklist:page"}


@require_GET
def mailings(request: HttpRequest) -> HttpResponse:
    found = queries.mailings(standing_of(request).person)
    params = [queries.params_of(one.mailing.kind, one.mailing.query) for one in found]
    names = _names(request, *params)
    rows = [
        (one, _when(one.mailing), _said(one.mailing.kind, told, names)) for one, told in zip(found, params, strict=True)
    ]
    return render(request, "mailings/list.html", {"rows": rows, "kinds": _starts()})


def _when(mailing: Mailing) -> str:
    hour = f"{mailing.hour:%H:%M}"
    if mailing.rhythm == Rhythm.WEEKLY:
        return _("每%(day)s %(hour)s") % {"day": WEEKDAYS[mailing.number - 1], "hour": hour}
    return _("每月 %(n)s 日 %(hour)s") % {"n": mailing.number, "hour": hour}


def _names(request: HttpRequest, *params: Mapping[str, str]) -> dict[str, str]:
    """What the scopes of figures are called, of those that she may read; read once, and only where one is named."""
    campaign = current_campaign() if any(":" in one.get("scope", "") for one in params) else None
    return {one.address: one.name for one in scopes(standing_of(request), campaign)} if campaign else {}


def _said(kind: str, params: Mapping[str, str], names: Mapping[str, str]) -> str:
    """Which page, of which scope and period."""
    told = [str(MailedView(kind).label)]
    if kind == MailedView.FIGURES:
        address = params.get("scope", "")
        told += [
            _("全部") if address == "all" else names.get(address, address.partition(":")[2]),
            str(dict(PERIODS).get(params["period"], "")),
        ]
    else:
        told.append(str(dict(SCOPES).get(params["scope"], "")))
        told += [_("%(n)s 个条件") % {"n": n}] if (n := len(lists.filters_of(params).as_params())) else []
    return " · ".join(filter(None, told))


def _starts() -> list[tuple[Any, str]]:
    """The pages from which a mailing is made."""
    return [(MailedView(kind).label, reverse(route)) for kind, route in ROUTES.items()]


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A view comes with the address of its page."""
    standing = standing_of(request)
    asked = request.POST if request.method == "POST" else request.GET
    kind, query = asked.get("kind", "")[:10], asked.get("query", "")[:1600]
    initial = {
        "kind": kind, "query": query, "number": "weekly-1", "hour": "08:30", "has_file": True,
        "to": standing.person.name if standing.person else "",
    }  # fmt: skip
    form = MailingForm(typed(request), initial=initial)
    if form.is_bound and form.is_valid():
        try:
            made = actions.make_mailing(**form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("已设好“%(name)s”，到时会发。") % {"name": made.name})
            return redirect("mailings:list")
        except Invalid as invalid:
            sentences.apply(form, invalid)
    context = {"form": form, "what": _shown(request, kind, query), "kinds": _starts()}
    return render(request, "mailings/new.html", context, status=422 if form.is_bound else 200)


def _shown(request: HttpRequest, kind: str, query: str) -> str:
    """The view in words; "" when it is none, or not hers."""
    try:
        params = queries.params_of(kind, query)
    except ValueError:
        return ""
    is_hers = queries.may_see(standing_of(request), kind, params, current_campaign())
    return _said(kind, params, _names(request, params)) if is_hers else ""


def _mine(request: HttpRequest, key: UUID) -> Mailing:
    return queries.get_mailing(standing_of(request).person, key)


@require_GET
def opened(request: HttpRequest, key: UUID) -> HttpResponse:
    """Where a message leads: the page itself, as this reader sees it."""
    found = _mine(request, key)
    return redirect(f"{reverse(ROUTES[MailedView(found.kind)])}?{found.query}")


@require_POST
def pause(request: HttpRequest, key: UUID) -> HttpResponse:
    found = actions.pause_mailing(_mine(request, key), by=request.user, at=timezone.now())
    messages.success(request, _("“%(name)s”已暂停。") % {"name": found.name})
    return redirect("mailings:list")


@require_POST
def resume(request: HttpRequest, key: UUID) -> HttpResponse:
    found = actions.resume_mailing(_mine(request, key), by=request.user, at=timezone.now())
    messages.success(request, _("“%(name)s”继续发送。") % {"name": found.name})
    return redirect("mailings:list")


@require_POST
def remove(request: HttpRequest, key: UUID) -> HttpResponse:
    found = actions.remove_mailing(_mine(request, key), by=request.user, at=timezone.now())
    messages.success(request, _("“%(name)s”已删除。") % {"name": found.name})
    return redirect("mailings:list")


@require_POST
def send_me_one(request: HttpRequest, key: UUID) -> HttpResponse:
    found = _mine(request, key)
    actions.send_me_one(found, by=request.user, at=timezone.now())
    messages.success(request, _("“%(name)s”马上发给您，消息里也有。") % {"name": found.name})
    return redirect("mailings:list")
