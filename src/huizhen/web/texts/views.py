"""How a long text will look, before it is saved. Nothing is kept."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The field that `preview` names, of whichever form was posted: a page of its own, or the part alone for htmx."""
    text = request.POST.get(request.POST.get("preview", ""), "")
    return render(request, "texts/preview.html#words" if request.htmx else "texts/preview.html", {"text": text})
