"""Whose figures, and from when to when: as the address says, else as was chosen last, else the report month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huizhen.directory.models import Campaign
from huizhen.lib.errors import NotAllowed
from huizhen.reports.choices import Kind
from huizhen.reports.clocks.periods import Period, report_month
from huizhen.reports.policy.scopes import Scope, get_scope, scopes
from huizhen.reports.queries.figures import period_of
from huizhen.web.context import standing_of
from huizhen.web.forms import DateInput

REMEMBERED = "figures"
PERIODS = (
    ("report", _("本报送月")),
    ("last_report", _("上一报送月")),
    ("month", _("本月")),
    ("last_month", _("上月")),
    ("year", _("今年")),
    ("campaign", _("整个活动")),
    ("custom", _("自选日期")),
)
KINDS = (("domain", _("领域")), ("group", _("专家团")), ("unit", _("单位")))


@dataclass(frozen=True)
class Choice:
    """What a page of figures shows. `given`: the parameters that lead here again."""

    campaign: Campaign
    scopes: Sequence[Scope]
    scope: Scope
    period: Period
    given: Mapping[str, str]
    wrong: str = ""

    def query(self, **changes: str) -> str:
        return urlencode({**self.given, **changes})


def choice_of(
    request: HttpRequest, campaign: Campaign, *, today: date, first: str = "report", own: bool = False
) -> Choice:
    """NotVisible: a scope she may not read. NotAllowed: she may read none. Days that make no period fall back to the report month, and
    say so; a period of another name is as good as none. `first`: the period of who never chose one; `own`: a liaison who never chose sees her domain.
    """
    standing = standing_of(request)
    found = scopes(standing, campaign)
    if not found:
        raise NotAllowed("figures_of_nobody")
    kept = request.session.get(REMEMBERED, {})
    asked = {name: request.GET.get(name, "")[:40] for name in ("scope", "period", "from", "to")}
    # What was chosen last may no longer be hers to read; what the address says is refused.
    scope = get_scope(found, asked["scope"]) if asked["scope"] else _kept_scope(found, kept.get("scope", ""))
    if own and not (asked["scope"] or kept.get("scope") or standing.is_reader_of_all):
        scope = next((one for one in found if one.kind == Kind.DOMAIN and one.key in standing.domain_ids), scope)
    values = asked if asked["period"] in dict(PERIODS) else kept or {"period": first}
    wrong = ""
    try:
        period = period_of(campaign, values, today=today)
    except ValueError:
        wrong = gettext("请选好起止日期：先后不能颠倒，最多三年。")
        values, period = {}, report_month(today, campaign.report_day)
    given = {"scope": scope.address, "period": values.get("period") or "report"}
    if given["period"] == "custom":
        given |= {"from": period.since.isoformat(), "to": period.until.isoformat()}
    return Choice(campaign, found, scope, period, given, wrong)


def _kept_scope(found: Sequence[Scope], address: str) -> Scope:
    return next((one for one in found if one.address == address), found[0])


class ChooseForm(forms.Form):
    """The chooser above the figures."""

    scope = forms.ChoiceField(label=_("范围"), widget=forms.Select({"class": "form-select"}))
    period = forms.ChoiceField(label=_("时间"), choices=PERIODS, widget=forms.Select({"class": "form-select"}))
    since = forms.DateField(label=_("从"), required=False, widget=DateInput({"class": "form-control"}))
    until = forms.DateField(label=_("到"), required=False, widget=DateInput({"class": "form-control"}))
    shown = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
    """The period the page showed, whose days stood in the two fields."""

    def __init__(self, data: Any, found: Sequence[Scope], **kwargs: Any) -> None:
        super().__init__(data, auto_id="c-%s", **kwargs)
        # Drawn by the page itself: a widget renders each of a hundred options with a template of its own.
        self.scopes: list[tuple[Any, list[tuple[str, str]]]] = [
            ("", [(one.address, gettext("全部")) for one in found if not one.code])
        ]
        for kind, label in KINDS:
            if of_kind := [(one.address, one.name) for one in found if one.kind == kind]:
                self.scopes.append((label, of_kind))
        self.fields["scope"].choices = [one for _label, ones in self.scopes for one in ones]

    @property
    def query(self) -> str:
        """The parameters of what was chosen; what is no choice is left out."""
        told = getattr(self, "cleaned_data", {})
        values = {"scope": told.get("scope", ""), "period": told.get("period", "")}
        if values["period"] == "custom":
            values |= {
                name: told[key].isoformat() if told.get(key) else ""
                for name, key in (("from", "since"), ("to", "until"))
            }
        return urlencode({name: value for name, value in values.items() if value})


def form_of(choice: Choice) -> ChooseForm:
    """The chooser as it stands above a page."""
    return ChooseForm(
        None, choice.scopes,
        initial={
            "scope": choice.scope.address, "period": choice.given["period"], "since": choice.period.since,
            "until": choice.period.until, "shown": choice.given["period"],
        },
    )  # fmt: skip


def _has_new_days(told: Mapping[str, Any], campaign: Campaign) -> bool:
    """The named period stayed as it was shown, and days other than its own were typed: those are meant."""
    period, since, until = told.get("period"), told.get("since"), told.get("until")
    if not (period and since and until) or period == "custom" or told.get("shown") != period:
        return False
    days = period_of(campaign, {"period": period}, today=timezone.localdate())
    return bool((since, until) != (days.since, days.until))


def remember(request: HttpRequest, campaign: Campaign) -> str:
    """Keep the scope and the period that were chosen for the next page of figures; the parameters that show them."""
    form = ChooseForm(request.POST, scopes(standing_of(request), campaign))
    form.is_valid()
    told = form.cleaned_data
    if _has_new_days(told, campaign):
        told["period"] = "custom"
    if told.get("scope") and told.get("period"):
        since, until = told.get("since"), told.get("until")
        request.session[REMEMBERED] = {
            "scope": told["scope"], "period": told["period"], "from": since.isoformat() if since else "",
            "to": until.isoformat() if until else "",
        }  # fmt: skip
    return form.query
