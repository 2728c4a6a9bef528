"""Filling a demo with cases: nine in ten closed, over three years, the others open with running clocks."""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import chain, zip_longest
from typing import Any

from django.db import transaction
from django.utils import timezone

from huizhen.cases.actions import recompute
from huizhen.cases.actions.ending import lapse_form
from huizhen.cases.actions.holding import lapse_transfer
from huizhen.cases.actions.upkeep import climb
from huizhen.cases.models import Case, Closing, CodeCounter, Transfer
from huizhen.cases.queries.upkeep import cases_to_look_at
from huizhen.demo.bulk.beside import beside, is_possible
from huizhen.demo.bulk.days import Days
from huizhen.demo.bulk.making import Maker, stamp_of
from huizhen.demo.bulk.shapes import Template
from huizhen.demo.bulk.templates import ORDER, templates_of
from huizhen.demo.bulk.world import World
from huizhen.demo.bulk.writing import Packed, at_length, first_keys, pack, settle, write
from huizhen.directory.queries import current_campaign
from huizhen.journal.actions import record
from huizhen.journal.models import ChainHead, Entry, journal_key
from huizhen.lib.codes import case_code
from huizhen.lib.errors import Refusal, StaleWrite
from huizhen.reports.actions.loading import Loading, load
from huizhen.reports.jobs import walk as count_all
from huizhen.reports.models import Counted, Fact, Spread, Tally
from huizhen.search.actions import bulk_load, mend, put_packed
from huizhen.search.actions import pack as pack_documents
from huizhen.search.models import Entry as Found
from huizhen.worktime.queries import calendar

Progress = Callable[[int, int], None]

SEED = 20241129
BATCH = 2_000
MANY_BATCHES = 2
"""From so many on a second process makes them while this one writes."""
VERY_MANY = 5_000
"""From here on it pays to make the index of search anew at the end."""
VERB = "cases_filled"
CLOSED = 0.93
YEARS_BACK = timedelta(days=3 * 365)
AHEAD = timedelta(days=400)
"""Due dates of what is open lie that far ahead at most."""
RARE = {"declined": 0.03, "withdrawn": 0.03, "unresolved": 0.025}
"""Shares among closed cases; the rest is archived."""
SHIFTS = (0, -1, 1, -2, 2, -4, -7)
"""Open cases are told as of so many working days later than those they are made from."""
MOST_TEMPLATES = 100


class NothingToCopyError(LookupError):
    """There is no archived case to make others from: the demo is not there."""


class _OvertakenError(StaleWrite):
    """Somebody took the keys for which a batch was made."""


@dataclass(frozen=True)
class Filled:
    """How many cases of bulk there are, of how many that were asked for, how many there were when that was begun, and the first one's key."""

    until: int
    total: int
    since: int
    first: int


def filled() -> Filled | None:
    """What the journal says was filled so far; None: nothing."""
    rows = Entry.objects.filter(verb=VERB).order_by("pk").values_list("data", flat=True)
    newest, oldest = rows.last(), rows.first()
    if newest is None or oldest is None:
        return None
    return Filled(newest["until"], newest["total"], newest["since"], oldest["first"])


def fill(total: int, *, at: datetime, progress: Progress, seed: int = SEED) -> int:
    """Bring the cases of bulk to `total`; how many were added.

    Each batch is one transaction: its rows, what search finds of them, the counters of codes, one journal row `cases_filled` that
    says how far it came; whatever broke off goes on there. Keys are given beforehand: where somebody else wrote meanwhile, what was
    made ahead is made anew, which costs time and nothing else.
    NothingToCopyError: there is no demo to make them from. StaleWrite: somebody else fills at the same time.
    """
    before = filled()
    have = before.until if before else 0
    if have >= total:
        mend()
        return 0
    since = before.since if before and before.total == total else have
    count_all(at)  # what there is already; what is added brings its figures along
    filling = _Filling(since, total, at=at, seed=seed, first=before.first if before else None)
    progress(have, total)
    with at_length(), bulk_load() if total - have >= VERY_MANY else nullcontext():
        done = have
        while done < total:
            with suppress(_OvertakenError), closing(filling.batches(done)) as ends:
                for end in ends:
                    done = end
                    progress(done, total)
    with at_length():
        mend()
        settle([*ORDER, Entry, ChainHead, Found, Counted, Fact, Tally, Spread])
    return total - have


def _is_worth_two(count: int) -> bool:
    return count >= MANY_BATCHES * BATCH and is_possible()


@dataclass(frozen=True)
class Keys:
    """What a batch builds on: the first free key of each table, of journal rows and of chain heads, the last code of each year."""

    first: list[int]
    journal: tuple[int, int]
    codes: dict[int, int]


@dataclass(frozen=True)
class Batch:
    """The cases from number `begin` to the one before `end`, made for the keys that are free then; `codes`: afterwards."""

    begin: int
    end: int
    keys: Keys
    codes: dict[int, int]
    rows: list[Packed]
    found: Any
    figures: Loading


def _keys() -> Keys:
    """As the database has it now."""
    return Keys(*first_keys(), dict(CodeCounter.objects.values_list("year", "last")))


class _Filling:
    """One run: everything read once, the templates, and which of them each number is made from."""

    def __init__(self, since: int, total: int, *, at: datetime, seed: int, first: int | None) -> None:
        self.since, self.total, self.at, self.seed, self.first = since, total, at, seed, first
        self.closed = since + round((total - since) * CLOSED)
        self.campaign = current_campaign()
        self.key = journal_key()
        today = timezone.localdate(at)
        self.days = Days(calendar(), today - YEARS_BACK, today + AHEAD)
        self.today = self.days.number(today)
        self.world = World()
        told = Case.objects.filter(pk__lt=first) if first else Case.objects.all()
        codes = list(told.order_by("pk").values_list("code", flat=True)[:MOST_TEMPLATES])
        templates = templates_of(codes, days=self.days, world=self.world, is_fixed=False)
        self.rare = {stage: [one for one in templates if one.stage == stage] for stage in RARE}
        self.archived = [one for one in templates if one.stage == "archived"]
        if not self.archived:
            raise NothingToCopyError
        self.open = self._openings([one for one in templates if one.is_open], total - self.closed)

    def batches(self, begin: int) -> Generator[int]:
        """Make and write what is left, batch by batch; how far it came after each."""
        end = min(begin + BATCH, self.total)
        self.batch(begin, end)  # alone: only then it is known which keys the second one may have
        yield end
        rest = partial(self.ahead, end, _keys())
        with beside(rest) if _is_worth_two(self.total - end) else nullcontext(rest()) as made:
            for batch in made:
                self.write(batch)
                yield batch.end

    def batch(self, begin: int, end: int) -> None:
        """Make and write the cases from number `begin` to the one before `end`."""
        self.write(self.made(begin, end, _keys()))

    def ahead(self, begin: int, keys: Keys) -> Iterator[Batch]:
        """The batches from there to the end, the first of them with these keys. Asks nothing of the database."""
        for start in range(begin, self.total, BATCH):
            batch = self.made(start, min(start + BATCH, self.total), keys)
            keys = self.next
            yield batch

    def made(self, begin: int, end: int, keys: Keys) -> Batch:
        """Make a batch without asking the database. `next` is then what the one after it builds on."""
        maker, codes, now = self._maker(keys), dict(keys.codes), timezone.now()
        for number in range(begin, end):
            rng = random.Random((self.seed << 32) + number)
            template, begins = self._chosen(number, rng)
            year = self.days.dates[begins].year
            codes[year] = codes.get(year, 0) + 1
            maker.add(template, rng=rng, code=case_code(year, codes[year]), begins=begins, now=now)
        made = maker.take()
        entry, head = maker.journal
        self.next = Keys(maker.first, (entry + 1, head), codes)  # one journal row more: what `write` records
        return Batch(begin, end, keys, codes, pack(made), pack_documents(made.documents), made.figures)

    def write(self, batch: Batch) -> None:
        """Write a batch. StaleWrite: somebody else wrote it; _OvertakenError: or anything else, since it was made."""
        with transaction.atomic():
            counters = {one.year: one for one in CodeCounter.objects.select_for_update()}
            there = filled()
            if (there.until if there else 0) != batch.begin:
                raise StaleWrite("someone_was_faster")
            if _keys() != batch.keys:
                raise _OvertakenError("someone_was_faster")
            write(batch.rows)
            put_packed(batch.found)
            load(batch.figures)
            for year, last in batch.codes.items():
                counter = counters.setdefault(year, CodeCounter(year=year))
                counter.last = last
                counter.save()
            self.first = self.first or batch.keys.first[0]
            record(
                VERB, self.campaign, by=None, at=timezone.now(), label=self.campaign.name,
                since=self.since, until=batch.end, total=self.total, first=batch.keys.first[0],
            )  # fmt: skip

    def _maker(self, keys: Keys) -> Maker:
        return Maker(
            world=self.world, days=self.days, key=self.key, stamp=stamp_of(), first=keys.first, journal=keys.journal
        )

    def _chosen(self, number: int, rng: random.Random) -> tuple[Template, int]:
        """Template and working day of registration: closed ones in order of time, then the open ones."""
        if number >= self.closed and self.open:
            template = self.open[(number - self.closed) % len(self.open)]
            return template, template.begins
        choice, draw = self.archived, rng.random()
        for stage, share in RARE.items():
            if 0 <= draw < share and self.rare[stage]:
                choice = self.rare[stage]
            draw -= share
        template = choice[int(rng.random() * len(choice))]
        last = self.today - 1 - template.spans
        share = (number - self.since + rng.random()) / max(self.closed - self.since, 1)
        return template, min(int(share * (last + 1)), last)

    def _openings(self, templates: list[Template], wanted: int) -> list[Template]:
        """Open cases as of some days earlier or later, with the clocks and steps that the sweep would have left of them.

        They are written, swept and read back, and what was written is taken back.
        """
        pairs = list(self._shifted(templates))[:wanted]
        found: list[Template] = []
        with transaction.atomic():
            maker = self._maker(_keys())
            codes = [f"~{number:06d}" for number in range(len(pairs))]
            pks = [
                maker.add(
                    one, rng=random.Random(number), code=codes[number], begins=one.begins + shift, now=self.at,
                    recast=False,
                )
                for number, (one, shift) in enumerate(pairs)
            ]  # fmt: skip
            write(pack(maker.take()))
            self._live(pks)
            waiting = Case.objects.filter(pk__in=pks, is_open=True, next_due_at__gt=self.at)
            found = templates_of(
                waiting.order_by("code").values_list("code", flat=True), days=self.days, world=self.world, is_fixed=True
            )
            transaction.set_rollback(True)
        return found

    def _live(self, pks: list[int]) -> None:
        """What becomes of these cases by themselves until now: the acts of `cases.jobs.sweep`, on them alone."""
        for case in Case.objects.filter(pk__in=pks):
            recompute(case, at=self.at)
        due = Transfer.objects.filter(case__in=pks, state="open", due_at__lte=self.at)
        for transfer in due.select_related("case"):
            with suppress(Refusal):
                lapse_transfer(transfer.case, at=self.at)
        sheets = Closing.objects.filter(case__in=pks, is_current=True, formed_at=None, silent_at__lte=self.at)
        for sheet in sheets.select_related("case"):
            with suppress(Refusal):
                lapse_form(sheet.case, at=self.at)
        for case in cases_to_look_at(self.at).filter(pk__in=pks):
            climb(case, at=self.at)

    def _shifted(self, templates: list[Template]) -> Iterator[tuple[Template, int]]:
        """Every template as it is, then every one shifted; stages in turn, so that a few show them all."""
        stages: dict[str, list[Template]] = {}
        for one in templates:
            stages.setdefault(one.stage, []).append(one)
        turns = [one for one in chain.from_iterable(zip_longest(*stages.values())) if one]
        for shift in SHIFTS:
            for one in turns:
                if shift <= 0 or one.begins + one.spans + shift < self.today:
                    yield one, shift
