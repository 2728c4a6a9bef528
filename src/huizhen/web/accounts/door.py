"""The door: somebody who was given a link chooses her password and is in. Nobody is signed in yet, and nothing of it may be kept."""

from __future__ import annotations

from django.contrib import auth, messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from huizhen.accounts import actions, queries
from huizhen.lib.errors import Invalid, NotVisible
from huizhen.web import sentences
from huizhen.web.accounts.forms import DoorForm
from huizhen.web.filters import typed

_BACKEND = "huizhen.accounts.backends.Backend"


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def door(request: HttpRequest, token: str) -> HttpResponse:
    """GET: who she is, and the form. POST: the password is set, and she is signed in. A dead link says whom to ask, always the same."""
    user = queries.user_of_door(token, at=timezone.now())
    form = DoorForm(typed(request))
    if user is None:
        return _closed(request)
    if form.is_bound and form.is_valid():
        try:
            user = actions.choose_password(token, new=form.cleaned_data["new"], at=timezone.now())
            auth.login(request, user, backend=_BACKEND)
            messages.success(request, _("密码已设好，您已登录。"))
            return redirect("home")
        except Invalid as invalid:
            sentences.apply(form, invalid)
        except NotVisible:  # another tab was faster
            return _closed(request)
    context = {"form": form, "owner": user}
    return _untold(render(request, "accounts/door.html", context, status=422 if form.is_bound else 200))


def _closed(request: HttpRequest) -> HttpResponse:
    return _untold(render(request, "accounts/door_shut.html", status=410))


def _untold(answer: HttpResponse) -> HttpResponse:
    """The address never goes on as a referrer. Not `no-referrer`: browsers then hide the origin, and the form would be refused."""
    answer["Referrer-Policy"] = "strict-origin"
    return answer
