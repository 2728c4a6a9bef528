"""经过: the journal of a case told with the texts of its rows, newest first, planned entries on top."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huizhen.cases.choices import DeclineBasis, Link
from huizhen.cases.clocks import Clock
from huizhen.cases.models import Contact
from huizhen.cases.queries.file import CaseFile
from huizhen.cases.verbs import DECISIONS
from huizhen.journal.models import Entry
from huizhen.journal.registry import phrase
from huizhen.lib.workdays import Calendar
from huizhen.web.cases import past, steps
from huizhen.web.moments import table_words, when_words

_ICONS = {
    "register": "ticket-check", "log_contact": "phone", "inform_group": "megaphone", "hold_session": "users", "plan_session": "calendar-plus",
    "cancel_session": "calendar-x", "sign_opinion": "signature", "diagnose": "microscope", "prescribe": "clipboard-list",
    "accept_prescription": "thumbs-up", "return_prescription": "corner-up-left", "update_measure": "list-checks", "follow_up": "stethoscope",
    "give_verdict": "star", "rule_verdict": "gavel", "rule_prescription": "gavel", "resolve": "circle-check-big",
    "sign_final_reply": "signature", "close_form": "message-square-heart", "archive": "archive", "propose_transfer": "git-pull-request-arrow",
    "accept_transfer": "git-pull-request-arrow", "refuse_transfer": "git-pull-request-closed", "rule_transfer": "gavel", "invite": "handshake",
    "accept_invitation": "handshake", "decline_invitation": "hand", "pause": "pause", "resume": "play", "ask_on": "circle-question-mark",
    "answer_ask": "message-circle", "complain": "message-square-warning", "answer_complaint": "message-square-reply",
    "ask_support": "hand-helping", "answer_support": "package-check", "deny_contact": "phone-off", "reschedule_session": "calendar-clock",
    "attach": "paperclip", "reopen": "rotate-ccw", "withdraw": "undo-2", "route": "route", "redirect": "shuffle", "case_exported": "file-down",
    "reveal_phone": "eye", "mark_sensitive": "lock", "unmark_sensitive": "lock-open", "exempt": "badge-check", "decide_extraction": "sprout",
    "accept": "check", "form_lapsed": "hourglass", "import_case": "history", "transfer_lapsed": "alarm-clock", **steps.ICONS,
    "note_written": "notebook-pen",
}  # fmt: skip
_KEY = {"diagnose", "prescribe", "follow_up", "resolve", "sign_final_reply", "rule_verdict", "archive"}
_ZI = {
    "propose_transfer", "accept_transfer", "refuse_transfer", "rule_transfer", "take_back_transfer", "invite",
    "accept_invitation", "decline_invitation", "transfer_lapsed", "route", "redirect",
}  # fmt: skip
_ASKING = {"ask_on", "return_prescription", "complain", "ask_support", "deny_contact"}
_TALK = {
    "log_contact",
    "inform_group",
    "ask_on",
    "answer_ask",
    "hold_session",
    "plan_session",
    "sign_opinion",
    "complain",
    "answer_complaint",
    "deny_contact",
}
_QUIET = {"follow", "unfollow"}
_CLOCK_OF = {
    "log_contact": "first_contact", "inform_group": "group_informed", "hold_session": "session", "prescribe": "prescription",
    "follow_up": "follow_up", "sign_final_reply": "final_reply", "answer_ask": "ask_answer", "accept_transfer": "transfer_answer",
    "refuse_transfer": "transfer_answer", "answer_complaint": "complaint_answer", "answer_support": "support_answer",
}  # fmt: skip


@dataclass
class Line:
    """One entry of the timeline."""

    at: Any
    head: Any
    icon: str = "circle"
    disc: str = ""
    who: str = ""
    behalf: str = ""
    notes: list[str] = field(default_factory=list)
    text: str = ""
    quote: str = ""
    points: list[str] = field(default_factory=list)
    verdict: str = ""
    clock: Any = None
    is_planned: bool = False
    is_key: bool = False
    is_talk: bool = False
    url: str = ""
    link: str = ""
    ics: str = ""
    minutes: str = ""
    contact: int = 0
    entry: int = 0
    deny: str = ""


def story(
    file: CaseFile,
    entries: Iterable[Entry],
    clocks: Iterable[Clock],
    calendar: Calendar,
    *,
    show: str = "",
    deniable: Iterable[Contact] = (),
) -> list[Line]:
    """Newest first. `show`: "key" or "talk" narrows it. `deniable`: contacts of which the reader may say that there was none."""
    stops = {(one.name, one.stop): one for one in clocks if one.stop is not None and not one.is_void}
    lines = [_line(file, entry, stops, calendar) for entry in entries if entry.verb not in _QUIET]
    keys = {one.pk: str(one.key) for one in deniable}
    for line in lines:
        line.deny = keys.get(line.contact, "")
    if show == "key":
        lines = [line for line in lines if line.is_key]
    elif show == "talk":
        lines = [line for line in lines if line.is_talk]
    return [*(_planned(file) if not show else []), *lines]


def _planned(file: CaseFile) -> list[Line]:
    lines = []
    for session, seats in file.sessions.items():
        if session.state == "planned":
            people = _("、").join(one.person.name for one in seats)
            notes = [str(session.get_mode_display()), session.place or "", people]
            lines.append(
                Line(
                    session.starts_at,
                    _("会诊已约"),
                    "calendar-clock",
                    "next",
                    notes=[n for n in notes if n],
                    is_planned=True,
                    link=session.link,
                    ics=str(session.key),
                )
            )
    return sorted(lines, key=lambda one: one.at, reverse=True)


def _line(file: CaseFile, entry: Entry, stops: dict[Any, Clock], calendar: Calendar) -> Line:
    verb = entry.verb
    line = Line(
        entry.at, phrase(verb), _ICONS.get(verb, "circle-dot"), _disc(verb), entry.actor_name, entry.on_behalf_of
    )
    line.entry = entry.pk
    line.is_key, line.is_talk = verb in _KEY or verb in ("register", "import_case"), verb in _TALK
    if verb in _TELLERS:
        _TELLERS[verb](file, entry.data, line)
    name = _CLOCK_OF.get(verb)
    stop = stops.get((name, line.at)) or stops.get((name, entry.at))
    if stop is not None and stop.due is not None:
        left = stop.left(entry.at, calendar)
        line.clock = {"late": stop.stop is not None and stop.stop > stop.due, "left": abs(left)}
    return line


def _disc(verb: str) -> str:
    for names, kind in ((_KEY, "key"), (_ZI, "zi"), (_ASKING, "ask"), ({"accept_prescription", "close_form"}, "zhu")):
        if verb in names:
            return kind
    return ""


def _of(rows: Iterable[Any], key: Any) -> Any:
    return next((one for one in rows if one.pk == key), None)


def _register(file: CaseFile, data: dict[str, Any], line: Line) -> None:
    case = file.case
    line.text, line.points = case.condition, list(case.questions)
    line.notes.append(str(case.get_source_display()))
    if data.get("writer"):
        line.notes.append(_("由%(name)s代写") % {"name": data["writer"]})


def _contact(file: CaseFile, data: dict[str, Any], line: Line) -> None:
    row = _of(file.contacts, data.get("contact"))
    if row is None:
        return
    line.text, line.contact = row.learned, row.pk
    if row.channel:
        line.notes.append(str(row.get_channel_display()))
    if (row.logged_at - row.at).total_seconds() > 1800:
        line.notes.append(_("补记"))
    if row.denied_at is not None:
        line.notes.append(_("支部说没有联系过，不算数"))
    line.at = row.at


def _session(file: CaseFile, data: dict[str, Any], line: Line) -> None:
    row = _of(file.sessions, data.get("session"))
    if row is None:
        return
    seats = file.sessions[row]
    line.notes += [str(row.get_mode_display()), *([row.place] if row.place else [])]
    if row.state == "held" and line.icon == "users":
        came = sum(1 for one in seats if one.came)
        line.notes.append(_("到会 %(came)s/%(all)s") % {"came": came, "all": len(seats)})
        line.text, line.at, line.minutes = row.record, row.starts_at, str(row.key)
    elif line.icon == "calendar-clock":
        line.notes.append(" → ".join(when_words(datetime.fromisoformat(data[one])) for one in ("before", "moment")))
    elif line.icon == "calendar-x":
        line.text = row.cancel_reason


def _opinion(file: CaseFile, data: dict[str, Any], line: Line) -> None:
    row = _of(file.opinions, data.get("opinion"))
    if row is None:
        return
    if row.group:
        line.notes.append(row.group.name)
    if row.is_dissent:
        line.notes.append(_("保留意见"))
        line.quote = row.text
    else:
        line.text = row.text


def _diagnosis(file: CaseFile, data: dict[str, Any], line: Line) -> None:
    causes = [one for one in file.causes if one.diagnosis_id == data.get("diagnosis")]
    if causes:
        line.text, line.points = causes[0].diagnosis.findings, [_cause(one) for one in causes]


def _cause(cause: Any) -> str:
    """The cause with its place in the chain and its evidence."""
    links = dict(Link.choices)
    chain = "·".join(str(links[key]) for key in cause.chain if key in links)
    said = _("%(name)s（%(unit)s）") % {"name": cause.text, "unit": chain} if chain else cause.text
    return _("%(cause)s 证据：%(evidence)s") % {"cause": said, "evidence": cause.evidence} if cause.evidence else said


def _prescription(file: CaseFile, data: dict[str, Any], line: Line) -> None:
    row = _of(file.prescriptions, data.get("prescription"))
    if row is not None:
        line.head = _("处方第 %(n)s 版") % {"n": row.version}
        line.text = row.thinking
        line.url = f"prescription:{row.version}"
        count = sum(1 for one in file.measures if one.prescription_id == row.pk)
        line.notes.append(ngettext("%(n)s 条措施", "%(n)s 条措施", count) % {"n": count})


def _returned(file: CaseFile, data: dict[str, Any], line: Line) -> None:
    row = _of(file.prescriptions, data.get("prescription"))
    if row is not None:
        line.quote = row.return_reason if line.icon == "corner-up-left" else row.ruling


def _measure(file: CaseFile, data: dict[str, Any], line: Line) -> None:
    row = _of(file.measures, data.get("measure"))
    if row is None:
        return
    line.head = _("措施 %(n)s") % {"n": row.number}
    line.text = row.what
    line.notes.append(str(dict(row._meta.get_field("state").flatchoices).get(data.get("after"), "")))
    if data.get("after") == "done":
        line.disc, line.icon = "zhu", "check"


def _followed(file: CaseFile, data: dict[str, Any], line: Line) -> None:
    row = _of(file.follow_ups, data.get("follow_up"))
    if row is None:
        return
    line.head = _("第 %(n)s 次复诊") % {"n": row.number}
    line.verdict, line.text = row.expert_verdict, row.evidence
    line.notes.append(str(row.get_mode_display()))
    if row.value is not None:
        line.notes.append(f"{file.case.indicator} {row.value.normalize():f}{file.case.indicator_unit}".strip())


def _verdict(file: CaseFile, data: dict[str, Any], line: Line) -> None:
    row = _of(file.follow_ups, data.get("follow_up"))
    line.verdict = str(data.get("verdict", ""))
    if row is not None:
        line.quote = row.branch_note if line.icon == "star" else row.ruling


def _transfer(file: CaseFile, data: dict[str, Any], line: Line) -> None:
    row = _of(file.transfers, data.get("transfer"))
    if row is None:
        return
    line.notes.append(f"→ {row.to_group.name}")
    if line.icon == "git-pull-request-arrow" and "person" in data and row.answered_at == line.at:
        line.text = _("责任交给%(name)s，病例时钟不重置。") % {"name": _holder(file, data.get("person"))}
    else:
        line.quote = row.answer if line.icon in ("git-pull-request-closed", "gavel") else row.reason


def _holder(file: CaseFile, key: Any) -> str:
    return next((one.person.name for one in file.responsibilities if one.person_id == key), "")


def _invitation(file: CaseFile, data: dict[str, Any], line: Line) -> None:
    row = _of(file.invitations, data.get("invitation"))
    if row is not None:
        line.notes.append(row.group.name)
        line.quote = row.answer if line.icon == "hand" else (row.ask if "leader" in data else "")


def _pause(file: CaseFile, data: dict[str, Any], line: Line) -> None:
    row = _of(file.pauses, data.get("pause"))
    if row is None:
        return
    if line.icon == "pause":
        line.text, line.points = row.reason, list(row.missing)
    else:
        line.text = row.note


def _ask(file: CaseFile, data: dict[str, Any], line: Line) -> None:
    row = _of(file.asks, data.get("ask"))
    if row is None:
        return
    if row.unit is not None:
        line.notes += [row.unit.name, str(row.get_topic_display())]
    if line.disc == "ask":
        line.quote = row.text
    else:
        if row.is_granted is not None:
            line.notes.append(str(DECISIONS["grant" if row.is_granted else "refuse"]))
        line.text = row.answer


def _denial(file: CaseFile, data: dict[str, Any], line: Line) -> None:
    row = _of(file.contacts, data.get("contact"))
    if row is not None:
        line.notes.append(_("%(name)s %(when)s 登记的沟通") % {"name": row.by.name, "when": table_words(row.at)})
        line.quote = row.denial


def _closing(file: CaseFile, data: dict[str, Any], line: Line) -> None:
    sheets = [one.closing for one in file.rounds if hasattr(one, "closing")]
    row = _of(sheets, data.get("closing"))
    if row is None:
        return
    if line.icon == "circle-check-big":
        line.verdict, line.text = row.verdict, row.waiver
    elif line.icon == "signature":
        line.points = [
            _("查明：%(t)s") % {"t": row.found},
            _("改变：%(t)s") % {"t": row.changed},
            _("坚持：%(t)s") % {"t": row.keep},
        ]
    elif line.icon == "sprout":
        line.notes.append(str(DECISIONS.get(row.extraction, "")))
        line.text = row.extraction_reason
    elif row.outcome:
        line.notes += [
            str(row.get_outcome_display()),
            _("价值 %(v)s、可操作 %(f)s") % {"v": row.value, "f": row.feasibility},
        ]
        line.quote = row.words


def _proposal(file: CaseFile, data: dict[str, Any], line: Line) -> None:
    row = _of(file.proposals, data.get("proposal"))
    if row is None:
        return
    line.quote = row.answer or row.reason
    if row.basis:
        line.notes += [
            str(dict(DeclineBasis.choices).get(row.basis, "")),
            _("请到：%(place)s") % {"place": row.address},
        ]


def _withdrawn(file: CaseFile, data: dict[str, Any], line: Line) -> None:
    row = next((one for one in reversed(file.proposals) if one.kind == "withdraw"), None)
    line.quote = row.reason if row else ""


def _reopened(file: CaseFile, data: dict[str, Any], line: Line) -> None:
    row = next((one for one in file.rounds if one.number == data.get("round") and one.why == "reopened"), None)
    line.quote = row.reason if row else ""


def _exempted(file: CaseFile, data: dict[str, Any], line: Line) -> None:
    row = next((one for one in file.rounds if one.number == data.get("round")), None)
    line.quote = row.exemption if row else ""


def _handed(file: CaseFile, data: dict[str, Any], line: Line) -> None:
    line.text = _("由%(name)s负责。") % {"name": _holder(file, data.get("person"))}


def _rebranched(file: CaseFile, data: dict[str, Any], line: Line) -> None:
    line.text = _("今后由%(name)s问诊。") % {"name": file.case.branch.name}


_TELLERS = {
    "register": _register, "log_contact": _contact, "inform_group": _contact, "plan_session": _session, "hold_session": _session,
    "cancel_session": _session, "reschedule_session": _session, "sign_opinion": _opinion, "diagnose": _diagnosis, "prescribe": _prescription,
    "return_prescription": _returned, "rule_prescription": _returned, "update_measure": _measure, "follow_up": _followed,
    "give_verdict": _verdict, "rule_verdict": _verdict, "propose_transfer": _transfer, "accept_transfer": _transfer,
    "refuse_transfer": _transfer, "rule_transfer": _transfer, "transfer_lapsed": _transfer, "take_back_transfer": _transfer,
    "invite": _invitation, "accept_invitation": _invitation, "decline_invitation": _invitation, "pause": _pause, "resume": _pause,
    "ask_on": _ask, "answer_ask": _ask, "complain": _ask, "answer_complaint": _ask, "ask_support": _ask, "answer_support": _ask,
    "deny_contact": _denial, "resolve": _closing, "sign_final_reply": _closing, "close_form": _closing,
    "decide_extraction": _closing, "propose_decline": _proposal, "decline": _proposal, "propose_unresolved": _proposal,
    "close_unresolved": _proposal, "refuse_proposal": _proposal, "withdraw": _withdrawn, "reopen": _reopened, "exempt": _exempted,
    "route": _handed, "redirect": _handed, "group_moved": _handed, "branch_moved": _rebranched, "import_case": past.tell, **steps.TELLERS,
}  # fmt: skip
