"""What the journal calls the happenings of the timetable, in words people read."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

VERBS = {"job_hurried": _("让后台任务立即运行")}
