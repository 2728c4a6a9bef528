"""The field types and controls of every form. What people type is cleaned before its length is checked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huizhen.lib.text import clean
from huizhen.web.sentences import FAULTS


class CleanCharField(forms.CharField):
    """Text: stripped of NUL and invisible characters, NFC, then checked for length. `lines` allows line breaks.

    `counter` shows "18 / 20 字" beside the label; it is on by default where there is a limit worth watching.
    """

    def __init__(
        self,
        *,
        max_length: int,
        min_length: int | None = None,
        lines: bool = False,
        rows: int = 4,
        counter: bool | None = None,
        **kwargs: Any,
    ) -> None:
        self.lines = lines
        self.counter = counter if counter is not None else (lines or bool(min_length))
        self.longest, self.shortest = max_length, min_length or 0
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}) if lines else forms.TextInput)
        # No max_length for the base class: its HTML attribute cuts a paste without a word, and counts before cleaning.
        super().__init__(strip=False, **kwargs)
        self.validators = []  # NUL is removed by cleaning, not refused

    def to_python(self, value: Any) -> str:
        return clean(str(value), lines=self.lines) if value not in self.empty_values else ""

    def validate(self, value: str) -> None:
        super().validate(value)
        if len(value) > self.longest:
            raise forms.ValidationError(FAULTS["too_long"], "too_long", {"max": self.longest, "length": len(value)})
        if value and len(value) < self.shortest:
            raise forms.ValidationError(FAULTS["too_short"], "too_short", {"min": self.shortest, "length": len(value)})


class DateInput(forms.DateInput):
    """The browser's own date control; typed ISO dates without it."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DateTimeInput(forms.DateTimeInput):
    """The browser's own date-and-time control, to the minute."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class DateField(forms.DateField):
    widget = DateInput
    default_error_messages = {"invalid": _("请按 2026-11-25 的写法填日期。")}


class DateTimeField(forms.DateTimeField):
    """A moment typed in Asia/Shanghai, returned aware."""

    widget = DateTimeInput
    default_error_messages = {"invalid": _("请按 2026-11-25 14:30 的写法填时间。")}


class Cards(forms.RadioSelect):
    """Radio buttons as cards; `hints` maps value → the words under the label."""

    def __init__(self, attrs: dict[str, Any] | None = None, *, hints: dict[Any, Any] | None = None) -> None:
        super().__init__(attrs)
        self.hints = hints or {}


class Segments(forms.RadioSelect):
    """Two to five short alternatives side by side."""


class Searchable(forms.Select):
    """A long list. Plain select without script; with it, a box above narrows the list by name, code or pinyin."""

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__({"data-filter": "", **(attrs or {})}, choices)


class Ticks(forms.CheckboxSelectMultiple):
    """Several of a list, as check boxes."""
