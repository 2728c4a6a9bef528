"""查房: the leader's board with its stamps, and the table of groups for who looks after them."""

from __future__ import annotations

from urllib.parse import parse_qsl
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from huizhen.directory.models import Domain
from huizhen.directory.queries import current_campaign
from huizhen.lib.errors import Invalid, NotVisible
from huizhen.reports.actions import rounds as actions
from huizhen.reports.models import WardRound
from huizhen.reports.policy.rounds import goes_round, overseen
from huizhen.reports.queries import rounds as queries
from huizhen.reports.queries.suggestions import awaiting
from huizhen.web import sentences, undo
from huizhen.web.context import standing_of
from huizhen.web.rounds import words
from huizhen.web.rounds.forms import GroupFilters, RoundForm

SHOWS = ("due", "all")


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Her open cases, longest not visited first; who leads no group but looks after some goes to their table."""
    standing = standing_of(request)
    if not goes_round(standing):
        overseen(standing)
        return redirect("rounds:groups")
    return _board(request, dict(request.GET.items()))


def _board(request: HttpRequest, asked: dict[str, str], said: dict[str, str] | None = None) -> HttpResponse:
    """The page, or its part for a script. `said`: after a refusal what is wrong, and what was typed."""
    standing, now, campaign = standing_of(request), timezone.now(), current_campaign()
    if campaign is None:
        return render(request, "rounds/none.html")
    period = queries.period_of(campaign, timezone.localdate(now))
    show = asked.get("show") if asked.get("show") in SHOWS else "due"
    group, after = asked.get("group", "")[:20], asked.get("after", "")[:40]
    found = queries.board(standing, period, now=now, group=group, only_due=show == "due", after=after)
    context = words.board(found, period, now, show=show, group=group, after=after)
    context |= {"awaiting": awaiting(standing), "oversees": bool(standing.domain_ids) or standing.is_reader_of_all}
    context |= {"longest": actions.LONGEST_COMMENT} | (said or {})
    part = "#board" if request.htmx else ""
    return render(request, f"rounds/board.html{part}", context, status=422 if said else 200)


@require_POST
def make_round(request: HttpRequest) -> HttpResponse:
    """Stamp the ticked cases, or the one of a row."""
    form, wanted = RoundForm(request.POST), list(dict.fromkeys(request.POST.getlist("case")))
    asked = dict(parse_qsl(request.POST.get("asked", "")[:300]))
    try:
        made = _made(request, form, wanted)
    except Invalid as no:
        if request.POST.get("back"):
            raise
        said = {
            "fault": sentences.of_fault(next(iter(no.faults.values()))[0]),
            "typed": request.POST.get("comment", ""),
        }
        return _board(request, asked, said | {"typed_on": wanted[0] if len(wanted) == 1 else ""})
    _say(request, made)
    if request.POST.get("back"):
        return redirect("case:page", made[0].case.code)
    return _board(request, asked) if request.htmx else redirect(words.address(asked))


def _made(request: HttpRequest, form: RoundForm, wanted: list[str]) -> list[WardRound]:
    if not form.is_valid():
        raise Invalid({"comment": [words.fault_of(form)]})
    cases = queries.cases_named(standing_of(request), wanted[: actions.MOST + 1])
    if len(cases) < len(wanted[: actions.MOST + 1]):
        raise NotVisible("case_unknown", code=wanted[0][:20])
    return actions.make_round(cases, by=request.user, at=timezone.now(), comment=form.cleaned_data["comment"])


def _say(request: HttpRequest, made: list[WardRound]) -> None:
    """What was stamped, with the way back for the newest act."""
    said = ngettext("已查 %(n)s 例。", "已查 %(n)s 例。", len(made)) % {"n": len(made)}
    batch = max(made, key=lambda one: one.pk).batch
    undo.offer(request, said, url=reverse("rounds:take_back_round", args=[batch]), fields={})


@require_POST
def take_back_round(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Undo within some minutes."""
    gone = actions.take_back_round(batch, by=request.user, at=timezone.now())
    if gone:
        messages.info(
            request, ngettext("已撤回 %(n)s 例的查房。", "已撤回 %(n)s 例的查房。", len(gone)) % {"n": len(gone)}
        )
    else:
        messages.info(request, _("没有可以撤回的。"))
    return redirect("rounds:board")


@require_GET
def groups(request: HttpRequest) -> HttpResponse:
    """Who has been round and who has not."""
    standing, now, campaign = standing_of(request), timezone.now(), current_campaign()
    seen = overseen(standing)
    if campaign is None:
        return render(request, "rounds/none.html")
    domains = Domain.objects.filter(pk__in=seen.values("domain")).order_by("order", "pk")
    filters = GroupFilters(request.GET, {"domain": [(one.code, one.name) for one in domains]})
    period, told = queries.period_of(campaign, timezone.localdate(now)), filters.values
    found = queries.overview(
        standing, period, now=now, domain=told.get("domain", ""), only_silent=told["silent"], after=request.GET.get("after", "")[:20]
    )  # fmt: skip
    context = {
        "filters": filters,
        "found": found,
        "period": period,
        "after": found.after,
        "today": timezone.localdate(now),
    }
    return render(request, "rounds/groups.html", context | {"goes_round": goes_round(standing)})
