"""What can be found of cases, and by whom: each in full by those who may read it, solved ones as a summary by everybody.

A scope says who finds: "b12" a branch, "g3" a group, "d4" a domain, "u5" a unit, "p6" a person, "r" those who read everything.
Of 敏感 cases only whom an access row admits; "l3" and "n4", leader of the group and liaison of the domain, because they are admitted
by a job, without a journal row. Whatever is found is asked of `policy` again before it is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from django.db.models import Q

from huizhen.cases import policy
from huizhen.cases.choices import Urgency
from huizhen.cases.models import Access, Case
from huizhen.cases.queries.summary import Course, courses, summary_of
from huizhen.cases.verbs import SITUATIONS, STAGES
from huizhen.directory.queries import Standing
from huizhen.search.registry import EVERYBODY, FULL, SUMMARY, Document, Source, spoken

KIND = "case"
SILENT = ("clock_", "measure_", "flag_")
UNCHANGED = frozenset({"follow", "unfollow", "reveal_phone", "case_exported", "attach", "inform_group", "form_lapsed"})
"""Verbs that change neither a word of a case nor who sees it."""
BRANCHES = frozenset({"branch_renamed", "branch_dissolved"})


def _touched(entries: Iterable[Any]) -> set[int]:
    """Cases written to; all of a branch that is called otherwise; those of people whose names an import may have changed."""
    found: set[int] = set()
    branches: set[int] = set()
    people: set[str] = set()
    for one in entries:
        if one.target_type == "cases.case":
            if one.verb not in UNCHANGED and not one.verb.startswith(SILENT):
                found.add(one.target_id)
        elif one.verb in BRANCHES:
            branches.add(one.target_id)
        elif one.verb == "roster_imported":
            people.update(one.data.get("persons", ()))
    if branches:
        found.update(Case.objects.filter(branch__in=branches).values_list("pk", flat=True))
    if people:
        held = Q(accountable__code__in=people) | Q(first_responder__code__in=people)
        found.update(Case.objects.filter(held).values_list("pk", flat=True))
    return found


WITH = ("branch", "unit", "group", "domain", "imported")
"""What `documents_of` looks at beside the case."""


def _documents(ids: Sequence[int]) -> Iterator[Document]:
    """Seven queries, however many cases."""
    cases = list(Case.objects.filter(pk__in=ids).select_related(*WITH).order_by("pk"))
    known = [case.pk for case in cases]
    told = courses(known)
    admitted: dict[int, set[str]] = defaultdict(set)
    for one in Access.objects.filter(case__in=known, until=None).values_list("case_id", "person", "group", "unit"):
        admitted[one[0]] |= {f"{name}{pk}" for name, pk in zip("pgu", one[1:], strict=True) if pk is not None}
    for case in cases:
        yield from documents_of(case, told[case.pk], admitted[case.pk])


def documents_of(case: Case, course: Course, admitted: set[str]) -> Iterator[Document]:
    """The documents of a case that was read with WITH, its course, and the scopes that access rows give. No query."""
    yield _full(case, course, admitted)
    if case.stage in policy.SUMMARY_STAGES and not case.is_sensitive:
        yield _summary(case, course)


def _full(case: Case, course: Course, admitted: set[str]) -> Document:
    closing = course.closing
    texts = chain(
        (case.condition, case.tried),
        (str(one) for one in case.questions),
        (course.causes[0].diagnosis.findings,) if course.causes else (),
        *((one.text, one.evidence, one.suggestion) for one in course.causes),
        (course.measures[0].prescription.thinking,) if course.measures else (),
        *((one.what, one.expected) for one in course.measures),
        (one.evidence for one in course.visits),
        (closing.found, closing.changed, closing.keep) if closing else (),
        (case.indicator,),
    )
    places = (case.group.name if case.group else "", case.branch.name, case.unit.name)
    number = case.imported.number if hasattr(case, "imported") else ""  # of the list it came from
    return Document(
        kind=KIND,
        object_id=case.pk,
        level=FULL,
        code=case.code,
        at=case.registered_at,
        title=case.title,
        body=_body(texts),
        scopes=tuple(sorted(admitted | _places(case))),
        keys=tuple(filter(None, (case.code, number, *places, *sorted(course.names)))),
        facets=_facets(case) | {"unit": case.unit.code, "urgency": case.urgency, "situation": case.situation},
    )


def _summary(case: Case, course: Course) -> Document:
    """What `queries.summary` shows and nothing else: no name, neither as text nor as a key."""
    told = summary_of(case, course)
    texts = chain(
        (told.condition, told.tried),
        *((one.text, one.evidence) for one in told.causes),
        *((one.what, one.expected) for one in told.measures),
        (told.evidence, told.changed, told.keep, case.indicator),
    )
    return Document(
        kind=KIND,
        object_id=case.pk,
        level=SUMMARY,
        code=case.code,
        at=case.registered_at,
        title=told.title,
        body=_body(texts),
        scopes=(EVERYBODY,),
        keys=tuple(filter(None, (case.code, case.group.name if case.group else ""))),
        facets=_facets(case),
    )


def _body(texts: Iterable[str]) -> str:
    return "\n".join(dict.fromkeys(text for text in texts if text))


def _facets(case: Case) -> dict[str, str]:
    places = {"domain": case.domain.code if case.domain else "", "group": case.group.code if case.group else ""}
    return {"state": case.stage, **{name: code for name, code in places.items() if code}}


def _places(case: Case) -> set[str]:
    """Who sees it without being admitted."""
    if not case.is_sensitive:
        held = {"b": case.branch_id, "g": case.group_id, "d": case.domain_id, "u": case.unit_id}
        return {f"{name}{pk}" for name, pk in held.items() if pk is not None} | {"r"}
    heads = {"l": case.group_id, "n": case.domain_id} if case.is_open else {}
    return {f"{name}{pk}" for name, pk in heads.items() if pk is not None}


def _after(pk: int, count: int) -> Sequence[int]:
    return list(Case.objects.filter(pk__gt=pk).order_by("pk").values_list("pk", flat=True)[:count])


def _scopes(reader: Standing) -> frozenset[str]:
    if reader.person is None:
        return frozenset()
    held = {
        "b": reader.branch_ids,
        "g": reader.group_ids,
        "d": reader.domain_ids,
        "u": reader.unit_ids,
        "p": reader.person_ids,
        "l": reader.led_group_ids,
        "n": reader.domain_ids,
    }
    found = {f"{name}{pk}" for name, ids in held.items() for pk in ids}
    return frozenset(found | {EVERYBODY} | ({"r"} if reader.is_reader_of_all else set()))


def _readable(reader: Standing, pairs: Sequence[tuple[int, str]]) -> set[tuple[int, str]]:
    """The two predicates of `policy`, one query each."""
    found: set[tuple[int, str]] = set()
    for level, predicate in ((FULL, policy.visible), (SUMMARY, policy.summarised)):
        ids = [pk for pk, one in pairs if one == level]
        if ids:
            found |= {(pk, level) for pk in predicate(reader).filter(pk__in=ids).values_list("pk", flat=True)}
    return found


SOURCE = Source(KIND, _touched, _documents, _after, _scopes, _readable)


def kind_words() -> dict[str, str]:
    return dict.fromkeys(("病例", "case", "cases"), KIND)


stage_words = spoken(STAGES)
situation_words = spoken(SITUATIONS)
urgency_words = spoken(dict(Urgency.choices))
