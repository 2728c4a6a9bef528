"""履职记录: the year of an expert or of a group, the list behind each number, papers for the evaluation."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huizhen.cases.choices import Verdict
from huizhen.directory.models import Group, Person
from huizhen.directory.queries import current_campaign
from huizhen.directory.queries.presence import person_by_code
from huizhen.lib.errors import NotAllowed, NotVisible
from huizhen.methods.queries.contributions import SUMMARY
from huizhen.reports.actions.records import export_group_record, export_members, export_record
from huizhen.reports.clocks.periods import Period, year
from huizhen.reports.policy.records import reads_group, reads_record
from huizhen.reports.queries import record_lists as lists
from huizhen.reports.queries import records as queries
from huizhen.reports.queries.record_items import ITEMS
from huizhen.web.context import standing_of
from huizhen.web.figures.words import fact_words
from huizhen.web.records import words

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ROUTES = {"case": "case:page", "method": "methods:page", "clinic": "clinics:page"}


def _year(request: HttpRequest) -> Period:
    """The year asked for, by the address or the form; this one for nonsense."""
    asked = (request.POST.get("year") or request.GET.get("year") or "")[:4]
    today = timezone.localdate()
    number = int(asked) if asked.isascii() and asked.isdecimal() else today.year
    return year(today.replace(year=number, day=1) if queries.FIRST_YEAR <= number <= 9000 else today)


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Her own record, and those of the groups she may read."""
    standing = standing_of(request)
    groups = queries.groups_to_read(standing, current_campaign())
    context = {"groups": groups, "is_expert": bool((standing.own or standing).group_ids)}
    return render(request, "records/index.html", context)


# ── experts


def _person(request: HttpRequest, code: str, period: Period) -> tuple[Person, queries.Career]:
    standing = standing_of(request)
    if standing.person is None:
        raise NotVisible("person_unknown", code=code[:20])
    person = person_by_code(code)
    career = queries.career_of(person, period.since.year, today=timezone.localdate())
    if not reads_record(standing, person, career.groups):
        raise NotAllowed("record_of_others")
    return person, career


@require_GET
def expert(request: HttpRequest, code: str) -> HttpResponse:
    period, today, standing = _year(request), timezone.localdate(), standing_of(request)
    person, career = _person(request, code, period)
    found = queries.records_of([person.pk], period, today=today)[person.pk]
    context = {
        "person": person, "career": career, "record": found, "sections": words.of_person(person, found),
        "talks": queries.overdue_talks(standing, person, period), "is_self": standing.person.pk == person.pk,
        **_frame(period, career.years),
    }  # fmt: skip
    return render(request, "records/expert.html", context)


def _frame(period: Period, years: tuple[int, ...]) -> dict[str, Any]:
    number, today = period.since.year, timezone.localdate()
    return {
        "year": number, "period": period, "today": today, "until": min(period.until, max(today, period.since)),
        "years": [(one, f"?year={one}", one == number) for one in sorted({*years, number}, reverse=True)],
    }  # fmt: skip


@require_GET
def expert_list(request: HttpRequest, code: str) -> HttpResponse:
    """What stands behind one number, as far as the reader may see it."""
    period = _year(request)
    person, _seats = _person(request, code, period)
    asked, after = request.GET.get("of", "")[:40], request.GET.get("after", "")[:12]
    context: dict[str, Any] = {
        "owner": person.name, "back": f"{reverse('records:expert', args=[code])}?year={period.since.year}",
        "year": period.since.year,
    }  # fmt: skip
    return render(request, "records/list.html", context | _behind(request, asked, person, period, after))


def _behind(request: HttpRequest, asked: str, owner: Person | Group, period: Period, after: str) -> dict[str, Any]:
    """The facts behind a figure, or the rows behind a count. NotVisible: no such number."""
    metric = words.metric_of(asked)
    if metric is None:
        return _deeds(request, asked, owner, period, after)
    found = lists.events(standing_of(request), metric, owner, period, today=timezone.localdate(), after=after)
    return {
        "label": metric.label, "definition": metric.definition, "found": found, "after": found.after,
        "events": [(one, fact_words(one)) for one in found.events],
    }  # fmt: skip


def _deeds(request: HttpRequest, asked: str, owner: Person | Group, period: Period, after: str) -> dict[str, Any]:
    """NotVisible: no such number."""
    item = ITEMS.get(asked)
    if item is None or (isinstance(owner, Group) and not item.group):
        raise NotVisible("metric_unknown", metric=asked)
    found = lists.deeds(standing_of(request), item, owner, period, after=after)
    rows = [(one, _address(one), Verdict(one.verdict).label if one.verdict else "") for one in found.deeds]
    definition = (
        item.definition if isinstance(owner, Person) else _("成员在本团主诊的病例里做的合计，口径同成员的这一项。")
    )
    return {"label": item.label, "definition": definition, "found": found, "after": found.after, "rows": rows}


def _address(deed: Any) -> str:
    return reverse("cases:summary" if deed.level == SUMMARY else _ROUTES[deed.of], args=[deed.code])


@require_POST
def expert_file(request: HttpRequest, code: str) -> HttpResponse:
    number = _year(request).since.year
    if standing_of(request).person is None:
        raise NotVisible("person_unknown", code=code[:20])
    content = export_record(person_by_code(code), number=number, by=request.user, at=timezone.now())
    return _file(content, f"record-{code}-{number}.docx", DOCX)


# ── groups


def _known_group(request: HttpRequest, code: str, period: Period) -> Group:
    found = queries.group_in_year(code[:20], period.since.year)
    if found is None or standing_of(request).person is None:
        raise NotVisible("group_unknown", code=code[:20])
    return found


def _group(request: HttpRequest, code: str, period: Period) -> Group:
    found = _known_group(request, code, period)
    if not reads_group(standing_of(request), found):
        raise NotAllowed("record_of_others")
    return found


@require_GET
def group(request: HttpRequest, code: str) -> HttpResponse:
    period, today, standing = _year(request), timezone.localdate(), standing_of(request)
    group = _group(request, code, period)
    seats = queries.seats_in(group, period)
    shown = [one for one in seats if reads_record(standing, one.person, [group])]
    found = queries.records_of([one.person_id for one in shown], period, today=today)
    record = queries.record_of_group(group, period, today=today)
    context = {
        "group": group, "record": record, "seats": seats, "headings": words.headings(),
        "sections": words.of_group(group, record),
        "rows": [words.member_row(one.person, one.get_role_display(), found[one.person_id]) for one in shown],
        **_frame(period, tuple(range(group.campaign.starts_on.year, min(today.year, group.campaign.ends_on.year) + 1))),
    }  # fmt: skip
    return render(request, "records/group.html", context)


@require_GET
def group_list(request: HttpRequest, code: str) -> HttpResponse:
    period = _year(request)
    group = _group(request, code, period)
    asked, after = request.GET.get("of", "")[:40], request.GET.get("after", "")[:12]
    context: dict[str, Any] = {
        "owner": group.name, "back": f"{reverse('records:group', args=[code])}?year={period.since.year}",
        "year": period.since.year,
    }  # fmt: skip
    return render(request, "records/list.html", context | _behind(request, asked, group, period, after))


@require_POST
def group_file(request: HttpRequest, code: str) -> HttpResponse:
    period = _year(request)
    group, number = _known_group(request, code, period), period.since.year
    content = export_group_record(group, number=number, by=request.user, at=timezone.now())
    return _file(content, f"record-{code}-{number}.docx", DOCX)


@require_POST
def members_file(request: HttpRequest, code: str) -> HttpResponse:
    period = _year(request)
    group, number = _known_group(request, code, period), period.since.year
    content = export_members(group, number=number, by=request.user, at=timezone.now())
    return _file(content, f"records-{code}-{number}.xlsx", XLSX)


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    safe = "".join(one if one.isascii() and (one.isalnum() or one in ".-_") else "-" for one in name)
    headers = {
        "Content-Disposition": f'attachment; filename="{safe}"', "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }  # fmt: skip
    return HttpResponse(content, content_type=kind, headers=headers)
