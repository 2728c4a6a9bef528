"""A record as a page shows it: tiles with the address of their lists, under their headings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from huizhen.directory.models import Group, Person
from huizhen.reports.queries.metrics import METRICS, Metric
from huizhen.reports.queries.record_items import FIGURES, ITEMS, SECTIONS
from huizhen.reports.queries.records import LATE, Record
from huizhen.web.figures.words import of_words, value_words

LATE_LABEL = gettext_lazy("超时次数")
LATE_METRIC = Metric(
    "late", "time", LATE_LABEL, "count", gettext_lazy("首次沟通、会诊、处方、复诊的时限，到期没有按时办的次数。"), LATE
)
COLUMNS = ("answered", "contacts", "sessions", "prescriptions", "followed_up", "authored", "taught", "feedback")
"""Counts in the table of a group's members."""


@dataclass(frozen=True)
class Tile:
    """One number. `of`: the counts behind it; `url`: its list, "" where there is none."""

    label: str | Promise
    value: str
    of: str
    url: str
    is_small: bool = False


@dataclass(frozen=True)
class Row:
    """A member of a group with her own record."""

    name: str
    role: str
    unit: str
    url: str
    cells: tuple[Tile, ...]


def metric_of(code: str) -> Metric | None:
    """The figure of a record that has this code, or what was late."""
    return LATE_METRIC if code == LATE_METRIC.code else METRICS[code] if code in FIGURES else None


def of_person(person: Person, record: Record) -> list[tuple[str | Promise, list[Tile]]]:
    """Sections of an expert's record; every number leads to its list."""
    base, number = reverse("records:expert_list", args=[person.code]), record.period.since.year
    used = f"{reverse('directory:given', args=[person.code])}?of=extracted"

    def url(code: str) -> str:
        return f"{base}?{urlencode({'of': code, 'year': number})}"

    return _sections(record, url, used)


def of_group(group: Group, record: Record) -> list[tuple[str | Promise, list[Tile]]]:
    """Sections of a group's record; every number but reuses leads to its list."""
    base = reverse("records:group_list", args=[group.code])

    def url(code: str) -> str:
        return f"{base}?{urlencode({'of': code, 'year': record.period.since.year})}"

    return _sections(record, url, "")


def _sections(record: Record, url: Callable[[str], str], used: str) -> list[tuple[str | Promise, list[Tile]]]:
    return [(label, list(_tiles(record, section, url, used))) for section, label in SECTIONS.items()]


def _tiles(record: Record, section: str, url: Callable[[str], str], used: str) -> Iterator[Tile]:
    for item in ITEMS.values():
        if item.section == section and item.code in record.counts:
            n = record.counts[item.code]
            of = _feedback(record) if item.code == "feedback" else ""
            yield Tile(item.label, str(n), of, url(item.code) if n else "")
    if section == "timely":
        for code in FIGURES:
            one = record.figures[code]
            there = bool(one.numerator or one.denominator)
            yield Tile(one.metric.label, value_words(one), of_words(one), url(code) if there else "", one.is_small)
        late = url(LATE_METRIC.code) if record.late else ""
        yield Tile(LATE_LABEL, str(record.late), "", late)
    if section == "heard":
        good = ngettext("有效 %(n)s 次", "有效 %(n)s 次", record.effective_reuses) % {"n": record.effective_reuses}
        yield Tile(_("工作法被复用"), str(record.reuses), good if record.reuses else "", used if record.reuses else "")


def _feedback(record: Record) -> str:
    said = record.feedback
    if not said.n:
        return ""
    return _("价值 %(value)s，可操作 %(ease)s，满分 5") % {
        "value": said.value if said.value is not None else "—",
        "ease": said.feasibility if said.feasibility is not None else "—",
    }


def member_row(person: Person, role: str, record: Record) -> Row:
    """One line of the table of a group."""
    number = record.period.since.year
    base = reverse("records:expert_list", args=[person.code])
    cells = [
        Tile(
            ITEMS[code].label, str(record.counts[code]), "",
            f"{base}?{urlencode({'of': code, 'year': number})}" if record.counts[code] else "",
        )
        for code in COLUMNS
    ]  # fmt: skip
    for code in ("first_contact_on_time", "marked"):
        one = record.figures[code]
        url = f"{base}?{urlencode({'of': code, 'year': number})}" if one.denominator else ""
        cells.append(Tile(one.metric.label, value_words(one), of_words(one), url, one.is_small))
    unit = person.unit.name if person.unit else ""
    page = f"{reverse('records:expert', args=[person.code])}?year={number}"
    return Row(person.name, role, unit, page, tuple(cells))


def headings() -> list[str | Promise]:
    """Column heads of that table."""
    return [*(ITEMS[code].label for code in COLUMNS), METRICS["first_contact_on_time"].label, METRICS["marked"].label]
