"""What search finds of a case made from a template: the documents its source would read back, without reading."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone

from huizhen.cases.models import Access, Case, Measure
from huizhen.cases.queries.summary import Course, courses, people_of
from huizhen.cases.sources import WITH, documents_of
from huizhen.demo.bulk.days import Days
from huizhen.demo.bulk.world import Cast, World
from huizhen.search.registry import Document

if TYPE_CHECKING:
    from huizhen.demo.bulk.making import Telling

_SCOPES = (("p", "person_id", "people"), ("g", "group_id", "groups"), ("u", "unit_id", "units"))


@dataclass(frozen=True)
class Read:
    """What the source of search read of the case a template is made from. `people`: keys of who had a part in it themselves; `strangers`: names of
    owners of measures who are nobody of ours."""

    case: Case
    course: Course
    people: frozenset[int]
    strangers: frozenset[str]
    access: Sequence[Access]


class Story:
    """Tells the rows that were read anew, in place, and asks the source what can be found of them.

    Nothing of it lasts beyond one call: the next one tells them anew. `slots`: where texts of the template are made, by model, key and
    column. `begins`: day and time of registration, None where it stays.
    """

    def __init__(
        self, read: Read, slots: Mapping[Hashable, int], world: World, begins: tuple[int, timedelta] | None
    ) -> None:
        self.case, self.course, self.world, self.begins = read.case, read.course, world, begins
        self.group, self.branch, self.unit = self.case.group_id, self.case.branch_id, self.case.unit_id
        self.people, self.strangers = sorted(read.people), read.strangers - {""}
        self.access = [
            (letter, getattr(one, column), kind)
            for one in read.access
            for letter, column, kind in _SCOPES
            if getattr(one, column) is not None
        ]
        self.texts = [
            (row, column.attname, slots[type(row), row.pk, column.attname])
            for row in self._rows()
            for column in type(row)._meta.concrete_fields
            if (type(row), row.pk, column.attname) in slots
        ]

    def _rows(self) -> Iterator[models.Model]:
        """Every row a document is put together from."""
        yield self.case
        yield from chain.from_iterable((one, one.diagnosis) for one in self.course.causes)
        yield from chain.from_iterable((one, one.prescription) for one in self.course.measures)
        yield from self.course.visits
        if self.course.closing:
            yield self.course.closing

    def documents(self, telling: Telling, made: Sequence[Any]) -> list[Document]:
        """The documents of the case that is being told; `made`: what its slots gave."""
        case, cast, world = self.case, telling.cast, self.world
        for row, column, slot in self.texts:
            setattr(row, column, made[slot])
        case.pk = telling.first[0]
        if self.begins is not None:
            number, since = self.begins
            case.registered_at = telling.days.moment(telling.begins + number, since).replace(tzinfo=UTC)
        if self.group is not None:
            case.group = world.groups[cast.groups.get(self.group, self.group)]
        case.branch = world.branches[cast.branches.get(self.branch, self.branch)]
        case.unit = world.offices[cast.units.get(self.unit, self.unit)]
        return list(documents_of(case, replace(self.course, names=self._names(cast)), self._admitted(cast)))

    def _names(self, cast: Cast) -> frozenset[str]:
        names = {self.world.names[cast.people.get(one, one)] for one in self.people}
        seats = self.world.seated.get(self.case.group_id or 0, ())
        return frozenset(names.union(self.strangers, seats, self.world.posted.get(self.case.branch_id, ())))

    def _admitted(self, cast: Cast) -> set[str]:
        return {f"{letter}{getattr(cast, kind).get(pk, pk)}" for letter, pk, kind in self.access}


class Reads:
    """What the source of search reads of these cases."""

    def __init__(self, pks: Sequence[int]) -> None:
        self.cases = Case.objects.filter(pk__in=pks).select_related(*WITH).in_bulk()
        self.courses, self.people = courses(pks), people_of(pks)

    def story(
        self,
        pk: int,
        rows: Mapping[type[models.Model], Sequence[Any]],
        slots: Mapping[Hashable, int],
        days: Days | None,
        world: World,
    ) -> Story:
        """The story of one case, by its rows and slots. `days`: None where it is told again on its own day."""
        case = self.cases[pk]
        strangers = frozenset(one.owner_name for one in rows.get(Measure, ()) if one.owner_id is None)
        access = [one for one in rows.get(Access, ()) if one.until is None]
        begins = None
        if days:
            number, since = days.place(case.registered_at)
            begins = number - days.number(timezone.localdate(case.registered_at)), since
        read = Read(case, self.courses[pk], frozenset(self.people[pk]), strangers, access)
        return Story(read, slots, world, begins)
