"""Writing a monthly report: words on the left, numbers on the right; preview and sending."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huizhen.lib.errors import Invalid, NotNow, StaleWrite
from huizhen.reports.actions import monthly as actions
from huizhen.reports.choices import REPORT_SECTIONS
from huizhen.reports.models import MonthlyReport
from huizhen.reports.papers.monthly import paper_of
from huizhen.reports.policy.monthly import get_report, need_writer
from huizhen.reports.queries import monthly as queries
from huizhen.reports.queries.monthly_contents import Contents, being_written, contents
from huizhen.web import sentences
from huizhen.web.autosave import autosaved
from huizhen.web.context import standing_of
from huizhen.web.monthly import words
from huizhen.web.monthly.forms import SendForm, revision_of
from huizhen.worktime.queries import calendar


def _hers(request: HttpRequest, code: str) -> MonthlyReport:
    report = get_report(standing_of(request), code)
    need_writer(standing_of(request), report)
    return report


def typed(data: QueryDict) -> dict[str, str]:
    """Sections and lines of groups that were sent; at most some hundred."""
    named = [name for name in data if name in REPORT_SECTIONS or name.startswith("line-")]
    return {name: data[name] for name in named[:200]}


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, code: str) -> HttpResponse:
    """GET shows the editor; POST keeps the words and goes on: to the preview, or back here."""
    report = _hers(request, code)
    if request.method != "POST":
        now = queries.one_of(report, now=timezone.now())
        return redirect("monthly:page", code) if now.is_sent else _editor(request, report)
    values = typed(request.POST)
    try:
        actions.save_words(report, values, by=request.user, at=timezone.now(), seen=revision_of(request.POST))
    except StaleWrite:
        return _editor(request, get_report(standing_of(request), code), values, is_stale=True)
    except Invalid as no:
        return _editor(request, report, values, no)
    if "preview" in request.POST:
        return redirect("monthly:preview", code)
    messages.success(request, _("已保存。"))
    return redirect("monthly:write", code)


def _editor(
    request: HttpRequest,
    report: MonthlyReport,
    values: dict[str, str] | None = None,
    no: Invalid | None = None,
    *,
    is_stale: bool = False,
) -> HttpResponse:
    """After a refusal it holds what was typed; after a collision what is stored stands beside it."""
    now = timezone.now()
    numbers, stand = contents(report, today=timezone.localdate(now)), queries.one_of(report, now=now)
    context = {
        "report": report, "line": words.line(stand, today=timezone.localdate(now), days=calendar()), "numbers": numbers,
        "unit_sections": words.unit_sections(numbers), "changes": words.changes(numbers), "groups": _groups(report, numbers, values or {}, no),
        "fields": _fields(report, numbers, values or {}, no), "month": words.month_words(report.month),
        "theirs": _theirs(report, values or {}) if is_stale else None,
        "faults": [sentences.of_fault(one) for ones in no.faults.values() for one in ones] if no else [],
    }  # fmt: skip
    return render(request, "monthly/write.html", context, status=409 if is_stale else 422 if no else 200)


def _faults(no: Invalid | None, name: str) -> tuple[str, ...]:
    return tuple(sentences.of_fault(one) for one in no.faults.get(name, ())) if no else ()


def _fields(report: MonthlyReport, numbers: Contents, values: dict[str, str], no: Invalid | None) -> list[words.Field]:
    found = []
    for name, label in REPORT_SECTIONS.items():
        is_new = name not in report.words and name not in values
        value = words.proposal(name, numbers) if is_new else values.get(name, report.words.get(name, ""))
        rows = 6 if name == "overall" else 4
        found.append(
            words.Field(
                name, label, value, words.HINTS[name], actions.LONGEST, rows, is_new and bool(value), _faults(no, name)
            )
        )
    return found


def _groups(
    report: MonthlyReport, numbers: Contents, values: dict[str, str], no: Invalid | None
) -> list[tuple[Any, list[words.Row], words.Field]]:
    """Each group with its numbers and the line for it."""
    found = []
    for part, rows in words.group_rows(numbers):
        name = f"line-{part.code}"
        is_new = part.code not in report.lines and name not in values
        value = words.line_proposal(part) if is_new else values.get(name, report.lines.get(part.code, ""))
        one = words.Field(
            name, part.name, value, "", actions.LONGEST_LINE, 2, is_new and bool(value), _faults(no, name)
        )
        found.append((part, rows, one))
    return found


def _theirs(report: MonthlyReport, values: dict[str, str]) -> list[tuple[Any, str]]:
    """What is stored where it differs from what was typed."""
    stored = {**report.words, **{f"line-{code}": text for code, text in report.lines.items()}}
    labels = {name: REPORT_SECTIONS.get(name, name.removeprefix("line-")) for name in stored}
    return [(labels[name], text) for name, text in stored.items() if text != values.get(name, text)]


@require_POST
def save(request: HttpRequest, code: str) -> HttpResponse:
    """Autosave: JSON with the revision and the moment, or with the sentence of a refusal."""

    def keep() -> tuple[int, datetime | None]:
        report, values = _hers(request, code), typed(request.POST)
        kept = actions.save_words(report, values, by=request.user, at=timezone.now(), seen=revision_of(request.POST))
        return kept.revision, kept.saved_at

    def stale(no: StaleWrite) -> str:
        return _("%(name)s刚存过这份月报。点“保存”，就能看到两边的不同。") % {"name": no.args_.get("name", "")}

    return autosaved(keep, stale=stale)


@require_GET
def preview(request: HttpRequest, code: str) -> HttpResponse:
    """As it would look if it were sent now, with the button that sends it."""
    report, now = _hers(request, code), timezone.now()
    if queries.one_of(report, now=now).is_sent:
        return redirect("monthly:page", code)
    return _preview(request, report)


def _preview(request: HttpRequest, report: MonthlyReport, faults: tuple[str, ...] = ()) -> HttpResponse:
    now = timezone.now()
    told = being_written(report, contents(report, today=timezone.localdate(now)), at=now)
    context = {
        "report": report, "month": words.month_words(report.month), "told": told, "faults": faults,
        "form": SendForm(initial={"seen": report.revision}), "is_late": now >= report.deadline, **words.paper(paper_of(told)),
    }  # fmt: skip
    return render(request, "monthly/preview.html", context, status=422 if faults else 200)


@require_POST
def send_report(request: HttpRequest, code: str) -> HttpResponse:
    """Send what the preview showed."""
    report, form = _hers(request, code), SendForm(request.POST)
    if not form.is_valid():
        raise NotNow("report_key_taken")
    try:
        sent = actions.send_report(report, by=request.user, at=timezone.now(), **form.cleaned_data)
    except Invalid:
        return _preview(request, report, (_("“总体情况”还没有写。"),))
    messages.success(request, _("已报送第 %(n)s 版，邮件随后发出。") % {"n": sent.version})
    return redirect("monthly:page", code)
