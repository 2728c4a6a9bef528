"""Kinds of day that differ from Monday–Friday."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class DayKind(models.TextChoices):
    HOLIDAY = "holiday", _("休")
    WORKDAY = "workday", _("班")
