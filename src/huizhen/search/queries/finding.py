"""Finding: a question and a reader in, marked hits out. The index answers for the words, the source of a hit for who may see it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from huizhen.lib.errors import Fault
from huizhen.lib.traditional import simplified
from huizhen.lib.zh import normal
from huizhen.search.matching.lexemes import (
    Expression,
    Lexeme,
    Without,
    all_of,
    any_of,
    facet_mark,
    is_number,
    number_mark,
    scope_mark,
)
from huizhen.search.matching.pieces import Piece, marked, snippet
from huizhen.search.matching.question import LONGEST, Question, Word, question
from huizhen.search.matching.score import Text, met, ranked
from huizhen.search.matching.wording import Groups, Wanted, fragments, lookup, lookup_any, matter, widened
from huizhen.search.models import Entry
from huizhen.search.models.engines import Ask, engine
from huizhen.search.models.entry import first_id, thing_of
from huizhen.search.queries.candidates import Candidates, candidates, joined, texts_of
from huizhen.search.queries.suggesting import suggested
from huizhen.search.queries.synonyms import groups
from huizhen.search.registry import FULL, Source, sources, words_of

ROUNDS = 4
"""How often "newest" asks again when what it was given falls to the owner's predicate."""
LAST = 2**63 - 1
AGED = "t"
"""Before the key from which "best" goes on newest first."""
FACETS = ("domain", "state", "situation", "unit", "group", "urgency")

Pair = tuple[int, str]


@dataclass(frozen=True)
class Hit:
    """One thing found. `title` and `snippet` are pieces (text, is marked) in their order; `facets` as its source gave them."""

    kind: str
    object_id: int
    level: str
    code: str
    at: datetime
    title: tuple[Piece, ...]
    snippet: tuple[Piece, ...]
    facets: Mapping[str, str]

    @property
    def is_summary(self) -> bool:
        """Whether the reader sees a summary only."""
        return self.level != FULL


@dataclass(frozen=True)
class Hits:
    """A page of what was found. `next` is for `after`, "" at the end. `is_many`: more than are weighed, nobody counts them.

    `is_relaxed`: nothing met the whole question, these meet part of it. `is_by_age`: of the best, all that were weighed are shown;
    these are the others, newest first. `faults`: what of the question was not understood.
    """

    hits: tuple[Hit, ...] = ()
    order: str = "best"
    next: str = ""
    is_many: bool = False
    is_relaxed: bool = False
    is_by_age: bool = False
    faults: tuple[Fault, ...] = ()
    suggestion: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Search:
    """Everything a search knows before it looks: the reader, the question, what the index is asked besides its words."""

    reader: Any
    text: str
    asked: Question
    wanted: tuple[Wanted, ...]
    base: Expression
    of_kind: Mapping[str, Expression]
    since: int
    before: int
    now: datetime


def find(
    reader: Any,
    text: str,
    *,
    kind: str | None = None,
    order: str = "best",
    after: str = "",
    size: int = 20,
    at: datetime | None = None,
) -> Hits:
    """What this reader may find of what she typed; of one kind only, if it is named.

    `reader` is handed to every source and not looked into. `order` is "best" or "newest"; `after` is the `next` of the page before
    (anything else is taken for the first page). Never raises for what was typed: see `Hits.faults`. An empty question finds nothing.
    """
    now = at or timezone.now()
    order = "newest" if order == "newest" else "best"
    asked = read(text, now)
    search = _prepared(reader, text[:LONGEST], asked, kind, now)
    if asked.is_empty or search is None:
        return Hits(order=order, faults=asked.faults)
    page = _newest(search, after, size) if order == "newest" else _best(search, after, size)
    if not page.hits and not after and asked.words:
        page = replace(_relaxed(search, size), order=order)
    return page


def read(text: str, now: datetime) -> Question:
    """The question as it is understood today, with the words that sources made known for their facets."""
    known: dict[str, Mapping[str, str]] = {}
    if ":" in text or "：" in text:
        known = {facet: words_of(facet) for facet in FACETS}
        known["kind"] = {**{kind: kind for kind in sources()}, **words_of("kind")}
    return question(text, known=known, today=timezone.localdate(now))


def _prepared(reader: Any, text: str, asked: Question, kind: str | None, now: datetime) -> _Search | None:
    kinds = set(sources()) if kind is None else {kind}
    for choice in asked.choices:
        if choice.name == "kind":
            kinds = kinds - set(choice.values) if choice.is_unwanted else kinds & set(choice.values)
    scopes = {
        source.kind: [Lexeme(scope_mark(source.kind, scope)) for scope in sorted(source.scopes(reader))]
        for source in sources().values()
        if source.kind in kinds
    }
    marks = [mark for some in scopes.values() for mark in some]
    if not marks:
        return None
    parts: list[Expression] = [any_of(marks)]
    unwanted: list[Expression] = [lookup(word) for word in asked.without]
    for choice in asked.choices:
        if choice.name != "kind":
            values = any_of(Lexeme(facet_mark(choice.name, value)) for value in choice.values)
            (unwanted if choice.is_unwanted else parts).append(values)
    base = all_of(parts)
    if unwanted:
        base = Without(base, any_of(unwanted))
    known = groups() if asked.words else ()
    named = words_of("kind") if asked.words else {}
    return _Search(
        reader=reader,
        text=text,
        asked=asked,
        wanted=tuple(_widened(word, known, named) for word in asked.words),
        base=base,
        of_kind={kind: any_of(some) for kind, some in scopes.items() if some},
        since=_moment(asked.period.since, 0, 0),
        before=_moment(asked.period.until, 1, LAST),
        now=now,
    )


def _widened(word: Word, known: Groups, named: Mapping[str, str]) -> Wanted:
    """A word with its other words, and the kind that it names: "工作法", "methods"; a single character names none."""
    one = widened(word, known)
    is_name = len(word.text) > 1 and not word.is_phrase and not word.where
    return replace(one, kind=named.get(word.text, "") or named.get(simplified(word.text), "")) if is_name else one


def _lookups(search: _Search, *, where: str = "") -> list[Expression]:
    """What the index is asked for each word; for one that names a kind, everything of that kind too."""
    found = [(lookup_any(one, where=where), search.of_kind.get(one.kind)) for one in search.wanted]
    return [any_of([words, kind]) if kind is not None else words for words, kind in found]


def _moment(day: date | None, later: int, otherwise: int) -> int:
    """The least key of a local day, or of the one after it."""
    if day is None:
        return otherwise
    try:
        return first_id(timezone.make_aware(datetime.combine(day + timedelta(days=later), time.min)))
    except OverflowError:
        return otherwise


# ── newest first


def _newest(search: _Search, after: str, size: int, but: Collection[int] = ()) -> Hits:
    """Walks the keys backwards, past the things in `but`, and stops when the page is full."""
    before = min(int(after), search.before) if after.isdecimal() and len(after) < 20 else search.before
    expression = joined(search.base, _lookups(search))
    hits: list[Text] = []
    seen: set[tuple[str, int]] = set()
    most = size * 3 + 1
    for _ in range(ROUNDS):
        ids = engine().find(Ask(expression, most, search.since, before))
        texts = texts_of((key for key in ids if thing_of(key) not in but), search.now)
        rows = [text for key in ids if (text := texts.get(key)) and all(met(one, text) for one in search.wanted)]
        visible = _readable(search.reader, rows)
        for row in rows:
            thing = (row.kind, row.object_id)
            # The summary of the last hit lies just behind it, and belongs to this page.
            if len(hits) == size and thing not in seen:
                return _page(search, hits, "newest", str(before))
            before = row.id
            if (row.object_id, row.level) in visible[row.kind] and thing not in seen:
                seen.add(thing)
                hits.append(row)
        if len(ids) < most:
            return _page(search, hits, "newest", "")
        before = ids[-1]
    return _page(search, hits, "newest", str(before))


# ── best first


def _best(search: _Search, after: str, size: int) -> Hits:
    """Weighs the newest of all that have the words, the newest that have them in their titles, and those whose name they are.

    When all that were weighed are shown, the others follow, newest first: `next` is then a key behind AGED.
    """
    every = joined(search.base, _lookups(search))
    found = candidates(every, _telling(search), search.since, search.before)
    first = int(after) if after.isdecimal() and len(after) < 5 else 0
    if not after.startswith(AGED):
        texts, until, there = _seen(search, _ranked(search, found), found, first, size)
        following = str(until) if until < there else f"{AGED}{found.last}" if found.is_many else ""
        if texts or not found.is_many:
            return replace(_page(search, texts, "best", following), is_many=found.is_many)
        after = following
    page = _newest(search, after.removeprefix(AGED), size, found.beyond)
    following = f"{AGED}{page.next}" if page.next else ""
    return replace(page, order="best", next=following, is_many=True, is_by_age=True)


def _telling(search: _Search, *, is_and: bool = True) -> list[Expression]:
    """Titles with these words; and, where a word is a beginning as numbers are, names that it is all of."""
    how = all_of if is_and else any_of
    titles = _lookups(search, where="title")
    found = [joined(search.base, titles if is_and else [any_of(titles)])] if titles else []
    if any(term.is_prefix for one in search.wanted for term in one.alternatives[0].terms):
        whole = how(lookup(one.alternatives[0], is_whole=True) for one in search.wanted)
        found.append(joined(search.base, [whole]))
    numbers = [Lexeme(number_mark(word.text)) for word in search.asked.words if is_number(word.text)]
    if numbers:
        found.append(joined(search.base, [any_of(numbers)]))
    return found


def _ranked(search: _Search, found: Candidates, *, is_relaxed: bool = False) -> list[Text]:
    """The texts of the candidates, best first. Where the full text does not meet the question, its summary may."""
    texts = list(texts_of(found.keys, search.now).values())
    order = [text for _, text in ranked(search.wanted, texts, is_relaxed=is_relaxed)]
    met_ids = {text.id for text in order}
    if others := [twin for key, twin in found.twins.items() if key not in met_ids]:
        more = [*order, *texts_of(others, search.now).values()]
        order = [text for _, text in ranked(search.wanted, more, is_relaxed=is_relaxed)]
    return order


def _seen(
    search: _Search, order: Sequence[Text], found: Candidates, first: int, size: int
) -> tuple[list[Text], int, int]:
    """A page from a place in the order on: what the reader may see, the place after it, and how many places there are.

    What she may not see in full after all, whatever the index says, is shown as a summary if that was found too.
    """
    place, page = first, list[Text]()
    for start in range(first, len(order), size + 5):
        chunk = order[start : start + size + 5]
        visible = _readable(search.reader, chunk)
        denied = [text for text in chunk if (text.object_id, text.level) not in visible[text.kind]]
        twins = [found.twins[text.id] for text in denied if text.id in found.twins]
        others = {thing_of(key): text for key, text in texts_of(twins, search.now).items()} if twins else {}
        others_visible = _readable(search.reader, list(others.values()))
        for text in chunk:
            if len(page) == size:
                return page, place, len(order)
            place += 1
            shown, told = (others.get(thing_of(text.id)), others_visible) if text in denied else (text, visible)
            if shown and (shown.object_id, shown.level) in told[shown.kind]:
                page.append(shown)
    return page, place, len(order)


# ── when nothing meets the whole question


def _relaxed(search: _Search, size: int) -> Hits:
    """What meets part of the question: the matter of a sentence, any of its words, any two characters; the stricter first.

    What sounds or looks like a word of the question and is known is suggested, and looked for too. Nothing is suggested that does not
    lead this reader to something.
    """
    words = list(search.asked.words)
    pieces = matter(words) or words
    page: list[Text] = []
    said: list[Wanted] = []
    suggestion, guessed = "", suggested(search.asked.words)
    rounds: list[tuple[list[Word], bool]] = [(pieces, True), (pieces, False), (fragments(pieces), False)]
    if guessed:
        rounds = [(guessed, True), *rounds, (guessed, False)]
    for tried, is_and in rounds:
        loose = replace(search, wanted=tuple(widened(word, groups()) for word in tried))
        hits = _loosely(loose, size, is_and=is_and)
        if hits and tried is guessed and is_and:
            suggestion = normal(search.text)
            for word, meant in zip(words, guessed, strict=True):
                suggestion = suggestion.replace(word.text, meant.text, 1)
        page = _added(page, hits)
        said += loose.wanted if hits else ()
        if len(page) >= size:
            break
    shown = _page(replace(search, wanted=tuple(said) or search.wanted), page[:size], "best", "")
    return replace(shown, is_relaxed=bool(page), suggestion=suggestion)


def _loosely(search: _Search, size: int, *, is_and: bool) -> list[Text]:
    lookups = _lookups(search)
    inner = joined(search.base, lookups if is_and else [any_of(lookups)])
    found = candidates(inner, _telling(search, is_and=is_and), search.since, search.before)
    return _seen(search, _ranked(search, found, is_relaxed=True), found, 0, size)[0]


def _added(page: list[Text], more: list[Text]) -> list[Text]:
    there = {(text.kind, text.object_id) for text in page}
    return page + [text for text in more if (text.kind, text.object_id) not in there]


# ── parts


def _readable(reader: Any, rows: Sequence[Text]) -> dict[str, set[Pair]]:
    """What each source lets this reader see of these, whatever the index says. One call for each kind among them."""
    pairs: dict[str, list[Pair]] = {row.kind: [] for row in rows}
    for row in rows:
        pairs[row.kind].append((row.object_id, row.level))
    known: Mapping[str, Source] = sources()
    return {kind: known[kind].readable(reader, some) if kind in known else set() for kind, some in pairs.items()}


def _texts_of(wanted: Iterable[Wanted]) -> Iterator[str]:
    for one in wanted:
        for word in one.alternatives:
            if word.is_phrase:
                yield word.text
            else:
                yield from (term.text for term in word.terms)


def _page(search: _Search, texts: Sequence[Text], order: str, following: str) -> Hits:
    """The hits of a page, as they are to be shown. One query."""
    words = tuple(dict.fromkeys(_texts_of(search.wanted)))
    rows = Entry.objects.defer("keys", "digest", "scopes").in_bulk([text.id for text in texts]) if texts else {}
    hits = [_hit(rows[text.id], words[:40]) for text in texts if text.id in rows]
    return Hits(hits=tuple(hits), order=order, next=following, faults=search.asked.faults, words=words)


def _hit(row: Entry, words: Sequence[str]) -> Hit:
    return Hit(
        kind=row.kind, object_id=row.object_id, level=row.level, code=row.code, at=row.at,
        title=marked(row.title, words), snippet=snippet(row.body, words), facets=row.facets,
    )  # fmt: skip
