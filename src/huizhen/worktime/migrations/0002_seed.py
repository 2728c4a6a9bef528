"""Enter the published arrangements 2024–2026 and the default office hours, so that every fresh database can count."""

import secrets
from datetime import date

from django.db import migrations
from django.utils import timezone

from huizhen.worktime.sheets import seed_years


def enter(apps, schema_editor):
    Day, Year, Hours, Version = (
        apps.get_model("worktime", name) for name in ("CalendarDay", "CalendarYear", "OfficeHours", "CalendarVersion")
    )
    now = timezone.now()
    for sheet in seed_years():
        Year.objects.create(year=sheet.year, source=sheet.source, entered_at=now)
        Day.objects.bulk_create(
            Day(date=day, kind=kind, name=sheet.names[day], source=sheet.source)
            for kind, days in (("holiday", sheet.holidays), ("workday", sheet.workdays))
            for day in sorted(days)
        )
    Hours.objects.create(since=date(2000, 1, 1), slots=[["08:30", "12:00"], ["14:00", "17:30"]])
    Version.objects.create(pk=1, token=secrets.token_hex(16))


def leave(apps, schema_editor):
    for name in ("CalendarDay", "CalendarYear", "OfficeHours", "CalendarVersion"):
        apps.get_model("worktime", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("worktime", "0001_initial")]
    operations = [migrations.RunPython(enter, leave)]
