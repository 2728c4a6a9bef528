"""The working calendar of a year, as the State Council publishes it: pasted or uploaded, one day a line."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from huizhen.lib.errors import Fault, Invalid, NotAllowed
from huizhen.web import sentences
from huizhen.web.context import standing_of
from huizhen.web.filters import typed
from huizhen.web.forms import CleanCharField
from huizhen.worktime.actions import load_year
from huizhen.worktime.choices import DayKind
from huizhen.worktime.models import CalendarDay
from huizhen.worktime.queries import next_year_missing, years
from huizhen.worktime.sheets import MAX_CHARS, YearSheet, parse_year_file

_SHOWN_FAULTS = 20
# The same code says something else about other fields, or has no words of its own.
_OWN_WORDS = {"empty": "no_days", "required": "no_holidays", "too_long": "too_many_lines"}


class YearForm(forms.Form):
    """The lines, or a file of them; and the notice they are taken from."""

    text = CleanCharField(
        label=gettext_lazy("安排"),
        max_length=MAX_CHARS,
        lines=True,
        rows=12,
        counter=False,
        required=False,
        help_text=gettext_lazy("每行一天：日期,休或班,名称。例如 2027-01-01,休,元旦。周末补班写“班”。"),
    )
    file = forms.FileField(
        label=gettext_lazy("或上传文件"),
        required=False,
        allow_empty_file=True,
        help_text=gettext_lazy("写法相同的 .csv 或 .txt。"),
        widget=forms.FileInput({"accept": ".csv,.txt,text/csv,text/plain"}),
    )
    source = CleanCharField(label=gettext_lazy("依据"), max_length=200, required=False, counter=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and not given.get("text") and not given.get("file"):
            self.add_error("text", sentences.of_fault(Fault("no_days")))
        return given

    def sheet(self) -> YearSheet:
        """What the lines say; a file goes before the box. Invalid: they cannot be read."""
        file = self.cleaned_data["file"]
        return parse_year_file(_decoded(file.read(4 * MAX_CHARS + 1)) if file else self.cleaned_data["text"])


def _decoded(content: bytes) -> str:
    """UTF-8, or what a Chinese spreadsheet program writes."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace")


@require_http_methods(["GET", "HEAD", "POST"])
def load(request: HttpRequest) -> HttpResponse:
    """Enter a year, or enter it anew. The open cases are counted anew by the next sweep."""
    if not standing_of(request).is_coordinator:
        raise NotAllowed("coordinator_only")
    form = YearForm(typed(request), request.FILES if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            sheet = form.sheet()
            source = form.cleaned_data["source"]
            load_year(
                sheet.year, holidays=sheet.holidays, workdays=sheet.workdays, names=sheet.names, source=source,
                by=request.user, at=timezone.now(),
            )  # fmt: skip
            told = {"year": sheet.year, "off": len(sheet.holidays), "on": len(sheet.workdays)}
            words = _("%(year)s 年的工作日历已录入：休 %(off)s 天，补班 %(on)s 天。未结病例的时限会在几分钟内重算。")
            messages.success(request, words % told)
            return redirect("campaign:calendar")
        except Invalid as invalid:
            _tell(form, invalid)
    context = {"form": form, "entered": _entered(), "missing_year": next_year_missing(timezone.localdate())}
    return render(request, "campaigns/calendar.html", context, status=422 if form.is_bound else 200)


def _tell(form: YearForm, invalid: Invalid) -> None:
    """Everything wrong, beside the box or the file it came from, with the number of its line."""
    field = "file" if form.cleaned_data.get("file") else "text"
    faults = [(name, fault) for name, found in invalid.faults.items() for fault in found]
    for name, fault in faults[:_SHOWN_FAULTS]:
        own = _OWN_WORDS.get(fault.code, fault.code) if name != "source" else fault.code
        words = sentences.of_fault(Fault(own, fault.args))
        if fault.row is not None:
            words = _("第 %(row)s 行：%(words)s") % {"row": fault.row + 1, "words": words}
        form.add_error("source" if name == "source" else field, words)


def _entered() -> list[tuple[Any, int, int]]:
    """Each year with its days off and its make-up days, newest first."""
    days = Counter((day.year, kind) for day, kind in CalendarDay.objects.values_list("date", "kind"))
    return [(row, days[row.year, DayKind.HOLIDAY], days[row.year, DayKind.WORKDAY]) for row in years()]
