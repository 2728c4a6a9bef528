"""What is there after the faults, held against what was acknowledged and against the same roads played in calm."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from huizhen.cases.models import Case
from huizhen.journal.models import Entry, Outbox
from huizhen.journal.queries import verify
from huizhen.notifications.choices import DeliveryState
from huizhen.notifications.models import Delivery, Message
from huizhen.schedules.models import Outcome, Run
from tests.faults.load import Ledger, Road
from tests.stub.server import Seen

Told = Counter[tuple[str, int, str]]
"""Inbox, mail or endpoint; the person or the endpoint; the kind of happening → how often, of one transaction."""


def still_waiting() -> int:
    """What the workers have still to do, of that whose time has come."""
    unread = Outbox.objects.filter(done_at=None).count()
    due = Q(state=DeliveryState.WAITING, not_before__lte=timezone.now()) | Q(state=DeliveryState.SENDING)
    return unread + Delivery.objects.filter(due).count()


def told_of(code: str) -> list[Told]:
    """What each act of a case has told, in the order of the acts. What the clock told by itself does not count here."""
    case = Case.objects.get(code=code)
    acts = Entry.objects.filter(target_type="cases.case", target_id=case.pk, actor_id__isnull=False).order_by("seq")
    found: dict[str, Told] = {txn: Counter() for txn in acts.values_list("txn", flat=True)}
    for txn, person, event in Message.objects.filter(txn__in=found).values_list("txn", "person_id", "event"):
        found[txn]["inbox", person, event] += 1
    rows = Delivery.objects.filter(txn__in=found)
    for txn, channel, person, endpoint, event in rows.values_list(
        "txn", "channel", "message__person_id", "endpoint_id", "event"
    ):
        found[txn][channel, person or endpoint or 0, event] += 1
    return list(found.values())


@dataclass
class Calm:
    """What each act of a kind of road tells, learned from two roads that nobody disturbed.

    Who is meant is asked when the journal is read. Between an act and its reading a case may change hands, so there are two right
    answers: that of a reader who comes at once, and that of one who comes when the road has been walked.
    """

    right: dict[str, list[list[Told]]] = field(default_factory=dict)

    def learn(self, road: Road) -> None:
        self.right.setdefault(road.kind, []).append(told_of(road.code))

    def nearest(self, kind: str, number: int, told: Told) -> Told:
        """The right answer for the act of this number that is nearest to what was told."""
        answers = [one[number] for one in self.right[kind] if number < len(one)] or [Counter()]
        return min(answers, key=lambda one: (one - told).total() + (told - one).total())


@dataclass
class Figures:
    acknowledged: int = 0
    moves_lost: int = 0
    moves_doubled: int = 0
    messages: int = 0
    messages_lost: int = 0
    messages_doubled: int = 0
    deliveries: int = 0
    deliveries_lost: int = 0
    deliveries_doubled: int = 0
    seen: int = 0
    never_seen: int = 0
    unknown_seen: int = 0
    repeats: int = 0
    repeats_unexplained: int = 0
    doubtful: int = 0
    failed: int = 0
    runs_lost: int = 0
    journal_faults: int = 0
    left_over: int = 0
    differences: list[str] = field(default_factory=list)

    MUST_BE_NOUGHT = (
        "moves_lost", "moves_doubled", "messages_lost", "messages_doubled", "deliveries_lost", "deliveries_doubled", "never_seen",
        "unknown_seen", "repeats_unexplained", "failed", "journal_faults", "left_over",
    )  # fmt: skip

    @property
    def broken(self) -> list[str]:
        return [name for name in self.MUST_BE_NOUGHT if getattr(self, name)]


def count(ledger: Ledger, roads: list[Road], calm: Calm, seen: list[Seen]) -> Figures:
    """Everything there is to count, once the workers have nothing left to do."""
    figures = Figures(acknowledged=len(ledger), left_over=still_waiting())
    _count_moves(figures, ledger)
    for road in roads:
        for number, told in enumerate(told_of(road.code) if road.code else ()):
            should = calm.nearest(road.kind, number, told)
            lost, doubled = should - told, told - should
            figures.messages += _inbox(told)
            figures.deliveries += told.total() - _inbox(told)
            figures.messages_lost += _inbox(lost)
            figures.messages_doubled += _inbox(doubled)
            figures.deliveries_lost += lost.total() - _inbox(lost)
            figures.deliveries_doubled += doubled.total() - _inbox(doubled)
            if lost or doubled:
                where = f"{road.kind} {road.code}, act {number + 1}"
                figures.differences.append(f"{where}: lacks {dict(lost)}, has besides {dict(doubled)}")
    _count_seen(figures, seen)
    figures.runs_lost = Run.objects.filter(outcome=Outcome.LOST).count()
    figures.journal_faults = verify().faults_found
    return figures


def _inbox(told: Told) -> int:
    return sum(number for (channel, _to, _event), number in told.items() if channel == "inbox")


def _count_moves(figures: Figures, ledger: Ledger) -> None:
    """Each acknowledged move has its entry, and no entry of a move was written twice."""
    told = Counter((one.case, one.verb) for one in ledger.done)
    cases = dict(Case.objects.filter(code__in={code for code, _verb in told}).values_list("pk", "code"))
    verbs = {verb for _code, verb in told}
    written = Counter(
        (cases[pk], verb)
        for pk, verb in Entry.objects.filter(target_type="cases.case", target_id__in=cases, verb__in=verbs).values_list(
            "target_id", "verb"
        )
    )
    figures.moves_lost = (told - written).total()
    figures.moves_doubled = (written - told).total()


def _count_seen(figures: Figures, seen: list[Seen]) -> None:
    """Each delivery id was seen outside; one seen more often is known to be doubtful, or came again after an error."""
    times = Counter(one.delivery for one in seen)
    rows = {str(row.key): row for row in Delivery.objects.all()}
    figures.seen = len(set(times) & set(rows))
    figures.never_seen = sum(1 for key, row in rows.items() if key not in times and row.state != DeliveryState.WAITING)
    figures.unknown_seen = len(set(times) - set(rows))
    again = [rows[key] for key, number in times.items() if number > 1 and key in rows]
    figures.repeats = len(again)
    figures.repeats_unexplained = sum(1 for row in again if not row.is_doubtful and row.attempts < 2)
    figures.doubtful = sum(1 for row in rows.values() if row.is_doubtful)
    figures.failed = sum(1 for row in rows.values() if row.state == DeliveryState.FAILED)
