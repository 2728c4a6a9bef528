"""Who is meant by the words of `rules`: each audience is a function from an entry to people, as things stand when it is read.

Nobody here asks who may see what; `listeners` does, for all of them at once, and adds the deputies of those who are away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from huizhen.cases.choices import Urgency
from huizhen.cases.models import Ask, Case, Invitation, Measure, Transfer
from huizhen.cases.policy import is_visible
from huizhen.directory.models import Person
from huizhen.directory.queries import Standing, standings_of
from huizhen.directory.queries.standings import chain_end
from huizhen.journal.models import Entry
from huizhen.notifications.queries.scene import Scene, ids

Audience = Callable[[Scene, Entry, Case], Iterable[int | None]]


def _transfer(scene: Scene, entry: Entry, case: Case) -> Transfer | None:
    """The transfer an entry names, by id or as the key of its clock; else the newest of the case."""
    key = entry.data.get("transfer") or entry.data.get("key")
    if str(key).isdecimal():
        return scene.transfers.get(int(str(key)))
    return next((one for one in reversed(scene.transfers.values()) if one.case_id == case.pk), None)


def _invitation(scene: Scene, entry: Entry, case: Case) -> Invitation | None:
    named, key = entry.data.get("invitation"), entry.data.get("key")
    if isinstance(named, int):
        return scene.invitations.get(named)
    return next((one for one in scene.invitations.values() if key and str(one.key) == key), None)


def _ask(scene: Scene, entry: Entry, case: Case) -> Ask | None:
    named, key = entry.data.get("ask"), entry.data.get("key")
    if isinstance(named, int):
        return scene.asks.get(named)
    return next((one for one in scene.asks.values() if key and str(one.key) == key), None)


def _measure(scene: Scene, entry: Entry, case: Case) -> Measure | None:
    """Named by its id (a move) or by its key (the ladder)."""
    named = entry.data.get("measure")
    return next((one for one in scene.measures.get(case.pk, ()) if named in (one.pk, str(one.key))), None)


# ── parties of the case


def requesters(scene: Scene, entry: Entry, case: Case) -> Iterable[int | None]:
    """Everybody who asks for the branch; nobody posted any more: who asked then."""
    return scene.contacts(case.branch_id) or {case.requester_id}


def accountable(scene: Scene, entry: Entry, case: Case) -> Iterable[int | None]:
    return (case.accountable_id,)


def first_responder(scene: Scene, entry: Entry, case: Case) -> Iterable[int | None]:
    return (case.first_responder_id,)


def leader(scene: Scene, entry: Entry, case: Case) -> Iterable[int | None]:
    """The leader of the group that holds the case; a case on the triage desk has head office instead."""
    return {scene.leaders.get(case.group_id)} if case.group_id else scene.coordinators


def members(scene: Scene, entry: Entry, case: Case) -> Iterable[int | None]:
    """The whole group that holds the case."""
    return scene.members.get(case.group_id or 0, ())


def liaison(scene: Scene, entry: Entry, case: Case) -> Iterable[int | None]:
    return scene.liaisons(case.domain_id)


def coordinators(scene: Scene, entry: Entry, case: Case) -> Iterable[int | None]:
    return scene.coordinators


def followers(scene: Scene, entry: Entry, case: Case) -> Iterable[int | None]:
    return {one.person_id for one in scene.followers.get(case.pk, ())}


# ── people the entry speaks of


def named(scene: Scene, entry: Entry, case: Case) -> Iterable[int | None]:
    """The person the act named: who takes the case, who was asked."""
    return ids(entry.data.get("person"))


def former_holder(scene: Scene, entry: Entry, case: Case) -> Iterable[int | None]:
    """Whose responsibility ended with this act."""
    return (scene.former.get((case.pk, entry.at)),)


def proposer_of_transfer(scene: Scene, entry: Entry, case: Case) -> Iterable[int | None]:
    transfer = _transfer(scene, entry, case)
    return (transfer.by_id,) if transfer else ()


def receiver(scene: Scene, entry: Entry, case: Case) -> Iterable[int | None]:
    """Whom the transfer names, and the leader of the group asked."""
    transfer = _transfer(scene, entry, case)
    return (transfer.to_person_id, scene.leaders.get(transfer.to_group_id)) if transfer else ()


def ruler(scene: Scene, entry: Entry, case: Case) -> Iterable[int | None]:
    """The liaison of the domain that proposed the transfer; a case from the triage desk: head office."""
    transfer = _transfer(scene, entry, case)
    return scene.liaisons(transfer.from_group.domain_id if transfer and transfer.from_group else None)


def ruler_of_dispute(scene: Scene, entry: Entry, case: Case) -> Iterable[int | None]:
    """The ruler, if this refusal was the second."""
    return ruler(scene, entry, case) if entry.data.get("disputed") else ()


def invited_leader(scene: Scene, entry: Entry, case: Case) -> Iterable[int | None]:
    invitation = _invitation(scene, entry, case)
    return (scene.leaders.get(invitation.group_id),) if invitation else ()


def inviter(scene: Scene, entry: Entry, case: Case) -> Iterable[int | None]:
    """Who invited the group whose answer or opinion this is."""
    invitation = _invitation(scene, entry, case)
    return (invitation.by_id, case.accountable_id) if invitation else ()


def session_people(scene: Scene, entry: Entry, case: Case) -> Iterable[int | None]:
    """Who was asked to a session, or came."""
    return ids(entry.data.get("people")) | scene.attendances.get(entry.data.get("session") or 0, set())


def leader_of_dispute(scene: Scene, entry: Entry, case: Case) -> Iterable[int | None]:
    """The leader, when the prescription came back a second time."""
    prescription = scene.prescriptions.get(entry.data.get("prescription") or 0)
    return leader(scene, entry, case) if prescription and prescription.state == "disputed" else ()


def accountable_unless_disputed(scene: Scene, entry: Entry, case: Case) -> Iterable[int | None]:
    prescription = scene.prescriptions.get(entry.data.get("prescription") or 0)
    return () if prescription and prescription.state == "disputed" else (case.accountable_id,)


def leader_of_verdict(scene: Scene, entry: Entry, case: Case) -> Iterable[int | None]:
    """The leader, when branch and expert judge differently."""
    return () if entry.data.get("settled") else leader(scene, entry, case)


def heads_of_hard_case(scene: Scene, entry: Entry, case: Case) -> Iterable[int | None]:
    """Leader and liaison, when a case becomes 疑难会诊."""
    return {*leader(scene, entry, case), *liaison(scene, entry, case)} if entry.data.get("hard") else ()


def leader_of_extraction(scene: Scene, entry: Entry, case: Case) -> Iterable[int | None]:
    """The leader, when a marked effect asks for a decision on extraction."""
    return leader(scene, entry, case) if entry.data.get("verdict") == "marked" else ()


def owners(scene: Scene, entry: Entry, case: Case) -> Iterable[int | None]:
    """The owners of all measures in force."""
    return {one.owner_id for one in scene.measures.get(case.pk, ())}


def owners_if_upheld(scene: Scene, entry: Entry, case: Case) -> Iterable[int | None]:
    return owners(scene, entry, case) if entry.data.get("decision") == "uphold" else ()


def owner(scene: Scene, entry: Entry, case: Case) -> Iterable[int | None]:
    """The owner of one measure; one whose owner is only a name is looked after by the branch."""
    measure = _measure(scene, entry, case)
    return (measure.owner_id,) if measure and measure.owner_id else requesters(scene, entry, case)


def proposer_of_end(scene: Scene, entry: Entry, case: Case) -> Iterable[int | None]:
    proposal = scene.proposals.get(entry.data.get("proposal") or 0)
    return (proposal.by_id,) if proposal else ()


def asker(scene: Scene, entry: Entry, case: Case) -> Iterable[int | None]:
    """Who asked what is answered here."""
    ask = _ask(scene, entry, case)
    return (ask.by_id,) if ask else ()


def handler(scene: Scene, entry: Entry, case: Case) -> Iterable[int | None]:
    """Whom a complaint was given to; nobody independent was found: head office."""
    ask = _ask(scene, entry, case)
    return {ask.handler_id} if ask and ask.handler_id else scene.coordinators


def supporters(scene: Scene, entry: Entry, case: Case) -> Iterable[int | None]:
    """The clerks of the unit whose support is asked."""
    ask = _ask(scene, entry, case)
    return scene.clerks(ask.unit_id) if ask and ask.unit_id else ()


_ANSWERS: Mapping[str, Audience] = {
    "transfer_answer": receiver,
    "ruling": ruler,
    "invitation_answer": invited_leader,
    "opinion": invited_leader,
    "final_reply": first_responder,
    "complaint_answer": handler,
    "support_answer": supporters,
}


def who_must_act(scene: Scene, entry: Entry, case: Case) -> Iterable[int | None]:
    """Whose act stops the clock that is running out: the accountable person's, unless it waits for somebody else's answer."""
    return _ANSWERS.get(str(entry.data.get("clock")), accountable)(scene, entry, case)


AUDIENCES: Mapping[str, Audience] = {
    function.__name__: function
    for function in (
        requesters, accountable, first_responder, leader, members, liaison, coordinators, followers, named, former_holder,
        proposer_of_transfer, receiver, ruler, ruler_of_dispute, invited_leader, inviter, session_people, leader_of_dispute,
        accountable_unless_disputed, leader_of_verdict, heads_of_hard_case, leader_of_extraction, owners, owners_if_upheld, owner,
        proposer_of_end, asker, handler, supporters, who_must_act,
    )
}  # fmt: skip


# ── entries about no case


def branch_contacts(scene: Scene, entry: Entry) -> Iterable[int | None]:
    """Who asks for the branch the entry names."""
    return {pk for branch in ids(entry.data.get("branch")) for pk in scene.contacts(branch)}


def person_named(scene: Scene, entry: Entry) -> Iterable[int | None]:
    return ids(entry.data.get("person"))


def leader_named(scene: Scene, entry: Entry) -> Iterable[int | None]:
    """Who should have the talk a flag is raised for."""
    return ids(entry.data.get("leader"))


def deputy_named(scene: Scene, entry: Entry) -> Iterable[int | None]:
    return ids(entry.data.get("deputy"))


def people_named(scene: Scene, entry: Entry) -> Iterable[int | None]:
    """Everybody in the list the entry carries."""
    return ids(entry.data.get("persons"))


def domain_reviewers(scene: Scene, entry: Entry) -> Iterable[int | None]:
    """Who reviews methods of the domain the entry names: its liaisons, without one head office."""
    return {pk for domain in ids(entry.data.get("domain")) for pk in scene.liaisons(domain)}


def presenters_named(scene: Scene, entry: Entry) -> Iterable[int | None]:
    """Who is asked to present a case at a clinic."""
    return ids(entry.data.get("presenters"))


def others_named(scene: Scene, entry: Entry) -> Iterable[int | None]:
    """Who was invited before something changed."""
    return ids(entry.data.get("others"))


def leaders_named(scene: Scene, entry: Entry) -> Iterable[int | None]:
    """The leaders of the groups the entry names."""
    return [scene.leaders.get(group) for group in ids(entry.data.get("groups"))]


def person_meant(scene: Scene, entry: Entry) -> Iterable[int | None]:
    """The person the entry is about."""
    return (entry.target_id,) if entry.target_type == "directory.person" else ()


def head_office(scene: Scene, entry: Entry) -> Iterable[int | None]:
    return scene.coordinators


ELSEWHERE: Mapping[str, Callable[[Scene, Entry], Iterable[int | None]]] = {
    function.__name__: function
    for function in (
        branch_contacts,
        person_named,
        leader_named,
        deputy_named,
        people_named,
        domain_reviewers,
        presenters_named,
        others_named,
        leaders_named,
        person_meant,
        head_office,
    )
}


def people(scene: Scene, entry: Entry, name: str) -> set[int]:
    """The people an audience means in an entry; nobody when its case is gone."""
    if name in ELSEWHERE:
        return {pk for pk in ELSEWHERE[name](scene, entry) if pk is not None}
    case = scene.case(entry)
    return {pk for pk in AUDIENCES[name](scene, entry, case) if pk is not None} if case is not None else set()


# ── who of them may hear


@dataclass(frozen=True)
class Listeners:
    """People who may be told, by id, with their standings."""

    persons: Mapping[int, Person]
    standings: Mapping[int, Standing]
    scene: Scene

    def may_hear(self, person_id: int, entry: Entry) -> bool:
        """Active, not the actor herself, and seeing the case in full."""
        person = self.persons.get(person_id)
        if person is None or (entry.actor_id is not None and person.user_id == entry.actor_id):
            return False
        case = self.scene.case(entry)
        return case is None or is_visible(self.standings[person_id], case, self.scene.accesses.get(case.pk, ()))

    def stand_in(self, person_id: int) -> int | None:
        """Who acts today for somebody away."""
        return chain_end(person_id, self.scene.deputies) if person_id in self.scene.deputies else None


def listeners(scene: Scene, person_ids: Iterable[int]) -> Listeners:
    """The people with these ids, and who acts for those away, as far as they are still here. Five queries for any number."""
    wanted = set(person_ids)
    wanted |= {end for pk in wanted if pk in scene.deputies and (end := chain_end(pk, scene.deputies))}
    found = Person.objects.select_related("user").in_bulk(wanted)
    here = {
        pk: one
        for pk, one in found.items()
        if (one.left_on is None or one.left_on > scene.on) and (one.user is None or one.user.is_active)
    }
    return Listeners(here, standings_of(here.values(), on=scene.on), scene)


def is_urgent(scene: Scene, entry: Entry) -> bool:
    """特急 cases break the quiet hours."""
    case = scene.case(entry)
    return case is not None and case.urgency == Urgency.CRITICAL
