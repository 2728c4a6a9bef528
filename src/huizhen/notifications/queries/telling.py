"""Messages in words: a title, the case in a line, what else happened, and where it is read. Made when somebody reads or something leaves.

Nothing is stored in a language, and nothing is said that the reader may not know at that moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _

from huizhen.cases.models import Case
from huizhen.cases.policy import visible
from huizhen.cases.verbs import CLOCKS, SITUATIONS
from huizhen.directory.models import Person
from huizhen.directory.queries import Standing
from huizhen.journal.models import Entry
from huizhen.journal.registry import phrase
from huizhen.notifications.choices import Event
from huizhen.notifications.queries.scene import CASE, ids
from huizhen.notifications.registry import Link
from huizhen.notifications.verbs import (
    DAY,
    FIGURE,
    MANY,
    MOMENT,
    NEW_METHODS,
    REUSED,
    SENTENCES,
    STANDS_IN,
    TOLD,
    TOLD_BY_ITSELF,
)

_ACTS = frozenset(
    {"awaited", "assigned", "deadline", "escalation", "ruling", "joint", "complaint", "transfer", "answer"}
)
_MEASURES = frozenset({"update_measure", "accept_prescription", "prescribe"})
_KINDS = {
    CASE: "case",
    "cases.draft": "draft",
    "cases.flag": "flag",
    "directory.person": "person",
    "directory.group": "group",
    "challenges.challenge": "challenge",
    "directory.campaign": "campaign",
    "methods.clinic": "clinic",
    "methods.method": "method",
    "reports.suggestion": "suggestion",
    "reports.mailing": "mailing",
    "reports.monthlyreport": "report",
    "reports.story": "story",
    "reports.bulletin": "bulletin",
}


_CASE_ASIDE = frozenset({"cases.flag"})
"""Things whose label is the code of their case."""


class Tellable(Protocol):
    """What a message and a delivery have in common."""

    pk: Any
    event: str
    verb: str
    entries: list[Any]
    target_type: str
    target_label: str


@dataclass(frozen=True)
class Told:
    """A message in the reader's language. `about` is the case with its title, its code alone where the title is not for this reader."""

    title: str
    about: str
    lines: tuple[str, ...]
    link: Link


@dataclass(frozen=True)
class Background:
    """What sentences need, read once for many messages: the entries, the titles that may be shown, the names that are mentioned."""

    entries: Mapping[int, Entry]
    titles: Mapping[int, str]
    names: Mapping[int, str]


def background(told: Iterable[Tellable], titles: Mapping[int, str]) -> Background:
    """Two queries."""
    wanted = {pk for one in told for pk, _event in one.entries}
    entries = {entry.pk: entry for entry in Entry.objects.filter(pk__in=wanted)}
    mentioned = {pk for entry in entries.values() for pk in ids(entry.data.get("person"))}
    return Background(entries, titles, dict(Person.objects.filter(pk__in=mentioned).values_list("pk", "name")))


def case_ids(told: Iterable[Any]) -> set[int]:
    """The cases some messages are about."""
    return {one.target_id for one in told if one.target_type == CASE and one.target_id}


def titles_for(standing: Standing, told: Sequence[Any]) -> dict[int, str]:
    """Case → title, of the cases the reader sees in full today and that are not 敏感. One query."""
    cases = visible(standing).filter(pk__in=case_ids(told), is_sensitive=False)
    return dict(cases.values_list("pk", "title"))


def titles_in_public(told: Sequence[Any]) -> dict[int, str]:
    """Case → title, of the cases that are not 敏感: what a group's robot may say. One query."""
    return dict(Case.objects.filter(pk__in=case_ids(told), is_sensitive=False).values_list("pk", "title"))


def tell(one: Any, known: Background) -> Told:
    """One message in the active language."""
    happenings = [(known.entries[pk], event) for pk, event in one.entries if pk in known.entries]
    sentences = [sentence(entry, event, known.names) for entry, event in happenings]
    if not happenings:
        return _told_by_figures(one)
    title = sentences[0]
    rest = [
        f"{entry.target_label} {words}" if entry.target_label != one.target_label else words
        for (entry, _event), words in zip(happenings[1:], sentences[1:], strict=True)
    ]
    if rest:
        title = _filled_with(MANY, {"title": title, "n": len(rest)}) or title
    return Told(title, _about(one, known), tuple(rest), link_of(one))


def _told_by_figures(one: Any) -> Told:
    """The weekly digest: its figures stand in the message itself."""
    data = getattr(one, "data", {})
    title = _filled(one.verb, one.event, data) or str(phrase(one.verb))
    lines = [
        str(FIGURE) % {"name": SITUATIONS[name], "n": n} for name, n in data.get("situations", ()) if name in SITUATIONS
    ]
    told = ((NEW_METHODS, len(ids(data.get("methods")))), (REUSED, data.get("reused", 0)))
    lines += [str(words) % {"n": n} for words, n in told if n]
    return Told(title, str(data.get("place", "")), tuple(lines), link_of(one))


def _about(one: Any, known: Background) -> str:
    if one.target_type != CASE:
        return one.target_label if one.target_type in _CASE_ASIDE else ""
    title = known.titles.get(one.target_id, "")
    return f"{one.target_label} {title}".strip()


def link_of(one: Any) -> Link:
    """Where a message leads: the page of its target, and the part where the reader acts or looks."""
    if one.event == Event.DIGEST:
        return Link("digest", str(one.pk))
    if one.verb == "rounds_due":
        return Link("rounds", "")
    kind = _KINDS.get(one.target_type, "")
    if one.verb.startswith("measure_") or one.verb in _MEASURES:
        return Link(kind, _code(one), "measures")
    return Link(kind, _code(one), "duty" if one.event in _ACTS else "story")


def _code(one: Any) -> str:
    """The human code of a target; a draft, a group or a person has another than its label."""
    return one.target_label if one.target_type == CASE else str(one.target_id or "")


def sentence(entry: Entry, event: str, names: Mapping[int, str]) -> str:
    """What one happening says to who hears of it as `event`."""
    facts = _facts(entry, names)
    generic = TOLD if entry.actor_name else TOLD_BY_ITSELF
    return _filled(entry.verb, event, facts) or _filled_with(generic, facts) or str(phrase(entry.verb))


def _filled(verb: str, event: str, facts: Mapping[str, Any]) -> str:
    return _filled_with(SENTENCES.get((verb, event), ""), facts)


def _filled_with(words: Any, facts: Mapping[str, Any]) -> str:
    """The sentence with its facts; "" when one is missing, as in a row older than the sentence."""
    try:
        return str(words) % facts
    except (KeyError, TypeError, ValueError):
        return ""


def _facts(entry: Entry, names: Mapping[int, str]) -> dict[str, Any]:
    data = entry.data
    facts: dict[str, Any] = {"label": entry.target_label, "phrase": phrase(entry.verb), "actor": _actor(entry)}
    for name in ("number", "amount"):
        if name in data:
            facts[name] = data[name]
    if data.get("clock") in CLOCKS:
        facts["clock"] = CLOCKS[data["clock"]]
    for name in ("moment", "due"):
        if moment := _moment(data.get(name)):
            facts[name] = date_format(timezone.localtime(moment), str(MOMENT))
    for source, name in (("due_on", "due"), ("since", "since"), ("week", "week"), ("until", "until")):
        if day := _day(data.get(source)):
            facts[name] = date_format(day - timedelta(days=name == "until"), str(DAY))
    for pk in ids(data.get("person")):
        if pk in names:
            facts["person"] = names[pk]
    return facts


def _actor(entry: Entry) -> str:
    if entry.on_behalf_of:
        return _("%(actor)s代%(name)s") % {"actor": entry.actor_name, "name": entry.on_behalf_of}
    return entry.actor_name


def _moment(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return found if timezone.is_aware(found) else None


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def stands_in(person: Person | None) -> str:
    """代甲, beside a message that came to a deputy."""
    return str(STANDS_IN) % {"name": person.name} if person else ""
