"""Answers that belong to no room: refusals, the server's own error pages, finding by code, the theme."""

from __future__ import annotations

import contextlib
import re
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, UnreadablePostError
from django.shortcuts import redirect, render
from django.template import loader
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huizhen.lib.errors import NotAllowed, NotVisible, Refusal
from huizhen.lib.text import clean
from huizhen.web import sentences
from huizhen.web.context import THEMES
from huizhen.web.sentences import Sentence

_DRAIN = 64 * 2**20
_YEAR = 365 * 24 * 3600
_CASE = re.compile(r"/cases/HZ\d{2}-\d{5,9}/")


def oops(request: HttpRequest, said: Sentence, **context: object) -> HttpResponse:
    """The error page, or its panel alone when htmx asked for a part."""
    # A boosted request replaces the whole body, so it gets the whole page.
    part = bool(getattr(request, "htmx", False)) and not request.htmx.boosted
    template = "errors/refusal.html#oops" if part else "errors/refusal.html"
    back = request.META.get("HTTP_REFERER", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = ""
    return render(request, template, {"said": said, "back": back, **context}, status=said.status)


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal of an action or a query, in words."""
    hit = None if isinstance(refusal, NotVisible) else _CASE.match(request.path)
    return oops(request, sentences.of_refusal(refusal), **({"retry": hit.group(0)} if hit else {}))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler404."""
    return oops(request, sentences.of_refusal(NotVisible("no_such_page")))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler403."""
    return oops(request, sentences.of_refusal(NotAllowed("not_yours")))


def not_this_way(request: HttpRequest, answer: HttpResponseNotAllowed) -> HttpResponse:
    """The bare 405 of Django as a page: mostly an address that only a button sends to, opened by hand or from the history."""
    if "GET" in answer.headers["Allow"]:
        said = Sentence(405, _("这个地址只能打开，不能提交"), _("没有任何内容被改动。"))
    else:
        said = Sentence(405, _("这个地址只能由按钮提交"), _("没有任何内容被改动。回到原来的页面，按页面上的按钮再办。"))
    page = oops(request, said)
    page.headers["Allow"] = answer.headers["Allow"]
    return page


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400; an over-long body is 413 and is read to its end first, or the browser would never see the answer."""
    if isinstance(exception, (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)):
        _drain(request)
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2**20
        headline = _("内容太长，没有收下")
        more = _("一次最多 %(limit)s MB 文字。返回上一页，删短后再交；长材料请放进附件。") % {"limit": limit}
        return oops(request, Sentence(413, headline, more))
    more = _("地址或内容有误，没有任何内容被改动。返回上一页再试一次。")
    return oops(request, Sentence(400, _("这个请求读不懂"), more))


def _drain(request: HttpRequest) -> None:
    left = _DRAIN
    with contextlib.suppress(UnreadablePostError, OSError, ValueError):
        while left > 0 and (piece := request.read(64 * 1024)):
            left -= len(piece)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open too long, or cookies are off."""
    more = _("多半是页面放得太久，或登录换了人。返回上一页，您填的还在；刷新后再交一次。浏览器需要允许本站的 Cookie。")
    return oops(request, Sentence(403, _("这一页已经过期"), more))


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500. Asks neither the database nor the session: they may be what failed."""
    language = get_language_from_request(request)
    theme = request.COOKIES.get("hz-theme", "auto")
    with override(language):
        context = {"language": language, "theme": theme if theme in THEMES else "auto"}
        return HttpResponse(loader.render_to_string("errors/500.html", context), status=500)


def back_to_next(request: HttpRequest) -> HttpResponseRedirect:
    wanted = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        wanted = "/"
    return HttpResponseRedirect(wanted)


def keep(answer: HttpResponse, name: str, value: str) -> HttpResponse:
    answer.set_cookie(name, value, max_age=_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return answer


@login_not_required
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the device says. A matter of the device, so it lives in a cookie only."""
    theme = request.POST.get("theme", "")
    return keep(back_to_next(request), "hz-theme", theme if theme in THEMES else "auto")


@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """Where the box of the sidebar used to send: old addresses go on to search."""
    text = clean(request.GET.get("q", "")[:200])
    return redirect(f"{reverse('search:page')}?{urlencode({'q': text})}" if text else "search:page")
