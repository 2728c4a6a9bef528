"""Who may see a method, and who she is to it.

What is published or retired is everybody's who is in the directory. A draft is for those who write it (the group of its source case,
who wrote any of its versions, its owner), those who review it (its domain), and the readers of all.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from huizhen.cases.models import Case
from huizhen.cases.policy import sees
from huizhen.directory.choices import PostingRole
from huizhen.directory.models import Domain, Group, Posting
from huizhen.directory.queries import Standing
from huizhen.lib.errors import NotVisible
from huizhen.methods.lifecycle import AUTHOR, COORDINATOR, REVIEWER, Evidence, Move, VersionState, moves_from
from huizhen.methods.models import Clinic, ClinicAttendance, Method, MethodVersion

READER = "reader"
SHOWN = tuple(one for one in Evidence if one != Evidence.DRAFT)
"""What every signed-in person may read."""
AT_WORK = (VersionState.WRITING, VersionState.IN_REVIEW)


def visible(standing: Standing) -> QuerySet[Method]:
    """Methods she may read."""
    if standing.person is None:
        return Method.objects.none()
    if standing.is_reader_of_all:
        return Method.objects.all()
    return Method.objects.filter(Q(evidence__in=SHOWN) | Q(domain__in=standing.domain_ids) | of_author(standing))


def of_author(standing: Standing, path: str = "") -> Q:
    """Methods she may write. `path` leads to the method, e.g. "method__"."""
    wrote = Exists(MethodVersion.objects.filter(method=OuterRef(f"{path}pk"), writers__in=standing.person_ids))
    group, owner = Q(**{f"{path}group__in": standing.group_ids}), Q(**{f"{path}owner__in": standing.person_ids})
    return group | owner | Q(wrote)


def sees_origin(standing: Standing, method: Method) -> bool:
    """Whether the branch and the numbers of its source are hers: unless that is 敏感 by now and not hers to see. One query where it is."""
    case = method.source_case
    return case is None or not case.is_sensitive or sees(standing, case.pk)


def reads_unpublished(standing: Standing, method: Method) -> bool:
    """Whether versions that are not published yet are for her too: who writes, who reviews, readers of all."""
    return standing.is_reader_of_all or bool(roles_on(standing, method) - {READER})


def get_visible(standing: Standing, code: str) -> Method:
    """The method with this code; NotVisible otherwise, whether it exists or not."""
    found = visible(standing).select_related("domain", "group", "owner__unit", "first_branch__unit", "source_case")
    method = found.filter(code=code[:16].replace("\x00", "")).first()
    if method is None:
        raise NotVisible("method_unknown", code=code[:16])
    return method


def roles_on(standing: Standing, method: Method, version: MethodVersion | None = None) -> frozenset[str]:
    """What she is to a method today; with a `version`, to that version: who wrote it does not review it.

    The reviewer is the liaison of the domain; head office where nobody holds that post, or only who wrote the version.
    """
    if standing.person is None:
        return frozenset()
    held = {
        READER: True,
        AUTHOR: is_author(standing, method),
        REVIEWER: is_reviewer(standing, method, version),
        COORDINATOR: standing.is_coordinator,
    }
    return frozenset(role for role, is_held in held.items() if is_held)


def may_extract(standing: Standing, case: Case) -> bool:
    """Whether a case is hers to make a method of: anybody of its group; head office where it has none."""
    return case.group_id in standing.group_ids if case.group_id else standing.is_coordinator


def is_author(standing: Standing, method: Method) -> bool:
    """Of the group of the source case, the owner, or wrote a version of it. One query where the first two say no."""
    if method.group_id in standing.group_ids or method.owner_id in standing.person_ids:
        return True
    return method.versions.filter(writers__in=standing.person_ids).exists()


def is_own(standing: Standing, version: MethodVersion) -> bool:
    """Whether she, or somebody for whom she acts, wrote in the version. One query."""
    return version.writers.filter(pk__in=standing.person_ids).exists()


def is_reviewer(standing: Standing, method: Method, version: MethodVersion | None = None) -> bool:
    """At most two queries."""
    is_liaison = method.domain_id in standing.domain_ids
    if not (is_liaison or standing.is_coordinator) or (version is not None and is_own(standing, version)):
        return False
    others = liaisons(method.domain_id)
    if version is not None:
        others = others.exclude(person__in=version.writers.all())
    return is_liaison or not others.exists()


def liaisons(domain: Any) -> QuerySet[Posting]:
    """Who holds the post of liaison of a domain; takes a reference to an outer row too."""
    return Posting.objects.filter(role=PostingRole.LIAISON, domain=domain, until=None)


def moves(standing: Standing, method: Method, version: MethodVersion) -> tuple[Move, ...]:
    """What she may do with a method now, whose newest version this is."""
    return moves_from(method.evidence, version.state, roles_on(standing, method, version))


# ── 病例讨论会


def clinics_visible(standing: Standing) -> QuerySet[Clinic]:
    """Clinics of the domains of her groups, of those whose liaison she is, and those she is invited to; readers of all: all.

    It shows the meeting, its agenda and minutes. Its cases are asked for apart, each by the one predicate: an invitation grants none.
    """
    if standing.person is None:
        return Clinic.objects.none()
    if standing.is_reader_of_all:
        return Clinic.objects.all()
    of_groups = Group.objects.filter(pk__in=standing.group_ids).values("domain")
    invited = Exists(ClinicAttendance.objects.filter(clinic=OuterRef("pk"), person__in=standing.person_ids))
    return Clinic.objects.filter(Q(domain__in=standing.domain_ids) | Q(domain__in=of_groups) | invited)


def get_clinic(standing: Standing, code: str) -> Clinic:
    """The clinic with this code; NotVisible otherwise, whether it exists or not."""
    found = clinics_visible(standing).select_related("domain", "by", "campaign")
    clinic = found.filter(code=code[:20].replace("\x00", "")).first()
    if clinic is None:
        raise NotVisible("clinic_unknown", code=code[:20])
    return clinic


def hosted_domains(standing: Standing) -> QuerySet[Domain]:
    """Domains whose clinics she may plan and hold: liaison, leader of one of their groups; head office all."""
    if standing.person is None:
        return Domain.objects.none()
    if standing.is_coordinator:
        return Domain.objects.order_by("order", "pk")
    led = Group.objects.filter(pk__in=standing.led_group_ids).values("domain")
    return Domain.objects.filter(Q(pk__in=standing.domain_ids) | Q(pk__in=led)).order_by("order", "pk")


def may_host(standing: Standing, domain_id: int) -> bool:
    """Whether she may plan and hold clinics of this domain. One query at most."""
    if standing.is_coordinator or domain_id in standing.domain_ids:
        return True
    led = standing.led_group_ids
    return bool(led) and Group.objects.filter(pk__in=led, domain=domain_id).exists()
