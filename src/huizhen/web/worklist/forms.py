"""Forms of the work list."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from huizhen.reports.actions.notes import LONGEST
from huizhen.web.forms import CleanCharField


class NoteForm(forms.Form):
    """The words beside a case; `seen` is their version when the form was opened."""

    progress = CleanCharField(label=_("当前进展"), max_length=LONGEST, required=False, lines=True, rows=4)
    trouble = CleanCharField(label=_("存在问题及需协调事项"), max_length=LONGEST, required=False, lines=True, rows=3)
    remark = CleanCharField(label=_("备注"), max_length=LONGEST, required=False, lines=True, rows=2)
    seen = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)


class UploadForm(forms.Form):
    """What is wrong with the file is for the reader of lists to say, so an empty one passes here."""

    file = forms.FileField(
        label=_("填好的清单"),
        allow_empty_file=True,
        help_text=_("从这里导出的 .xlsx，最多 2000 行、20 MB。先看会改什么，确认后才写入。"),
        widget=forms.FileInput({"accept": ".xlsx"}),
    )
