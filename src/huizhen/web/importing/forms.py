"""The upload of a list of earlier cases, and the answers to what its names mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from huizhen.cases.queries.imports import QUESTIONS
from huizhen.cases.sheets import KINDS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class UploadForm(forms.Form):
    """What is wrong with the file is for the reader of lists to say, so an empty one passes here."""

    file = forms.FileField(
        label=_("历史工作清单"),
        allow_empty_file=True,
        help_text=_("附件 2 的 .xlsx，最多 5000 行、20 MB。先核对，确认后才写入。"),
        widget=forms.FileInput({"accept": f".xlsx,{XLSX}"}),
    )


def answers_of(posted: QueryDict) -> Mapping[str, Mapping[str, str]]:
    """Kind → written text → code, from the numbered pairs of the form; what was left open is left out."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for at in range(QUESTIONS):
        kind, given, code = (posted.get(f"{name}-{at}", "") for name in ("kind", "given", "code"))
        if kind in KINDS and given and code:
            found[kind][given] = code
    return found
