"""The roster's upload."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class UploadForm(forms.Form):
    """What is wrong with the file is for the reader of rosters to say, so an empty one passes here."""

    file = forms.FileField(
        label=_("名册文件"),
        allow_empty_file=True,
        help_text=_("附件 1 格式的 .xlsx，最大 20 MB。先核对，确认后才写入。"),
        widget=forms.FileInput({"accept": f".xlsx,{XLSX}"}),
    )
