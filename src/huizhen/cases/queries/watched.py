"""Numbers of cases for those who watch the installation, not for readers: nobody's rights are asked."""

from __future__ import annotations

from datetime import datetime

from huizhen.cases.models import Case

MOST = 10_000


def overdue(now: datetime) -> float:
    """Open cases past their deadline, 敏感 ones too, counted up to MOST: the beginning of the index `case_all`."""
    return float(Case.objects.filter(is_open=True, due_at__lt=now)[:MOST].count())
