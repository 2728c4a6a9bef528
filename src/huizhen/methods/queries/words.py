"""The words of a version as `matching` reads them, and what is to be mended in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from huizhen.cases.queries.file import CaseFile
from huizhen.directory.models import Person
from huizhen.methods.matching import TEXTS, Finding, StepWords, Words, findings, possible_names
from huizhen.methods.models import MethodVersion
from huizhen.methods.queries.pieces import parties_in
from huizhen.methods.queries.twins import same_name

_AT_ONCE = 400


def words_of(version: MethodVersion) -> Words:
    """All that is written in a version."""
    names = (*TEXTS, "indicator", "indicator_unit", "consent", "change")
    return Words(
        texts={name: getattr(version, name) for name in names},
        steps=[StepWords(str(row.get("title", "")), str(row.get("text", ""))) for row in version.steps],
        has_before=version.before is not None,
        has_after=version.after is not None,
        is_first=version.number == 1,
    )


def known_names(texts: Iterable[str]) -> set[str]:
    """Which names of people of the directory stand in some texts. A query for every 400 places where a name could begin."""
    wanted = sorted(possible_names("\n".join(texts)))
    found: set[str] = set()
    for part in _parts(wanted):
        found.update(Person.objects.filter(name__in=part).values_list("name", flat=True))
    return found


def _parts(names: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(names), _AT_ONCE):
        yield names[start : start + _AT_ONCE]


def findings_in(version: MethodVersion, files: Collection[CaseFile]) -> list[Finding]:
    """What has to be mended or confirmed in a version; `files` are those of its source cases."""
    words = words_of(version)
    twin = same_name(version)
    taken = [Finding("method_name_taken", "name", args={"code": twin.code})] if twin else []
    parties: set[str] = set().union(*(parties_in(file) for file in files)) if files else set()
    return taken + findings(words, parties=parties, people=known_names(text for _, text in words.fields()))
