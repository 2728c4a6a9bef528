"""What can be found of methods, and by whom: published and retired ones by everybody, drafts by those who write or review them.

Scopes: "all"; of drafts "g3" the group of the case, "d4" the domain, "p6" who wrote in it, "r" those who read everything. A draft is
indexed as it was at its last move: what is typed since is found once it is submitted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from huizhen.directory.queries import Standing
from huizhen.lib.prose import plain
from huizhen.methods.choices import EvidenceWords
from huizhen.methods.lifecycle import Evidence, VersionState
from huizhen.methods.models import Method, MethodVersion
from huizhen.methods.policy import visible
from huizhen.search.registry import EVERYBODY, FULL, Document, Source, spoken

KIND = "method"


def _touched(entries: Iterable[Any]) -> set[int]:
    return {one.target_id for one in entries if one.target_type == "methods.method"}


def _documents(ids: Sequence[int]) -> Iterator[Document]:
    """Three queries, however many methods."""
    rows = (
        Method.objects.filter(pk__in=ids)
        .select_related("domain", "group", "first_branch__unit", "source_case")
        .order_by("pk")
    )
    shown: dict[int, MethodVersion] = {}
    versions = MethodVersion.objects.filter(method__in=ids).order_by("method", "number")
    for version in versions:
        if version.state == VersionState.PUBLISHED or (
            version.method_id not in shown or shown[version.method_id].state != VersionState.PUBLISHED
        ):
            shown[version.method_id] = version
    writers: dict[int, set[int]] = defaultdict(set)
    through = MethodVersion.writers.through.objects.filter(methodversion__method__in=ids)
    for method_id, person_id in through.values_list("methodversion__method_id", "person_id"):
        writers[method_id].add(person_id)
    for method in rows:
        if method.pk in shown:
            yield _document(method, shown[method.pk], writers[method.pk])


def _document(method: Method, version: MethodVersion, writers: set[int]) -> Document:
    is_hushed = method.source_case is not None and method.source_case.is_sensitive
    texts = [
        version.meaning, version.problem, version.applies, version.applies_not, version.tools, version.effect,
        "" if is_hushed else version.indicator, *(text for row in version.steps for text in (row.get("title", ""), row.get("text", ""))),
    ]  # fmt: skip
    branch = None if is_hushed else method.first_branch
    facets = {"state": method.evidence, "domain": method.domain.code}
    if branch is not None:
        facets["unit"] = branch.unit.code
    return Document(
        kind=KIND,
        object_id=method.pk,
        level=FULL,
        code=method.code,
        at=method.published_at or method.created_at,
        title=version.name,
        body="\n".join(dict.fromkeys(plain(text) for text in texts if text)),
        scopes=_scopes_of(method, writers),
        keys=tuple(
            filter(None, (method.code, method.group.name if method.group else "", branch.name if branch else ""))
        ),
        facets=facets,
    )


def _scopes_of(method: Method, writers: set[int]) -> tuple[str, ...]:
    if method.evidence != Evidence.DRAFT:
        return (EVERYBODY,)
    people = {f"p{pk}" for pk in {*writers, method.owner_id}}
    group = {f"g{method.group_id}"} if method.group_id else set()
    return tuple(sorted({f"d{method.domain_id}", "r"} | people | group))


def _after(pk: int, count: int) -> Sequence[int]:
    return list(Method.objects.filter(pk__gt=pk).order_by("pk").values_list("pk", flat=True)[:count])


def _scopes(reader: Standing) -> frozenset[str]:
    if reader.person is None:
        return frozenset()
    held = {"g": reader.group_ids, "d": reader.domain_ids, "p": reader.person_ids}
    found = {f"{name}{pk}" for name, pks in held.items() for pk in pks}
    return frozenset(found | {EVERYBODY} | ({"r"} if reader.is_reader_of_all else set()))


def _readable(reader: Standing, pairs: Sequence[tuple[int, str]]) -> set[tuple[int, str]]:
    ids = [pk for pk, level in pairs if level == FULL]
    return {(pk, FULL) for pk in visible(reader).filter(pk__in=ids).values_list("pk", flat=True)}


SOURCE = Source(KIND, _touched, _documents, _after, _scopes, _readable)
WORTH: dict[str, float] = {Evidence.RETIRED: 0.1, Evidence.DRAFT: 0.9, Evidence.VERIFIED: 1.1, Evidence.PROMOTED: 1.2}
"""What other branches made of it counts; what is retired comes after everything else, but for its own code or name."""


def kind_words() -> dict[str, str]:
    return dict.fromkeys(("工作法", "方法", "method", "methods"), KIND)


state_words = spoken(dict(EvidenceWords.choices))
