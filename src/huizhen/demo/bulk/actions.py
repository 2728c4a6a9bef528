"""Filling a demo with cases: nine in ten closed, over three years, the others open with running clocks."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, zip_longest

from django.db import transaction
from django.utils import timezone

from huizhen.cases.actions import recompute
from huizhen.cases.actions.ending import lapse_form
from huizhen.cases.actions.holding import lapse_transfer
from huizhen.cases.actions.upkeep import climb
from huizhen.cases.models import Case, Closing, CodeCounter, Transfer
from huizhen.cases.queries.upkeep import cases_to_look_at
from huizhen.demo.bulk.days import Days
from huizhen.demo.bulk.making import Maker, stamp_of
from huizhen.demo.bulk.shapes import Template
from huizhen.demo.bulk.templates import ORDER, templates_of
from huizhen.demo.bulk.world import World
from huizhen.demo.bulk.writing import first_keys, settle, write
from huizhen.directory.queries import current_campaign
from huizhen.journal.actions import record
from huizhen.journal.models import ChainHead, Entry, journal_key
from huizhen.lib.codes import case_code
from huizhen.lib.errors import Refusal, StaleWrite
from huizhen.search.actions import bulk_load, put_many
from huizhen.search.models import Entry as Found
from huizhen.search.registry import sources
from huizhen.worktime.queries import calendar

Progress = Callable[[int, int], None]

SEED = 20241129
BATCH = 2_000
FOUND_AT_ONCE = 500
VERY_MANY = 200_000
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
    says how far it came; whatever broke off goes on there. Nobody else may write meanwhile: keys are given beforehand.
    NothingToCopyError: there is no demo to make them from. StaleWrite: somebody else fills at the same time.
    """
    before = filled()
    have = before.until if before else 0
    if have >= total:
        return 0
    since = before.since if before and before.total == total else have
    filling = _Filling(since, total, at=at, seed=seed, first=before.first if before else None)
    progress(have, total)
    with bulk_load() if total - have >= VERY_MANY else nullcontext():
        for begin in range(have, total, BATCH):
            end = min(begin + BATCH, total)
            filling.batch(begin, end)
            progress(end, total)
    settle([*ORDER, Entry, ChainHead, Found])
    return total - have


def _let_find(pks: range) -> None:
    """New cases into the index of search, as its source tells them."""
    documents = sources()["case"].documents
    for start in range(pks.start, pks.stop, FOUND_AT_ONCE):
        put_many(documents(pks[start - pks.start : start - pks.start + FOUND_AT_ONCE]), fresh=True)


class _Filling:
    """One run: everything read once, the templates, and which of them each number is made from."""

    def __init__(self, since: int, total: int, *, at: datetime, seed: int, first: int | None) -> None:
        self.since, self.total, self.at, self.seed, self.first = since, total, at, seed, first
        self.closed = since + round((total - since) * CLOSED)
        self.campaign = current_campaign()
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

    def batch(self, begin: int, end: int) -> None:
        """The cases from number `begin` to the one before `end`."""
        with transaction.atomic():
            counters = {one.year: one for one in CodeCounter.objects.select_for_update()}
            there = filled()
            if (there.until if there else 0) != begin:
                raise StaleWrite("someone_was_faster")
            maker, now = self._maker(), timezone.now()
            first = maker.first[0]
            for number in range(begin, end):
                rng = random.Random((self.seed << 32) + number)
                template, begins = self._chosen(number, rng)
                code = self._code(counters, self.days.dates[begins].year)
                maker.add(template, rng=rng, code=code, begins=begins, now=now)
            write(maker.take())
            _let_find(range(first, maker.first[0]))
            for counter in counters.values():
                counter.save()
            self.first = self.first or first
            record(
                VERB, self.campaign, by=None, at=now, label=self.campaign.name,
                since=self.since, until=end, total=self.total, first=first,
            )  # fmt: skip

    def _maker(self) -> Maker:
        first, journal = first_keys()
        return Maker(
            world=self.world, days=self.days, key=journal_key(), stamp=stamp_of(), first=first, journal=journal
        )

    @staticmethod
    def _code(counters: dict[int, CodeCounter], year: int) -> str:
        counter = counters.setdefault(year, CodeCounter(year=year))
        counter.last += 1
        return case_code(year, counter.last)

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
            maker = self._maker()
            codes = [f"~{number:06d}" for number in range(len(pairs))]
            pks = [
                maker.add(
                    one, rng=random.Random(number), code=codes[number], begins=one.begins + shift, now=self.at,
                    recast=False,
                )
                for number, (one, shift) in enumerate(pairs)
            ]  # fmt: skip
            write(maker.take())
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
