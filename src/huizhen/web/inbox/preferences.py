"""消息设置: which kinds of happenings go out by which channel, on which day the digest comes, and when mail leaves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from huizhen.directory.models import Person
from huizhen.notifications import actions
from huizhen.notifications.actions.messages import OUTSIDE, leaves_at
from huizhen.notifications.choices import DEFAULTS, PERSONAL, DigestDay, Event
from huizhen.notifications.models import Endpoint
from huizhen.notifications.queries import Wishes, wishes
from huizhen.notifications.queries.reach import robots_around
from huizhen.web.context import standing_of
from huizhen.worktime.queries import calendar

MEANINGS: dict[str, str | Promise] = {
    Event.ASSIGNED: gettext_lazy("病例由您负责、约您会诊、措施由您做"),
    Event.AWAITED: gettext_lazy("转诊、邀请、续问、处方、复诊等您答复"),
    Event.ANSWER: gettext_lazy("您的续问、投诉、支撑请求有了答复"),
    Event.DEADLINE: gettext_lazy("时限过半、到期，措施快到期"),
    Event.ESCALATION: gettext_lazy("您管的团、领域里有病例超时"),
    Event.TRANSFER: gettext_lazy("责任换人，与您有关"),
    Event.RULING: gettext_lazy("要您裁定，或裁定了您的事"),
    Event.JOINT: gettext_lazy("协诊团的答复和意见"),
    Event.COMPLAINT: gettext_lazy("投诉要您办理，支撑要您答复"),
    Event.PROGRESS: gettext_lazy("您参与或关注的病例走了一步"),
    Event.DIGEST: gettext_lazy("一周的在诊、超时、破题数字"),
    Event.REPORT: gettext_lazy("月报报来了、撤回了，附件在邮件里"),
    Event.SYSTEM: gettext_lazy("值班、请假、职务和名册的变动"),
}


class DayForm(forms.Form):
    """The day of the weekly digest."""

    digest_day = forms.ChoiceField(
        label=gettext_lazy("每周小结哪天来"),
        choices=DigestDay.choices,
        required=False,
        help_text=gettext_lazy("按岗位默认：团长每周一收到，其他人没有。放假时顺延到下一个工作日。"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """The matrix, the digest, the quiet hours. One POST saves all of it, or brings back the defaults."""
    person = standing_of(request).person
    if person is None:
        return render(request, "inbox/preferences.html", {"person": None})
    before = wishes(person)
    form = DayForm(request.POST if request.method == "POST" else None, initial={"digest_day": before.digest_day})
    if request.method == "POST" and ("restore" in request.POST or form.is_valid()):
        _save(request, person, before, "" if "restore" in request.POST else form.cleaned_data["digest_day"])
        return redirect("inbox:preferences")
    return render(request, "inbox/preferences.html", _page(request, person, before, form), status=_status(form))


def _status(form: DayForm) -> int:
    return 422 if form.is_bound else 200


def _page(request: HttpRequest, person: Person, before: Wishes, form: DayForm) -> dict[str, Any]:
    now, days = timezone.now(), calendar()
    robots = list(robots_around(standing_of(request)))
    leaves = leaves_at(now, days, is_urgent=False)
    return {
        "person": person,
        "form": form,
        "rows": [(row, MEANINGS[row.event], heard_by(robots, row.event)) for row in before.rows],
        "robots": robots,
        "hours": [(f"{begin:%-H:%M}", f"{end:%-H:%M}") for begin, end in days.slots],
        "leaves": leaves if leaves > now else None,
        "is_changed": before.digest_day or any(not wish.is_default for row in before.rows for wish in row.wishes),
    }


def heard_by(robots: Iterable[Endpoint], event: str) -> list[str]:
    """Names of the robots that tell of such a happening."""
    return [one.name for one in robots if event in (one.events or OUTSIDE)]


def _save(request: HttpRequest, person: Person, before: Wishes, day: str) -> None:
    restore = "restore" in request.POST
    wanted = usual() if restore else ticked(request.POST)
    changed = [
        _("%(event)s：%(channel)s%(state)s")
        % {"event": row.label, "channel": wish.label, "state": _("打开") if wanted[key] else _("关闭")}
        for row in before.rows
        for wish in row.wishes
        if wanted[key := (wish.event, wish.channel)] != wish.is_wanted
    ]
    if day != before.digest_day:
        changed.append(_("每周小结：%(day)s") % {"day": DigestDay(day).label})
    if not changed:
        messages.info(request, _("没有改动。"))
        return
    actions.choose(person, wanted=wanted, digest_day=day, by=request.user, at=timezone.now())
    done = _("已恢复默认。") if restore else _("已保存。")
    messages.success(request, done + _("；").join(changed) + _("。"))


def ticked(post: QueryDict) -> dict[tuple[str, str], bool]:
    """Every box of the page: on or off."""
    return {(event, one.value): f"{one.value}-{event}" in post for event in Event.values for one in PERSONAL}


def usual() -> dict[tuple[str, str], bool]:
    """Every box as it stands until somebody chooses otherwise."""
    return {(event, one.value): one in DEFAULTS[event] for event in Event.values for one in PERSONAL}
