"""What can be found of stories: those that are on the board, by everybody who is in the directory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from huizhen.cases.policy import SUMMARY_STAGES
from huizhen.directory.queries import Standing
from huizhen.lib.prose import plain
from huizhen.reports.lifecycle.stories import PUBLISHED
from huizhen.reports.models import Story
from huizhen.reports.policy.stories import on_board
from huizhen.reports.queries.stories import TEXTS
from huizhen.search.registry import EVERYBODY, FULL, Document, Source

KIND = "story"
_OF_CASE = frozenset({"mark_sensitive", "unmark_sensitive", "reopen", "resolve"})
"""What happens to a case that takes its story off the board, or puts it there again."""


def _touched(entries: Iterable[Any]) -> set[int]:
    """One query when something happened to a case."""
    rows = list(entries)
    found = {one.target_id for one in rows if one.target_type == "reports.story"}
    cases = {one.target_id for one in rows if one.target_type == "cases.case" and one.verb in _OF_CASE}
    return found | set(Story.objects.filter(case__in=cases).values_list("pk", flat=True)) if cases else found


def _documents(ids: Sequence[int]) -> Iterator[Document]:
    """One query, however many stories."""
    rows = Story.objects.filter(pk__in=ids, state=PUBLISHED, case__is_sensitive=False, case__stage__in=SUMMARY_STAGES)
    for one in rows.select_related("domain", "case__group", "case__branch__unit").order_by("pk"):
        facets = {"domain": one.domain.code} if one.domain else {}
        if one.case.group:
            facets["group"] = one.case.group.code
        if one.names_branch:
            facets["unit"] = one.case.branch.unit.code
        yield Document(
            kind=KIND,
            object_id=one.pk,
            level=FULL,
            code=one.code,
            at=one.published_at or one.created_at,
            title=one.title,
            body="\n".join(plain(getattr(one, name)) for name in (*TEXTS[1:], "indicator") if getattr(one, name)),
            scopes=(EVERYBODY,),
            keys=(one.code, *((one.case.branch.name,) if one.names_branch else ())),
            facets=facets,
        )


def _after(pk: int, count: int) -> Sequence[int]:
    rows = Story.objects.filter(pk__gt=pk, state=PUBLISHED).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:count])


def _scopes(reader: Standing) -> frozenset[str]:
    return frozenset({EVERYBODY}) if reader.person is not None else frozenset()


def _readable(reader: Standing, pairs: Sequence[tuple[int, str]]) -> set[tuple[int, str]]:
    ids = [pk for pk, level in pairs if level == FULL]
    return {(pk, FULL) for pk in on_board(reader).filter(pk__in=ids).values_list("pk", flat=True)}


SOURCE = Source(KIND, _touched, _documents, _after, _scopes, _readable)


def kind_words() -> dict[str, str]:
    return dict.fromkeys(("宣传", "宣传稿", "故事", "story", "stories"), KIND)
