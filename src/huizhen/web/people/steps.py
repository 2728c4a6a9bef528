"""One page for every single change of a person: what will follow, a form or none, one button."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise

from huizhen.directory.models import Person
from huizhen.directory.queries.presence import person_by_code
from huizhen.lib.errors import Invalid, NotAllowed, NotVisible
from huizhen.web import sentences
from huizhen.web.context import standing_of

Words = str | Promise


@dataclass(frozen=True)
class Step:
    """`act` does it, `done` says so. `told` are consequences to be read before; without a form the button alone confirms."""

    title: Words
    person: Person
    button: Words
    act: Callable[[], Any]
    done: Callable[[], str]
    form: Any = None
    told: Sequence[str] = field(default_factory=tuple)
    is_grave: bool = False


def need_head_office(request: HttpRequest) -> None:
    """NotAllowed for everybody else."""
    if not standing_of(request).is_coordinator:
        raise NotAllowed("coordinator_only")


def known(request: HttpRequest, code: str) -> Person:
    """The person of a page that head office alone may open."""
    need_head_office(request)
    return person_by_code(code)


def one_of(found: Sequence[Any], wanted: str, key: Callable[[Any], str]) -> Any:
    """What the address names among a person's posts or seats. NotVisible: none of hers."""
    hit = next((one for one in found if key(one) == wanted), None)
    if hit is None:
        raise NotVisible("no_such_page")
    return hit


def walk(request: HttpRequest, step: Step, *, then: Callable[[Any], HttpResponse] | None = None) -> HttpResponse:
    """Show it, or do it and answer: back on the person's page, or with what `then` makes of the outcome."""
    form = step.form
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            outcome = step.act()
            if then is not None:
                return then(outcome)
            messages.success(request, step.done())
            return redirect("people:page", step.person.code)
        except Invalid as invalid:
            if form is None:
                raise
            sentences.apply(form, invalid)
    context = {"step": step, "form": form, "back": reverse("people:page", args=[step.person.code])}
    return render(request, "people/step.html", context, status=422 if form is not None and form.is_bound else 200)
