"""Words that the pages of clinics fill in: a title, and an agenda without the titles of cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from huizhen.directory.models import Person

OPENING, CLOSING = 5, 10
"""Minutes."""


def title_of(day: date) -> str:
    return _("%(month)s 月病例讨论会") % {"month": day.month}


def agenda_of(presenters: Sequence[Person], minutes: int) -> str:
    """A numbered list: opening, each case by its number with who presents it, what to take home. Cases share the time evenly."""
    each = max(5, (minutes - OPENING - CLOSING) // max(len(presenters), 1) // 5 * 5)
    lines = [_("开场：上次说好的事做了没有，%(n)s 分钟") % {"n": OPENING}]
    lines += [
        _("第 %(number)s 例：%(name)s主讲，约 %(n)s 分钟") % {"number": number, "name": one.name, "n": each}
        for number, one in enumerate(presenters, 1)
    ]
    lines.append(_("小结：哪些做法值得萃取，%(n)s 分钟") % {"n": CLOSING})
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))
