"""Finding: a question and a reader in, marked hits out. The index answers for the words, the source of a hit for who may see it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from huizhen.lib.errors import Fault
from huizhen.lib.zh import normal
from huizhen.search.matching.lexemes import Expression, Joined, Lexeme, Without, all_of, any_of, facet_mark, scope_mark
from huizhen.search.matching.pieces import Piece, marked, snippet
from huizhen.search.matching.question import LONGEST, Question, Word, question
from huizhen.search.matching.score import Text, met, ranked
from huizhen.search.matching.wording import Wanted, fragments, lookup, lookup_any, matter, widened
from huizhen.search.models import Entry
from huizhen.search.models.engines import Ask, engine
from huizhen.search.models.entry import first_id
from huizhen.search.queries.suggesting import suggested
from huizhen.search.queries.synonyms import groups
from huizhen.search.registry import FULL, Source, sources, words_of

MOST = 500
"""Candidates that are scored, of titles and of everything each; and how far "best" can be paged."""
ROUNDS = 4
"""How often "newest" asks again when what it was given falls to the owner's predicate."""
LAST = 2**63 - 1
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
    """A page of what was found. `next` is for `after`, "" at the end. `is_many`: there are more than MOST, nobody counts them.

    `is_relaxed`: nothing met the whole question, these meet part of it. `faults`: what of the question was not understood.
    """

    hits: tuple[Hit, ...] = ()
    order: str = "best"
    next: str = ""
    is_many: bool = False
    is_relaxed: bool = False
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
    scopes = [
        Lexeme(scope_mark(source.kind, scope))
        for source in sources().values()
        if source.kind in kinds
        for scope in sorted(source.scopes(reader))
    ]
    if not scopes:
        return None
    parts: list[Expression] = [any_of(scopes)]
    unwanted: list[Expression] = [lookup(word) for word in asked.without]
    for choice in asked.choices:
        if choice.name != "kind":
            values = any_of(Lexeme(facet_mark(choice.name, value)) for value in choice.values)
            (unwanted if choice.is_unwanted else parts).append(values)
    base = all_of(parts)
    if unwanted:
        base = Without(base, any_of(unwanted))
    known = groups() if asked.words else ()
    return _Search(
        reader=reader,
        text=text,
        asked=asked,
        wanted=tuple(widened(word, known) for word in asked.words),
        base=base,
        since=_moment(asked.period.since, 0, 0),
        before=_moment(asked.period.until, 1, LAST),
        now=now,
    )


def _moment(day: date | None, later: int, otherwise: int) -> int:
    """The least key of a local day, or of the one after it."""
    if day is None:
        return otherwise
    try:
        return first_id(timezone.make_aware(datetime.combine(day + timedelta(days=later), time.min)))
    except OverflowError:
        return otherwise


# ── newest first


def _newest(search: _Search, after: str, size: int) -> Hits:
    """Walks the keys backwards and stops when the page is full."""
    before = min(int(after), search.before) if after.isdecimal() and len(after) < 20 else search.before
    expression = _expression(search.base, [lookup_any(one) for one in search.wanted])
    hits: list[Text] = []
    seen: set[tuple[str, int]] = set()
    most = size * 3 + 1
    for _ in range(ROUNDS):
        ids = engine().find(Ask(expression, most, search.since, before))
        texts = _texts(ids, search.now)
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
    """Scores the newest that have the words in their titles, and the newest of all that have them."""
    every = [lookup_any(one) for one in search.wanted]
    expression = _expression(search.base, every)
    ids = engine().find(Ask(expression, MOST, search.since, search.before))
    is_many = len(ids) == MOST
    if is_many and every:
        titles = _expression(search.base, [lookup_any(one, where="title") for one in search.wanted])
        ids = list({*ids, *engine().find(Ask(titles, MOST, search.since, search.before))})
    order = [text for _, text in ranked(search.wanted, list(_texts(ids, search.now).values()))]
    first = int(after) if after.isdecimal() and len(after) < 5 else 0
    hits, until, there = _seen(search, order, first, size)
    page = _page(search, hits, "best", str(until) if until < min(there, MOST) else "")
    return replace(page, is_many=is_many)


def _seen(search: _Search, order: Sequence[Text], first: int, size: int) -> tuple[list[Text], int, int]:
    """A page from a place in the order on: what the reader may see, the place after it, and how many places there are.

    A place is a thing, at the rank of its best text; of its texts the full one is shown, if she may.
    """
    ranks: dict[tuple[str, int], list[Text]] = {}
    for text in order:
        ranks.setdefault((text.kind, text.object_id), []).append(text)
    things = [sorted(texts, key=lambda text: text.level != FULL) for texts in ranks.values()]
    place, page = first, list[Text]()
    for start in range(first, len(things), size * 2):
        chunk = things[start : start + size * 2]
        visible = _readable(search.reader, [text for texts in chunk for text in texts])
        for texts in chunk:
            if len(page) == size:
                return page, place, len(things)
            place += 1
            page += [text for text in texts if (text.object_id, text.level) in visible[text.kind]][:1]
    return page, place, len(things)


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
        hits, _, _ = _seen(loose, _loosely(loose, is_and=is_and), 0, size)
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


def _loosely(search: _Search, *, is_and: bool) -> list[Text]:
    lookups = [lookup_any(one) for one in search.wanted]
    inner = _expression(search.base, lookups if is_and else [any_of(lookups)])
    ids = set(engine().find(Ask(inner, MOST, search.since, search.before)))
    if len(ids) == MOST:
        titles = [any_of(lookup_any(one, where="title") for one in search.wanted)]
        ids.update(engine().find(Ask(_expression(search.base, titles), MOST, search.since, search.before)))
    return [text for _, text in ranked(search.wanted, list(_texts(ids, search.now).values()), is_relaxed=True)]


def _added(page: list[Text], more: list[Text]) -> list[Text]:
    there = {(text.kind, text.object_id) for text in page}
    return page + [text for text in more if (text.kind, text.object_id) not in there]


# ── parts


def _expression(base: Expression, parts: Iterable[Expression]) -> Expression:
    """The words and everything else that is asked; what is not wanted stays outermost."""
    flat = list(parts)
    if isinstance(base, Without):
        return Without(_expression(base.wanted, flat), base.unwanted)
    more = base.parts if isinstance(base, Joined) and base.how == "and" else (base,)
    return all_of([*flat, *more])


def _texts(ids: Iterable[int], now: datetime) -> dict[int, Text]:
    """The candidates in normal form. Tuples, not models: there may be a thousand."""
    columns = ("id", "kind", "object_id", "level", "code", "title", "keys", "body")
    today = now.timestamp()
    return {
        key: Text(
            key, kind, object_id, level, normal(code), normal(title), normal(keys), normal(body), _age(key, today)
        )
        for key, kind, object_id, level, code, title, keys, body in Entry.objects.filter(pk__in=list(ids)).values_list(
            *columns
        )
    }


def _age(key: int, today: float) -> float:
    return (today - (key >> 30)) / 86_400


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
