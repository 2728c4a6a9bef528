"""`huizhen recount`: do the figures say what the cases say? Counted where they never were; words for what differs."""

from __future__ import annotations

from django.utils import timezone
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from huizhen.cases.models import Case
from huizhen.config.voice import pick, say
from huizhen.journal.actions import worker
from huizhen.reports import jobs
from huizhen.reports.actions.mending import Recount, recount
from huizhen.reports.models import Fill


def report(*, repair: bool) -> int:
    """Count what was never counted, compare everything, print what differs; 1 when anything does and was not mended."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns) as bar:
        task = bar.add_task(pick("计数", "counting"), total=None, visible=False)

        def tell(step: Fill) -> None:
            bar.update(task, total=step.total, completed=min(step.done, step.total), visible=True)

        jobs.walk(timezone.now(), told=tell)
        task = bar.add_task(pick("核对", "comparing"), total=Case.objects.count())
        found = recount(
            by=worker(), at=timezone.now(), repair=repair, told=lambda done: bar.update(task, completed=done)
        )
    _tell(found)
    return 0 if found.is_right or (repair and not found.unreadable) else 1


def _tell(found: Recount) -> None:
    for code in found.codes:
        say(f"✗ {code}：计数与病例不一致", f"  {code}: what was counted differs from the case", error=True)
    if (more := found.wrong_cases + found.unreadable - len(found.codes)) > 0:
        say(f"✗ 另有 {more} 例", f"  and {more} more cases", error=True)
    for line in found.sums:
        say(f"✗ 合计不符：{line}", f"  a sum differs: {line}", error=True)
    if (more := found.wrong_sums - len(found.sums)) > 0:
        say(f"✗ 另有 {more} 处合计不符", f"  and {more} more sums", error=True)
    if found.unreadable:
        say(f"✗ {found.unreadable} 例无法计数", f"  {found.unreadable} cases cannot be counted", error=True)
    wrong = found.wrong_cases + found.wrong_sums
    say(
        f"核对了 {found.cases} 例，{found.wrong_cases} 例、{found.wrong_sums} 处合计不一致"
        + ("，已改正。" if found.is_mended and wrong else "。"),
        f"Compared {found.cases} cases: {found.wrong_cases} cases and {found.wrong_sums} sums differ"
        + (", now mended." if found.is_mended and wrong else "."),
    )
