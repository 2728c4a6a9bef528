"""Row by row: from what is written to a case of the past, with every guess told. Reads what is here already; writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from django.utils import timezone

from huizhen.cases.lifecycle import Stage
from huizhen.cases.queries.imports import Question
from huizhen.cases.sheets.columns import HEADERS, LIMITS, LONGEST, MOMENTS
from huizhen.cases.sheets.knowing import mark_known, mark_twins
from huizhen.cases.sheets.moments import Written, written
from huizhen.cases.sheets.parsing import (
    INNOVATIONS,
    MEASURE_LONG,
    MODES,
    STATES,
    UNRESOLVED,
    URGENCIES,
    VERDICTS,
    effect_of,
    meant,
    names_of,
    parts_of,
    steps_of,
)
from huizhen.cases.sheets.places import Places, exact, places_of
from huizhen.cases.sheets.planning import (
    NOBODY,
    REJECTED,
    TITLE_LONG,
    Moments,
    Past,
    Plan,
    Row,
    digest_of,
    identity_of,
)
from huizhen.cases.sheets.reading import Line, Sheet
from huizhen.directory.models import Branch, Campaign, Domain, Group, Person
from huizhen.directory.queries import desk_person
from huizhen.lib.errors import Fault, NotNow
from huizhen.lib.text import clean
from huizhen.lib.workbooks import text_of
from huizhen.lib.zh import mask_personal

_DAY = timedelta(days=1)
_OFTEN = 250


def plan(
    sheet: Sheet,
    *,
    content_digest: str,
    choices: Mapping[str, Mapping[str, str]],
    unit_ids: Collection[int] | None,
    importer: Person | None,
    now: datetime,
    but: int | None = None,
    progress: Callable[[int], object] | None = None,
) -> Plan:
    """Decide on every row. NotNow: there is no campaign.

    `unit_ids`: the units whose branches the importer may write, None for all. `but`: the list whose own cases do not count as here
    already. `progress` is told now and then how many rows were decided.
    """
    campaigns = sorted(Campaign.objects.all(), key=lambda one: (not one.is_current, -one.starts_on.toordinal()))
    if not campaigns or not campaigns[0].is_current:
        raise NotNow("no_campaign")
    decider = _Decider(sheet, places_of(campaigns), choices, unit_ids, importer, now)
    rows = []
    for line in sheet.lines:
        rows.append(decider.row(line))
        if progress is not None and len(rows) % _OFTEN == 0:
            progress(len(rows))
    mark_twins(rows)
    mark_known(rows, but=but)
    for row in rows:
        if row.faults:
            row.outcome = REJECTED
    notices = sheet.notices
    if decider.years:
        notices += (Fault("list_years_guessed", {"count": decider.years, "year": str(sheet.year)}),)
    return Plan(sheet, tuple(rows), decider.questions(), notices, digest_of(content_digest, rows, choices))


class _Decider:
    """Decides on rows one at a time, and collects what must be asked."""

    def __init__(
        self,
        sheet: Sheet,
        places: Places,
        choices: Mapping[str, Mapping[str, str]],
        unit_ids: Collection[int] | None,
        importer: Person | None,
        now: datetime,
    ) -> None:
        self.sheet, self.places, self.choices = sheet, places, choices
        self.unit_ids, self.importer, self.now = unit_ids, importer, now
        self.desk = desk_person(on=timezone.localdate(now)) or importer
        self.years = 0
        self._asked: dict[tuple[str, str], Question] = {}
        self._near: dict[str, tuple[tuple[str, str], ...]] = {}
        self._codes = {one.code: one for one in places.persons.values()}

    def questions(self) -> tuple[Question, ...]:
        order = {"branch": 0, "group": 1, "person": 2}
        return tuple(sorted(self._asked.values(), key=lambda one: (order[one.kind], -one.rows, one.given)))

    def _ask(self, kind: str, key: str, given: str, options: tuple[tuple[str, str], ...]) -> str:
        """What was chosen for a name, "" while nothing was; counts the rows that say it."""
        chosen = self.choices.get(kind, {}).get(key, "")
        allowed = {code for code, _ in options} | ({NOBODY} if kind != "branch" else set())
        old = self._asked.get((kind, key))
        chosen = chosen if chosen in allowed else ""
        self._asked[kind, key] = Question(kind, key, given, options, (old.rows if old else 0) + 1, chosen)
        return chosen

    def row(self, line: Line) -> Row:
        row = Row(line)
        for name in sorted(line.formulas):
            row.wrong("formula", HEADERS[name])
        for name, value in line.cells.items():
            most = LIMITS.get(name, LONGEST)
            if len(text_of(value)) > most:
                row.wrong("too_long", HEADERS[name], max=most, length=len(text_of(value)))
        moments = self._moments(row)
        branch = self._branch(row)
        title = clean(line.text("title"))
        if not title:
            row.wrong("required", HEADERS["title"])
        row.missing = [
            HEADERS[name] for name in HEADERS if name in self.sheet.columns and name in _WISHED and not line.text(name)
        ]
        if branch is not None and moments is not None and title and not row.faults:
            row.past = self._past(row, branch, moments, title)
        return row

    def _moments(self, row: Row) -> Moments | None:
        found: dict[str, Written | None] = {}
        for name in MOMENTS:
            raw = row.line.cells.get(name)
            found[name] = at = written(raw, year=self.sheet.year)
            if at is None:
                if text_of(raw).strip():
                    row.wrong("list_bad_moment", HEADERS[name], value=clean(text_of(raw))[:40])
                continue
            if at.at > self.now + _DAY:
                row.wrong("in_the_future", HEADERS[name])
            if at.guess == "year":
                self.years += 1
            elif at.guess:
                row.guess("list_day_guessed", HEADERS[name], day=at.day)
        moments = Moments(found["registered"], found["contacted"], found["session"], found["followed"])
        if not moments.all:
            row.wrong("required", HEADERS["registered"])
            return None
        if moments.registered is None:
            row.guess("list_registered_guessed", HEADERS["registered"], day=min(one.at for one in moments.all).date())
        elif any(one.day < moments.registered.day for one in moments.all):
            row.guess("list_order", HEADERS["registered"])
        return moments

    def _branch(self, row: Row) -> Branch | None:
        given, unit = clean(row.line.text("branch")), clean(row.line.text("unit"))
        if not given:
            row.wrong("required", HEADERS["branch"])
            return None
        branches = self.places.branches
        found = branches.exactly.get(exact(given)) or branches.exactly.get(exact(unit + given))
        if found is not None and exact(given) in self.places.former:
            row.guess("list_branch_former", HEADERS["branch"], name=found.name)
        if found is None and (
            found := self.places.former.get(exact(given)) or self.places.former.get(exact(unit + given))
        ):
            row.guess("list_branch_former", HEADERS["branch"], name=found.name)
        if found is None and (found := branches.plainly(unit + given) or branches.plainly(given)):
            row.guess("list_branch_guessed", HEADERS["branch"], name=found.name)
        if found is None:
            found = self._asked_branch(row, given, unit)
        if found is not None and self.unit_ids is not None and found.unit_id not in self.unit_ids:
            row.wrong("list_not_your_unit", HEADERS["branch"], name=found.name)
            return None
        return found

    def _asked_branch(self, row: Row, given: str, unit: str) -> Branch | None:
        key = f"{unit} {given}".strip()[:200]
        if key not in self._near:
            near = self.places.branches.nearest(unit + given) or self.places.branches.nearest(given)
            mine = [one for one in near if self.unit_ids is None or one.unit_id in self.unit_ids]
            self._near[key] = tuple({one.code: one.name for one in mine}.items())
        options = self._near[key]
        chosen = self._ask("branch", key, key, options) if options else ""
        if not chosen:
            row.wrong("list_branch_open" if options else "list_branch_unknown", HEADERS["branch"], value=given[:60])
            return None
        return self.places.branches.exactly[exact(chosen)]

    def _group(self, row: Row, campaign: Campaign) -> Group | None:
        given = clean(row.line.text("group"))
        if not given:
            return None
        for one in (campaign, *(other for other in self.places.campaigns if other.pk != campaign.pk)):
            names = self.places.groups[one.pk]
            if found := names.exactly.get(exact(given)):
                return found
            if found := names.plainly(given):
                row.guess("list_group_guessed", HEADERS["group"], name=found.name)
                return found
        if given not in self._near:
            near = self.places.groups[campaign.pk].nearest(given)
            self._near[given] = tuple((one.code, one.name) for one in near)
        chosen = self._ask("group", given[:200], given, self._near[given])
        if not chosen or chosen == NOBODY:
            row.guess("list_group_unknown", HEADERS["group"], value=given[:60])
            return None
        return self.places.groups_by_code[campaign.pk, exact(chosen)]

    def _responder(self, row: Row, group: Group | None) -> Person | None:
        """首问专家: of her group, else an expert, else anybody of that name; else the leader of the group, head office, the importer."""
        names = names_of(row.line.text("responder")) or names_of(row.line.text("leader"))
        given = names[0] if names else ""
        found = self._named(given, group) if given else []
        if len(found) == 1:
            if group is not None and found[0].pk not in self.places.seats[group.pk]:
                row.guess("list_person_elsewhere", HEADERS["responder"], name=found[0].name)
            return found[0]
        if given:
            near = found or self._members_like(given, group)
            key = f"{given}@{group.code if group else ''}"
            shown = f"{given}（{group.name}）" if group else given
            told = tuple((one.code, self._who(one)) for one in near)
            chosen = self._ask("person", key, shown, told) if told else ""
            if chosen and chosen != NOBODY:
                return self._codes[chosen]
        person = (self.places.leaders.get(group.pk) if group else None) or self.desk
        if person is not None:
            code = "list_person_unknown" if given else "list_responder_guessed"
            row.guess(code, HEADERS["responder"], value=given, name=person.name)
        return person

    def _who(self, person: Person) -> str:
        return "，".join(filter(None, (person.name, person.unit.name if person.unit else "", person.post)))

    def _named(self, name: str, group: Group | None) -> list[Person]:
        """The people of that name on the nearest floor that has any: the group, all experts, all."""
        people = self.places.by_name.get(exact(name), [])
        seats = self.places.seats[group.pk] if group else set()
        for floor in (seats, self.places.experts):
            if found := [one for one in people if one.pk in floor]:
                return found
        return list(people)

    def _members_like(self, name: str, group: Group | None) -> list[Person]:
        """Members whose name differs by a character."""
        if group is None:
            return []
        members = (self.places.persons[pk] for pk in sorted(self.places.seats[group.pk]))
        return [one for one in members if len(set(one.name) & set(name)) >= max(len(name) - 1, 1)]

    def _requester(self, row: Row, branch: Branch, fallback: Person) -> Person:
        """问诊人 by name among the branch's contacts and the unit's people; else its contact of today."""
        names = names_of(row.line.text("requester"))
        contacts = self.places.contacts[branch.pk]
        for name in names[:1]:
            people = self.places.by_name.get(exact(name), [])
            near = [one for one in people if one in contacts] or [
                one for one in people if one.unit_id == branch.unit_id
            ]
            if len(near) == 1:
                return near[0]
        person = next(iter(contacts), None) or self.importer or fallback
        row.guess("list_requester_guessed", HEADERS["requester"], value=names[0] if names else "", name=person.name)
        return person

    def _past(self, row: Row, branch: Branch, moments: Moments, title: str) -> Past | None:
        line, year = row.line, self.sheet.year
        registered = moments.registered.at if moments.registered else min(one.at for one in moments.all)
        campaign = self.places.campaign_on(timezone.localdate(registered))
        group = self._group(row, campaign)
        responder = self._responder(row, group)
        if responder is None:
            row.wrong("list_nobody", HEADERS["responder"])
            return None
        number = clean(line.text("number"))
        steps = steps_of(line.text("measures"), line.text("owners"), year=year)
        if any(len(one.what) > MEASURE_LONG for one in steps):
            row.guess("list_measure_cut", HEADERS["measures"], max=MEASURE_LONG)
        conclusion = _masked(line.text("verdict"))
        verdict = meant(conclusion, VERDICTS)
        if conclusion and not verdict:
            row.guess("list_verdict_unknown", HEADERS["verdict"], value=conclusion[:40])
        lost = verdict in ("none", "worse") or any(word in conclusion for word in UNRESOLVED)
        condition, shown = _masked(line.text("condition")), mask_personal(title)[0]
        if len(shown) > TITLE_LONG:
            row.guess("list_title_cut", HEADERS["title"], max=TITLE_LONG)
            condition = f"{shown}\n{condition}".strip()
        ends = [one.at for one in moments.all] + [registered]
        progress = _masked(line.text("progress"))
        diagnosis = _masked(line.text("diagnosis"))
        return Past(
            campaign=group.campaign if group else campaign,
            branch=branch,
            requester=self._requester(row, branch, responder),
            group=group,
            domain=group.domain if group else self._domain(line),
            responder=responder,
            number=mask_personal(number)[0][:40],
            identity=identity_of(branch, number, title, timezone.localdate(registered)),
            title=shown[:TITLE_LONG],
            condition=condition,
            urgency=meant(line.text("urgency"), URGENCIES) or "normal",
            mode=meant(line.text("mode"), MODES) or "either",
            stage=Stage.UNRESOLVED if lost else Stage.ARCHIVED,
            registered_at=registered,
            closed_at=max(ends),
            contacted_at=moments.contacted.at if moments.contacted else None,
            session_at=moments.session.at if moments.session else None,
            people=self._people(row, group),
            invited=self._invited(row, group),
            findings=diagnosis,
            causes=tuple(one[:120] for one in parts_of(diagnosis)[:20]),
            steps=tuple(replace(one, what=_masked(one.what)) for one in steps),
            step_state=meant(progress, STATES) or ("dropped" if lost else "done"),
            progress=progress,
            innovation=meant(line.text("innovation"), INNOVATIONS),
            followed_at=moments.followed.at if moments.followed else None,
            verdict=verdict,
            words=conclusion,
            effect=effect_of(line.text("effect")),
            effect_words=_masked(line.text("effect")),
            fallback_owner=(names_of(line.text("requester")) or [branch.name])[0][:40],
            cells=_cells(line),
        )

    def _domain(self, line: Line) -> Domain | None:
        return self.places.domains.get(exact(line.text("domain")))

    def _people(self, row: Row, group: Group | None) -> tuple[Person, ...]:
        found: dict[int, Person] = {}
        lost = []
        for name in names_of(row.line.text("people"))[:40]:
            named = self._named(name, group)
            if len(named) == 1:
                found[named[0].pk] = named[0]
            else:
                lost.append(name)
        if lost:
            row.guess("list_people_unknown", HEADERS["people"], names=lost)
        return tuple(found.values())

    def _invited(self, row: Row, group: Group | None) -> tuple[Group, ...]:
        found: dict[int, Group] = {}
        lost = []
        for given in parts_of(row.line.text("invited").replace("、", "\n").replace("，", "\n"))[:10]:
            campaigns = (group.campaign_id,) if group else tuple(one.pk for one in self.places.campaigns)
            named = [self.places.groups[pk] for pk in campaigns]
            hit = next(
                (one for names in named if (one := names.exactly.get(exact(given)) or names.plainly(given))), None
            )
            if hit is not None and hit != group:
                found[hit.pk] = hit
            elif hit is None and given not in ("无", "/", "-", "—"):
                lost.append(given[:40])
        if lost:
            row.guess("list_invited_unknown", HEADERS["invited"], names=lost)
        return tuple(found.values())


_WISHED = frozenset({
    "group", "condition", "registered", "responder", "contacted", "session", "diagnosis", "measures", "innovation", "owners",
    "followed", "verdict", "effect",
})  # fmt: skip


def _masked(text: str) -> str:
    return mask_personal(text)[0]


def _cells(line: Line) -> tuple[tuple[str, str], ...]:
    """The row as it was written, heading and text, personal data masked."""
    known = [(HEADERS[name], line.text(name)) for name in HEADERS if name != "serial" and name in line.cells]
    return tuple((head, _masked(text)[:LONGEST]) for head, text in [*known, *line.rest] if text)
