"""What upper apps make known to cases from their `apps.ready()`: whether the code that a measure cites means something."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """What a cited code means: its full form as it is kept ("GF26-0001@2"), or why it cannot be cited (a fault code)."""

    code: str
    fault: str = ""


Resolver = Callable[[Collection[str]], Mapping[str, Source]]
"""Codes as they were typed → what each means; a code that is left out is unknown. One query for any number."""

_resolvers: list[Resolver] = []


def register_resolver(resolve: Resolver) -> None:
    """From now on this app says what `Measure.source_code` may hold. A second one is a ValueError."""
    if _resolvers:
        raise ValueError("source codes have a resolver already")
    _resolvers.append(resolve)


def sources_of(codes: Collection[str]) -> Mapping[str, Source]:
    """What each of these codes means. While nobody is registered none is known."""
    found = _resolvers[0](codes) if codes and _resolvers else {}
    return {code: found.get(code, Source(code, "source_unknown")) for code in codes}
