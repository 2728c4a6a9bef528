"""Who reads the yearly record of an expert or of a group: whoever it is about, and whoever answers for her work."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Q

from huizhen.cases.models import Flag
from huizhen.directory.models import Group, Person
from huizhen.directory.queries import Standing


def reads_record(standing: Standing, person: Person, groups: Iterable[Group]) -> bool:
    """She herself, who leads a group she sat in that year or is liaison of its domain, the clerk of her unit, readers of all.

    A record is personal: who acts for her while she is away does not read it, who acts for her leader does.
    """
    if standing.person is None:
        return False
    if standing.is_reader_of_all or standing.person.pk == person.pk or person.unit_id in standing.unit_ids:
        return True
    return any(one.pk in standing.led_group_ids or one.domain_id in standing.domain_ids for one in groups)


def reads_group(standing: Standing, group: Group) -> bool:
    """Its members, the liaison of its domain, readers of all."""
    return standing.person is not None and (
        standing.is_reader_of_all or group.pk in standing.group_ids or group.domain_id in standing.domain_ids
    )


def groups_read(standing: Standing) -> Q:
    """The SQL twin of `reads_group`."""
    if standing.person is None:
        return Q(pk=None)
    if standing.is_reader_of_all:
        return Q()
    return Q(pk__in=standing.group_ids) | Q(domain__in=standing.domain_ids)


def reasons_shown(standing: Standing, person: Person, flags: Collection[Flag]) -> list[Flag]:
    """Flags are for a talk: the expert herself sees hers, and who leads her group those of that group; nobody else, no deputy."""
    herself = standing.own or standing
    if herself.person is not None and herself.person.pk == person.pk:
        return list(flags)
    return [one for one in flags if one.group_id in herself.led_group_ids]
