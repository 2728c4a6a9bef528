"""Writes on a campaign: creating it, its facts, making it current, its settings and its clock table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction

from huizhen.accounts.models import User
from huizhen.directory.actions.rights import need_coordinator
from huizhen.directory.choices import EARLIEST, LONGEST_CAMPAIGN, LONGEST_CLOCK, SETTINGS, ClockUrgency, default_clocks
from huizhen.directory.models import Campaign, ClockPolicy
from huizhen.directory.queries import person_of
from huizhen.journal import actions as journal
from huizhen.lib.errors import Fault, Invalid, StaleWrite
from huizhen.lib.text import clean

LAST_REPORT_DAY = 28
"""The last day of a month that every month has."""


@transaction.atomic
def create_campaign(
    *, name: str, short_name: str, starts_on: date, ends_on: date, basis: str = "", by: User | None, at: datetime
) -> Campaign:
    """A new campaign with version 1 of the default clock table. Side effects: journal `campaign_created`. It is not yet current."""
    lender = need_coordinator(by, at)
    names = _named(name, short_name, basis, starts_on, ends_on)
    campaign = Campaign.objects.create(**names, starts_on=starts_on, ends_on=ends_on)
    ClockPolicy.objects.create(
        campaign=campaign, version=1, table=default_clocks(), at=at, by=person_of(by) if by else None
    )
    journal.record("campaign_created", campaign, by=by, at=at, on_behalf_of=lender, label=campaign.name, version=1)
    return campaign


def _named(name: str, short_name: str, basis: str, starts_on: date, ends_on: date) -> dict[str, str]:
    """The texts of a campaign as they are kept. Invalid: a name is missing, it ends before it starts, begins before EARLIEST or lasts too long."""
    if starts_on < EARLIEST:
        raise Invalid.one("starts_on", "too_early", since=EARLIEST)
    if ends_on <= starts_on:
        raise Invalid.one("ends_on", "ends_before_start")
    if ends_on > (latest := starts_on + timedelta(days=LONGEST_CAMPAIGN - 1)):
        raise Invalid.one("ends_on", "too_late", until=latest)
    texts = {"name": clean(name)[:60], "short_name": clean(short_name)[:20], "basis": clean(basis)[:120]}
    if faults := {field: [Fault("required")] for field in ("name", "short_name") if not texts[field]}:
        raise Invalid(faults)
    return texts


@transaction.atomic
def change_campaign(
    campaign: Campaign,
    *,
    name: str,
    short_name: str,
    basis: str,
    starts_on: date,
    ends_on: date,
    report_day: int,
    notice_experts: int,
    notice_groups: int,
    by: User | None,
    at: datetime,
) -> Campaign:
    """What a campaign is called, from when to when it runs, when reports are due, what its notice lists.

    Side effects: journal `campaign_changed` with old and new values, unless nothing changed. Invalid: a name is missing, it ends
    before it starts, the report day is not one that every month has.
    """
    lender = need_coordinator(by, at)
    if not 1 <= report_day <= LAST_REPORT_DAY:
        raise Invalid.one("report_day", "out_of_bounds", least=1, most=LAST_REPORT_DAY)
    values = {
        **_named(name, short_name, basis, starts_on, ends_on),
        "starts_on": starts_on, "ends_on": ends_on, "report_day": report_day,
        "notice_experts": notice_experts, "notice_groups": notice_groups,
    }  # fmt: skip
    locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
    changed = {
        field: [str(getattr(locked, field)), str(value)]
        for field, value in values.items()
        if getattr(locked, field) != value
    }
    if changed:
        Campaign.objects.filter(pk=locked.pk).update(**values)
        journal.record(
            "campaign_changed", locked, by=by, at=at, on_behalf_of=lender, label=clean(name), changed=changed
        )
    campaign.refresh_from_db()
    return campaign


@transaction.atomic
def make_current(campaign: Campaign, *, by: User | None, at: datetime) -> Campaign:
    """New cases belong to this campaign from now on; open cases of the last one stay. Side effects: journal `campaign_made_current`."""
    lender = need_coordinator(by, at)
    Campaign.objects.exclude(pk=campaign.pk).filter(is_current=True).update(is_current=False)
    campaign.is_current = True
    campaign.save(update_fields=["is_current"])
    journal.record("campaign_made_current", campaign, by=by, at=at, on_behalf_of=lender, label=campaign.name)
    return campaign


@transaction.atomic
def change_settings(campaign: Campaign, *, values: Mapping[str, int], by: User | None, at: datetime) -> Campaign:
    """Overrides some defaults. Side effects: journal `settings_changed` with old and new values. Invalid: unknown, out of bounds."""
    lender = need_coordinator(by, at)
    faults: dict[str, list[Fault]] = {}
    for name, value in values.items():
        known = SETTINGS.get(name)
        if known is None:
            faults[name] = [Fault("unknown_setting")]
        elif not known.least <= value <= known.most:
            faults[name] = [Fault("out_of_bounds", {"least": known.least, "most": known.most})]
    if faults:
        raise Invalid(faults)
    locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
    before = {name: locked.settings.get(name, SETTINGS[name].default) for name in values}
    changed = {name: [before[name], value] for name, value in values.items() if before[name] != value}
    if changed:
        locked.settings = {**locked.settings, **values}
        locked.save(update_fields=["settings"])
        journal.record(
            "settings_changed", locked, by=by, at=at, on_behalf_of=lender, label=locked.name, changed=changed
        )
    campaign.settings = locked.settings
    return campaign


@transaction.atomic
def set_policy(
    campaign: Campaign,
    *,
    table: Mapping[str, Mapping[str, int]],
    seen: int,
    note: str = "",
    by: User | None,
    at: datetime,
) -> ClockPolicy:
    """A new version of the clock table, in force from `at` on. `seen`: the version the editor had before her.

    Side effects: journal `policy_set` with old and new amounts. Invalid: a clock missing or out of bounds. StaleWrite: a newer version exists.
    """
    lender = need_coordinator(by, at)
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    last = campaign.policies.order_by("-version").first()
    if last and last.version != seen:
        raise StaleWrite("policy_newer", version=last.version)
    fresh, faults = _read_table(table)
    if faults:
        raise Invalid(faults)
    policy = ClockPolicy.objects.create(
        campaign=campaign,
        version=seen + 1,
        table=fresh,
        at=at,
        by=person_of(by) if by else None,
        note=clean(note)[:200],
    )
    before = last.table if last else {}
    changed = {
        f"{clock}.{urgency}": [before.get(clock, {}).get(urgency, 0), amount]
        for clock, row in fresh.items()
        for urgency, amount in row.items()
        if before.get(clock, {}).get(urgency) != amount
    }
    journal.record(
        "policy_set",
        campaign,
        by=by,
        at=at,
        on_behalf_of=lender,
        label=campaign.name,
        version=policy.version,
        changed=changed,
    )
    return policy


def _read_table(table: Mapping[str, Mapping[str, int]]) -> tuple[dict[str, dict[str, int]], dict[str, list[Fault]]]:
    """A complete table of working minutes, or the faults by `clock.urgency`. More urgent is never slower."""
    fresh: dict[str, dict[str, int]] = {}
    faults: dict[str, list[Fault]] = {}
    for clock in default_clocks():
        row: dict[str, int] = {}
        for urgency in ClockUrgency.values:
            amount = table.get(clock, {}).get(urgency)
            if amount is None:
                faults[f"{clock}.{urgency}"] = [Fault("required")]
            elif not 1 <= amount <= LONGEST_CLOCK:
                faults[f"{clock}.{urgency}"] = [Fault("out_of_bounds", {"least": 1, "most": LONGEST_CLOCK})]
            else:
                row[urgency] = amount
        fresh[clock] = row
        amounts = list(row.values())
        if len(amounts) == len(ClockUrgency.values) and amounts != sorted(amounts, reverse=True):
            faults[f"{clock}.{ClockUrgency.CRITICAL}"] = [Fault("urgent_is_slower")]
    return fresh, faults
