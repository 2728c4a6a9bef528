"""What can be found of bulletins: those that were issued, by everybody. A voided one is found by its number or title, and comes last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from huizhen.directory.queries import Standing
from huizhen.reports.lifecycle.bulletins import NUMBERED, State
from huizhen.reports.models import Bulletin
from huizhen.reports.papers.bulletin import number_words
from huizhen.reports.policy.bulletins import visible
from huizhen.search.registry import EVERYBODY, FULL, Document, Source

KIND = "bulletin"


def _touched(entries: Iterable[Any]) -> set[int]:
    return {one.target_id for one in entries if one.target_type == "reports.bulletin"}


def _documents(ids: Sequence[int]) -> Iterator[Document]:
    """One query, however many bulletins."""
    for one in Bulletin.objects.filter(pk__in=ids, state__in=NUMBERED).defer("word", "figures").order_by("pk"):
        texts = (one.overview, one.highlights, one.problems, one.next_steps)
        yield Document(
            kind=KIND,
            object_id=one.pk,
            level=FULL,
            code=one.code,
            at=one.issued_at or one.created_at,
            title=one.title,
            body="\n".join(text for text in texts if text),
            scopes=(EVERYBODY,),
            keys=(one.code, number_words(one)),
            facets={"state": one.state},
        )


def _after(pk: int, count: int) -> Sequence[int]:
    rows = Bulletin.objects.filter(pk__gt=pk, state__in=NUMBERED).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:count])


def _scopes(reader: Standing) -> frozenset[str]:
    return frozenset({EVERYBODY}) if reader.person is not None else frozenset()


def _readable(reader: Standing, pairs: Sequence[tuple[int, str]]) -> set[tuple[int, str]]:
    ids = [pk for pk, level in pairs if level == FULL]
    return {(pk, FULL) for pk in visible(reader).filter(pk__in=ids).values_list("pk", flat=True)}


SOURCE = Source(KIND, _touched, _documents, _after, _scopes, _readable)
WORTH: dict[str, float] = {State.VOIDED: 0.1}


def kind_words() -> dict[str, str]:
    return dict.fromkeys(("通报", "bulletin", "bulletins"), KIND)
