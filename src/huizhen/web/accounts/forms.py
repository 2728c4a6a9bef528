"""Signing in and changing a password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from huizhen.accounts.models import User
from huizhen.web.forms import CleanCharField

_LONGEST_PASSWORD = 256  # argon2 takes any length; a megabyte would only keep a processor busy


def _password(label: Any, autocomplete: str, **kwargs: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete}, render_value=kwargs.pop("shown", False))
    errors = {
        "required": _("请填密码。"),
        "max_length": _("密码最多 %(limit_value)d 个字符。"),
        "null_characters_not_allowed": _("密码里有看不见的字符，请重新输入。"),
    }
    return forms.CharField(
        label=label, strip=False, max_length=_LONGEST_PASSWORD, widget=widget, error_messages=errors, **kwargs
    )


class SignInForm(forms.Form):
    username = CleanCharField(
        label=_("账号"),
        max_length=64,
        error_messages={"required": _("请填账号。")},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = _password(_("密码"), "current-password", shown=False)

    user: User | None = None

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors:
            self.user = authenticate(self.request, username=given["username"], password=given["password"])
            if self.user is None:
                # One sentence for both, so that nobody learns which accounts exist.
                raise forms.ValidationError(_("账号或密码不对。密码区分大小写。"), "wrong")
        return given


class DoorForm(forms.Form):
    """A password chosen, and typed a second time."""

    new = _password(_("新密码"), "new-password", help_text=_("至少 10 个字符，不要用常见密码或自己的姓名。"))
    again = _password(_("再输一次新密码"), "new-password")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("new") and given.get("again") and given["new"] != given["again"]:
            self.add_error("again", _("两次输入的新密码不一样。"))
        return given


class PasswordForm(DoorForm):
    old = _password(_("现在的密码"), "current-password")
    field_order = ("old", "new", "again")
