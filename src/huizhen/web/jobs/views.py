"""The background jobs for head office: what ran, how it went, when it comes next, who works."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huizhen.lib.errors import NotAllowed, NotVisible
from huizhen.schedules import actions, queries, registry
from huizhen.web.context import standing_of
from huizhen.web.filters import number_of
from huizhen.web.jobs.words import KINDS, called, job_line, line_of, purpose, span

_PAGE = 50
_BAD = 10


def _need_coordinator(request: HttpRequest) -> None:
    if not standing_of(request).is_coordinator:
        raise NotAllowed("coordinator_only")


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    _need_coordinator(request)
    now = timezone.now()
    jobs = [job_line(state, now) for state in queries.job_states()]
    context = {
        "jobs": jobs,
        "failing": [one for one in jobs if one.state.keeps_failing],
        "workers": [(one, KINDS[one.kind], span(now - one.seen_at)) for one in queries.live_workers(now)],
        "bad": [line_of(run, now) for run in queries.newest_runs(only_bad=True)[:_BAD]],
    }
    return render(request, "jobs/page.html", context)


@require_GET
def runs(request: HttpRequest, name: str) -> HttpResponse:
    """The runs of one job, newest first."""
    _need_coordinator(request)
    if name not in registry.jobs():
        raise NotVisible("no_such_job")
    now = timezone.now()
    found = queries.newest_runs(name=name, before=number_of(request.GET.get("after")))
    context = {
        "name": name,
        "called": called(name),
        "purpose": purpose(name),
        "lines": [line_of(run, now) for run in found[:_PAGE]],
        "after": found[_PAGE - 1].pk if len(found) > _PAGE else None,
    }
    return render(request, "jobs/runs.html", context)


@require_POST
def hurry(request: HttpRequest, name: str) -> HttpResponse:
    _need_coordinator(request)
    now = timezone.now()
    actions.hurry(name, by=request.user, at=now)
    if queries.live_workers(now):
        messages.success(request, _("“%(job)s”马上运行，刷新页面看结果。") % {"job": called(name)})
    else:
        messages.warning(request, _("“%(job)s”已排上，等工作进程启动就运行。") % {"job": called(name)})
    return redirect("jobs:page")
