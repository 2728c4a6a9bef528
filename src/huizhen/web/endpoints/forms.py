"""A robot or webhook: which kind, for whose cases, where, with what secret, in which language, about what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huizhen.notifications.actions.messages import OUTSIDE
from huizhen.notifications.choices import ROBOTS, Scope
from huizhen.notifications.models import Endpoint
from huizhen.notifications.queries.endpoints import Place
from huizhen.web.endpoints.words import ADDRESSES, EVENTS, SECRETS
from huizhen.web.forms import Cards, CleanCharField, Searchable, Segments, Ticks


class _Facts(forms.Form):
    """What may be changed later."""

    name = CleanCharField(
        label=gettext_lazy("名称"), max_length=40, counter=False, help_text=gettext_lazy("例如：网络团工作群")
    )
    address = CleanCharField(
        label=gettext_lazy("地址"),
        max_length=500,
        counter=False,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}),
    )
    secret = CleanCharField(
        label=gettext_lazy("密钥"),
        max_length=200,
        counter=False,
        required=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("用哪种语言"), choices=settings.LANGUAGES, widget=Segments, initial="zh-hans"
    )
    events = forms.MultipleChoiceField(label=gettext_lazy("发哪些事"), choices=list(EVENTS.items()), widget=Ticks)

    def chosen(self) -> dict[str, Any]:
        """What the actions take. All that goes outside by itself is kept as "nothing chosen", so that what comes later is in it."""
        given = self.cleaned_data
        events = [] if set(given["events"]) == OUTSIDE else given["events"]
        return {
            "name": given["name"],
            "address": given["address"],
            "secret": given["secret"],
            "language": given["language"],
            "events": events,
        }


class AddForm(_Facts):
    """`places`: scope → places; for all cases only when `for_all`."""

    kind = forms.ChoiceField(
        label=gettext_lazy("哪种"),
        choices=[(one.value, one.label) for one in ROBOTS],
        widget=Cards(hints={one.value: ADDRESSES[one] for one in ROBOTS}),
    )
    place = forms.ChoiceField(label=gettext_lazy("发哪些病例"), widget=Searchable)
    field_order = ("kind", "place", "name", "address", "secret", "language", "events")

    def __init__(self, places: Mapping[str, list[Place]], *, for_all: bool, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"events": sorted(OUTSIDE), "language": "zh-hans"})
        self.places: dict[str, Place | None] = {"all": None} if for_all else {}
        groups: list[Any] = [("all", _("全部病例"))] if for_all else []
        for scope, found in places.items():
            keys = [(f"{scope}-{one.pk}", one) for one in found]
            self.places |= dict(keys)
            if keys:
                groups.append((Scope(scope).label, [(key, one.name) for key, one in keys]))
        self.fields["place"].choices = groups
        self.fields["secret"].help_text = _("钉钉、飞书填安全设置里的密钥；系统对接至少 16 个字符；企业微信不填。")

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"kind": given["kind"], "place": self.places[given["place"]], **self.chosen()}


class ChangeForm(_Facts):
    """Address and secret are never shown again; left empty they stay."""

    field_order = ("name", "address", "secret", "language", "events")

    def __init__(self, endpoint: Endpoint, data: QueryDict | None = None) -> None:
        initial = {
            "name": endpoint.name,
            "language": endpoint.language,
            "events": endpoint.events or sorted(OUTSIDE),
        }
        super().__init__(data, initial=initial)
        self.fields["address"].required = False
        self.fields["address"].help_text = _("不换就留空。")
        self.fields["secret"].help_text = f"{_('不换就留空。')}{SECRETS[endpoint.kind]}"

    def values(self) -> dict[str, Any]:
        """Only what was given, and of that only what is new."""
        return {
            name: value
            for name, value in self.chosen().items()
            if (value if name in ("address", "secret") else name in self.changed_data)
        }
