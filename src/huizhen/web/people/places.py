"""What somebody holds: posts given and ended, seats in groups."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from huizhen.cases.queries.picks import loads
from huizhen.directory import actions, queries
from huizhen.directory.choices import MemberRole, PostingRole
from huizhen.directory.models import Group, Membership, Person, Posting
from huizhen.directory.queries.accounts import is_last_of_its_place, place_key, posts_on
from huizhen.directory.queries.presence import seats_of
from huizhen.lib.errors import NotNow
from huizhen.web.filters import typed
from huizhen.web.people.forms import PostForm, SeatForm
from huizhen.web.people.steps import Step, known, one_of, walk


def post_words(post: Posting) -> str:
    """党支部书记 · 佛山分公司网络部党支部."""
    place = post.branch or post.unit or post.domain
    name = post.title or str(post.get_role_display())
    return f"{name} · {place.name}" if place else name


@require_http_methods(["GET", "HEAD", "POST"])
def post(request: HttpRequest, code: str) -> HttpResponse:
    """Appoint her: `?post=requester:B1` chooses already."""
    person, today = known(request, code), timezone.localdate()
    form = PostForm(today, typed(request), first=request.GET.get("post", "")[:40], unit=person.unit)
    if person.left_on is not None and person.left_on <= today:
        raise NotNow("has_left_already", name=person.name)
    step = Step(
        title=_("任命岗位"), person=person, button=_("任命"), form=form,
        act=lambda: actions.post(person, **form.values(), by=request.user, at=timezone.now()),
        done=lambda: _("已任命%(name)s。") % {"name": person.name},
        told=[] if person.user_id else [_("还没有账号：任命之后请开通，否则登录不了。")],
    )  # fmt: skip
    return walk(request, step)


_ORPHANED = {
    PostingRole.REQUESTER: lambda post: _("%(name)s就没有问诊人了，挂不了号。") % {"name": post.branch.name},
    PostingRole.LIAISON: lambda post: (
        _("%(name)s领域就没有接口人了，由党建工作部代为裁定。") % {"name": post.domain.name}
    ),
    PostingRole.CLERK: lambda post: _("%(name)s就没有综合员了。") % {"name": post.unit.name},
}


@require_http_methods(["GET", "HEAD", "POST"])
def end_posting(request: HttpRequest, code: str) -> HttpResponse:
    """`?post=` names it: its role and the code of its place."""
    person, today = known(request, code), timezone.localdate()
    held = one_of(list(posts_on(today).filter(person=person)), request.GET.get("post", ""), place_key)
    told = [_("%(name)s从今天起不再担任%(post)s。") % {"name": person.name, "post": post_words(held)}]
    if is_last_of_its_place(held, on=today):
        told.append(_ORPHANED[PostingRole(held.role)](held))
    step = Step(
        title=_("免去岗位"), person=person, button=_("免去"), is_grave=True, told=told,
        act=lambda: actions.end_posting(held, by=request.user, at=timezone.now()),
        done=lambda: _("已免去%(post)s。") % {"post": post_words(held)},
    )  # fmt: skip
    return walk(request, step)


def _groups() -> Iterable[Group]:
    campaign = queries.current_campaign()
    if campaign is None:
        raise NotNow("no_campaign")
    return Group.objects.filter(campaign=campaign, closed_on=None).order_by("domain__order", "order", "code")


@require_http_methods(["GET", "HEAD", "POST"])
def join_group(request: HttpRequest, code: str) -> HttpResponse:
    person, today = known(request, code), timezone.localdate()
    if person.left_on is not None and person.left_on <= today:
        raise NotNow("has_left_already", name=person.name)
    form = SeatForm(_groups(), typed(request))
    step = Step(
        title=_("加入专家团"), person=person, button=_("加入"), form=form,
        act=lambda: actions.join_group(
            **form.values(), person=person, by=request.user, at=timezone.now()
        ),
        done=lambda: _("已加入%(group)s。") % {"group": form.values()["group"].name},
        told=[_("已在一个团里：再加入的记为兼任。")] if seats_of(person, on=today) else [],
    )  # fmt: skip
    return walk(request, step)


def _seat(request: HttpRequest, person: Person) -> Membership:
    held = seats_of(person, on=timezone.localdate())
    seat: Membership = one_of(held, request.GET.get("group", ""), lambda one: one.group.code)
    return seat


def _unled(seat: Membership) -> list[str]:
    if seat.role != MemberRole.LEADER:
        return []
    return [_("%(group)s就没有团长了：要换人，请先“更换团长”。") % {"group": seat.group.name}]


@require_http_methods(["GET", "HEAD", "POST"])
def move_member(request: HttpRequest, code: str) -> HttpResponse:
    """`?group=` names the seat."""
    person = known(request, code)
    seat = _seat(request, person)
    form = SeatForm(_groups(), typed(request), seat=seat)
    step = Step(
        title=_("调整专家团或角色"), person=person, button=_("调整"), form=form,
        act=lambda: actions.move_member(seat, **form.values(), by=request.user, at=timezone.now()),
        done=lambda: _("已调整。"),
        told=[_("今天起生效；手上的病例不动，要换人请移交。"), *_unled(seat)],
    )  # fmt: skip
    return walk(request, step)


@require_http_methods(["GET", "HEAD", "POST"])
def leave_group(request: HttpRequest, code: str) -> HttpResponse:
    """`?group=` names the seat."""
    person = known(request, code)
    seat = _seat(request, person)
    told = [_("%(name)s从今天起不在%(group)s。") % {"name": person.name, "group": seat.group.name}, *_unled(seat)]
    if n := loads([person.pk]).get(person.pk, 0):
        told.append(
            ngettext("手上还有 %(n)s 例，仍由本人负责；请移交。", "手上还有 %(n)s 例，仍由本人负责；请移交。", n)
            % {"n": n}
        )
    step = Step(
        title=_("离开专家团"), person=person, button=_("离开这个团"), is_grave=True, told=told,
        act=lambda: actions.leave_group(seat, by=request.user, at=timezone.now()),
        done=lambda: _("已离开%(group)s。") % {"group": seat.group.name},
    )  # fmt: skip
    return walk(request, step)
