"""Cases: the line of a list, the whole case, the summary of a solved one."""

from __future__ import annotations

from datetime import date, datetime

from ninja import Schema

from huizhen.api.schemas.refs import ActingOut, PersonOut, Ref


class ClockOut(Schema):
    """`state`: running, half (half used), over, met, pause. `left` is working minutes: what remains, negative once late; `percent` 0–100."""

    name: str
    label: str
    state: str
    since: datetime | None = None
    due: datetime | None = None
    stopped: datetime | None = None
    left: int | None = None
    percent: int
    is_provisional: bool


class CaseLine(Schema):
    """A case as lists show it, and as every change answers it. `version` is the one to send back with the next exclusive move.

    `acting`: who acts for the accountable person while she is away.
    """

    code: str
    version: int
    title: str
    stage: str
    situation: str
    urgency: str
    is_open: bool
    is_hard: bool
    is_sensitive: bool
    last_verdict: str
    branch: Ref
    unit: Ref
    group: Ref | None = None
    accountable: Ref
    acting: ActingOut | None = None
    registered_at: datetime
    clock: ClockOut | None = None


class CasePage(Schema):
    """A page of one scope, next deadline first. `scopes` are those the reader has; `after` and `before` lead on, "" at the ends."""

    scope: str
    scopes: list[str]
    cases: list[CaseLine]
    after: str = ""
    before: str = ""


class TimelineEntry(Schema):
    seq: int
    at: datetime
    recorded_at: datetime
    verb: str
    label: str
    actor: str
    on_behalf_of: str
    stage: str
    round: int | None = None


class CauseOut(Schema):
    number: int
    text: str
    evidence: str
    chain: list[str]
    is_upward: bool
    department: str
    suggestion: str


class DiagnosisOut(Schema):
    by: Ref
    at: datetime
    findings: str
    causes: list[CauseOut]


class MeasureOut(Schema):
    """`treats` maps the number of a cause to main or aid. `key` is the one `update_measure` asks for."""

    key: str
    number: int
    what: str
    owner: str
    owner_unit: str
    due_on: date
    expected: str
    criterion: str
    treats: dict[str, str]
    source_code: str
    state: str
    note: str
    changed_at: datetime | None = None


class PrescriptionOut(Schema):
    version: int
    round: int
    state: str
    thinking: str
    innovation: str
    follow_up_on: date
    signed_by: Ref
    signed_at: datetime
    answered_at: datetime | None = None
    return_reason: str
    ruling: str


class FollowUpOut(Schema):
    """`verdict` is the settled one, "" while branch and expert are not agreed."""

    number: int
    round: int
    at: datetime
    by: Ref
    mode: str
    expert_verdict: str
    branch_verdict: str
    branch_note: str
    verdict: str
    ruling: str
    value: str | None = None
    evidence: str
    next_on: date | None = None


class ContactOut(Schema):
    """`denied_at`: the branch answered that there was no such contact; it counts for no clock."""

    key: str
    party: str
    by: Ref
    channel: str
    at: datetime
    logged_at: datetime
    learned: str
    denied_at: datetime | None = None
    denial: str = ""


class SeatOut(Ref):
    is_expert: bool
    came: bool | None = None


class SessionOut(Schema):
    key: str
    state: str
    mode: str
    place: str
    link: str
    starts_at: datetime
    ends_at: datetime
    record: str
    cancel_reason: str
    people: list[SeatOut]


class OpinionOut(Schema):
    by: Ref
    group: Ref | None = None
    at: datetime
    text: str
    is_dissent: bool


class TransferOut(Schema):
    state: str
    by: Ref
    from_group: Ref | None = None
    to_group: Ref
    to_person: Ref
    reason: str
    at: datetime
    answer: str
    answered_by: Ref | None = None
    answered_at: datetime | None = None


class InvitationOut(Schema):
    key: str
    group: Ref
    by: Ref
    ask: str
    at: datetime
    state: str
    answer: str
    answered_at: datetime | None = None
    signed_at: datetime | None = None


class PauseOut(Schema):
    by: Ref
    reason: str
    missing: list[str]
    since: datetime
    until: datetime | None = None
    note: str


class AskOut(Schema):
    """`kind`: ask (续问), complaint (投诉, `handler` answers; none: head office), support (支撑, asked of `unit`)."""

    key: str
    kind: str
    topic: str = ""
    unit: Ref | None = None
    handler: Ref | None = None
    by: Ref
    at: datetime
    text: str
    answer: str
    answered_by: Ref | None = None
    answered_at: datetime | None = None
    is_granted: bool | None = None


class ProposalOut(Schema):
    kind: str
    by: Ref
    at: datetime
    basis: str
    address: str
    reason: str
    is_open: bool
    is_agreed: bool | None = None
    answer: str


class ClosingOut(Schema):
    resolved_at: datetime
    resolved_by: Ref
    verdict: str
    waiver: str
    found: str
    changed: str
    keep: str
    replied_at: datetime | None = None
    replied_by: Ref | None = None
    outcome: str
    value: int | None = None
    feasibility: int | None = None
    words: str
    formed_at: datetime | None = None
    is_silent: bool
    silent_at: datetime
    extraction: str
    extraction_reason: str


class FileOut(Schema):
    """`href` downloads it."""

    key: str
    name: str
    kind: str
    size: int
    sha256: str
    by: Ref
    at: datetime
    href: str


class CaseOut(CaseLine):
    """A case in full."""

    campaign: str
    domain: Ref | None = None
    challenge: str | None = None
    round: int
    condition: str
    tried: str
    questions: list[str]
    indicator: str
    indicator_unit: str
    baseline: str | None = None
    target: str | None = None
    urgency_reason: str
    mode: str
    source: str
    innovation: str
    closed_at: datetime | None = None
    requester: PersonOut
    first_responder: PersonOut
    accountable: PersonOut
    clocks: list[ClockOut]
    contacts: list[ContactOut]
    sessions: list[SessionOut]
    opinions: list[OpinionOut]
    diagnosis: DiagnosisOut | None = None
    prescriptions: list[PrescriptionOut]
    measures: list[MeasureOut]
    follow_ups: list[FollowUpOut]
    transfers: list[TransferOut]
    invitations: list[InvitationOut]
    pauses: list[PauseOut]
    asks: list[AskOut]
    proposals: list[ProposalOut]
    closing: ClosingOut | None = None
    files: list[FileOut]
    timeline: list[TimelineEntry]


class SummaryMeasure(Schema):
    number: int
    what: str
    expected: str
    criterion: str
    treats: dict[str, str]


class SummaryCause(Schema):
    number: int
    text: str


class CaseSummary(Schema):
    """What everybody may read of a solved case: no names of persons, no phones, no addresses."""

    code: str
    title: str
    condition: str
    stage: str
    verdict: str
    innovation: str
    group: Ref | None = None
    domain: Ref | None = None
    indicator: str
    indicator_unit: str
    baseline: str | None = None
    target: str | None = None
    reached: str | None = None
    causes: list[SummaryCause]
    measures: list[SummaryMeasure]
    changed: str
    resolved_at: datetime | None = None
