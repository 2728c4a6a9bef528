"""Filters of a list: the address holds them, one parameter each, and a wrong value filters nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise

from huizhen.web.forms import CleanCharField


@dataclass(frozen=True)
class Active:
    """One filter in force; `without` is the query of the same list without it."""

    name: str
    label: str
    value: str
    without: str


def sought(label: Any, placeholder: Any) -> CleanCharField:
    """The box for words."""
    attrs = {"class": "form-control", "type": "search", "placeholder": placeholder, "autocomplete": "off"}
    return CleanCharField(label=label, max_length=60, required=False, counter=False, widget=forms.TextInput(attrs))


def one_of(label: Any, nothing: Any, choices: Iterable[tuple[str, Any]] = ()) -> forms.ChoiceField:
    """A select whose first option says that nothing is filtered."""
    widget = forms.Select({"class": "form-select"})
    return forms.ChoiceField(label=label, required=False, choices=[("", nothing), *choices], widget=widget)


def ticked(label: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False)


class Filters(forms.Form):
    """`options` gives the choices of selects that come from the database: name → (value, label)."""

    def __init__(self, data: QueryDict, options: dict[str, Iterable[tuple[str, str | Promise]]] | None = None) -> None:
        super().__init__(data, auto_id="f-%s")
        for name, choices in (options or {}).items():
            field = self.fields[name]
            field.choices = [field.choices[0], *choices]
        self.is_valid()

    @property
    def values(self) -> dict[str, Any]:
        """Name → value of each field; empty where nothing or nonsense was given."""
        return {
            name: self.cleaned_data.get(name, False if isinstance(field, forms.BooleanField) else "")
            for name, field in self.fields.items()
        }

    @property
    def active(self) -> list[Active]:
        """The filters in force, in the order of the form."""
        found = []
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if not value:
                continue
            words = "" if value is True else str(value)
            if isinstance(field, forms.ChoiceField):
                words = str(dict(field.choices).get(value, value))
            found.append(Active(name, str(field.label), words, self._without(name)))
        return found

    def _without(self, name: str) -> str:
        rest = self.data.copy()
        for gone in (name, "after"):
            rest.pop(gone, None)
        return f"?{rest.urlencode()}"


def typed(request: HttpRequest) -> QueryDict | None:
    """What was posted; an empty post is one, and its form is bound."""
    return request.POST if request.method == "POST" else None


def number_of(text: str | None) -> int | None:
    """A key of a keyset from an address; nonsense is the beginning."""
    if not text or len(text) > 18 or not (text.isascii() and text.isdecimal()):
        return None
    return int(text) or None
