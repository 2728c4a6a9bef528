"""Pictures: served as pictures and nothing else; taken in for whoever writes the method."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from huizhen.lib.errors import Invalid, NotAllowed
from huizhen.methods.actions.pictures import KINDS, MEGABYTES, MOST, SIDE, add_picture, text_of
from huizhen.methods.lifecycle import AUTHOR
from huizhen.methods.models import Method
from huizhen.methods.policy import get_visible, roles_on
from huizhen.methods.queries.pictures import get_picture, pictures_of
from huizhen.web import sentences
from huizhen.web.context import standing_of


@require_safe
def picture(request: HttpRequest, key: UUID) -> HttpResponse:
    """Drawn by us, named by its content, of one type, never run. Its bytes never change, who may see it may."""
    found = get_picture(standing_of(request), key)
    return served(request, found.key.hex, found.kind, found.content)


def served(request: HttpRequest, name: str, kind: str, content: bytes) -> HttpResponse:
    """A picture and nothing else; `name` never names other bytes."""
    tag = f'"{name}"'
    known = request.headers.get("If-None-Match") == tag
    answer = HttpResponseNotModified() if known else HttpResponse(content, content_type=f"image/{kind}")
    answer["ETag"] = tag
    answer["Cache-Control"] = "private, no-cache"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, code: str) -> HttpResponse:
    """The pictures of a method with what shows each in a text; POST takes one in."""
    standing = standing_of(request)
    method = get_visible(standing, code)
    if request.method == "POST":
        return _take(request, method)
    if AUTHOR not in roles_on(standing, method):
        raise NotAllowed("method_of_author")
    return _page(request, method)


def _take(request: HttpRequest, method: Method) -> HttpResponse:
    """JSON for the script that puts it into the text at once, else the page."""
    file, fault = request.FILES.get("picture"), ""
    try:
        content = file.file if file else BytesIO()  # rights come before files
        taken = add_picture(method, by=request.user, at=timezone.now(), name=str(file or ""), content=content)
    except Invalid as no:
        fault = sentences.of_refusal(no).headline
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"sentence": fault} if fault else {"text": text_of(taken)}, status=422 if fault else 200)
    if fault:
        return _page(request, method, fault=fault, status=422)
    messages.success(request, _("图片已添加。把它的写法贴到文中要放的地方。"))
    return redirect("pictures:page", method.code)


def _page(request: HttpRequest, method: Method, *, fault: str = "", status: int = 200) -> HttpResponse:
    context = {
        "method": method,
        "pictures": [(one, text_of(one)) for one in pictures_of(method)],
        "fault": fault,
        "limits": {"megabytes": MEGABYTES, "side": SIDE, "most": MOST},
        "kinds": ",".join(f"image/{kind}" for kind in KINDS.values()),
    }
    return render(request, "pictures/page.html", context, status=status)
