"""What the case page shows: who is accountable, which clock runs, what may be done; the course, the story, the side facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from huizhen.cases.clocks import ASIDE, Clock, next_due
from huizhen.cases.lifecycle import Stage
from huizhen.cases.models import Case
from huizhen.cases.policy import SUMMARY_STAGES
from huizhen.cases.queries.chips import chip_of_clock
from huizhen.cases.queries.file import CaseFile, file_of
from huizhen.cases.queries.needs import deniable
from huizhen.cases.queries.options import options
from huizhen.cases.verbs import CLOCKS, REASONS_OF_HOLDING, SITUATIONS, STAGES
from huizhen.directory.queries import Standing
from huizhen.journal.queries import entries_of
from huizhen.lib.workdays import Calendar
from huizhen.methods.choices import EvidenceWords, Use
from huizhen.methods.policy import may_extract
from huizhen.methods.queries.reuse import cited_by
from huizhen.methods.queries.writing import made_of
from huizhen.reports.queries.pdfs import is_offered
from huizhen.reports.queries.rounds import of_case
from huizhen.reports.queries.stories import begins, story_of
from huizhen.web.cases import past
from huizhen.web.cases.buttons import buttons, locks
from huizhen.web.cases.story import story
from huizhen.web.moments import table_words
from huizhen.web.rounds.of_case import tell
from huizhen.web.stories.words import state
from huizhen.worktime.queries import calendar as working_calendar

SHOWN_CLOCKS = 4


@dataclass(frozen=True)
class Stop:
    """One stop of the course rail."""

    name: Any
    state: str  # done now next
    at: Any = None
    words: str = ""
    late: bool = False


def compose(case: Case, standing: Standing, *, now: datetime, show: str = "") -> dict[str, Any]:
    """The context of the page, in a constant number of queries."""
    file = file_of(case)
    calendar = working_calendar()
    clocks = file.clocks(calendar)
    running = next_due(clocks)
    found = options(file, standing, at=now)
    primary, secondary, more = buttons(file, found)
    entries = list(entries_of(case).order_by("-seq"))
    main = running or next((one for one in clocks if one.is_open and one.paused_since is not None), None)
    waiting = [one for one in clocks if one.is_open and one is not main and case.is_open and one.name not in ASIDE]
    rounds = of_case(case)
    can_deny = any(one.name == "deny_contact" and one.is_open for one in found)
    lines = story(file, entries, clocks, calendar, show=show, deniable=deniable(file, at=now) if can_deny else ())
    tell(lines, entries, rounds)
    return {
        "case": case,
        "campaign": case.campaign,  # the frame need not ask for it again
        "file": file,
        "stage_label": STAGES[case.stage],
        "situation_label": SITUATIONS[case.situation],
        "clock": chip_of_clock(main, now, calendar) if main else None,
        "other_clocks": [chip_of_clock(one, now, calendar) for one in waiting[:SHOWN_CLOCKS]],
        "paused_total": _paused_total(file, now, calendar),
        "primary": primary,
        "secondary": secondary,
        "more": more,
        "locks": locks(found),
        "can_follow": any(one.name == "follow" and one.is_open for one in found),
        "can_attach": any(one.name == "attach" and one.is_open for one in found),
        "can_update": any(one.name == "update_measure" and one.is_open for one in found),
        "may_reveal": bool({one.name for one in found} - {"follow", "unfollow"}),
        "is_mine": case.accountable_id == getattr(standing.person, "pk", None),
        "acting_for": case.accountable_id in standing.acting_for,
        "holding": _holding(file),
        "origin": past.origin(file),
        "rail": _rail(file, clocks, calendar),
        "cited": _cited(file, standing),
        "made": _made(file, standing),
        "tale": _tale(file, standing),
        "voices": _voices(file, clocks, now, calendar),
        "rounds": rounds,
        "leads": case.is_open and case.group_id in standing.led_group_ids,
        "story": lines,
        "offers_pdf": is_offered(),
        "story_count": len(entries),
        "show": show,
        "indicator": _indicator(file),
        "done_measures": sum(1 for one in file.standing_measures if one.state == "done"),
        "attachments": list(case.attachments.select_related("by").order_by("at")),
    }


def _cited(file: CaseFile, standing: Standing) -> list[dict[str, Any]]:
    """工作法 that the prescription took measures from; after a 复诊 its branch is asked what they came to. A query only when there are any."""
    if not any(one.source_code for one in file.standing_measures):
        return []
    is_asked = file.case.branch_id in standing.branch_ids
    return [
        {"one": one, "label": Use(one.use).label, "may_say": is_asked and (one.verdict or one.use != Use.WAITING)}
        for one in cited_by(file.case)
    ]


def _made(file: CaseFile, standing: Standing) -> dict[str, Any] | None:
    """工作法 made of the case, and whether she may make one; None before extraction was decided. Then one query."""
    if file.closing is None or file.closing.extraction != "extract":
        return None
    found = [(one, EvidenceWords(one.evidence).label) for one in made_of(file.case, standing)]
    return {"methods": found, "may": not found and not file.case.is_sensitive and may_extract(standing, file.case)}


def _tale(file: CaseFile, standing: Standing) -> dict[str, Any] | None:
    """宣传稿 of a solved case, as far as she may know of it, or whether she may begin one; then one query."""
    if file.case.stage not in SUMMARY_STAGES:
        return None
    found = story_of(file.case, standing)
    may = found is None and begins(file.case, standing)
    return {"story": found, "state": state(found)} if found else {"may": True} if may else None


def _voices(file: CaseFile, clocks: tuple[Clock, ...], now: datetime, calendar: Calendar) -> list[dict[str, Any]]:
    """投诉与支撑, what waits first: each with its clock while it waits."""
    running = {one.key: chip_of_clock(one, now, calendar) for one in clocks if one.name in ASIDE and one.is_open}
    rows = sorted((*file.complaints, *file.supports), key=lambda one: (one.answered_at is not None, -one.pk))
    return [{"ask": one, "clock": running.get(str(one.key))} for one in rows]


def _paused_total(file: CaseFile, now: datetime, calendar: Calendar) -> timedelta:
    """All pauses together, in working time: always shown, so that pausing cannot hide delay."""
    return sum((calendar.between(one.since, one.until or now) for one in file.pauses), timedelta())


def _holding(file: CaseFile) -> dict[str, Any] | None:
    if not file.responsibilities:
        return None
    last = file.responsibilities[-1]
    before = file.responsibilities[-2].person.name if len(file.responsibilities) > 1 else ""
    if before == last.person.name:
        before = ""
    return {"since": last.since, "why": REASONS_OF_HOLDING.get(last.why, ""), "before": before}


def _rail(file: CaseFile, clocks: tuple[Clock, ...], calendar: Calendar) -> list[Stop]:
    """挂号 → 首次沟通 → 团内反馈 → 会诊 → 处方 → 复诊 n → 结案, as far as this round has come."""
    case = file.case
    start = file.round.since
    stops = [
        Stop(
            pgettext("happening", "挂号")
            if file.round.why in ("registered", "imported")
            else file.round.get_why_display(),
            "done",
            start,
        )
    ]
    stops += [Stop(name, "done", at) for name, at in past.moments(file) if case.round in file.past_rounds]
    for name in ("first_contact", "group_informed", "session", "prescription"):
        if case.round in file.past_rounds:
            break
        stops.append(_clock_stop(name, [one for one in clocks if one.name == name and one.start >= start], calendar))
    stops += [
        Stop(_("第 %(n)s 次复诊") % {"n": one.number}, "done", one.at, str(one.get_verdict_display() or _("待评价")))
        for one in file.follow_ups
        if one.round == case.round
    ]
    coming = next(
        (one for one in clocks if one.name == "follow_up" and one.is_open and case.stage == Stage.IN_TREATMENT), None
    )
    if coming is not None:
        stops.append(Stop(_("第 %(n)s 次复诊") % {"n": len(file.follow_ups) + 1}, "next", coming.due, "before"))
    elif case.round not in file.past_rounds and not any(one.round == case.round for one in file.follow_ups):
        stops.append(Stop(_("复诊"), "next"))
    closing = file.closing
    ended = case.closed_at
    if closing is not None:
        stops.append(Stop(STAGES["resolved"], "done", closing.resolved_at))
        stops.append(Stop(STAGES["archived"], "done" if ended else "next", ended))
    elif ended:
        stops.append(Stop(STAGES[case.stage], "done", ended))
    else:
        stops.append(Stop(pgettext("happening", "结案"), "next", None, "effect"))
    if not ended:
        for at, one in enumerate(stops):
            if one.state == "next":
                stops[at] = Stop(one.name, "now", one.at, one.words)
                break
    return stops


def _clock_stop(name: str, rows: list[Clock], calendar: Calendar) -> Stop:
    met = [one for one in rows if one.stop is not None]
    last = rows[-1] if rows else None
    if last is None or last.is_open:
        return Stop(CLOCKS[name], "next", last.due if last else None, "before" if last and last.due else "")
    one = next((one for one in reversed(met) if not one.is_void), met[-1])
    if one.is_void:
        return Stop(CLOCKS[name], "done", one.stop, _("未举行") if name == "session" else _("未完成"), True)
    late = one.due is not None and one.stop is not None and one.stop > one.due
    return Stop(CLOCKS[name], "done", one.stop, _gap(one, calendar), late)


def _gap(clock: Clock, calendar: Calendar) -> Any:
    return abs(clock.left(clock.stop, calendar)) if clock.stop and clock.due else ""


def _number(value: Decimal | None) -> str:
    return f"{value.normalize():f}" if value is not None else ""


def _indicator(file: CaseFile) -> dict[str, Any] | None:
    """挂号时 → 目标 → 现在, with the points of a small curve when two or more values are known."""
    case = file.case
    if not case.indicator:
        return None
    valued = [one for one in file.follow_ups if one.value is not None]
    actual = valued[-1].value if valued else None
    good = None
    if actual is not None and case.target is not None and case.baseline is not None:
        good = actual <= case.target if case.target < case.baseline else actual >= case.target
    lower = case.target is not None and case.baseline is not None and case.target < case.baseline
    return {
        "baseline": _number(case.baseline),
        "target": _number(case.target),
        "actual": _number(actual),
        "lower": lower,
        "good": good,
        "curve": _curve(file, [(timezone.localdate(one.at), one.value) for one in valued]),
    }


def _curve(file: CaseFile, values: list[tuple[date, Any]]) -> dict[str, Any] | None:
    case = file.case
    if case.baseline is None or not values:
        return None
    points = [(timezone.localdate(case.registered_at), case.baseline), *values]
    top = max([float(value) for _day, value in points] + [float(case.target or 0)]) * 1.1 or 1.0
    low = min([0.0, *(float(value) for _day, value in points)])
    first, last = points[0][0], points[-1][0]
    days = max((last - first).days, 1)

    def x(day: date) -> float:
        return round(24 + 268 * (day - first).days / days, 1)

    def y(value: Any) -> float:
        return round(100 - 88 * (float(value) - low) / (top - low), 1)

    line = " ".join(f"{x(day)},{y(value)}" for day, value in points)
    return {
        "line": line,
        "area": f"{x(first)},100 {line} {x(last)},100",
        "goal": y(case.target) if case.target is not None else None,
        "end": (x(last), y(points[-1][1])),
        "first": first,
        "last": last,
        "words": _("，").join(f"{table_words(day)} {_number(value)}" for day, value in points),
    }
