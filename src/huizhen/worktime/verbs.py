"""What the journal calls the happenings of the working calendar, in words people read."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

VERBS = {
    "calendar_loaded": _("录入节假日安排"),
    "office_hours_set": _("设定办公时间"),
}
