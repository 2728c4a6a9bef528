"""What the pages of the monthly reports ask for."""

from __future__ import annotations

import uuid

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from huizhen.directory.choices import UnitKind
from huizhen.reports.actions.monthly import LONGEST_REASON, SHORTEST_REASON
from huizhen.reports.choices import ReportState
from huizhen.web.filters import Filters, one_of
from huizhen.web.forms import CleanCharField


class SendForm(forms.Form):
    """`key` makes a double click one version, `seen` is the revision of the preview."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)


class WithdrawForm(forms.Form):
    reason = CleanCharField(
        label=_("为什么撤回"), max_length=LONGEST_REASON, min_length=SHORTEST_REASON,
        help_text=_("收到过这一版的人会看到它已撤回。"),
    )  # fmt: skip


class BoardFilters(Filters):
    """Which units are shown; `state` is that of the newest month on the board."""

    kind = one_of(_("类别"), _("全部单位"), UnitKind.choices)
    state = one_of(_("最近一月"), _("各种情况"), ReportState.choices)


def revision_of(data: QueryDict) -> int | None:
    """The revision a page was drawn with; None where none was sent, which is only so for who sends no page."""
    text = data.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
