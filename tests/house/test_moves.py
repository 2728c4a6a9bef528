"""The table of moves against a table written by hand, and against what the actions really do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction
from django.utils import timezone

from huizhen.cases import actions, choices
from huizhen.cases.lifecycle import MOVES, STAGES, Input, Stage
from huizhen.cases.lifecycle.moves import REGISTRATION, ROLES
from huizhen.cases.models import Case
from huizhen.cases.policy import roles_on, visible
from huizhen.cases.queries.file import CaseFile, file_of
from huizhen.cases.queries.needs import NEEDS
from huizhen.cases.queries.options import options
from huizhen.cases.verbs import CHOICES, INPUTS
from huizhen.cases.verbs import MOVES as WORDS
from huizhen.directory.queries import standing
from huizhen.lib.errors import Invalid, NotAllowed, NotNow, NotVisible, Refusal
from tests.cases.plays import LATER, PLAYS, inputs
from tests.cast import Cast

# Columns: registered, in consultation, in treatment, resolved | archived, withdrawn, declined, unresolved.
# A cell says where the case is afterwards: = where it was, a letter where it goes (the ordinary way first), . not possible.
COLUMNS = dict(zip("RCTSAWDU", STAGES, strict=True))
TABLE = """
redirect              =  .  .  .   .  .  .  .   requester
route                 =  =  .  .   .  .  .  .   accountable coordinator
accept                C  .  .  .   .  .  .  .   accountable
log_contact           C  =  =  .   .  .  .  .   accountable participant
inform_group          .  =  .  .   .  .  .  .   accountable participant
plan_session          .  =  =  .   .  .  .  .   accountable participant
reschedule_session    .  =  =  .   .  .  .  .   accountable participant
cancel_session        .  =  =  .   .  .  .  .   accountable
hold_session          .  =  .  .   .  .  .  .   accountable participant
sign_opinion          .  =  .  .   .  .  .  .   accountable participant
diagnose              .  =  .  .   .  .  .  .   accountable participant
exempt                .  =  .  .   .  .  .  .   leader
prescribe             .  T  =  .   .  .  .  .   accountable
accept_prescription   .  .  =  .   .  .  .  .   requester
return_prescription   .  .  CT .   .  .  .  .   requester
rule_prescription     .  .  TC .   .  .  .  .   leader
update_measure        .  .  =  .   .  .  .  .   requester accountable owner
follow_up             .  .  TC .   .  .  .  .   accountable
give_verdict          .  .  TC .   .  .  .  .   requester
rule_verdict          .  .  TC .   .  .  .  .   leader
resolve               .  .  S  .   .  .  .  .   accountable
sign_final_reply      .  .  .  =   .  .  .  .   first_responder
close_form            .  .  .  =   .  .  .  .   requester
decide_extraction     .  .  .  =   =  .  .  .   leader
archive               .  .  .  A   .  .  .  .   accountable system
withdraw              W  W  .  .   .  .  .  .   requester
propose_decline       =  .  .  .   .  .  .  .   accountable
decline               D  .  .  .   .  .  .  .   leader liaison
propose_unresolved    .  =  =  .   .  .  .  .   leader
close_unresolved      .  U  U  .   .  .  .  .   liaison
refuse_proposal       =  =  =  .   .  .  .  .   leader liaison
reopen                .  .  .  C   C  .  .  C   requester accountable leader
propose_transfer      =  =  =  .   .  .  .  .   accountable leader coordinator
take_back_transfer    =  =  =  .   .  .  .  .   accountable leader coordinator
accept_transfer       =  =  =  .   .  .  .  .   receiver
refuse_transfer       =  =  =  .   .  .  .  .   receiver
rule_transfer         =  =  =  .   .  .  .  .   ruler
invite                .  =  .  .   .  .  .  .   accountable
accept_invitation     .  =  =  .   .  .  .  .   invitee
decline_invitation    .  =  =  .   .  .  .  .   invitee
pause                 .  =  =  .   .  .  .  .   accountable leader
resume                .  =  =  .   .  .  .  .   requester accountable leader
ask_on                =  =  =  =   .  .  .  .   requester
answer_ask            =  =  =  =   .  .  .  .   accountable participant
complain              =  =  =  =   =  =  =  =   requester
answer_complaint      =  =  =  =   =  =  =  =   complaint_handler
ask_support           =  =  =  .   .  .  .  .   requester accountable participant
answer_support        =  =  =  =   .  .  .  .   supporter
deny_contact          .  =  =  .   .  .  .  .   requester
attach                =  =  =  =   .  .  .  .   requester accountable participant owner
mark_sensitive        =  =  =  =   =  =  =  =   requester accountable leader coordinator
unmark_sensitive      =  =  =  =   =  =  =  =   leader coordinator
follow                =  =  =  =   =  =  =  =   reader
unfollow              =  =  =  =   =  =  =  =   reader
"""


def written() -> dict[tuple[str, str, str], tuple[str, ...]]:
    """(role, stage, move) → stages afterwards, as the hand wrote it."""
    found = {}
    for line in TABLE.strip().splitlines():
        name, *rest = line.split()
        for (_, stage), cell in zip(COLUMNS.items(), rest[:8], strict=True):
            targets = () if cell == "." else (stage,) if cell == "=" else tuple(COLUMNS[letter] for letter in cell)
            for role in rest[8:]:
                if targets:
                    found[role, str(stage), name] = tuple(str(one) for one in targets)
    return found


def test_moves_are_those_of_the_table() -> None:
    found = {
        (role, str(stage), move.name): tuple(str(one) for one in targets)
        for move in MOVES.values()
        for stage, targets in move.targets.items()
        for role in move.roles
    }

    assert found == written()


def test_every_move_has_an_action_words_and_known_needs() -> None:
    assert set(MOVES) == set(actions.ACTIONS) | {"attach"}
    assert set(WORDS) >= set(MOVES)
    assert {need for move in MOVES.values() for need in move.needs} == set(NEEDS)
    assert {role for move in MOVES.values() for role in move.roles} <= ROLES


def _flat(items: tuple[Input, ...]) -> list[Input]:
    return [one for item in items for one in (item, *_flat(item.columns))]


def test_inputs_have_words_and_the_options_of_choices() -> None:
    every = [one for move in MOVES.values() for one in _flat(move.inputs)] + _flat(REGISTRATION)

    assert {one.name for one in every} <= set(INPUTS)
    for one in every:
        if one.kind in ("choice", "choices") and one.name in CHOICES:
            known = set(getattr(choices, CHOICES[one.name]).values)
            # how a branch would like to be seen has one answer more than how a session is held
            assert set(one.options) == (known - {"either"} if one.name == "mode" and one not in REGISTRATION else known)


# ── what the actions really do

PEOPLE = (
    "requester",
    "expert",
    "mate",
    "leader",
    "other_leader",
    "liaison",
    "clerk",
    "coordinator",
    "viewer",
    "outsider",
)
# What only the body of a move can know, however open its button was.
BODY = {"leader_names", "not_your_measure", "session_is_over", "invited_already"}


@pytest.mark.django_db
@pytest.mark.parametrize("play", PLAYS)
def test_buttons_shown_are_moves_accepted(play: str, cast: Cast) -> None:
    """Open options are taken, closed ones wait (409), others are somebody else's (403 before 409) or unseen (404)."""
    case = Case.objects.select_related("campaign", "group", "domain", "accountable", "first_responder").get(
        pk=PLAYS[play](cast).pk
    )
    at = LATER
    file = file_of(case)
    wrong: list[object] = []
    for who in PEOPLE:
        reader = standing(cast.users[who], on=timezone.localdate(at))
        if not visible(reader).filter(pk=case.pk).exists():
            shown, roles = {}, None
        else:
            shown = {one.name: one for one in options(file, reader, at=at)}
            roles = roles_on(reader, case, file.parties)
        for number, name in enumerate(actions.ACTIONS):
            option = shown.get(name)
            # Whatever is open. Of the rest a twelfth per person, another one in each play: everybody meets every move some times.
            is_open = option is not None and option.why is None
            if not is_open and (number + PEOPLE.index(who) + list(PLAYS).index(play)) % 12:
                continue
            no = _tried(case, file, name, cast, who)
            if roles is None:
                good = isinstance(no, NotVisible)
            elif option is not None and option.why is None:
                good = no is None or isinstance(no, Invalid) or no.code in BODY
            elif option is not None and option.why is not None:
                good = type(no) is NotNow and no.code == option.why.code
            elif MOVES[name].roles & roles:
                good = type(no) is NotNow and no.code == "wrong_stage"
            else:
                good = isinstance(no, NotAllowed)
            if not good:
                wrong.append((who, name, option, no))
    assert wrong == []


def _tried(case: Case, file: CaseFile, name: str, cast: Cast, who: str) -> Refusal | None:
    """Take a move and undo it."""
    values = inputs(name, file, cast, LATER)
    page = Case(pk=case.pk, version=case.version)
    try:
        with transaction.atomic():
            actions.take(page, name, by=cast.users[who], at=LATER, values=values)
            transaction.set_rollback(True)
    except Refusal as no:
        return no
    return None


def test_plays_reach_every_stage(cast: Cast) -> None:
    made: list[Callable[[Cast], Case]] = [PLAYS[name] for name in ("registered", "withdrawn", "declined", "unresolved")]

    assert [play(cast).stage for play in made] == [
        Stage.REGISTERED,
        Stage.WITHDRAWN,
        Stage.DECLINED,
        Stage.UNRESOLVED,
    ]
