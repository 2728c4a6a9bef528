"""What can be found of challenges, and by whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from huizhen.challenges import policy
from huizhen.challenges.choices import ChallengeState
from huizhen.challenges.models import Challenge
from huizhen.directory.queries import Standing
from huizhen.search.registry import EVERYBODY, FULL, Document, Source, spoken

KIND = "challenge"
RENAMED = frozenset({"branch_renamed"})


def _touched(entries: Iterable[Any]) -> set[int]:
    """Challenges written to, those of renamed branches, and those led by people whose names an import may have changed."""
    found: set[int] = set()
    branches: set[int] = set()
    leads: set[str] = set()
    for one in entries:
        if one.target_type == "challenges.challenge":
            found.add(one.target_id)
        elif one.verb in RENAMED:
            branches.add(one.target_id)
        elif one.verb == "roster_imported":
            leads.update(one.data.get("persons", ()))
    if branches:
        found.update(Challenge.objects.filter(branch__in=branches).values_list("pk", flat=True))
    if leads:
        found.update(Challenge.objects.filter(lead__code__in=leads).values_list("pk", flat=True))
    return found


def _documents(ids: Sequence[int]) -> Iterator[Document]:
    """One query."""
    for one in Challenge.objects.filter(pk__in=ids).select_related("branch__unit", "lead").order_by("pk"):
        steps = "\n".join(str(step.get("what", "")) for step in one.milestones)
        yield Document(
            kind=KIND,
            object_id=one.pk,
            level=FULL,
            code=one.code,
            at=one.created_at,
            title=one.title,
            body="\n".join(text for text in (one.background, one.indicator, steps, one.result) if text),
            scopes=(EVERYBODY,),
            keys=tuple(filter(None, (one.code, one.branch.name, one.lead.name if one.lead else ""))),
            facets={"state": one.state, "unit": one.branch.unit.code},
        )


def _after(pk: int, count: int) -> Sequence[int]:
    return list(Challenge.objects.filter(pk__gt=pk).order_by("pk").values_list("pk", flat=True)[:count])


def _scopes(reader: Standing) -> frozenset[str]:
    return frozenset({EVERYBODY} if reader.person else ())


def _readable(reader: Standing, pairs: Sequence[tuple[int, str]]) -> set[tuple[int, str]]:
    seen = set(policy.visible(reader).filter(pk__in=[pk for pk, _ in pairs]).values_list("pk", flat=True))
    return {(pk, level) for pk, level in pairs if pk in seen and level == FULL}


SOURCE = Source(KIND, _touched, _documents, _after, _scopes, _readable)


def kind_words() -> dict[str, str]:
    return dict.fromkeys(("领题", "challenge", "challenges"), KIND)


state_words = spoken(dict(ChallengeState.choices))
