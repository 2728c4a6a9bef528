"""The one table of who hears of what: journal verb → kind of happening → audiences.

The kind decides by which channels it goes out unless a person chose otherwise (`choices.DEFAULTS`), and which of several happenings
of one transaction gives a message its title (`choices.WEIGHTS`); the words are in `verbs`. Every verb of the journal has a row here
or stands in `SILENT`: a test holds both to each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from huizhen.notifications.choices import Event


@dataclass(frozen=True)
class Rule:
    """One kind of happening for one verb: who hears of it. Names of `queries.audience`."""

    event: Event
    audience: tuple[str, ...]


def _table(rows: Mapping[str, Mapping[Event, str]]) -> dict[str, tuple[Rule, ...]]:
    return {
        verb: tuple(Rule(event, tuple(words.split())) for event, words in row.items()) for verb, row in rows.items()
    }


AWAITED, ASSIGNED, ANSWER, DEADLINE = Event.AWAITED, Event.ASSIGNED, Event.ANSWER, Event.DEADLINE
ESCALATION, TRANSFER, RULING, JOINT = Event.ESCALATION, Event.TRANSFER, Event.RULING, Event.JOINT
COMPLAINT, PROGRESS, SYSTEM, REPORT = Event.COMPLAINT, Event.PROGRESS, Event.SYSTEM, Event.REPORT

RULES: Mapping[str, tuple[Rule, ...]] = _table(
    {
        # ── registering
        "draft_handed": {AWAITED: "branch_contacts"},
        "register": {ASSIGNED: "named", PROGRESS: "requesters leader"},
        "redirect": {ASSIGNED: "named", TRANSFER: "former_holder", PROGRESS: "requesters leader followers"},
        "route": {ASSIGNED: "named", PROGRESS: "requesters leader followers"},
        # ── consultation
        "accept": {PROGRESS: "requesters followers"},
        "log_contact": {PROGRESS: "requesters accountable followers"},
        "inform_group": {PROGRESS: "leader members followers"},
        "plan_session": {ASSIGNED: "session_people", PROGRESS: "requesters accountable followers"},
        "reschedule_session": {ASSIGNED: "session_people", PROGRESS: "requesters accountable followers"},
        "cancel_session": {ASSIGNED: "session_people", PROGRESS: "requesters accountable followers"},
        "hold_session": {PROGRESS: "session_people requesters accountable leader followers"},
        "sign_opinion": {JOINT: "inviter", PROGRESS: "accountable followers"},
        "diagnose": {PROGRESS: "requesters accountable leader followers"},
        "exempt": {RULING: "accountable"},
        # ── treatment
        "prescribe": {AWAITED: "requesters", PROGRESS: "first_responder leader followers"},
        "accept_prescription": {ASSIGNED: "owners", PROGRESS: "accountable first_responder followers"},
        "return_prescription": {
            AWAITED: "accountable_unless_disputed", RULING: "leader_of_dispute", PROGRESS: "accountable leader followers",
        },
        "rule_prescription": {RULING: "accountable requesters", ASSIGNED: "owners_if_upheld", PROGRESS: "followers"},
        "update_measure": {PROGRESS: "accountable owner requesters followers"},
        "follow_up": {AWAITED: "requesters", PROGRESS: "first_responder leader followers"},
        "give_verdict": {
            RULING: "leader_of_verdict", ESCALATION: "heads_of_hard_case", PROGRESS: "accountable leader followers",
        },
        "rule_verdict": {
            RULING: "accountable requesters", ESCALATION: "heads_of_hard_case", PROGRESS: "followers",
        },
        "case_carried": {SYSTEM: "accountable requesters"},
        # ── the end
        "resolve": {
            AWAITED: "requesters", ASSIGNED: "first_responder", RULING: "leader_of_extraction", PROGRESS: "leader followers",
        },
        "sign_final_reply": {ANSWER: "requesters", PROGRESS: "accountable leader followers"},
        "close_form": {PROGRESS: "accountable first_responder leader followers"},
        "form_lapsed": {PROGRESS: "requesters accountable first_responder leader"},
        "decide_extraction": {PROGRESS: "accountable first_responder followers"},
        "archive": {PROGRESS: "requesters accountable first_responder followers"},
        "withdraw": {ASSIGNED: "accountable", PROGRESS: "requesters first_responder leader followers"},
        "propose_decline": {AWAITED: "leader"},
        "decline": {RULING: "accountable requesters", PROGRESS: "first_responder leader followers"},
        "propose_unresolved": {AWAITED: "liaison", PROGRESS: "accountable"},
        "close_unresolved": {RULING: "accountable leader requesters", PROGRESS: "first_responder followers"},
        "refuse_proposal": {RULING: "proposer_of_end accountable", PROGRESS: "leader"},
        "reopen": {ASSIGNED: "named accountable", PROGRESS: "requesters first_responder leader followers"},
        # ── who holds it
        "propose_transfer": {AWAITED: "receiver", TRANSFER: "accountable first_responder leader", PROGRESS: "requesters followers"},
        "take_back_transfer": {TRANSFER: "receiver accountable leader"},
        "accept_transfer": {
            ASSIGNED: "named", TRANSFER: "proposer_of_transfer former_holder first_responder leader",
            PROGRESS: "requesters followers",
        },
        "refuse_transfer": {RULING: "ruler_of_dispute", TRANSFER: "proposer_of_transfer accountable leader", PROGRESS: "followers"},
        "transfer_lapsed": {RULING: "ruler", ESCALATION: "receiver", TRANSFER: "proposer_of_transfer accountable"},
        "rule_transfer": {
            ASSIGNED: "named", TRANSFER: "proposer_of_transfer receiver former_holder first_responder leader",
            PROGRESS: "requesters followers",
        },
        "group_moved": {PROGRESS: "accountable leader requesters"},
        "branch_moved": {ASSIGNED: "requesters", PROGRESS: "accountable"},
        "invite": {AWAITED: "invited_leader", PROGRESS: "leader followers"},
        "accept_invitation": {JOINT: "inviter", PROGRESS: "followers"},
        "decline_invitation": {JOINT: "inviter leader", PROGRESS: "followers"},
        # ── on the way
        "pause": {AWAITED: "requesters", PROGRESS: "accountable leader followers"},
        "resume": {ASSIGNED: "accountable", PROGRESS: "requesters leader followers"},
        "ask_on": {AWAITED: "accountable", PROGRESS: "requesters first_responder followers"},
        "answer_ask": {ANSWER: "asker", PROGRESS: "requesters accountable followers"},
        "complain": {COMPLAINT: "handler"},
        "answer_complaint": {ANSWER: "asker", COMPLAINT: "handler", PROGRESS: "requesters"},
        "ask_support": {COMPLAINT: "supporters", PROGRESS: "accountable requesters followers"},
        "answer_support": {ANSWER: "asker", PROGRESS: "accountable requesters followers"},
        "deny_contact": {AWAITED: "accountable named", ESCALATION: "leader"},
        # a flag is between two people: nobody else hears of it
        "flag_raised": {COMPLAINT: "leader_named", SYSTEM: "person_named"},
        "flag_reasons": {PROGRESS: "leader_named"},
        "flag_talked": {PROGRESS: "person_named"},
        "attach": {PROGRESS: "requesters accountable followers"},
        "mark_sensitive": {PROGRESS: "accountable leader requesters"},
        "unmark_sensitive": {PROGRESS: "accountable leader requesters"},
        # ── the ladder: who must act hears every step, the next one up hears her own
        "clock_half": {DEADLINE: "who_must_act"},
        "clock_late": {DEADLINE: "who_must_act", ESCALATION: "leader"},
        "clock_late_1": {DEADLINE: "who_must_act", ESCALATION: "liaison"},
        "clock_late_3": {DEADLINE: "who_must_act", ESCALATION: "coordinators"},
        "measure_soon": {DEADLINE: "owner"},
        "measure_due": {DEADLINE: "owner accountable"},
        "measure_late_1": {DEADLINE: "owner accountable", ESCALATION: "leader"},
        "measure_late_3": {DEADLINE: "owner accountable", ESCALATION: "liaison"},
        # ── the directory
        "leave_recorded": {ASSIGNED: "deputy_named", SYSTEM: "person_meant"},
        "person_left": {ASSIGNED: "deputy_named", ESCALATION: "leaders_named"},
        "leader_changed": {ASSIGNED: "person_named"},
        "group_split": {ASSIGNED: "person_named", SYSTEM: "people_named head_office"},
        "group_merged": {SYSTEM: "people_named head_office"},
        "branch_renamed": {SYSTEM: "branch_contacts"},
        "branch_dissolved": {SYSTEM: "branch_contacts"},
        "leave_is_long": {ASSIGNED: "leaders_named", SYSTEM: "person_meant"},
        "leave_ended": {SYSTEM: "deputy_named person_meant"},
        "duty_set": {SYSTEM: "person_named"},
        "posted": {SYSTEM: "person_meant"},
        "posting_ended": {SYSTEM: "person_meant"},
        "member_joined": {SYSTEM: "person_named"},
        "member_moved": {SYSTEM: "person_named"},
        "member_left": {SYSTEM: "person_named"},
        "contact_changed": {SYSTEM: "person_meant"},
        "roster_imported": {SYSTEM: "head_office"},
        "secretaries_imported": {SYSTEM: "head_office"},
        "person_changed": {SYSTEM: "person_meant"},
        # whoever takes over an account leaves a message in its inbox
        "account_opened": {SYSTEM: "person_meant"},
        "account_renewed": {SYSTEM: "person_meant"},
        "account_closed": {SYSTEM: "person_meant"},
        "account_reopened": {SYSTEM: "person_meant"},
        # ── 工作法 used again
        "use_said": {PROGRESS: "person_named"},
        "method_submitted": {AWAITED: "domain_reviewers"},
        "method_returned": {AWAITED: "people_named"},
        "method_published": {ANSWER: "people_named", PROGRESS: "leaders_named", SYSTEM: "branch_contacts"},
        "method_proved": {PROGRESS: "person_named"},
        "method_adopted": {PROGRESS: "person_named"},
        "adoption_told": {PROGRESS: "person_named"},
        "trial_due": {DEADLINE: "branch_contacts"},
        "method_verified": {SYSTEM: "person_named branch_contacts domain_reviewers"},
        "method_promoted": {SYSTEM: "person_named branch_contacts"},
        "method_retired": {SYSTEM: "person_named branch_contacts"},
        "method_revived": {SYSTEM: "person_named"},
        "method_confirmed": {SYSTEM: "person_named"},
        "method_wavered": {ASSIGNED: "person_named"},
        "method_steadied": {SYSTEM: "person_named"},
        "method_hushed": {ASSIGNED: "person_named", AWAITED: "domain_reviewers"},
        "method_unhushed": {SYSTEM: "person_named"},
        "method_stale": {AWAITED: "domain_reviewers"},
        # ── 病例讨论会
        "clinic_planned": {AWAITED: "presenters_named", ASSIGNED: "people_named"},
        "clinic_edited": {AWAITED: "presenters_named", ASSIGNED: "people_named", PROGRESS: "others_named"},
        "clinic_postponed": {ASSIGNED: "people_named"},
        "clinic_cancelled": {ASSIGNED: "people_named"},
        "clinic_held": {PROGRESS: "people_named"},
        "challenge_created": {SYSTEM: "branch_contacts"},
        # ── 查房
        "round_made": {PROGRESS: "people_named"},
        "rounds_due": {DEADLINE: "leaders_named"},
        "suggested": {AWAITED: "people_named"},
        "suggestion_answered": {ANSWER: "people_named"},
        "suggestion_withdrawn": {PROGRESS: "people_named"},
        # ── 月报
        "bulletin_submitted": {AWAITED: "people_named"},
        "bulletin_taken_back": {PROGRESS: "people_named"},
        "bulletin_returned": {AWAITED: "people_named"},
        "bulletin_passed": {ANSWER: "people_named"},
        "bulletin_issued": {REPORT: "people_named"},
        "bulletin_voided": {REPORT: "people_named"},
        "report_opened": {AWAITED: "people_named"},
        "report_due": {DEADLINE: "people_named"},
        "report_overdue": {DEADLINE: "people_named"},
        "report_reminded": {AWAITED: "people_named"},
        "mailing_sent": {REPORT: "people_named"},
        "mailing_refused": {REPORT: "people_named"},
        "report_sent": {REPORT: "head_office domain_reviewers"},
        "report_withdrawn": {REPORT: "head_office domain_reviewers"},
        # ── 宣传
        "story_asked": {AWAITED: "branch_contacts"},
        "story_taken_back": {PROGRESS: "branch_contacts"},
        "story_agreed": {ANSWER: "people_named"},
        "story_refused": {ANSWER: "people_named"},
        "story_consent_withdrawn": {ANSWER: "people_named", SYSTEM: "head_office"},
        "story_submitted": {AWAITED: "head_office"},
        "story_returned": {AWAITED: "people_named"},
        "story_published": {ANSWER: "people_named", SYSTEM: "branch_contacts"},
        "story_withdrawn": {ANSWER: "people_named", SYSTEM: "branch_contacts"},
    }
)  # fmt: skip

SILENT = frozenset(
    {
        # one's own affair
        "follow", "unfollow", "draft_started", "draft_discarded",
        "token_issued", "token_revoked", "tokens_revoked", "password_changed", "password_chosen", "language_changed", "feed_renewed",
        # read where they are kept: the audit page, the page of the campaign, the calendar, the challenge
        "reveal_phone", "roster_exported", "door_links_exported", "case_exported", "worklist_exported", "note_written", "worklist_signed",
        "record_exported",
        "campaign_ended", "campaign_resumed", "summary_exported",
        "mailing_made", "mailing_paused", "mailing_resumed", "mailing_removed",
        "campaign_created", "campaign_changed", "campaign_made_current", "settings_changed", "policy_set", "calendar_loaded",
        "office_hours_set",
        "challenge_edited", "challenge_advanced", "milestone_ticked",
        "endpoint_added", "endpoint_changed", "endpoint_stopped", "endpoint_removed", "endpoint_tested",
        "preferences_changed", "job_hurried",
        "search_rebuild_asked", "synonym_added", "synonym_changed", "synonym_removed", "synonym_restored",
        "stand_in_ended", "clinic_amended", "round_taken_back",
        # read where they are kept: on the method's own pages
        "method_drafted", "method_discarded", "method_taken_back", "method_revised", "method_pictured",
        # read on the page of the bulletins; a PDF is waited for on its page
        "bulletin_drafted", "bulletin_discarded", "pdf_asked",
        # read on the story's own pages
        "story_drafted", "story_pictured", "story_rewritten",
        # what is long over: cases of an earlier list, and the list taken back
        "import_case", "cases_imported", "case_taken_back", "import_taken_back",
        # read on the page of the report
        "report_mailed",
        # the beginning of an installation
        "founded", "person_added", "directory_loaded", "cases_filled",
    }
)  # fmt: skip
"""Verbs nobody is told about."""
