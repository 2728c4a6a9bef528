"""机器人与对接: the robots and webhooks somebody keeps, how they are doing, and what she may do with them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huizhen.lib.errors import Invalid, NotAllowed
from huizhen.notifications import actions
from huizhen.notifications.models import Endpoint
from huizhen.notifications.queries import log_of
from huizhen.notifications.queries.endpoints import endpoint_of, endpoints_of, is_keeper, places_of
from huizhen.web import sentences
from huizhen.web.context import standing_of
from huizhen.web.endpoints.forms import AddForm, ChangeForm
from huizhen.web.endpoints.words import line_of, log_lines, trouble
from huizhen.web.filters import number_of, typed


def _mine(request: HttpRequest, pk: int) -> Endpoint:
    return endpoint_of(standing_of(request), pk).endpoint


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    lines = [line_of(one, now) for one in endpoints_of(standing_of(request))]
    return render(request, "endpoints/list.html", {"lines": lines})


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    who = standing_of(request)
    if not is_keeper(who):
        raise NotAllowed("endpoints_not_yours")
    form = AddForm(places_of(who), for_all=who.is_coordinator, data=typed(request))
    if form.is_bound and form.is_valid():
        try:
            added = actions.add_endpoint(**form.values(), by=request.user, at=timezone.now())
            messages.success(request, _("已添加“%(name)s”，发一条测试消息看看。") % {"name": added.name})
            return redirect("endpoints:page", added.pk)
        except Invalid as invalid:
            sentences.apply(form, invalid)
    return render(request, "endpoints/form.html", {"form": form}, status=422 if form.is_bound else 200)


@require_GET
def endpoint(request: HttpRequest, pk: int) -> HttpResponse:
    """How it is doing, what it was sent."""
    line = line_of(endpoint_of(standing_of(request), pk), timezone.now())
    log = log_of(line.endpoint, before=number_of(request.GET.get("after")))
    context = {"line": line, "log": log_lines(log.rows), "after": log.before}
    return render(request, "endpoints/page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    state = endpoint_of(standing_of(request), pk)
    form = ChangeForm(state.endpoint, typed(request))
    if form.is_bound and form.is_valid():
        try:
            actions.change_endpoint(state.endpoint, by=request.user, at=timezone.now(), **form.values())
            messages.success(request, _("已保存。"))
            return redirect("endpoints:page", pk)
        except Invalid as invalid:
            sentences.apply(form, invalid)
    context = {"form": form, "line": line_of(state, timezone.now())}
    return render(request, "endpoints/form.html", context, status=422 if form.is_bound else 200)


@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    one = _mine(request, pk)
    actions.stop_endpoint(one, by=request.user, at=timezone.now())
    messages.success(request, _("“%(name)s”已停用，没发出的不再发。") % {"name": one.name})
    return redirect("endpoints:page", pk)


@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    one = _mine(request, pk)
    try:
        actions.change_endpoint(one, by=request.user, at=timezone.now(), is_active=True)
        messages.success(request, _("“%(name)s”已启用，今后的事会发到这里。") % {"name": one.name})
    except Invalid as invalid:
        messages.error(request, sentences.of_refusal(invalid).headline)
    return redirect("endpoints:page", pk)


@require_POST
def test(request: HttpRequest, pk: int) -> HttpResponse:
    """A test message now; the answer in words."""
    one = _mine(request, pk)
    error = actions.try_endpoint(one, by=request.user, at=timezone.now())
    if error:
        messages.error(request, _("没有送到：%(why)s。") % {"why": trouble(error).rstrip("。.")})
    else:
        messages.success(request, _("对方收下了，请到群里看一眼。"))
    return redirect("endpoints:page", pk)


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    one = _mine(request, pk)
    actions.remove_endpoint(one, by=request.user, at=timezone.now())
    messages.success(request, _("“%(name)s”已删除。") % {"name": one.name})
    return redirect("endpoints:list")
