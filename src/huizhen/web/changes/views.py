"""Changes among groups and branches, for head office: a form, what would follow from it, and only then the change.

What would follow is found by making the change and undoing it, so that the preview cannot promise what the change then refuses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huizhen.cases.actions import following
from huizhen.cases.queries import following as loads
from huizhen.directory import actions as directory
from huizhen.directory import queries
from huizhen.directory.models import Branch, Group
from huizhen.directory.queries.branches import branch_of, successors
from huizhen.directory.queries.presence import group_of
from huizhen.lib.errors import Invalid, NotAllowed, NotVisible
from huizhen.web import sentences
from huizhen.web.changes.forms import DissolveForm, LeaderForm, MergeForm, RenameForm, SplitForm
from huizhen.web.context import standing_of
from huizhen.web.filters import typed
from huizhen.web.moments import day_words


@dataclass(frozen=True)
class Change:
    """One kind of change: its form, the change itself, its consequences in words, and where it leads."""

    title: str | Promise
    name: str  # of what is changed
    back: str
    form: Any
    act: Callable[[], Any]
    told: Callable[[], list[str]]
    done: Callable[[], str]
    goal: Callable[[], str]


def _change(request: HttpRequest, change: Change) -> HttpResponse:
    """Form → preview → change. An unconfirmed POST changes nothing."""
    form, told = change.form, None
    if form.is_bound and form.is_valid() and "edit" not in request.POST:
        try:
            if "confirmed" in request.POST:
                change.act()
                messages.success(request, change.done())
                return redirect(change.goal())
            told = _rehearsed(change)
        except Invalid as invalid:
            sentences.apply(form, invalid)
    context = {
        "change": change,
        "form": form,
        "told": told,
        "posted": [(name, value) for name in form.fields for value in request.POST.getlist(name)],
    }
    refused = form.is_bound and told is None and "edit" not in request.POST
    return render(request, "changes/change.html", context, status=422 if refused else 200)


def _rehearsed(change: Change) -> list[str]:
    """The consequences, read before the change that is made and undone."""
    told = change.told()
    with transaction.atomic():
        change.act()
        transaction.set_rollback(True)
    return told


def _need_head_office(request: HttpRequest) -> None:
    if standing_of(request).person is None:
        raise NotVisible("group_unknown", code="")
    if not standing_of(request).is_coordinator:
        raise NotAllowed("coordinator_only")


# ── groups ──


def _group(request: HttpRequest, code: str) -> Group:
    _need_head_office(request)
    return group_of(queries.current_campaign(), code)


@require_http_methods(["GET", "HEAD", "POST"])
def change_leader(request: HttpRequest, code: str) -> HttpResponse:
    group, today = _group(request, code), timezone.localdate()
    people = list(queries.members_of(group, on=today))
    leader = next((one for one in people if one.member_role == "leader"), None)
    form = LeaderForm([one for one in people if one is not leader], today, typed(request))

    def told() -> list[str]:
        given = form.values()
        said = {"new": given["person"].name, "day": day_words(given["since"]), "old": leader.name if leader else ""}
        first = _("%(day)s起，%(new)s任团长，%(old)s改为成员。") if leader else _("%(day)s起，%(new)s任团长。")
        return [first % said, _("等团长办的提请、分歧和萃取，从那天起由新团长办。"), _("在诊病例的责任人不变。")]

    return _change(
        request,
        Change(
            title=_("更换团长"), name=group.name, back=reverse("directory:group", args=[code]), form=form, told=told,
            act=lambda: following.change_leader(group, **form.values(), by=request.user, at=timezone.now()),
            done=lambda: _("已登记，%(name)s任团长。") % {"name": form.values()["person"].name},
            goal=lambda: reverse("directory:group", args=[code]),
        ),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def split_group(request: HttpRequest, code: str) -> HttpResponse:
    group, today = _group(request, code), timezone.localdate()
    people = [one for one in queries.members_of(group, on=today) if one.member_role != "leader"]
    cases = loads.open_cases_of_group(standing_of(request), group)
    form = SplitForm(people, cases, typed(request))

    def told() -> list[str]:
        given = form.values()
        going = {one.pk for one in given["members"]}
        names = _("、").join(one.name for one in given["members"])
        left = loads.load_of_group(group).cases - len(given["cases"])
        said = [
            _("新建%(name)s，团长%(leader)s；%(names)s从今天起在新团。")
            % {"name": given["name"], "leader": given["leader"].name, "names": names},
            _("%(n)s 例随之过去，%(left)s 例留在%(group)s；责任人都不变。")
            % {"n": len(given["cases"]), "left": left, "group": group.name},
        ]
        apart = [one for one in cases if one.code in given["cases"] and one.accountable_id not in going]
        if apart:
            listed = _("、").join(f"{one.code} {one.accountable.name}" for one in apart)
            said.append(_("这几例过去了，责任人仍在原团：%(listed)s。要换人，之后再移交。") % {"listed": listed})
        return [*said, _("去新团的人在原团今后的值班取消，请重新排。")]

    return _change(
        request,
        Change(
            title=_("拆分专家团"), name=group.name, back=reverse("directory:group", args=[code]), form=form, told=told,
            act=lambda: following.split_group(group, **form.values(), by=request.user, at=timezone.now()),
            done=lambda: _("已拆分出%(name)s。") % {"name": form.values()["name"]},
            goal=lambda: reverse("directory:group", args=[form.values()["code"]]),
        ),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def merge_group(request: HttpRequest, code: str) -> HttpResponse:
    group, today = _group(request, code), timezone.localdate()
    listed = queries.groups_by_domain(group.campaign, on=today)
    others = [row.group for one in listed for row in one.groups if row.group.pk != group.pk]
    form = MergeForm(others, typed(request))

    def told() -> list[str]:
        into, load = form.values()["into"], loads.load_of_group(group)
        people = queries.members_of(group, on=today).count()
        said = {"name": group.name, "into": into.name, "people": people, "n": load.cases}
        lines = [
            _("%(people)s 名成员从今天起在%(into)s，%(n)s 例在诊病例随之过去，责任人不变。") % said,
            _("%(name)s不再接新号，名称和历史保留，页面指向%(into)s。") % said,
        ]
        if load.transfers or load.invitations:
            counts = {"t": load.transfers, "i": load.invitations, "into": into.name}
            lines.append(_("等它答复的转诊 %(t)s 件、协诊邀请 %(i)s 件，改由%(into)s答复。") % counts)
        return lines

    return _change(
        request,
        Change(
            title=_("并入别的专家团"), name=group.name, back=reverse("directory:group", args=[code]), form=form, told=told,
            act=lambda: following.merge_group(group, **form.values(), by=request.user, at=timezone.now()),
            done=lambda: _("已并入%(name)s。") % {"name": form.values()["into"].name},
            goal=lambda: reverse("directory:group", args=[form.values()["into"].code]),
        ),
    )  # fmt: skip


# ── branches ──


def _branch(request: HttpRequest, code: str) -> Branch:
    _need_head_office(request)
    return branch_of(code, on=timezone.localdate())


@require_http_methods(["GET", "HEAD", "POST"])
def rename_branch(request: HttpRequest, code: str) -> HttpResponse:
    branch = _branch(request, code)
    form = RenameForm(branch, typed(request))

    def told() -> list[str]:
        said = {"old": branch.name, "new": form.values()["name"]}
        return [
            _("“%(old)s”改称“%(new)s”，旧名称写作“原%(old)s”，按旧名称也查得到。") % said,
            _("病例、领题和问诊人不受影响。"),
        ]

    return _change(
        request,
        Change(
            title=_("支部更名"), name=branch.name, back=reverse("directory:branch", args=[code]), form=form, told=told,
            act=lambda: directory.rename_branch(branch, **form.values(), by=request.user, at=timezone.now()),
            done=lambda: _("已更名为%(name)s。") % form.values(),
            goal=lambda: reverse("directory:branch", args=[code]),
        ),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def dissolve_branch(request: HttpRequest, code: str) -> HttpResponse:
    branch = _branch(request, code)
    places = successors(branch, on=timezone.localdate())
    named = {_("本单位"): places.near, _("其他单位"): places.far}
    form = DissolveForm({name: found for name, found in named.items() if found}, typed(request))

    def told() -> list[str]:
        successor, load = form.values()["successor"], loads.load_of_branch(branch)
        lines = [_("%(name)s从今天起撤销，名称和已结束的病例保留。") % {"name": branch.name}]
        if branch.contacts:
            names = _("、").join(post.person.name for post in branch.contacts)
            lines.append(_("%(names)s不再是它的问诊人。") % {"names": names})
        if successor:
            said = {"n": load.cases, "d": load.drafts, "name": successor.name}
            lines.append(_("%(n)s 例在诊病例、%(d)s 份没交的挂号，由%(name)s接着问诊；责任人不变。") % said)
        elif load.drafts:
            lines.append(_("%(d)s 份没交的挂号不再能交。") % {"d": load.drafts})
        return lines

    return _change(
        request,
        Change(
            title=_("撤销支部"), name=branch.name, back=reverse("directory:branch", args=[code]), form=form, told=told,
            act=lambda: following.dissolve_branch(branch, **form.values(), by=request.user, at=timezone.now()),
            done=lambda: _("%(name)s已撤销。") % {"name": branch.name},
            goal=lambda: reverse("directory:branch", args=[code]),
        ),
    )  # fmt: skip
