"""What stands in a monthly report besides words: figures of the unit and of groups led from it, the list of cases. Live, or as it was sent.

Numbers are never kept in words. A sent version holds them as JSON of this shape; figures that have been given up since are left out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils import timezone

from huizhen.cases.choices import Source, Urgency, Verdict
from huizhen.cases.models import Case
from huizhen.cases.verbs import SITUATIONS
from huizhen.directory.choices import MemberRole
from huizhen.directory.models import Domain, Membership
from huizhen.directory.queries import Standing
from huizhen.lib.errors import NotVisible
from huizhen.lib.zh import mask_personal
from huizhen.reports.choices import REPORT_SECTIONS, Kind
from huizhen.reports.clocks.periods import Period
from huizhen.reports.models import MonthlyReport, SentReport, Snapshot
from huizhen.reports.policy.monthly import reads_whole
from huizhen.reports.policy.scopes import Scope
from huizhen.reports.queries.figures import Figure, by_scope, figures
from huizhen.reports.queries.metrics import METRICS

LANGUAGE = "zh-hans"
"""Of the papers and sheets, whoever asks for them."""
MOST_CASES = 2000
"""Cases listed in one report; of more it is said how many are left out."""
OF_GROUP = (
    "registered", "cured", "first_contact_on_time", "session_rate", "prescription_on_time", "execution", "follow_up_rate", "marked",
    "extraction",
)  # fmt: skip
"""Figures told of each group."""
NOT_TOLD = frozenset({"fairness"})
"""Figures that are about this moment, not about a period."""
OF_UNIT = tuple(code for code in METRICS if code not in NOT_TOLD)

Figures = Mapping[str, Figure]


@dataclass(frozen=True)
class GroupPart:
    """A group whose leader sits in the unit. `signed`: when its work list of the month was signed, None while it was not; its `version`."""

    key: int
    code: str
    name: str
    domain: str
    domain_name: str
    leader: str
    figures: Figures
    signed: date | None = None
    version: int = 0


@dataclass(frozen=True)
class CaseRow:
    """A case of the unit's branches that was open in the period. Names nobody. `situation`: a code of `cases.verbs`; days are local."""

    code: str
    title: str
    branch: str
    group: str
    domain: str
    registered: date
    urgency: str
    situation: str
    verdict: str
    closed: date | None


@dataclass(frozen=True)
class Change:
    """A figure of the last period as the last report told it, and as it is now."""

    was: Figure
    now: Figure


@dataclass(frozen=True)
class Contents:
    """The numbers of a report on `as_of`. `domain`: "" for the whole, else whose extract this is (codes); it has no figures of the unit.

    `changes`: what happened in the last period after its report was sent. `hidden`: 敏感 cases, which are counted in the figures and never
    listed; `left_out`: cases beyond MOST_CASES.
    """

    as_of: date
    since: date
    until: date
    unit_key: int
    unit_code: str
    unit: str
    figures: Figures
    groups: tuple[GroupPart, ...]
    cases: tuple[CaseRow, ...]
    hidden: int = 0
    left_out: int = 0
    domain: str = ""
    domain_name: str = ""
    changes: tuple[Change, ...] = ()

    @property
    def period(self) -> Period:
        return Period("custom", self.since, self.until)

    @property
    def domains(self) -> frozenset[str]:
        """Codes of the domains it concerns."""
        return frozenset({one.domain for one in self.groups} | {one.domain for one in self.cases if one.domain})

    @property
    def is_empty(self) -> bool:
        """Neither cases nor groups: 本月无新增."""
        return not self.cases and not self.groups and not self.hidden

    def of(self, domains: Collection[str], name: str) -> Contents:
        """The extract of some domains (codes), under their name."""
        return replace(
            self,
            figures={},
            changes=(),
            groups=tuple(one for one in self.groups if one.domain in domains),
            cases=tuple(one for one in self.cases if one.domain in domains),
            hidden=0,
            left_out=0,
            domain="+".join(sorted(domains)),
            domain_name=name,
        )

    def without(self, codes: Collection[str]) -> Contents:
        """Without cases that may not be listed any more."""
        kept = tuple(one for one in self.cases if one.code not in codes)
        return replace(self, cases=kept, hidden=self.hidden + len(self.cases) - len(kept))


def contents(report: MonthlyReport, *, today: date) -> Contents:
    """The numbers as they are on `today`. Seventeen queries, over the days of two periods and the cases of the unit that were open in it."""
    period = Period("custom", report.since, report.until)
    unit = figures(
        report.campaign, Scope(Kind.UNIT.value, report.unit.code, report.unit.name, report.unit_id), period, today=today
    )
    groups = _groups(report, period, today)
    cases, hidden, left_out = _cases(report)
    return Contents(
        today, report.since, report.until, report.unit_id, report.unit.code, report.unit.name,
        {code: unit[code] for code in OF_UNIT}, groups, cases, hidden, left_out, changes=_changes(report, today),
    )  # fmt: skip


def _changes(report: MonthlyReport, today: date) -> tuple[Change, ...]:
    """Figures of the unit's last report that have other counts now: it was sent before its period was over, or something was undone.
    Nothing when it was not sent. Seven queries at most."""
    rows = SentReport.objects.filter(is_current=True, report__unit=report.unit_id, report__campaign=report.campaign_id)
    last = rows.filter(report__month__lt=report.month).select_related("report").order_by("-report__month").first()
    if last is None or last.report.until >= report.since or (report.since - last.report.until).days > 1:
        return ()
    scope = Scope(Kind.UNIT.value, report.unit.code, report.unit.name, report.unit_id)
    period = Period("custom", last.report.since, last.report.until)
    now = figures(report.campaign, scope, period, today=today)
    was = _from_json(last.figures["figures"])
    return tuple(
        Change(one, now[code])
        for code, one in was.items()
        if code in OF_UNIT and (one.numerator, one.denominator) != (now[code].numerator, now[code].denominator)
    )


def _groups(report: MonthlyReport, period: Period, today: date) -> tuple[GroupPart, ...]:
    """Groups by code, as they are led on the last day of the period, today while it runs. Three queries."""
    on = min(report.until, today)
    lasting = Q(until=None) | Q(until__gt=on)
    there = Q(group__closed_on=None) | Q(group__closed_on__gt=on)
    seats = Membership.objects.filter(
        lasting,
        there,
        since__lte=on,
        role=MemberRole.LEADER,
        person__unit=report.unit_id,
        group__campaign=report.campaign_id,
    ).select_related("group__domain", "person")
    led = {
        seat.group_id: seat
        for seat in seats.order_by("group__domain__order", "group__order", "group__code", "since", "pk")
    }
    if not led:
        return ()
    told = by_scope(report.campaign, Kind.GROUP, period, today=today, codes=OF_GROUP)
    signed = {
        one.group_id: one for one in Snapshot.objects.filter(group__in=led, month=report.month).order_by("version")
    }
    empty = {code: Figure(METRICS[code], 0, *_nothing(code)) for code in OF_GROUP}
    return tuple(
        GroupPart(
            pk, seat.group.code, seat.group.name, seat.group.domain.code, seat.group.domain.name, seat.person.name,
            {code: told[pk][code] for code in OF_GROUP} if pk in told else empty,
            *((timezone.localdate(one.signed_at), one.version) if (one := signed.get(pk)) else ()),
        )
        for pk, seat in led.items()
    )  # fmt: skip


def _nothing(code: str) -> tuple[int | None, Decimal | None, bool]:
    return (None, Decimal(0), False) if METRICS[code].kind == "count" else (0, None, True)


def _cases(report: MonthlyReport) -> tuple[tuple[CaseRow, ...], int, int]:
    """Cases that were open on a day of the period, in order of registration; how many are 敏感; how many are too many."""
    first, last = _moment(report.since), _moment(report.until + timedelta(days=1))
    rows = Case.objects.filter(
        Q(is_open=True) | Q(is_open=False, closed_at__gte=first),
        unit=report.unit_id, campaign=report.campaign_id, registered_at__lt=last,
    ).exclude(source=Source.IMPORTED)  # fmt: skip
    values = rows.filter(is_sensitive=False).order_by("registered_at", "pk").values_list(
        "code", "title", "branch__name", "group__name", "domain__code", "registered_at", "urgency", "situation", "last_verdict",
        "closed_at",
    )  # fmt: skip
    found = [
        CaseRow(
            code, title, branch, group or "", domain or "", timezone.localdate(registered), urgency, situation, verdict,
            timezone.localdate(closed) if closed and closed < last else None,
        )
        for code, title, branch, group, domain, registered, urgency, situation, verdict, closed in values[:MOST_CASES]
    ]  # fmt: skip
    total = len(found) if len(found) < MOST_CASES else rows.filter(is_sensitive=False).count()
    return tuple(found), rows.filter(is_sensitive=True).count(), total - len(found)


def _moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


# ── as it was sent


def frozen(one: Contents) -> dict[str, Any]:
    """JSON of the contents."""
    return {
        "as_of": one.as_of.isoformat(), "figures": _to_json(one.figures), "hidden": one.hidden, "left_out": one.left_out,
        "changes": [[change.was.metric.code, *_plain(change.was), *_plain(change.now)] for change in one.changes],
        "groups": [
            {
                "key": part.key, "code": part.code, "name": part.name, "domain": part.domain, "domain_name": part.domain_name,
                "leader": part.leader, "figures": _to_json(part.figures),
                "signed": part.signed.isoformat() if part.signed else "", "version": part.version,
            }
            for part in one.groups
        ],
        "cases": [
            [
                row.code, row.title, row.branch, row.group, row.domain, row.registered.isoformat(), row.urgency, row.situation,
                row.verdict, row.closed.isoformat() if row.closed else "",
            ]
            for row in one.cases
        ],
    }  # fmt: skip


def thawed(sent: SentReport) -> Contents:
    """What a version says. Cases that were marked 敏感 since are not listed. One query."""
    told, report = sent.figures, sent.report
    cases = tuple(
        CaseRow(
            code, title, branch, group, domain, date.fromisoformat(registered), urgency, situation, verdict,
            date.fromisoformat(closed) if closed else None,
        )
        for code, title, branch, group, domain, registered, urgency, situation, verdict, closed in told["cases"]
    )  # fmt: skip
    groups = tuple(
        GroupPart(
            one["key"],
            one["code"],
            one["name"],
            one["domain"],
            one["domain_name"],
            one["leader"],
            _from_json(one["figures"]),
            date.fromisoformat(one["signed"]) if one.get("signed") else None,
            one.get("version", 0),
        )
        for one in told["groups"]
    )
    found = Contents(
        date.fromisoformat(told["as_of"]), report.since, report.until, report.unit_id, report.unit.code, report.unit.name,
        _from_json(told["figures"]), groups, cases, told["hidden"], told["left_out"], changes=_changed(told.get("changes", ())),
    )  # fmt: skip
    codes = [one.code for one in cases]
    hushed = Case.objects.filter(code__in=codes, is_sensitive=True).values_list("code", flat=True) if codes else ()
    return found.without(set(hushed))


def _plain(one: Figure) -> list[Any]:
    return [one.numerator, one.denominator, None if one.value is None else str(one.value), one.is_small]


def _figure(code: str, top: int, whole: int | None, value: str | None, small: bool) -> Figure:
    return Figure(METRICS[code], top, whole, None if value is None else Decimal(value), small)


def _to_json(found: Figures) -> dict[str, Any]:
    return {code: _plain(one) for code, one in found.items()}


def _from_json(told: Mapping[str, Any]) -> Figures:
    return {code: _figure(code, *values) for code, values in told.items() if code in METRICS}


def _changed(told: Sequence[Sequence[Any]]) -> tuple[Change, ...]:
    return tuple(
        Change(_figure(code, *values[:4]), _figure(code, *values[4:])) for code, *values in told if code in METRICS
    )


# ── with the words


@dataclass(frozen=True)
class Told:
    """What a paper is made of: a report that is being written, or a version (`version`, `at`, `by`) as it was sent."""

    report: MonthlyReport
    numbers: Contents
    words: Mapping[str, str]
    lines: Mapping[str, str]
    day: date
    version: int = 0

    @property
    def words_told(self) -> dict[str, str]:
        """Sections with words, in order; of an extract only what is to be coordinated."""
        kept = ("needs",) if self.numbers.domain else tuple(REPORT_SECTIONS)
        return {name: self.words[name] for name in kept if self.words.get(name, "").strip()}


def told_of(sent: SentReport, numbers: Contents) -> Told:
    """A version with the numbers it was sent with, or an extract of them."""
    return Told(sent.report, numbers, sent.words, sent.lines, timezone.localdate(sent.at), sent.version)


def name_of(told: Told) -> str:
    """佛山分公司2026年03月月报; of an extract with its domains, of a later version with its number. A name for files."""
    part = f"（{told.numbers.domain_name}）" if told.numbers.domain else ""
    again = f"第{told.version}版" if told.version > 1 else ""
    return f"{told.numbers.unit}{told.report.month:%Y年%m月}月报{part}{again}".replace("/", "-")


def told_for(standing: Standing, sent: SentReport) -> Told:
    """What she may read of a version: all of it, or the extract of her domains. NotVisible: nothing in it is about them. Two queries."""
    if reads_whole(standing, sent.report):
        return told_of(sent, thawed(sent))
    return extract_of(sent, list(sent.domains.filter(pk__in=standing.domain_ids).order_by("order", "pk")))


def extract_of(sent: SentReport, domains: Sequence[Domain]) -> Told:
    """What a version says about some domains. NotVisible: nothing. One query."""
    if not domains:
        raise NotVisible("report_unknown")
    numbers = thawed(sent).of({one.code for one in domains}, "、".join(one.name for one in domains))
    return told_of(sent, numbers)


def being_written(report: MonthlyReport, numbers: Contents, *, at: datetime) -> Told:
    """How it would look if it were sent now, with numbers of people masked as they would be."""
    words, lines = (
        {name: mask_personal(text)[0] for name, text in told.items()} for told in (report.words, report.lines)
    )
    return Told(report, numbers, words, lines, timezone.localdate(at))


def progress_of(one: CaseRow) -> str:
    """What became of it: the verdict of one that has ended, else where it stands."""
    if one.closed is not None:
        return str(dict(Verdict.choices).get(one.verdict, SITUATIONS["closed"]))
    return str(SITUATIONS.get(one.situation, one.situation))


def urgency_of(one: CaseRow) -> str:
    """普通, 加急, 特急."""
    return str(dict(Urgency.choices).get(one.urgency, one.urgency))
