"""Reviewing: the queue, a version with what is to be looked at, out or back; versions and their differences."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huizhen.lib.errors import Invalid, NotAllowed, NotVisible
from huizhen.methods import policy
from huizhen.methods.actions import reviewing as actions
from huizhen.methods.choices import VersionWords
from huizhen.methods.lifecycle import AUTHOR, REVIEWER, Evidence, VersionState
from huizhen.methods.models import Method, MethodVersion
from huizhen.methods.queries.versions import changes_between, versions_of
from huizhen.methods.queries.writing import newest, published, reviews, sheet_of
from huizhen.methods.queries.writing import queue as queue_of
from huizhen.web import sentences
from huizhen.web.context import standing_of
from huizhen.web.filters import number_of
from huizhen.web.methods.pages import figures_of
from huizhen.web.methods.typed import seen
from huizhen.web.methods.words import field_label, told


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """待评审: versions and methods for review again, oldest first."""
    standing = standing_of(request)
    if not reviews(standing):
        raise NotAllowed("method_of_reviewer")
    return render(request, "methods/queue.html", {"queue": queue_of(standing)})


@require_safe
def review(request: HttpRequest, code: str) -> HttpResponse:
    """One version at work: for who reviews it, and for who wrote it while it waits."""
    return _page(request, policy.get_visible(standing_of(request), code))


def _page(request: HttpRequest, method: Method, no: Invalid | None = None, status: int = 200) -> HttpResponse:
    standing, version = standing_of(request), newest(method)
    if not policy.reads_unpublished(standing, method) or version.state not in policy.AT_WORK:
        raise NotVisible("version_unknown")
    roles = policy.roles_on(standing, method, version)
    is_waiting = version.state == VersionState.IN_REVIEW and method.evidence != Evidence.RETIRED
    old = published(method)
    context = {
        **words_context(method, version),
        "checks": told(version, sheet_of(method, version, standing).findings),
        "is_waiting": is_waiting,
        "may_review": is_waiting and REVIEWER in roles,
        "may_write": AUTHOR in roles,
        "is_own": is_waiting and method.domain_id in standing.domain_ids and policy.is_own(standing, version),
        "old": old,
        "history": version.reviews.select_related("by").order_by("-at"),
        "note": request.POST.get("note", ""),
        "fault": [sentences.of_fault(one) for found in no.faults.values() for one in found] if no else [],
    }
    return render(request, "methods/review.html", context, status=status)


def words_context(method: Method, version: MethodVersion) -> dict[str, Any]:
    """What `methods/words.html` prints of a version."""
    return {
        "method": method,
        "version": version,
        "figures": figures_of(version),
        "experts": list(version.experts.order_by("sort_key")),
        "state": VersionWords(version.state).label,
    }


@require_POST
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """通过并发布."""
    method = policy.get_visible(standing_of(request), code)
    try:
        version = actions.publish(
            method, by=request.user, at=timezone.now(), seen=seen(request.POST), note=request.POST.get("note", "")
        )
    except Invalid as no:
        return _page(request, method, no, status=422)
    messages.success(request, _("“%(name)s”已发布，人人可读。") % {"name": version.name})
    return redirect("methods:page", code)


@require_POST
def return_version(request: HttpRequest, code: str) -> HttpResponse:
    """退回修改, with what is to be different."""
    method = policy.get_visible(standing_of(request), code)
    try:
        actions.return_version(
            method, by=request.user, at=timezone.now(), seen=seen(request.POST), note=request.POST.get("note", "")
        )
    except Invalid as no:
        return _page(request, method, no, status=422)
    messages.success(request, _("已退回作者修改。"))
    return redirect("methods:queue")


@require_safe
def versions(request: HttpRequest, code: str) -> HttpResponse:
    """Every version with who wrote and reviewed it and why."""
    standing = standing_of(request)
    method = policy.get_visible(standing, code)
    found = versions_of(method, standing)
    rows = [(one, VersionWords(one.state).label, _before(found, n)) for n, one in enumerate(found)]
    moves = {one.name for one in policy.moves(standing, method, newest(method))}
    return render(
        request, "methods/versions.html", {"method": method, "rows": rows, "moves": moves, "many": len(rows) > 1}
    )


def _before(found: list[MethodVersion], n: int) -> MethodVersion | None:
    return found[n + 1] if n + 1 < len(found) else None


@require_safe
def differences(request: HttpRequest, code: str) -> HttpResponse:
    """Any two versions, `old` and `new` in the address, field by field, the words that changed marked; else the newest two."""
    standing = standing_of(request)
    method = policy.get_visible(standing, code)
    found = {one.number: one for one in versions_of(method, standing)}
    numbers = sorted(found)
    if len(numbers) < 2:
        raise NotVisible("version_unknown")
    old, new = (number_of(request.GET.get(name)) or numbers[at] for name, at in (("old", -2), ("new", -1)))
    if old not in found or new not in found:
        raise NotVisible("version_unknown")
    rows = [(field_label(f"steps-{(one.step or one.was) - 1}") if one.name == "step" else field_label(one.name), one)
            for one in changes_between(found[old], found[new])]  # fmt: skip
    context = {
        "method": method, "old": found[old], "new": found[new], "rows": rows, "numbers": numbers,
        "is_same": not any(one.is_changed for _label, one in rows),
    }  # fmt: skip
    return render(request, "methods/differences.html", context)
