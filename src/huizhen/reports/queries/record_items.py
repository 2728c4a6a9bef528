"""What a yearly record counts: one definition for page, list, Word file and table.

Each item is rows of one person (or of the cases of one group) with a moment. What is measured in time and effect are the metrics of
`queries.metrics`, narrowed to the days on which she was accountable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from huizhen.cases.choices import Party, Source
from huizhen.cases.models import (
    Attendance,
    Case,
    Closing,
    Contact,
    FollowUp,
    Opinion,
    Prescription,
    Responsibility,
    Transfer,
)
from huizhen.methods.models import ClinicAttendance, ClinicCase, MethodReview, MethodVersion
from huizhen.methods.queries.contributions import CAME_ON_SITE, PUBLISHED
from huizhen.reports.clocks.periods import Period
from huizhen.reports.queries.figures import moments


@dataclass(frozen=True)
class Item:
    """One count. `persons`: paths to whom a row belongs, several for one of several hands; `group`: path to the group, "" where a group
    has none. `moment`: when it counts; with `ends` the row lasts from one to the other, and counts when it touches the period.

    `key`: what is counted once, however many rows; `of` and `path`: case, method or clinic behind a row.
    """

    code: str
    section: str
    label: str | Promise
    definition: str | Promise
    rows: Callable[[], QuerySet[Any, Any]]
    persons: tuple[str, ...]
    group: str
    moment: str
    key: str = "pk"
    of: str = "case"
    path: str = "case"
    ends: str = ""

    def within(self, period: Period) -> QuerySet[Any, Any]:
        """The rows of everybody in a period."""
        since, until = moments(period)
        if self.ends:
            lasting = Q(**{f"{self.ends}__isnull": True}) | Q(**{f"{self.ends}__gte": since})
            return self.rows().filter(lasting, **{f"{self.moment}__lt": until})
        return self.rows().filter(**{f"{self.moment}__gte": since, f"{self.moment}__lt": until})


SECTIONS: Mapping[str, str | Promise] = MappingProxyType(
    {
        "asked": pgettext_lazy("record", "接诊"),
        "consulting": _("把脉"),
        "timely": pgettext_lazy("record", "时效和成效"),
        "learning": _("萃取和传授"),
        "heard": _("评价和采用"),
        "handed": pgettext_lazy("record", "转诊"),
    }
)
"""In the order of the page."""

FIGURES = (
    "first_contact_on_time", "session_on_time", "prescription_on_time", "follow_up_on_time", "response_median",
    "execution", "marked", "cured",
)  # fmt: skip
"""Metrics of a record."""

_HELD_CLINIC = {"clinic__state": "held"}
_ALL = (
    Item(
        "first_asked", "asked", _("首问的病例"), _("期内挂号、首问责任人是本人的病例数。"),
        lambda: Case.objects.exclude(source=Source.IMPORTED), ("first_responder",), "group", "registered_at", path="",
    ),
    Item(
        "answered", "asked", pgettext_lazy("contribution", "负责过的病例"), _("期内任何一天由本人负责的病例数，包括转来的；从历史清单导入的不计。"),
        lambda: Responsibility.objects.exclude(why="imported"), ("person",), "case__group", "since", key="case", ends="until",
    ),
    Item(
        "contacts", "asked", _("与支部沟通"), _("期内本人记下的与支部的沟通次数；支部说没有联系过的不计。"),
        lambda: Contact.objects.filter(party=Party.BRANCH, denied_at=None), ("by",), "case__group", "at",
    ),
    Item(
        "sessions", "consulting", _("参加会诊"), _("期内举行、本人到会的会诊次数。"),
        lambda: Attendance.objects.filter(session__state="held", came=True), ("person",), "session__case__group",
        "session__starts_at", key="session", path="session__case",
    ),
    Item(
        "visited", "consulting", pgettext_lazy("contribution", "到现场会诊"), _("其中在现场举行的次数。"),
        lambda: Attendance.objects.filter(CAME_ON_SITE), ("person",), "session__case__group", "session__starts_at",
        key="session", path="session__case",
    ),
    Item(
        "opinions", "consulting", _("签署的意见"), _("期内本人签署的意见条数。"),
        lambda: Opinion.objects.all(), ("person",), "case__group", "at",
    ),
    Item(
        "prescriptions", "consulting", _("签发的处方"), _("期内本人签发的处方，每一版计一张。"),
        lambda: Prescription.objects.all(), ("signed_by",), "case__group", "signed_at",
    ),
    Item(
        "followed_up", "timely", pgettext_lazy("contribution", "做过的复诊"), _("期内本人做的复诊次数。"),
        lambda: FollowUp.objects.all(), ("by",), "case__group", "at",
    ),
    Item(
        "authored", "learning", _("执笔的工作法"), _("期内发布、本人起草或参与执笔的工作法，每个计一次。"),
        lambda: MethodVersion.objects.filter(state__in=PUBLISHED), ("by", "writers"), "method__group",
        "method__published_at", key="method", of="method", path="method",
    ),
    Item(
        "guided", "learning", _("指导的工作法"), _("期内发布、本人列为指导专家的工作法，每个计一次。"),
        lambda: MethodVersion.objects.filter(state__in=PUBLISHED), ("experts",), "", "method__published_at",
        key="method", of="method", path="method",
    ),
    Item(
        "reviewed", "learning", _("评审工作法"), _("期内本人评审的工作法版本数，退回的也计。"),
        lambda: MethodReview.objects.all(), ("by",), "", "at", key="version", of="method", path="version__method",
    ),
    Item(
        "taught", "learning", pgettext_lazy("contribution", "讨论会上主讲"), _("期内开过的病例讨论会上，本人主讲的病例数。"),
        lambda: ClinicCase.objects.filter(**_HELD_CLINIC), ("presenter",), "case__group", "clinic__starts_at",
        of="clinic", path="clinic",
    ),
    Item(
        "attended", "learning", pgettext_lazy("contribution", "参加的讨论会"), _("期内开过、本人到会的病例讨论会次数。"),
        lambda: ClinicAttendance.objects.filter(came=True, **_HELD_CLINIC), ("person",), "", "clinic__starts_at",
        key="clinic", of="clinic", path="clinic",
    ),
    Item(
        "feedback", "heard", _("支部反馈"), _("期内支部对本人负责到结案的病例填了反馈的份数；到期没填、视为默认的不计。"),
        lambda: Closing.objects.filter(is_silent=False), ("case__accountable",), "case__group", "formed_at",
    ),
    Item(
        "given", "handed", pgettext_lazy("record", "转出"), _("期内由本人提出、有人接手的转诊数，请假和调离时的移交也在内。"),
        lambda: Transfer.objects.filter(state__in=["accepted", "ruled"]), ("by",), "from_group", "answered_at",
    ),
    Item(
        "received", "handed", pgettext_lazy("record", "接手"), _("期内转给本人、已经接下或指定承办的转诊数。"),
        lambda: Transfer.objects.filter(state__in=["accepted", "ruled"]), ("to_person",), "to_group", "answered_at",
    ),
)  # fmt: skip

ITEMS: Mapping[str, Item] = MappingProxyType({one.code: one for one in _ALL})
