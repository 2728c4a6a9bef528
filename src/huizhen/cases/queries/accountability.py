"""Does the key on the case agree with the history of who held it? Read by `huizhen verify`."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from huizhen.cases.models import Case, Responsibility


def unaccounted(*, limit: int = 1000) -> list[str]:
    """Codes of cases whose accountable person and open row of Responsibility differ.

    An open case has one open row, of the accountable person; a closed case has none. Two open rows the database itself refuses.
    """
    open_rows = Responsibility.objects.filter(case=OuterRef("pk"), until=None)
    held = Exists(open_rows.filter(person=OuterRef("accountable_id")))
    wrong = Q(is_open=True) & ~held | Q(is_open=False) & Exists(open_rows)
    return list(Case.objects.filter(wrong).order_by("pk").values_list("code", flat=True)[:limit])
