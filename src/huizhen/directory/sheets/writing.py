"""The roster of a campaign as an XLSX that imports again without a change, and the empty form to start from."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date

import xlsxwriter
from django.db.models import Case, IntegerField, Q, Value, When

from huizhen.directory.choices import MemberRole
from huizhen.directory.models import Campaign, Membership
from huizhen.directory.sheets.fields import HEADERS, role_word

WIDTHS = {
    "group": 26,
    "unit": 18,
    "specialities": 24,
    "focus": 24,
    "phone": 14,
    "email": 24,
    "group_code": 12,
    "staff_no": 12,
}


def write_roster(campaign: Campaign, *, on: date) -> bytes:
    """附件1 of a day: one row per seat, in the order of the notice, leader first."""
    rank = Case(
        When(role=MemberRole.LEADER, then=Value(0)),
        When(role=MemberRole.DEPUTY, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    seats = (
        Membership.objects.filter(Q(until=None) | Q(until__gt=on), group__campaign=campaign, since__lte=on)
        .select_related("group__domain", "person__unit")
        .order_by("group__domain__order", "group__order", "group__code", rank, "person__sort_key", "pk")
    )
    return write_rows(_cells(seat) for seat in seats.iterator(chunk_size=2000))


def _cells(seat: Membership) -> Sequence[str]:
    person, group = seat.person, seat.group
    return (
        group.domain.name, group.name, group.code, person.name, person.unit.name if person.unit else "", person.post,
        person.level, role_word(seat.role, seat.is_primary), person.specialities, person.focus, person.phone,
        person.email, person.staff_no,
    )  # fmt: skip


def write_rows(rows: Iterable[Sequence[str]]) -> bytes:
    """A workbook with the headers of 附件1. All cells are text: what people typed never becomes a formula or a link."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})
    sheet = book.add_worksheet("名册")
    head = book.add_format({"bold": True, "bottom": 1, "num_format": "@"})
    text = book.add_format({"num_format": "@"})
    for column, (name, word) in enumerate(HEADERS.items()):
        sheet.set_column(column, column, WIDTHS.get(name, 10), text)
        sheet.write_string(0, column, word, head)
    last = 0
    for last, cells in enumerate(rows, start=1):
        for column, value in enumerate(cells):
            if value:
                sheet.write_string(last, column, value, text)
    sheet.freeze_panes(1, 4)
    sheet.autofilter(0, 0, last, len(HEADERS) - 1)
    book.close()
    return file.getvalue()
