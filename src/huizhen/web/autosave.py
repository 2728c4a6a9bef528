"""Words that are kept while they are typed: what the script of the form is answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.http import HttpResponse, JsonResponse

from huizhen.lib.errors import Refusal, StaleWrite
from huizhen.web import sentences
from huizhen.web.moments import clock_words


def autosaved(keep: Callable[[], tuple[int, datetime | None]], *, stale: Callable[[StaleWrite], str]) -> HttpResponse:
    """JSON with what `keep` gives, the version and the moment; or with the sentence of a refusal, `stale` when somebody was faster."""
    try:
        version, at = keep()
    except StaleWrite as no:
        return JsonResponse({"sentence": stale(no)}, status=no.status)
    except Refusal as no:
        return JsonResponse({"sentence": sentences.of_refusal(no).headline}, status=no.status)
    return JsonResponse({"version": version, "saved": clock_words(at) if at else ""})
