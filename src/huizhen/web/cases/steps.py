"""Steps of the ladder in words, for the timeline: 首次沟通已超时 1 个工作日; 措施 2 还有 3 个工作日到期. And which paper left the house."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huizhen.cases.queries.file import CaseFile
from huizhen.cases.verbs import CLOCKS
from huizhen.web.moments import table_words

ICONS = {
    "clock_half": "hourglass", "clock_late": "alarm-clock", "clock_late_1": "alarm-clock", "clock_late_3": "alarm-clock",
    "measure_soon": "calendar-clock", "measure_due": "calendar-clock", "measure_late_1": "calendar-x", "measure_late_3": "calendar-x",
}  # fmt: skip
LATE = frozenset({"clock_late", "clock_late_1", "clock_late_3", "measure_late_1", "measure_late_3"})


def words(verb: str, data: dict[str, Any]) -> str:
    """What a step says, from its journal data alone: the same in the timeline and wherever it is told."""
    n = int(data.get("amount", 0))
    if verb.startswith("measure_"):
        said = {
            "measure_soon": ngettext(
                "措施 %(measure)s 还有 %(n)s 个工作日到期", "措施 %(measure)s 还有 %(n)s 个工作日到期", n
            ),
            "measure_due": _("措施 %(measure)s 今天到期"),
        }.get(verb) or ngettext(
            "措施 %(measure)s 到期已过 %(n)s 个工作日", "措施 %(measure)s 到期已过 %(n)s 个工作日", n
        )
        return said % {"measure": data.get("number", ""), "n": n}
    said = {"clock_half": _("%(clock)s时限已用去 %(n)s%%"), "clock_late": _("%(clock)s已超时")}.get(verb) or ngettext(
        "%(clock)s已超时 %(n)s 个工作日", "%(clock)s已超时 %(n)s 个工作日", n
    )
    name = str(data.get("clock", ""))
    return said % {"clock": CLOCKS.get(name, name), "n": n}


def _teller(verb: str) -> Callable[[CaseFile, dict[str, Any], Any], None]:
    def tell(file: CaseFile, data: dict[str, Any], line: Any) -> None:
        line.head = words(verb, data)
        line.disc = "ask" if verb in LATE else ""
        if verb.startswith("measure_"):
            row = next((one for one in file.measures if str(one.key) == data.get("measure")), None)
            if row is not None:
                line.notes.append(row.owner.name if row.owner else row.owner_name)
                line.text = row.what
        elif "due" in data:
            line.notes.append(_("时限 %(when)s") % {"when": table_words(datetime.fromisoformat(data["due"]))})

    return tell


def _exported(file: CaseFile, data: dict[str, Any], line: Any) -> None:
    line.notes.append(_("会诊纪要") if data.get("paper") == "minutes" else _("A3 报告"))


TELLERS = {verb: _teller(verb) for verb in ICONS} | {"case_exported": _exported}
