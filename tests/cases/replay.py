"""The facts of a case told by its journal alone: what every entry says happened, and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from huizhen.cases.clocks import Answerable, Facts, Followed, Prescribed
from huizhen.journal.models import Entry

ENDINGS = {"archive", "withdraw", "decline", "close_unresolved"}


@dataclass
class _Transfer:
    at: datetime
    disputed: datetime | None = None
    answered: datetime | None = None
    refused: bool = False


@dataclass
class _Invitation:
    key: str
    at: datetime
    answered: datetime | None = None
    accepted: bool = False
    signed: datetime | None = None


@dataclass
class _Teller:
    """What has been told so far."""

    urgency: str = ""
    group: int | None = None
    person: int | None = None
    rounds: list[datetime] = field(default_factory=list)
    holders: set[datetime] = field(default_factory=set)
    contacts: dict[int, datetime] = field(default_factory=dict)
    notes: list[datetime] = field(default_factory=list)
    sessions: list[datetime] = field(default_factory=list)
    prescriptions: list[list[Any]] = field(default_factory=list)  # signed, day of the follow-up, returned
    follow_ups: list[list[Any]] = field(default_factory=list)  # at, next day, settled verdict
    transfers: dict[int, _Transfer] = field(default_factory=dict)
    invitations: dict[int, _Invitation] = field(default_factory=dict)
    # clock, key, at, answered
    asks: dict[int, tuple[str, str, datetime, datetime | None]] = field(default_factory=dict)
    pauses: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    resolved: datetime | None = None
    replied: datetime | None = None
    ended: datetime | None = None

    def hold(self, entry: Entry) -> None:
        self.person, self.group = (
            entry.data["person"],
            entry.data.get("ruled_group", entry.data.get("group", self.group)),
        )
        self.holders.add(entry.at)

    def tell(self, entry: Entry) -> None:
        at, data = entry.at, entry.data
        match entry.verb:
            case "register":
                self.urgency = data["urgency"]
                self.rounds.append(at)
                self.hold(entry)
            case "import_case":  # rounds of the past start no clock
                self.urgency, self.ended = data["urgency"], datetime.fromisoformat(data["closed"])
                self.person, self.group = data["person"], data["group"]
            case "redirect" | "route":
                self.hold(entry)
            case "log_contact":
                self.contacts[data["contact"]] = datetime.fromisoformat(data["moment"])
            case "deny_contact":
                del self.contacts[data["contact"]]
            case "inform_group":
                self.notes.append(at)
            case "hold_session":
                self.sessions.append(datetime.fromisoformat(data["moment"]))
            case "prescribe":
                self.prescriptions.append([at, date.fromisoformat(data["follow_up_on"]), None])
            case "return_prescription" if data["stage"] == "in_consultation":
                self.prescriptions[-1][2] = at
            case "rule_prescription" if data["decision"] == "send_back":
                self.prescriptions[-1][2] = at
            case "follow_up":
                self.follow_ups.append([at, data.get("next_on"), ""])
            case "give_verdict" | "rule_verdict" if "settled" in data:
                row = self.follow_ups[-1]
                row[1], row[2] = data.get("next_on", row[1]), data["settled"]
                if data["settled"] == "worse":
                    self.rounds.append(at)
            case "resolve":
                self.resolved = at
            case "sign_final_reply":
                self.replied = at
            case "reopen":
                self.rounds.append(at)
                self.hold(entry)
                self.resolved = self.replied = self.ended = None
            case "pause":
                self.pauses.append((at, None))
            case "resume":
                self.pauses[-1] = (self.pauses[-1][0], at)
            case "ask_on" | "complain" | "ask_support":
                clock = {"ask_on": "ask_answer", "complain": "complaint_answer", "ask_support": "support_answer"}
                self.asks[data["ask"]] = (clock[entry.verb], data["key"], at, None)
            case "answer_ask" | "answer_complaint" | "answer_support":
                name, key, asked, _ = self.asks[data["ask"]]
                self.asks[data["ask"]] = (name, key, asked, at)
            case "invite":
                self.invitations[data["invitation"]] = _Invitation(data["key"], at)
            case "accept_invitation" | "decline_invitation":
                row = self.invitations[data["invitation"]]
                row.answered, row.accepted = at, entry.verb == "accept_invitation"
            case "sign_opinion" if data["invitation"]:
                self.invitations[data["invitation"]].signed = at
            case _:
                self.tell_transfer(entry)
        if entry.verb in ENDINGS | {"resolve"}:
            self.wind_up(at)
        if entry.verb in ENDINGS:
            self.ended = at

    def tell_transfer(self, entry: Entry) -> None:
        data = entry.data
        if entry.verb == "propose_transfer":
            self.transfers[data["transfer"]] = _Transfer(entry.at)
            return
        if "transfer" not in data:
            return
        row = self.transfers[data["transfer"]]
        if entry.verb == "transfer_lapsed" or data.get("disputed"):
            row.disputed = row.disputed or entry.at
            row.refused = entry.verb == "refuse_transfer"
            return
        row.answered = entry.at
        moved = (data.get("ruled_group"), data.get("person")) != (self.group, self.person)
        if entry.verb == "accept_transfer" or (entry.verb == "rule_transfer" and moved):
            self.hold(entry)

    def wind_up(self, at: datetime) -> None:
        self.pauses = [(since, until or at) for since, until in self.pauses]
        for transfer in self.transfers.values():
            transfer.answered = transfer.answered or at
        for invitation in self.invitations.values():
            invitation.answered = invitation.answered or at

    def answerables(self) -> Iterable[Answerable]:
        for pk, row in self.transfers.items():
            until = row.disputed if row.refused and row.disputed else row.answered
            yield Answerable("transfer_answer", str(pk), row.at, until)
            if row.disputed:
                yield Answerable("ruling", str(pk), row.disputed, row.answered)
        for one in self.invitations.values():
            yield Answerable("invitation_answer", one.key, one.at, one.answered)
            if one.accepted and one.answered:
                treated = min((signed for signed, *_ in self.prescriptions if signed >= one.answered), default=None)
                yield Answerable("opinion", one.key, one.answered, one.signed or treated)
        for name, key, asked, answered in self.asks.values():
            yield Answerable(name, key, asked, answered)


def facts_of(entries: Iterable[Entry]) -> Facts:
    """What the entries of one case tell, oldest first."""
    told = _Teller()
    for entry in entries:
        told.tell(entry)
    return Facts(
        urgency=told.urgency,
        round_starts=tuple(told.rounds),
        contact_starts=tuple(sorted(told.holders)),
        contacts=tuple(sorted(told.contacts.values())),
        notes=tuple(sorted(told.notes)),
        sessions=tuple(sorted(told.sessions)),
        prescriptions=tuple(Prescribed(*row) for row in told.prescriptions),
        follow_ups=tuple(
            Followed(at, date.fromisoformat(day) if day and verdict != "worse" else None)
            for at, day, verdict in told.follow_ups
        ),
        answerables=tuple(sorted(told.answerables(), key=lambda one: (one.since, one.clock, one.key))),
        resolved_at=told.resolved,
        replied_at=told.replied,
        ended_at=told.ended,
        pauses=tuple(told.pauses),
    )
