"""同义词: words that mean the same, kept by head office; beside them how far the index is, and its rebuild."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huizhen.lib.errors import Invalid, NotAllowed
from huizhen.search import actions, queries
from huizhen.search.models import Synonym
from huizhen.web import sentences, undo
from huizhen.web.context import standing_of
from huizhen.web.filters import number_of, typed
from huizhen.web.forms import CleanCharField

LONGEST = 320
_BETWEEN = re.compile(r"[=、，,；;/\n]+")


class WordsForm(forms.Form):
    """The words of one group, written as people write them: 携转 = 携号转网."""

    words = CleanCharField(label=gettext_lazy("意思相同的词"), max_length=LONGEST, counter=False)

    def values(self) -> list[str]:
        return [
            word.strip()
            for word in _BETWEEN.split(unicodedata.normalize("NFKC", self.cleaned_data["words"]))
            if word.strip()
        ]


def _need_coordinator(request: HttpRequest) -> None:
    if not standing_of(request).is_coordinator:
        raise NotAllowed("coordinator_only")


def _known(request: HttpRequest, code: str) -> Synonym:
    _need_coordinator(request)
    return queries.get_synonym(code[:12])


def _page(request: HttpRequest, form: WordsForm, *, status: int = 200, **more: Any) -> HttpResponse:
    told = {"synonyms": queries.synonyms(), "form": form, "index": _index()}
    return render(request, "search/synonyms.html", told | more, status=status)


def _index() -> dict[str, Any]:
    progress = queries.rebuild_progress()
    is_running = progress is not None and progress.ended_at is None
    return {"progress": progress, "is_running": is_running, "behind": queries.behind(timezone.now())}


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    _need_coordinator(request)
    return _page(request, WordsForm())


@require_GET
def progress(request: HttpRequest) -> HttpResponse:
    """How far the rebuild is, asked for again and again while it runs."""
    _need_coordinator(request)
    return render(request, "search/synonyms.html#index", {"index": _index()})


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    _need_coordinator(request)
    form = WordsForm(request.POST)
    if form.is_valid():
        try:
            fresh = actions.add_synonym(words=form.values(), by=request.user, at=timezone.now())
            undo.offer(request, _("已添加“%(words)s”。") % {"words": fresh}, url=_address("remove", fresh), fields={})
            return redirect("search:synonyms")
        except Invalid as invalid:
            sentences.apply(form, invalid)
    return _page(request, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, code: str) -> HttpResponse:
    """A page of its own: what is there, and other words for it."""
    synonym = _known(request, code)
    form = WordsForm(typed(request), initial={"words": str(synonym)})
    if form.is_bound and form.is_valid():
        try:
            before, seen = str(synonym), number_of(request.POST.get("seen"))
            fresh = actions.change_synonym(synonym, words=form.values(), by=request.user, at=timezone.now(), seen=seen)
            undo.offer(
                request,
                _("已改为“%(words)s”。") % {"words": fresh},
                url=_address("change", fresh),
                fields={"words": before},
            )
            return redirect("search:synonyms")
        except Invalid as invalid:
            sentences.apply(form, invalid)
    context = {"form": form, "synonym": synonym}
    return render(request, "search/synonym.html", context, status=422 if form.is_bound else 200)


@require_POST
def remove(request: HttpRequest, code: str) -> HttpResponse:
    gone = actions.remove_synonym(_known(request, code), by=request.user, at=timezone.now())
    undo.offer(request, _("已删除“%(words)s”。") % {"words": gone}, url=_address("restore", gone), fields={})
    return redirect("search:synonyms")


@require_POST
def restore(request: HttpRequest, code: str) -> HttpResponse:
    try:
        back = actions.restore_synonym(_known(request, code), by=request.user, at=timezone.now())
        messages.success(request, _("“%(words)s”又生效了。") % {"words": back})
    except Invalid as invalid:
        messages.error(request, sentences.of_refusal(invalid).headline)
    return redirect("search:synonyms")


@require_POST
def rebuild(request: HttpRequest) -> HttpResponse:
    _need_coordinator(request)
    actions.ask_rebuild(by=request.user, at=timezone.now())
    messages.success(request, _("已排上重建索引。重建时照常可以搜索。"))
    return redirect("search:synonyms")


def _address(verb: str, synonym: Synonym) -> str:
    return reverse(f"search:{verb}_synonym", args=[synonym.code])
