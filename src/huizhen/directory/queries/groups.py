"""Groups: members on a day, leaders, search, the contact page of the domains."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When

from huizhen.directory.choices import MemberRole, PostingRole
from huizhen.directory.models import Campaign, Domain, Group, Membership, Person, Posting
from huizhen.lib.text import clean


def _lasting(on: date, prefix: str = "") -> Q:
    return Q(**{f"{prefix}since__lte": on}) & (Q(**{f"{prefix}until": None}) | Q(**{f"{prefix}until__gt": on}))


def _rank(path: str) -> Case:
    """Leader, deputy, member."""
    return Case(
        When(**{path: MemberRole.LEADER}, then=Value(0)),
        When(**{path: MemberRole.DEPUTY}, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )


def members_of(group: Group, *, on: date) -> QuerySet[Person]:
    """The people of a group on a day, leader first, then by name. Each carries `member_role`."""
    return (
        Person.objects.filter(_lasting(on, "memberships__"), memberships__group=group)
        .annotate(member_role=F("memberships__role"), rank=_rank("memberships__role"))
        .select_related("unit")
        .order_by("rank", "sort_key", "pk")
    )


def who_was_in(group: Group, on: date) -> QuerySet[Membership]:
    """The memberships of a group on a past or present day, with their dates."""
    return (
        Membership.objects.filter(_lasting(on), group=group)
        .select_related("person", "person__unit")
        .order_by(_rank("role"), "person__sort_key", "pk")
    )


def coming_leader(group: Group, *, on: date) -> Membership | None:
    """Who is named 团长 from a later day on, with her `person`; None when nobody is."""
    coming = Membership.objects.filter(group=group, role=MemberRole.LEADER, since__gt=on)
    return coming.select_related("person").order_by("since", "pk").first()


def leader_of(group: Group, *, on: date) -> Person | None:
    """The 团长 of a day, of a closed group that of its successor. On leave or not: the deputy acts for her, she stays the leader."""
    here = Q(group=group) if group.successor_id is None else Q(group__in=[group.pk, group.successor_id])
    held = Membership.objects.filter(here, _lasting(on), role=MemberRole.LEADER)
    found = held.select_related("person", "person__unit").order_by("-since", "-pk").first()
    return found.person if found else None


def liaison_of(domain: Domain, *, on: date) -> Person | None:
    """The 接口人 of a domain; the notice lists none for 党建党廉, head office stands in for it [I]."""
    posts = Posting.objects.filter(_lasting(on)).select_related("person", "person__unit").order_by("since", "pk")
    found = (
        posts.filter(role=PostingRole.LIAISON, domain=domain).first()
        or posts.filter(role=PostingRole.COORDINATOR).first()
    )
    return found.person if found else None


@dataclass(frozen=True)
class Contact:
    """A domain on the contact page, with its liaisons; empty means head office answers."""

    domain: Domain
    persons: tuple[Person, ...]


def liaisons(*, on: date) -> list[Contact]:
    """Contact page of the domains, in the order of the notice; two queries."""
    posts = (
        Posting.objects.filter(_lasting(on), role=PostingRole.LIAISON)
        .select_related("person", "person__unit")
        .order_by("since", "pk")
    )
    by_domain: dict[int, list[Person]] = {}
    for post in posts:
        by_domain.setdefault(post.domain_id or 0, []).append(post.person)
    domains = Domain.objects.select_related("lead_unit").order_by("order", "pk")
    return [Contact(domain, tuple(by_domain.get(domain.pk, ()))) for domain in domains]


@dataclass(frozen=True)
class GroupRow:
    """A line of the directory."""

    group: Group
    leader: Person | None
    size: int
    specialities: tuple[str, ...] = ()


@dataclass(frozen=True)
class DomainGroups:
    """A domain with its groups."""

    domain: Domain
    groups: tuple[GroupRow, ...]


def _rows(groups: QuerySet[Group], on: date) -> list[GroupRow]:
    found = list(
        groups.select_related("domain")
        .annotate(size=Count("memberships__person", filter=_lasting(on, "memberships__"), distinct=True))
        .order_by("domain__order", "order", "code")
    )
    leaders = {
        membership.group_id: membership.person
        for membership in Membership.objects.filter(
            _lasting(on), role=MemberRole.LEADER, group__in=[g.pk for g in found]
        )
        .select_related("person", "person__unit")
        .order_by("since", "pk")
    }
    return [
        GroupRow(group, leaders.get(group.pk), group.size, tuple(filter(None, group.specialities.split("、"))))
        for group in found
    ]


def groups_by_domain(campaign: Campaign, *, on: date) -> list[DomainGroups]:
    """The directory of a campaign in the order of the notice; two queries."""
    ordered: dict[int, list[GroupRow]] = {}
    for row in _rows(Group.objects.filter(campaign=campaign, closed_on=None), on):
        ordered.setdefault(row.group.domain_id, []).append(row)
    return [DomainGroups(rows[0].group.domain, tuple(rows)) for rows in ordered.values()]


def search_groups(campaign: Campaign, text: str, *, on: date, limit: int = 52) -> list[GroupRow]:
    """Groups whose code, name, scope, specialities, keywords, domain or leader contain every word."""
    words = [word for word in clean(text)[:60].replace("，", " ").replace("、", " ").split() if word]
    groups = Group.objects.filter(campaign=campaign, closed_on=None)
    for word in words:
        led = Membership.objects.filter(_lasting(on), role=MemberRole.LEADER, person__name__icontains=word).values(
            "group"
        )
        groups = groups.filter(
            Q(code__icontains=word)
            | Q(name__icontains=word)
            | Q(scope__icontains=word)
            | Q(specialities__icontains=word)
            | Q(keywords__icontains=word)
            | Q(domain__name__icontains=word)
            | Q(pk__in=led)
        )
    return _rows(groups, on)[:limit]


@dataclass(frozen=True)
class Competence:
    """A speciality the group claims, and who of its members covers it; nobody is a gap."""

    name: str
    persons: tuple[Person, ...]

    @property
    def is_gap(self) -> bool:
        return not self.persons


def competences(group: Group, *, on: date) -> list[Competence]:
    """Competence matrix of a group: its specialities, then what members bring beyond them."""
    members = list(members_of(group, on=on))
    brought: dict[str, list[Person]] = {name: [] for name in filter(None, group.specialities.split("、"))}
    for person in members:
        for name in filter(None, person.specialities.split("、")):
            brought.setdefault(name, []).append(person)
    return [Competence(name, tuple(people)) for name, people in brought.items()]
