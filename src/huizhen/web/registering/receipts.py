"""What a branch is promised: per urgency before it registers, with names and moments afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huizhen.cases.choices import Urgency
from huizhen.cases.clocks import Clock
from huizhen.cases.models import Case
from huizhen.cases.queries.chips import Chip, chip_of_clock
from huizhen.cases.queries.file import file_of
from huizhen.directory.models import Campaign, Person
from huizhen.directory.queries import clock_amount, policy_at
from huizhen.journal.queries import entries_of
from huizhen.web.moments import day_words, span_words
from huizhen.worktime.queries import calendar


def promises(campaign: Campaign | None, *, at: datetime) -> dict[str, str]:
    """Urgency → the promise of the clock table in force; one query."""
    if campaign is None:
        return {}
    policy = policy_at(campaign, at=at)

    def words(clock: str, urgency: str) -> str:
        return span_words(timedelta(minutes=clock_amount(policy, clock, urgency)))

    said = _("%(contact)s内联系您，%(session)s内会诊，%(prescription)s内开处方")
    return {
        urgency: said % {clock: words(name, urgency) for clock, name in _PROMISED.items()} for urgency in Urgency.values
    }


_PROMISED = {"contact": "first_contact", "session": "session", "prescription": "prescription"}


@dataclass(frozen=True)
class Step:
    """One thing that will happen, and until when; `at` is None where the prescription will say."""

    at: datetime | None
    words: str
    is_done: bool

    @property
    def moment(self) -> str:
        if self.at is None:
            return ""
        return day_and_time(self.at) if self.is_done else by_when(self.at, weekday=False)


@dataclass(frozen=True)
class Receipt:
    """The receipt of a case: who answers for it, the first clock, what comes next. `holder` is who holds it now, when another."""

    case: Case
    person: Person
    seat: str
    why: str
    contact: Chip
    amount: timedelta
    steps: tuple[Step, ...]

    @property
    def until(self) -> str:
        """Until when the first contact is promised."""
        return by_when(self.contact.due) if self.contact.due else ""

    @property
    def holder(self) -> Person | None:
        return self.case.accountable if self.case.accountable_id != self.case.first_responder_id else None


def by_when(moment: datetime, *, weekday: bool = True) -> str:
    """今天 14:24 前."""
    return _("%(moment)s 前") % {"moment": day_and_time(moment, weekday=weekday)}


def day_and_time(moment: datetime, *, weekday: bool = False) -> str:
    """今天 14:24, else with the day."""
    local = timezone.localtime(moment)
    is_today = local.date() == timezone.localdate()
    day = _("今天") if is_today else day_words(local.date(), weekday=weekday)
    return f"{day} {local.hour}:{local.minute:02d}"


def receipt(case: Case, *, at: datetime) -> Receipt:
    """Everything the receipt says, from the clocks of the first round. A constant number of queries."""
    days = calendar()
    clocks = {one.name: one for one in reversed(file_of(case).clocks(days))}
    person = case.first_responder
    return Receipt(
        case=case,
        person=person,
        seat=_seat(case, person),
        why=_why(case),
        contact=chip_of_clock(clocks["first_contact"], at, days),
        amount=clocks["first_contact"].amount,
        steps=(
            _step(clocks["first_contact"], _("%(name)s联系您，问清情况") % {"name": person.name}),
            _step(clocks["session"], _("专家团会诊，会请您参加")),
            _step(clocks["prescription"], _("开出处方，您可以接受或退回一次")),
            Step(None, _("复诊，量一量有没有效"), False),
        ),
    )


# Why she, and not the one on duty or the one hoped for.
_WHY = {
    "duty": gettext_lazy("本周值班专家"),
    "speciality": gettext_lazy("值班专家已满或不在，特长与您的题对口"),
    "least_loaded": gettext_lazy("值班专家已满或不在，按负荷分配"),
    "leader": gettext_lazy("团长接诊：团员手上都满了"),
    "named": gettext_lazy("您指名的专家"),
    "desk": gettext_lazy("导诊台值班"),
}


def _why(case: Case) -> str:
    """Why the first responder became it, from the journal; "" when that is not known. One query, two when she stands in."""
    chosen = entries_of(case).filter(verb__in=("register", "redirect")).last()
    if chosen is None or chosen.data.get("person") != case.first_responder_id:
        return ""
    if chosen.data.get("why") == "named_full":
        wanted = Person.objects.get(pk=chosen.data["stands_in_for"]).name
        return _("您指名的%(name)s手上已满，由同团接诊") % {"name": wanted}
    if key := chosen.data.get("stands_in_for"):
        return _("代%(name)s接诊，对方休假") % {"name": Person.objects.get(pk=key).name}
    return str(_WHY.get(chosen.data.get("why", ""), ""))


def _step(clock: Clock, words: str) -> Step:
    return Step(clock.stop or clock.due, words, clock.stop is not None)


def _seat(case: Case, person: Person) -> str:
    """Group and role, as the branch knows her; her unit where she has no seat in the group (triage desk, deputies)."""
    held = person.memberships.filter(group=case.group, until=None).first() if case.group else None
    if held is not None and case.group is not None:
        return f"{case.group.name} {held.get_role_display()}"
    places = [case.group.name if case.group else _("导诊台"), person.unit.name if person.unit else ""]
    return " · ".join(filter(None, places))
