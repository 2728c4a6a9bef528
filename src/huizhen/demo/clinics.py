"""病例讨论会 of the demo: one held with minutes, one to come, one called off."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from huizhen.cases.models import Case
from huizhen.demo.reading import data
from huizhen.demo.scenes import DAY
from huizhen.demo.stage import Stage
from huizhen.directory.models import Domain, Person
from huizhen.methods.actions.clinics import Pick, cancel_clinic, hold_clinic, plan_clinic
from huizhen.methods.models import Clinic

Progress = Callable[[str, int, int], None]
_SPACE = uuid.UUID("5b3c2a5e-6f0e-4d43-9f0b-6c1a7f0f5a11")


def load_clinics(stage: Stage, cases: Mapping[str, Case], *, progress: Progress) -> None:
    """Plan, hold and call off by the liaisons of the domains. `cases` maps keys of problems to cases."""
    rows: Sequence[Mapping[str, Any]] = data("clinics")["clinics"]
    progress("clinics", 0, len(rows))
    for number, row in enumerate(rows, 1):
        _play(stage, row, cases, number)
        progress("clinics", number, len(rows))


def _moment(stage: Stage, days: int, hour: str) -> datetime:
    return timezone.make_aware(datetime.combine(stage.day(days), time.fromisoformat(hour)), stage.calendar.tz)


def _play(stage: Stage, row: Mapping[str, Any], cases: Mapping[str, Case], number: int) -> None:
    domain = Domain.objects.get(code=row["domain"])
    host = stage.liaisons[domain.pk]
    people = [one for group in row["groups"] for one in stage.members[stage.groups[group]]]
    starts = _moment(stage, row["day"], row["time"])
    picked = {key: cases[key] for key in row["cases"]}
    presenters = {key: _presenter(stage, case, row["cases"][key]) for key, case in picked.items()}
    clinic = plan_clinic(
        domain, by=host.user, at=stage.before(row["planned"] * DAY), key=uuid.uuid5(_SPACE, str(number)), starts_at=starts,
        minutes=row["length"], title=f"{starts.month}月病例讨论会", place=row["place"], link=row.get("link", ""),
        picks=[Pick(case.code, presenters[key]) for key, case in picked.items()], people=people,
        agenda=_agenda(list(presenters.values()), row["length"]),
    )  # fmt: skip
    if "cancelled" in row:
        days, reason = row["cancelled"]
        cancel_clinic(clinic, by=host.user, at=stage.before(days * DAY), reason=reason)
    elif "minutes" in row:
        _hold(stage, row, clinic, host, {key: case.code for key, case in picked.items()})


def _presenter(stage: Stage, case: Case, told: str) -> Person:
    return stage.leaders[case.group_id or 0] if told == "leader" else stage.persons[case.accountable_id]


def _agenda(presenters: Sequence[Person], minutes: int) -> str:
    each = (minutes - 15) // len(presenters) // 5 * 5
    lines = ["开场：上次说好的事做了没有，5 分钟"]
    lines += [f"第 {number} 例：{one.name}主讲，约 {each} 分钟" for number, one in enumerate(presenters, 1)]
    lines.append("小结：哪些做法值得萃取，10 分钟")
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))


def _hold(stage: Stage, row: Mapping[str, Any], clinic: Clinic, host: Person, codes: Mapping[str, str]) -> None:
    """Everybody came but every `away`-th of those who do not present."""
    presenting = set(clinic.cases.values_list("presenter_id", flat=True))
    seats = list(clinic.attendances.select_related("person").order_by("pk"))
    came = {
        seat.person.code for n, seat in enumerate(seats, 1) if n % row["away"] or seat.person_id in presenting
    }  # fmt: skip
    takes = {stage.members[stage.groups[group]][place].code: words for group, place, words in row["takes"]}
    hold_clinic(
        clinic, by=host.user, at=clinic.ends_at + timedelta(minutes=25), minutes=row["minutes"], came=came | set(takes),
        learned={codes[key]: words for key, words in row["learned"].items()}, takes=takes,
    )  # fmt: skip
