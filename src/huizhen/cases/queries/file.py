"""病历: all rows of one case, read once in a constant number of queries, and the facts its clocks need."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from huizhen.cases.choices import AskKind, RoundWhy
from huizhen.cases.clocks import (
    Answerable,
    Clock,
    Facts,
    Followed,
    Ladder,
    Policy,
    Prescribed,
    Standing,
    Step,
    due,
    steps,
)
from huizhen.cases.lifecycle import Stage
from huizhen.cases.models import (
    Ask,
    Attendance,
    Case,
    Cause,
    Closing,
    Contact,
    Diagnosis,
    FollowUp,
    Invitation,
    Measure,
    Opinion,
    Pause,
    Prescription,
    Proposal,
    Responsibility,
    Round,
    Session,
    Transfer,
)
from huizhen.cases.policy import Parties
from huizhen.cases.queries.policies import policies_of
from huizhen.directory.models import Campaign, Person
from huizhen.directory.queries import setting
from huizhen.directory.queries.prepared import Prepared
from huizhen.lib.workdays import Calendar


@dataclass(frozen=True)
class CaseFile:
    """The rows of one case in order of time."""

    case: Case
    rounds: tuple[Round, ...]
    responsibilities: tuple[Responsibility, ...]
    contacts: tuple[Contact, ...]
    attendances: tuple[Attendance, ...]
    opinions: tuple[Opinion, ...]
    causes: tuple[Cause, ...]
    measures: tuple[Measure, ...]
    follow_ups: tuple[FollowUp, ...]
    transfers: tuple[Transfer, ...]
    invitations: tuple[Invitation, ...]
    pauses: tuple[Pause, ...]
    asks: tuple[Ask, ...]
    proposals: tuple[Proposal, ...]
    policies: tuple[Policy, ...]

    @cached_property
    def round(self) -> Round:
        """The current round."""
        return self.rounds[-1]

    @cached_property
    def sessions(self) -> dict[Session, list[Attendance]]:
        """Sessions with those invited; every session has somebody."""
        found: dict[Session, list[Attendance]] = defaultdict(list)
        for one in self.attendances:
            found[one.session].append(one)
        return dict(found)

    @cached_property
    def diagnosis(self) -> Diagnosis | None:
        """The diagnosis that stands in this round."""
        return next((one.diagnosis for one in reversed(self.causes) if one.diagnosis.round == self.case.round), None)

    @cached_property
    def standing_causes(self) -> list[Cause]:
        """Causes of the newest diagnosis, of whichever round."""
        newest = max((one.diagnosis_id for one in self.causes), default=None)
        return [one for one in self.causes if one.diagnosis_id == newest]

    @cached_property
    def prescriptions(self) -> list[Prescription]:
        """All versions; every prescription has a measure."""
        return sorted(
            {one.prescription_id: one.prescription for one in self.measures}.values(), key=lambda one: one.version
        )

    @cached_property
    def prescription(self) -> Prescription | None:
        """The newest version."""
        return self.prescriptions[-1] if self.prescriptions else None

    @cached_property
    def standing_measures(self) -> list[Measure]:
        """Measures of the newest version."""
        return [one for one in self.measures if self.prescription and one.prescription_id == self.prescription.pk]

    @cached_property
    def transfer(self) -> Transfer | None:
        """The open or disputed transfer."""
        return next((one for one in self.transfers if one.state in ("open", "disputed")), None)

    @cached_property
    def pause(self) -> Pause | None:
        """The pause the case is in."""
        return next((one for one in self.pauses if one.until is None), None)

    @cached_property
    def proposal(self) -> Proposal | None:
        """The end that was proposed and waits for a second hand."""
        return next((one for one in self.proposals if one.is_open), None)

    @cached_property
    def closing(self) -> Closing | None:
        """The closing sheet of this resolution."""
        found = [one.closing for one in self.rounds if hasattr(one, "closing")]
        return next((one for one in found if one.is_current), None)

    @property
    def is_complete(self) -> bool:
        """Solved, answered and decided: nothing is left but to archive it."""
        sheet = self.closing
        if sheet is None or self.case.stage != Stage.RESOLVED or sheet.formed_at is None or sheet.replied_at is None:
            return False
        return sheet.verdict != "marked" or bool(sheet.extraction)

    @cached_property
    def open_follow_up(self) -> FollowUp | None:
        """The follow-up whose verdict is not settled."""
        return next((one for one in self.follow_ups if not one.verdict), None)

    @cached_property
    def parties(self) -> Parties:
        owners = {
            one.owner_id
            for one in self.measures
            if one.owner_id is not None and one.prescription.state in ("signed", "accepted")
        }
        return Parties(self.transfer, self.invitations, frozenset(owners), (*self.complaints, *self.supports))

    @cached_property
    def is_contacted(self) -> bool:
        """The branch was spoken to in this round, by whoever held the case. A round that 加重 opened began with such a talk."""
        return self.round.why == "worsened" or any(
            one.party == "branch" and one.round == self.case.round and one.denied_at is None for one in self.contacts
        )

    @cached_property
    def questions(self) -> list[Ask]:
        """续问."""
        return [one for one in self.asks if one.kind == AskKind.ASK]

    @cached_property
    def complaints(self) -> list[Ask]:
        """投诉."""
        return [one for one in self.asks if one.kind == AskKind.COMPLAINT]

    @cached_property
    def supports(self) -> list[Ask]:
        """支撑."""
        return [one for one in self.asks if one.kind == AskKind.SUPPORT]

    @cached_property
    def contributors(self) -> dict[int, Person]:
        """集体会诊: experts who signed an opinion, diagnosed, or came to a held session in this round (the branch apart)."""
        found = {one.person_id: one.person for one in self.opinions if one.round == self.case.round}
        if self.diagnosis:
            found[self.diagnosis.by_id] = self.diagnosis.by
        for session, rows in self.sessions.items():
            if session.state == "held" and session.round == self.case.round:
                found |= {one.person_id: one.person for one in rows if one.came and one.is_expert}
        return found

    @cached_property
    def past_rounds(self) -> frozenset[int]:
        """Numbers of rounds that an earlier list told of: they started no clock here."""
        return frozenset(one.number for one in self.rounds if one.why == RoundWhy.IMPORTED)

    @cached_property
    def facts(self) -> Facts:
        """What the clocks depend on. Rounds that an earlier list told of are none of it."""
        case, past = self.case, self.past_rounds
        answerables = [
            Answerable(
                "transfer_answer",
                str(one.pk),
                one.at,
                one.disputed_at if one.is_refused and one.disputed_at else one.answered_at,
            )
            for one in self.transfers
        ]
        answerables += [
            Answerable("ruling", str(one.pk), one.disputed_at, one.answered_at)
            for one in self.transfers
            if one.disputed_at
        ]
        for invitation in self.invitations:
            if invitation.round in past:
                continue
            answerables.append(
                Answerable("invitation_answer", str(invitation.key), invitation.at, invitation.answered_at)
            )
            if invitation.state in ("accepted", "signed") and invitation.answered_at:
                stop = invitation.signed_at or _left_consultation(self, invitation.answered_at)
                answerables.append(Answerable("opinion", str(invitation.key), invitation.answered_at, stop))
        answerables += [Answerable(f"{one.kind}_answer", str(one.key), one.at, one.answered_at) for one in self.asks]
        closing = self.closing if self.round.number not in past else None
        contacts = [one for one in self.contacts if one.round not in past]
        return Facts(
            urgency=case.urgency,
            round_starts=tuple(one.since for one in self.rounds if one.number not in past),
            contact_starts=tuple(
                sorted(
                    {one.since for one in self.responsibilities if one.why != RoundWhy.IMPORTED}
                    | {one.since for one in self.rounds if one.why == "reopened"}
                )
            ),
            contacts=tuple(sorted(one.at for one in contacts if one.party == "branch" and one.denied_at is None)),
            notes=tuple(sorted(one.at for one in contacts if one.party == "group")),
            sessions=tuple(
                sorted(one.starts_at for one in self.sessions if one.state == "held" and one.round not in past)
            ),
            prescriptions=tuple(
                Prescribed(one.signed_at, one.follow_up_on, one.answered_at if one.state == "returned" else None)
                for one in self.prescriptions
                if one.round not in past
            ),
            follow_ups=tuple(
                Followed(one.at, one.next_on if one.verdict != "worse" else None)
                for one in self.follow_ups
                if one.round not in past
            ),
            answerables=tuple(sorted(answerables, key=lambda one: (one.since, one.clock, one.key))),
            resolved_at=closing.resolved_at if closing else None,
            replied_at=closing.replied_at if closing else None,
            ended_at=case.closed_at,
            pauses=tuple((one.since, one.until) for one in self.pauses),
        )

    def clocks(self, calendar: Calendar) -> tuple[Clock, ...]:
        """All clocks of the case."""
        return due(self.facts, self.policies, calendar)

    def steps(self, clocks: tuple[Clock, ...], calendar: Calendar) -> tuple[Step, ...]:
        """Every step of the ladder of what runs, told or not. Measures count while they are carried out, accepted or not yet."""
        one = self.prescription
        live = one is not None and one.state in ("signed", "accepted") and self.case.stage == Stage.IN_TREATMENT
        measures = [
            Standing(str(measure.key), measure.prescription.signed_at, measure.due_on)
            for measure in self.standing_measures
            if live and measure.state in ("todo", "doing")
        ]
        return steps(clocks, measures, ladder_of(self.case.campaign), calendar)


def _left_consultation(file: CaseFile, since: datetime) -> datetime | None:
    """A prescription ends the wait for an opinion."""
    return min((one.signed_at for one in file.prescriptions if one.signed_at >= since), default=None)


def ladder_of(campaign: Campaign) -> Ladder:
    """The steps of the ladder, as the campaign set them."""
    return Ladder(
        half_percent=setting(campaign, "half_percent"),
        late_days=(setting(campaign, "late_days_first"), setting(campaign, "late_days_second")),
        soon_days=setting(campaign, "measure_soon_days"),
        measure_late_days=(
            setting(campaign, "measure_late_days_first"),
            setting(campaign, "measure_late_days_second"),
        ),
    )


_ROUNDS = Prepared(
    lambda case: (
        Round.objects.filter(case=case)
        .select_related("exempted_by", "closing__resolved_by", "closing__replied_by", "closing__extraction_by")
        .order_by("number")
    )
)
_RESPONSIBILITIES = Prepared(
    lambda case: Responsibility.objects.filter(case=case).select_related("person").order_by("since", "pk")
)
_CONTACTS = Prepared(
    lambda case: Contact.objects.filter(case=case).select_related("by", "denied_by").order_by("at", "pk")
)
_ATTENDANCES = Prepared(
    lambda case: (
        Attendance.objects.filter(session__case=case)
        .select_related("session__by", "person__unit")
        .order_by("session__starts_at", "session_id", "pk")
    )
)
_OPINIONS = Prepared(
    lambda case: Opinion.objects.filter(case=case).select_related("person", "group").order_by("at", "pk")
)
_CAUSES = Prepared(
    lambda case: (
        Cause.objects.filter(diagnosis__case=case).select_related("diagnosis__by").order_by("diagnosis_id", "number")
    )
)
_MEASURES = Prepared(
    lambda case: (
        Measure.objects.filter(prescription__case=case)
        .select_related("prescription__signed_by", "owner__unit")
        .order_by("prescription__version", "number")
    )
)
_FOLLOW_UPS = Prepared(
    lambda case: FollowUp.objects.filter(case=case).select_related("by", "branch_by", "ruled_by").order_by("number")
)
_TRANSFERS = Prepared(
    lambda case: (
        Transfer.objects.filter(case=case)
        .select_related("from_group__domain", "to_group", "to_person", "by", "answered_by")
        .order_by("at", "pk")
    )
)
_INVITATIONS = Prepared(
    lambda case: Invitation.objects.filter(case=case).select_related("group", "by", "answered_by").order_by("at", "pk")
)
_PAUSES = Prepared(
    lambda case: Pause.objects.filter(case=case).select_related("by", "resumed_by").order_by("since", "pk")
)
_ASKS = Prepared(
    lambda case: (
        Ask.objects.filter(case=case).select_related("by", "answered_by", "unit", "handler").order_by("at", "pk")
    )
)
_PROPOSALS = Prepared(
    lambda case: Proposal.objects.filter(case=case).select_related("by", "decided_by").order_by("at", "pk")
)


def file_of(case: Case) -> CaseFile:
    """Read the file of a case: a constant number of queries."""
    key = int(case.pk)
    return CaseFile(
        case=case,
        rounds=_ROUNDS(key),
        responsibilities=_RESPONSIBILITIES(key),
        contacts=_CONTACTS(key),
        attendances=_ATTENDANCES(key),
        opinions=_OPINIONS(key),
        causes=_CAUSES(key),
        measures=_MEASURES(key),
        follow_ups=_FOLLOW_UPS(key),
        transfers=_TRANSFERS(key),
        invitations=_INVITATIONS(key),
        pauses=_PAUSES(key),
        asks=_ASKS(key),
        proposals=_PROPOSALS(key),
        policies=policies_of(case.campaign),
    )
