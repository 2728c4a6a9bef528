"""People and accounts, for head office: who is there, who can sign in, giving and taking accounts. Audit may read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huizhen.directory import actions
from huizhen.directory.actions.accounts import MOST, user_name
from huizhen.directory.choices import AccountState, PostingRole
from huizhen.directory.models import Person, Unit
from huizhen.directory.queries.accounts import (
    Sought,
    people,
    people_by_code,
    place_key,
    posts_on,
    state_of,
    without_account,
)
from huizhen.directory.queries.branches import branch_of
from huizhen.directory.queries.presence import person_by_code, seats_of
from huizhen.directory.sheets.doors import write_doors
from huizhen.journal.queries import entries_of
from huizhen.journal.registry import phrase
from huizhen.lib.errors import Invalid, NotAllowed
from huizhen.web import sentences
from huizhen.web.context import standing_of
from huizhen.web.filters import typed
from huizhen.web.people import doors
from huizhen.web.people.forms import ChooseForm, ContactForm, NewcomerForm, PeopleFilters, PersonForm
from huizhen.web.people.steps import Step, known, need_head_office, walk
from huizhen.web.roster.forms import XLSX

KINDS = {
    AccountState.NONE: "po",
    AccountState.AWAITED: "zi",
    AccountState.OPEN: "zhu",
    AccountState.CLOSED: "red",
    AccountState.LEFT: "",
}
"""How the state of an account is drawn."""
_PAST = 30
_NAMED = 60


def _units() -> list[Unit]:
    return list(Unit.objects.order_by("order", "sort_key", "pk"))


def _filters(request: HttpRequest) -> tuple[PeopleFilters, Sought]:
    filters = PeopleFilters(request.GET, {"unit": [(one.code, one.name) for one in _units()]})
    told = filters.values
    return filters, Sought(told["q"], told["unit"], told["state"], told["post"])


def _need_reader(request: HttpRequest) -> bool:
    """Whether the reader may also change things. NotAllowed: neither head office nor audit."""
    standing = standing_of(request)
    if not (standing.is_coordinator or standing.is_auditor):
        raise NotAllowed("coordinator_only")
    return standing.is_coordinator


# ── the list ──


@require_GET
def people_list(request: HttpRequest) -> HttpResponse:
    """Everybody, with who can sign in; those without an account can be ticked, or all of them that fit the filters."""
    may_change, today = _need_reader(request), timezone.localdate()
    filters, sought = _filters(request)
    page = people(sought, on=today, after=request.GET.get("after", "")[:400])
    without = without_account(sought, on=today, most=MOST) if may_change else []
    context = {
        "filters": filters,
        "rows": [(row, KINDS[row.state], row.state == AccountState.NONE) for row in page.rows],
        "after": page.after,
        "may_change": may_change,
        "may_tick": bool(without) and any(row.state == AccountState.NONE for row in page.rows),
        "without": min(len(without), MOST),
        "has_more": len(without) > MOST,
        "most": MOST,
        "query": request.GET.urlencode(),
    }
    return render(request, "people/list.html", context)


@require_POST
def open_accounts(request: HttpRequest) -> HttpResponse:
    """Named one by one or by the filters; who it will be is shown first, then the links, once."""
    need_head_office(request)
    at, today = timezone.now(), timezone.localdate()
    codes = request.POST.getlist("person")[: MOST + 1]
    if request.POST.get("which") == "all":
        codes = without_account(_filters(request)[1], on=today, most=MOST)[:MOST]
    found = people_by_code([code[:20] for code in codes])
    if "confirmed" in request.POST or not found:
        done = actions.open_accounts(found, by=request.user, at=at)
        return doors.page(request, done.opened, at=at, had=done.had, left=done.left)
    context = {"people": [(one, user_name(one)) for one in found[:_NAMED]], "codes": codes, "count": len(found)}
    return render(request, "people/open.html", context | {"rest": max(0, len(found) - _NAMED)})


@require_POST
def export_doors(request: HttpRequest) -> HttpResponse:
    """The links the page showed, as a file; that they were taken out is journalled."""
    need_head_office(request)
    found, at = doors.stamped(request)
    awaited = actions.export_doors(found, by=request.user, at=timezone.now())
    content = write_doors(doors.cells(slip) for slip in doors.slips(request, awaited, at=at))
    headers = {"Content-Disposition": 'attachment; filename="door-links.xlsx"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=XLSX, headers={**headers, "Cache-Control": "no-store, private"})


# ── one person ──


def _post_told(data: Mapping[str, Any]) -> str:
    """综合员 · 佛山分公司, as far as an entry tells of a post; "" for any other."""
    role = data.get("role", "")
    if role not in PostingRole:
        return ""
    return " · ".join(filter(None, (str(PostingRole(role).label), data.get("place", ""))))


@require_GET
def person_page(request: HttpRequest, code: str) -> HttpResponse:
    may_change, today = _need_reader(request), timezone.localdate()
    person = person_by_code(code)
    state = state_of(person, on=today)
    past = list(entries_of(person).order_by("-seq")[:_PAST])
    context = {
        "person": person,
        "state": state,
        "kind": KINDS[state],
        "username": person.user.username if person.user else user_name(person),
        "may_change": may_change,
        "may_account": may_change and state != AccountState.LEFT and person.user_id != request.user.pk,
        "posts": [(one, place_key(one), one.since > today) for one in posts_on(today).filter(person=person)],
        "seats": seats_of(person, on=today),
        "past": [(one, phrase(one.verb), _post_told(one.data)) for one in past],
    }
    return render(request, "people/page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add_person(request: HttpRequest) -> HttpResponse:
    """Somebody new; asked for a branch, she is appointed there next."""
    need_head_office(request)
    branch = request.GET.get("branch", "")[:20]
    form = NewcomerForm(_units(), typed(request), unit=request.GET.get("unit", ""))
    if form.is_bound and form.is_valid():
        try:
            person = actions.add_person(**form.values(), by=request.user, at=timezone.now())
            messages.success(request, _("已新增%(name)s。") % {"name": person.name})
            ahead = f"{reverse('people:post', args=[person.code])}?post=requester:{branch}"
            return redirect(ahead if branch else reverse("people:page", args=[person.code]))
        except Invalid as invalid:
            sentences.apply(form, invalid)
    return render(request, "people/add.html", {"form": form}, status=422 if form.is_bound else 200)


@require_GET
def appoint(request: HttpRequest) -> HttpResponse:
    """Who of the branch's unit is to ask for it; the post itself is given on the page this leads to."""
    need_head_office(request)
    branch = branch_of(request.GET.get("branch", ""), on=timezone.localdate())
    mates = Person.objects.filter(unit=branch.unit_id, left_on=None).order_by("sort_key", "pk")
    form = ChooseForm(mates, request.GET if "person" in request.GET else None)
    if form.is_bound and form.is_valid():
        code = form.cleaned_data["person"]
        return redirect(f"{reverse('people:post', args=[code])}?post=requester:{branch.code}")
    return render(request, "people/appoint.html", {"form": form, "branch": branch})


@require_http_methods(["GET", "HEAD", "POST"])
def change_person(request: HttpRequest, code: str) -> HttpResponse:
    person = known(request, code)
    form = PersonForm(_units(), typed(request), person=person)
    step = Step(
        title=_("修改资料"), person=person, button=_("保存"), form=form,
        act=lambda: actions.change_person(person, **form.values(), by=request.user, at=timezone.now()),
        done=lambda: _("资料已保存。"),
        told=[_("登录名 %(name)s 不随之改变。") % {"name": person.user.username}] if person.user else [],
    )  # fmt: skip
    return walk(request, step)


@require_http_methods(["GET", "HEAD", "POST"])
def change_contact(request: HttpRequest, code: str) -> HttpResponse:
    person = known(request, code)
    form = ContactForm(person, typed(request))
    step = Step(
        title=pgettext("act", "修改联系方式"), person=person, button=_("保存"), form=form,
        act=lambda: actions.change_contact(person, **form.values(), by=request.user, at=timezone.now()),
        done=lambda: _("联系方式已保存。"),
    )  # fmt: skip
    return walk(request, step)


# ── her account ──


def _link(request: HttpRequest, outcome: Any) -> HttpResponse:
    """The new link, this once; the account of a demo person keeps its password and needs none."""
    person = person_by_code(outcome.code)
    if doors.slips(request, [person], at=timezone.now()):
        return doors.page(request, [person], at=timezone.now())
    messages.success(request, _("账号已恢复。"))
    return redirect("people:page", person.code)


@require_http_methods(["GET", "HEAD", "POST"])
def renew_account(request: HttpRequest, code: str) -> HttpResponse:
    person = known(request, code)
    step = Step(
        title=_("重发启用链接"), person=person, button=_("作废旧密码，重发链接"), is_grave=True,
        act=lambda: actions.renew_account(person, by=request.user, at=timezone.now()), done=lambda: "",
        told=[
            _("%(name)s现在的密码、各处的登录和以前的链接马上失效。") % {"name": person.name},
            _("新链接只显示一次，七天内由本人打开，自己设定密码。"),
            _("本人会在收件箱里看到是谁重发的。"),
        ],
    )  # fmt: skip
    return walk(request, step, then=lambda outcome: _link(request, outcome))


@require_http_methods(["GET", "HEAD", "POST"])
def close_account(request: HttpRequest, code: str) -> HttpResponse:
    person = known(request, code)
    step = Step(
        title=_("停用账号"), person=person, button=_("停用"), is_grave=True,
        act=lambda: actions.close_account(person, by=request.user, at=timezone.now()),
        done=lambda: _("%(name)s的账号已停用。") % {"name": person.name},
        told=[
            _("%(name)s马上不能登录；密码、链接和接口令牌都作废。") % {"name": person.name},
            _("岗位、专家团和手上的病例不变。人走了，请改用“登记离开”。"),
        ],
    )  # fmt: skip
    return walk(request, step)


@require_http_methods(["GET", "HEAD", "POST"])
def reopen_account(request: HttpRequest, code: str) -> HttpResponse:
    person = known(request, code)
    step = Step(
        title=_("恢复账号"), person=person, button=_("恢复并给新链接"),
        act=lambda: actions.reopen_account(person, by=request.user, at=timezone.now()), done=lambda: "",
        told=[_("原来的密码已作废，本人要用新链接再设一个。")],
    )  # fmt: skip
    return walk(request, step, then=lambda outcome: _link(request, outcome))
