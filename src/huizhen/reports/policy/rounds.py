"""Who goes round, who sees how the leaders go round, who sees a suggestion and who answers it."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from huizhen.cases.policy import visible
from huizhen.directory.models import Group
from huizhen.directory.queries import Standing
from huizhen.lib.errors import NotAllowed, NotVisible
from huizhen.reports.choices import Addressee
from huizhen.reports.models import Suggestion


def goes_round(standing: Standing) -> bool:
    """Whether she leads a group, or acts 代 for who does."""
    return bool(standing.led_group_ids)


def overseen(standing: Standing) -> QuerySet[Group]:
    """Groups of the current campaign whose rounds she may look at: readers of all, liaisons those of their domains, leaders their own.

    NotAllowed: nobody of these. A group merged into another has no cases any more and is left out.
    """
    groups = Group.objects.filter(campaign__is_current=True, closed_on=None)
    if standing.person is not None and standing.is_reader_of_all:
        return groups
    if not standing.domain_ids and not standing.led_group_ids:
        raise NotAllowed("rounds_of_leaders")
    return groups.filter(Q(domain__in=standing.domain_ids) | Q(pk__in=standing.led_group_ids))


def suggestions_visible(standing: Standing) -> QuerySet[Suggestion]:
    """About a case: who sees the case in full. About a group's work: the group, the liaison of its domain, readers of all."""
    if standing.person is None:
        return Suggestion.objects.none()
    of_group = Q(case=None)
    if not standing.is_reader_of_all:
        of_group &= Q(group__in=standing.group_ids) | Q(group__domain__in=standing.domain_ids)
    # A probe for each suggestion: a list of all visible cases would be read for a page of thirty.
    seen = Exists(visible(standing).filter(pk=OuterRef("case")))
    return Suggestion.objects.filter(of_group | Q(seen))


def get_suggestion(standing: Standing, key: UUID) -> Suggestion:
    """The suggestion with this key; NotVisible otherwise, whether it exists or not."""
    found = suggestions_visible(standing).select_related("case__branch", "group", "by", "answered_by")
    row = found.filter(key=key).first()
    if row is None:
        raise NotVisible("suggestion_unknown")
    return row


def to_answer(standing: Standing) -> Q:
    """The SQL twin of `answers`."""
    hers = Q(to=Addressee.REQUESTER, case__branch__in=standing.branch_ids)
    hers |= Q(to=Addressee.GROUP, group__in=standing.group_ids)
    if standing.is_coordinator:
        hers |= Q(to=Addressee.HEADQUARTERS)
    return hers & ~Q(by__in=standing.person_ids)


def answers(standing: Standing, suggestion: Suggestion) -> bool:
    """Whether it is hers to answer: of the branch, of the group, of head office; never who made it, nor who acts 代 for her."""
    if standing.person is None or suggestion.by_id in standing.person_ids:
        return False
    if suggestion.to == Addressee.REQUESTER:
        return suggestion.case is not None and suggestion.case.branch_id in standing.branch_ids
    if suggestion.to == Addressee.GROUP:
        return suggestion.group_id in standing.group_ids
    return standing.is_coordinator


def withdraws(standing: Standing, suggestion: Suggestion) -> bool:
    """Who made it, who leads the group now, and who acts 代 for either."""
    return suggestion.by_id in standing.person_ids or suggestion.group_id in standing.led_group_ids
