"""Signing in and out, the lock-out, the reader's own page."""

from __future__ import annotations

from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huizhen.accounts import actions, queries
from huizhen.accounts.models import User
from huizhen.lib.errors import Invalid
from huizhen.web import nav, sentences
from huizhen.web.accounts import kept
from huizhen.web.accounts.forms import PasswordForm, SignInForm
from huizhen.web.context import standing_of
from huizhen.web.sentences import Sentence
from huizhen.web.views import back_to_next, keep, oops

DEMO_PASSWORD = "huizhen-demo"
_DEMO_ICONS = {
    "requester": "ticket-plus",
    "expert": "stethoscope",
    "leader": "users",
    "liaison": "scale",
    "clerk": "inbox",
    "coordinator": "layout-dashboard",
    "viewer": "eye",
    "auditor": "scroll-text",
}


def _wanted(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else settings.LOGIN_REDIRECT_URL


def _demo_accounts() -> list[dict[str, object]]:
    """The accounts with a known password, in the order of the roles; empty in a real installation."""
    known = {user.username: user.name for user in queries.demo_users()}
    return [
        {"username": username, "name": known[username], "role": nav.ROLES[username], "icon": icon}
        for username, icon in _DEMO_ICONS.items()
        if username in known
    ]


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """GET: the form. POST: sign in and go where the reader wanted to go."""
    if request.user.is_authenticated and request.method != "POST":
        return redirect(_wanted(request))
    demo = _demo_accounts()
    chosen = request.GET.get("as", "")
    start = {"username": chosen} if any(one["username"] == chosen for one in demo) else {}
    form = SignInForm(request, request.POST or None, initial=start)
    unsent = request.POST.get("kept", "")
    if form.is_valid():
        auth.login(request, form.user)
        return _in_own_language(_go_on(request, unsent), form.user)
    context = {"form": form, "demo": demo, "chosen": start, "next": _wanted(request), "kept": unsent}
    return _door(request, context, status=422 if form.is_bound else 200)


def _door(request: HttpRequest, context: dict[str, object], *, status: int) -> HttpResponse:
    return render(request, "accounts/sign_in.html", context | {"demo_password": DEMO_PASSWORD}, status=status)


def _go_on(request: HttpRequest, unsent: str) -> HttpResponse:
    """Where the reader wanted to go; a form posted while nobody was signed in is offered again, not sent."""
    if found := kept.read(unsent):
        return render(request, "accounts/kept.html", {"kept": found})
    return redirect(_wanted(request))


def sign_in_first(request: HttpRequest) -> HttpResponse | None:
    """The sign-in page with the form that was just posted inside it; None when nothing of it can be kept."""
    if not (unsent := kept.keep(request)):
        return None
    form, wanted = SignInForm(request), request.get_full_path()
    context = {"form": form, "demo": _demo_accounts(), "chosen": {}, "next": wanted, "kept": unsent}
    return _door(request, context, status=401)


def _in_own_language(answer: HttpResponse, user: User) -> HttpResponse:
    return keep(answer, settings.LANGUAGE_COOKIE_NAME, user.language) if user.language else answer


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    auth.logout(request)
    messages.success(request, _("您已退出登录。"))
    return redirect("sign_in")


def locked_out(request: HttpRequest, original_response: HttpResponse | None, credentials: object) -> HttpResponse:
    """Too many wrong passwords for one account from one address (django-axes calls this)."""
    minutes = round(settings.AXES_COOLOFF_TIME * 60)
    more = _("连续输错密码，这个账号在这台设备上暂停登录 %(minutes)s 分钟。到时再试，或请党建工作部重设密码。")
    return oops(request, Sentence(429, _("登录先停一停"), more % {"minutes": minutes}), home="sign_in")


@login_not_required
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Kept on the account, so that messages speak it too, and in a cookie for the sign-in page."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        language = settings.LANGUAGE_CODE
    if request.user.is_authenticated and request.user.language != language:
        actions.change_language(request.user, language=language, at=timezone.now())
    return keep(back_to_next(request), settings.LANGUAGE_COOKIE_NAME, language)


@require_GET
def profile(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/profile.html", _profile(request) | {"form": PasswordForm()})


def _profile(request: HttpRequest) -> dict[str, object]:
    """What the reader is allowed to be: posts and groups of today."""
    person = standing_of(request).person
    if person is None:
        return {"person": None}
    today = timezone.localdate()
    return {
        "person": person,
        "postings": person.postings.filter(until=None, since__lte=today).select_related("branch", "unit", "domain"),
        "memberships": person.memberships.filter(until=None, since__lte=today).select_related("group__domain"),
    }


@sensitive_post_parameters()
@require_POST
def change_password(request: HttpRequest) -> HttpResponse:
    """Wrong or weak passwords are said beside the field; other sessions end by themselves."""
    form = PasswordForm(request.POST)
    try:
        if form.is_valid():
            old, new = form.cleaned_data["old"], form.cleaned_data["new"]
            actions.change_password(request.user, old=old, new=new, at=timezone.now())
            auth.update_session_auth_hash(request, request.user)
            messages.success(request, _("密码已更换。其他设备上的登录已经失效。"))
            return redirect("profile")
    except Invalid as invalid:
        sentences.apply(form, invalid)
    return render(request, "accounts/profile.html", _profile(request) | {"form": form}, status=422)
