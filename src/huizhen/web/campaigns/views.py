"""The campaign as head office sets it: its facts, its numbers, the versions of its clock table."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huizhen.directory import actions, queries
from huizhen.directory.choices import ClockName, ClockUrgency
from huizhen.directory.models import Campaign
from huizhen.lib.errors import Invalid, NotAllowed, NotNow
from huizhen.web import sentences
from huizhen.web.campaigns.forms import CampaignForm, PolicyForm, SettingsForm, differences, words_of
from huizhen.web.context import standing_of
from huizhen.web.filters import typed
from huizhen.worktime.queries import next_year_missing

_VERSIONS = 20


def _campaign(request: HttpRequest) -> Campaign:
    if not standing_of(request).is_coordinator:
        raise NotAllowed("coordinator_only")
    campaign = queries.current_campaign()
    if campaign is None:
        raise NotNow("no_campaign")
    return campaign


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    campaign = _campaign(request)
    form = SettingsForm(queries.settings_of(campaign))
    return render(request, "campaigns/page.html", _page(campaign, form))


def _page(campaign: Campaign, form: SettingsForm) -> dict[str, Any]:
    """Facts, numbers, the table in force and how it came to be."""
    now, today = timezone.now(), timezone.localdate()
    policy = queries.policy_at(campaign, at=now)
    versions = list(queries.policies(campaign)[: _VERSIONS + 1])
    table = [
        (clock.label, [words_of(queries.clock_amount(policy, clock, urgency)) for urgency in ClockUrgency])
        for clock in ClockName
    ]
    older = [*versions[1:], None]
    history = [(one, differences(one, before) if before else None) for one, before in zip(versions, older, strict=True)]
    return {
        "campaign_set": campaign,
        "form": form,
        "policy": policy,
        "urgencies": ClockUrgency.labels,
        "table": table,
        "history": history[:_VERSIONS],
        "drift": queries.drift(campaign, on=today),
        "missing_year": next_year_missing(today),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def change_campaign(request: HttpRequest) -> HttpResponse:
    """Names, dates, the day of the reports."""
    campaign = _campaign(request)
    form = CampaignForm(campaign, typed(request))
    if form.is_bound and form.is_valid():
        try:
            actions.change_campaign(campaign, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("活动信息已保存。"))
            return redirect("campaign:settings")
        except Invalid as invalid:
            sentences.apply(form, invalid)
    return render(request, "campaigns/facts.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
def change_settings(request: HttpRequest) -> HttpResponse:
    campaign = _campaign(request)
    form = SettingsForm(queries.settings_of(campaign), request.POST)
    if form.is_valid():
        try:
            actions.change_settings(campaign, values=form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("设置已保存。"))
            return redirect("campaign:settings")
        except Invalid as invalid:
            sentences.apply(form, invalid)
    return render(request, "campaigns/page.html", _page(campaign, form), status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def set_policy(request: HttpRequest) -> HttpResponse:
    """A new version; running clocks keep the one they started under."""
    campaign, at = _campaign(request), timezone.now()
    form = PolicyForm(queries.policy_at(campaign, at=at), typed(request))
    if form.is_bound and form.is_valid():
        try:
            seen, note = form.cleaned_data["seen"], form.cleaned_data["note"]
            policy = actions.set_policy(campaign, table=form.table(), seen=seen, note=note, by=request.user, at=at)
            messages.success(request, _("第 %(version)s 版时限已生效。") % {"version": policy.version})
            return redirect("campaign:settings")
        except Invalid as invalid:
            sentences.apply(form, invalid)
    context = {"form": form, "urgencies": ClockUrgency.labels}
    return render(request, "campaigns/clocks.html", context, status=422 if form.is_bound else 200)
