"""Who may see a case, and who she is to it. Two predicates, *full* and *summary*, each one function with an SQL twin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from huizhen.cases.choices import AskKind
from huizhen.cases.lifecycle import MOVES, Stage
from huizhen.cases.models import Access, Ask, Case, Flag, Following, Invitation, Measure, Transfer
from huizhen.directory.choices import MemberRole, PostingRole
from huizhen.directory.models import Membership, Person, Posting
from huizhen.directory.queries import Standing
from huizhen.directory.queries.prepared import Prepared
from huizhen.lib.errors import NotVisible

SUMMARY_STAGES = (Stage.RESOLVED, Stage.ARCHIVED)
SYSTEM = frozenset({"system"})


def _admitted(standing: Standing) -> Q:
    return Q(person__in=standing.person_ids) | Q(group__in=standing.group_ids) | Q(unit__in=standing.unit_ids)


def _is_admitted(standing: Standing, accesses: Iterable[Access]) -> bool:
    return any(
        one.until is None
        and (
            one.person_id in standing.person_ids
            or one.group_id in standing.group_ids
            or one.unit_id in standing.unit_ids
        )
        for one in accesses
    )


def visible(standing: Standing) -> QuerySet[Case]:
    """Cases seen in full: by branch, group, domain, unit or all, or through an access row. 敏感 cases: access rows only."""
    admitted = Exists(Access.objects.filter(_admitted(standing), case=OuterRef("pk"), until=None))
    if standing.person is None:
        return Case.objects.none()
    if standing.is_reader_of_all:
        return Case.objects.filter(Q(is_sensitive=False) | admitted)
    place = Q(branch__in=standing.branch_ids) | Q(group__in=standing.group_ids)
    place |= Q(domain__in=standing.domain_ids) | Q(unit__in=standing.unit_ids)
    return Case.objects.filter((Q(is_sensitive=False) & place) | admitted)


def is_visible(standing: Standing, case: Case, accesses: Iterable[Access]) -> bool:
    """The Python twin of `visible`; `accesses` are the rows of this case."""
    if standing.person is None:
        return False
    if _is_admitted(standing, accesses):
        return True
    if case.is_sensitive:
        return False
    return (
        standing.is_reader_of_all
        or case.branch_id in standing.branch_ids
        or case.group_id in standing.group_ids
        or case.domain_id in standing.domain_ids
        or case.unit_id in standing.unit_ids
    )


def unhidden(standing: Standing, path: str = "") -> Q:
    """The 敏感 half of `visible`, for queries whose scope already grants the place. `path` leads to the case, e.g. "case__"."""
    admitted = Exists(Access.objects.filter(_admitted(standing), case=OuterRef(f"{path}pk"), until=None))
    return Q(**{f"{path}is_sensitive": False}) | Q(admitted)


def summarised(standing: Standing) -> QuerySet[Case]:
    """Cases of which every signed-in person may read the summary: resolved and not 敏感."""
    if standing.person is None:
        return Case.objects.none()
    return Case.objects.filter(is_sensitive=False, stage__in=SUMMARY_STAGES)


def is_summarised(standing: Standing, case: Case) -> bool:
    """The Python twin of `summarised`."""
    return standing.person is not None and not case.is_sensitive and case.stage in SUMMARY_STAGES


_WITH = (
    "branch",
    "unit",
    "group",
    "domain",
    "group__domain",
    "requester",
    "accountable__unit",
    "first_responder__unit",
    "challenge",
    "campaign",
    "carried_from",
)


Counts = tuple[int, int, int, int, int, bool]


def _counted(standing: Standing) -> tuple[Counts, list[int]]:
    """All of a standing that the SQL of `visible` depends on, and the ids that it is only filled with."""
    kinds = (standing.acting_for, standing.branch_ids, standing.group_ids, standing.domain_ids, standing.unit_ids)
    ids = [standing.person.pk if standing.person else 0, *chain.from_iterable(kinds)]
    acting, branches, groups, domains, units = map(len, kinds)
    return (acting, branches, groups, domains, units, standing.is_reader_of_all), ids


def _like(counts: Counts, ids: Sequence[int]) -> Standing:
    """A standing of these ids; the first is the person's."""
    rest = iter(ids[1:])
    acting, branches, groups, domains, units = (frozenset(islice(rest, count)) for count in counts[:5])
    return Standing(
        person=Person(pk=ids[0]), acting_for=acting, branch_ids=branches, group_ids=groups, domain_ids=domains,
        unit_ids=units, is_viewer=counts[5],
    )  # fmt: skip


@cache
def _sees(counts: Counts) -> Prepared[Any]:
    return Prepared(lambda case, *ids: visible(_like(counts, ids)).filter(pk=case).values_list("pk"))


@cache
def _gets(counts: Counts) -> Prepared[Case]:
    def build(code: str, *ids: int) -> QuerySet[Case]:
        following = Exists(Following.objects.filter(case=OuterRef("pk"), person=ids[0]))
        found = visible(_like(counts, ids)).select_related(*_WITH)
        return found.annotate(is_followed=following, has_liaison=Exists(_liaisons(OuterRef("domain")))).filter(
            code=code
        )

    return Prepared(build)


def sees(standing: Standing, case: int) -> bool:
    """Whether `visible` holds the case with this key. Its SQL is made once for all readers with as many places."""
    if standing.person is None:
        return False
    counts, ids = _counted(standing)
    return bool(_sees(counts)(case, *ids))


def get_visible(standing: Standing, code: str) -> Case:
    """The case with this code, seen in full; NotVisible otherwise, whether it exists or not."""
    if standing.person is not None:
        counts, ids = _counted(standing)
        for case in _gets(counts)(code, *ids):
            return case
    raise NotVisible("case_unknown", code=code[:20])


def get_summarised(standing: Standing, code: str) -> Case:
    """The case with this code for a reader of its summary; NotVisible otherwise."""
    case = summarised(standing).select_related("group", "domain", "unit").filter(code=code).first()
    if case is None:
        raise NotVisible("case_unknown", code=code[:20])
    return case


@dataclass(frozen=True)
class Parties:
    """The rows beside the case that make somebody a party to it."""

    transfer: Transfer | None
    invitations: tuple[Invitation, ...]
    owner_ids: frozenset[int]
    voices: tuple[Ask, ...] = ()  # complaints and requests for support, answered ones too


def parties_of(case: Case) -> Parties:
    """Read the parties of one case: four queries."""
    owners = Measure.objects.filter(
        prescription__case=case, prescription__state__in=["signed", "accepted"], owner__isnull=False
    )
    return Parties(
        transfer=case.transfers.filter(state__in=["open", "disputed"])
        .select_related("to_group", "from_group", "to_person")
        .first(),
        invitations=tuple(case.invitations.select_related("group")),
        owner_ids=frozenset(owner for owner in owners.values_list("owner_id", flat=True) if owner is not None),
        voices=tuple(case.asks.exclude(kind=AskKind.ASK)),
    )


def roles_on(standing: Standing | None, case: Case, parties: Parties) -> frozenset[str]:
    """What somebody is to a case today; None is the system itself. Readers without a part have `reader` only."""
    if standing is None:
        return SYSTEM
    if standing.person is None:
        return frozenset()
    transfer = parties.transfer
    joined = {one.group_id for one in parties.invitations if one.state in ("accepted", "signed")}
    asked = {one.group_id for one in parties.invitations}  # answered or not: who comes second is told so
    held = {
        "reader": True,
        "requester": case.branch_id in standing.branch_ids,
        "accountable": case.accountable_id in standing.person_ids,
        "first_responder": case.first_responder_id in standing.person_ids,
        "participant": case.group_id in standing.group_ids or bool(joined & standing.group_ids),
        "leader": case.group_id in standing.led_group_ids if case.group_id else standing.is_coordinator,
        "liaison": is_liaison(standing, case.domain_id, has_one=getattr(case, "has_liaison", None)),
        "coordinator": standing.is_coordinator,
        "owner": bool(parties.owner_ids & standing.person_ids),
        "invitee": bool(asked & standing.group_ids),
        "receiver": transfer is not None
        and (transfer.to_person_id in standing.person_ids or transfer.to_group_id in standing.led_group_ids),
        "ruler": transfer is not None and transfer.state == "disputed" and is_ruler(standing, transfer),
        "complaint_handler": is_handler(standing, case, parties),
        "supporter": is_supporter(standing, parties),
    }
    return frozenset(name for name, is_held in held.items() if is_held)


def _liaisons(domain: Any) -> QuerySet[Posting]:
    return Posting.objects.filter(role=PostingRole.LIAISON, domain=domain, until=None)


def is_liaison(standing: Standing, domain_id: int | None, *, has_one: bool | None = None) -> bool:
    """Liaison of the domain; 党建工作部 where a case has no domain or nobody holds that post (`has_one`: if that is known already)."""
    if domain_id in standing.domain_ids:
        return True
    if not standing.is_coordinator:
        return False
    if domain_id is not None and has_one is None:
        has_one = _liaisons(domain_id).exists()
    return domain_id is None or not has_one


def is_ruler(standing: Standing, transfer: Transfer) -> bool:
    """Liaison of the proposing domain, and 党建工作部 (whose turn comes when the liaison's clock has run out)."""
    domain_id = transfer.from_group.domain_id if transfer.from_group else None
    return standing.is_coordinator or domain_id in standing.domain_ids


def is_handler(standing: Standing, case: Case, parties: Parties) -> bool:
    """Who may answer complaints: whom one was given to, liaison of the domain, head office — the independent among them."""
    complaints = [one for one in parties.voices if one.kind == AskKind.COMPLAINT]
    if not complaints:
        return False
    is_near = case.domain_id in standing.domain_ids or standing.is_coordinator
    is_asked = any(one.handler_id in standing.person_ids for one in complaints)
    return (is_near or is_asked) and is_independent(standing, case)


def is_independent(standing: Standing, case: Case) -> bool:
    """Had no hand in the case: neither its branch nor its group, neither accountable nor asked first, nor acts 代 for any of these."""
    if standing.person_ids & {case.accountable_id, case.first_responder_id, case.requester_id}:
        return False
    return case.branch_id not in standing.branch_ids and case.group_id not in standing.group_ids


def is_supporter(standing: Standing, parties: Parties) -> bool:
    """Clerk of a unit whose support was asked, and head office, whose turn comes when the unit's clock has run out."""
    units = {one.unit_id for one in parties.voices if one.kind == AskKind.SUPPORT}
    return bool(units & standing.unit_ids) or (bool(units) and standing.is_coordinator)


def is_flagged(standing: Standing, flag: Flag) -> bool:
    """The expert a flag is about: she herself, not who acts for her."""
    return standing.person is not None and standing.person.pk == flag.person_id


def talks_with(standing: Standing, flag: Flag) -> bool:
    """Who has the talk: the leader of the group; about a leader, the liaison of the domain. Never with herself, never a deputy."""
    herself = standing.own or standing
    if herself.person is None or is_flagged(herself, flag):
        return False
    if flag.group_id in herself.led_group_ids:
        return True
    if not is_liaison(herself, flag.group.domain_id):
        return False
    leads = Membership.objects.filter(group=flag.group_id, person=flag.person_id, role=MemberRole.LEADER, until=None)
    return leads.exists()


READ_ONLY = frozenset({"reader"})
ACTING = frozenset(name for name, move in MOVES.items() if move.roles - READ_ONLY)
