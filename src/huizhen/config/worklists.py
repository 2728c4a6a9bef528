"""`huizhen import-cases`: the same reading and the same writing of an earlier work list as on the pages, for who sits at the server."""

from __future__ import annotations

from pathlib import Path

from django.utils import timezone

from huizhen.cases.actions import carry_out, check_import, confirm_import, keep_import
from huizhen.cases.choices import ImportState
from huizhen.cases.models import Import
from huizhen.cases.sheets import KNOWN, NEW, REJECTED, REPEATED, Plan, Row
from huizhen.config.roster import SHOWN, as_on_the_page, content_of, tell
from huizhen.config.voice import say
from huizhen.lib.errors import Fault, NotNow


def import_cases(path: Path, *, dry_run: bool) -> int:
    """Show what the list would become; write it unless `dry_run`. Names that fit nobody are chosen on the page."""
    with as_on_the_page():
        kept = keep_import(content=content_of(path), name=path.name, by=None, at=timezone.now())
        try:
            return _import(kept, dry_run=dry_run)
        finally:
            Import.objects.filter(pk=kept.pk, state__in=[ImportState.CHECKING, ImportState.KEPT]).delete()


def _import(kept: Import, *, dry_run: bool) -> int:
    at = timezone.now()
    planned = check_import(kept, at=at)
    _show(planned)
    if planned.counts[REJECTED]:
        say("有不收的行，没有写入任何内容。", "There are rejected rows; nothing was written.", error=True)
        return 1
    if not planned.fresh:
        say("清单里的病例都已经在这里，没有写入。", "All of these cases are here already; nothing was written.")
        return 0
    if dry_run:
        say("只是核对，没有写入。", "This was a dry run; nothing was written.")
        return 0
    done = confirm_import(kept, digest=planned.digest, by=None, at=at)
    if done.state == ImportState.QUEUED:  # a long one: who sits here waits for it, unless a worker was faster
        carry_out(done, at=timezone.now())
        done.refresh_from_db()
    if done.state != ImportState.DONE or done.trouble:
        raise NotNow(done.trouble or "import_broken", done=done.done)
    say(f"已导入 {done.total} 例。", f"Imported {done.total} cases.")
    return 0


def _show(planned: Plan) -> None:
    counts = planned.counts
    say(
        f"新病例 {counts[NEW]} 行，已在这里 {counts[KNOWN]} 行，表内重复 {counts[REPEATED]} 行，不收 {counts[REJECTED]} 行。",
        f"{counts[NEW]} new, {counts[KNOWN]} here already, {counts[REPEATED]} repeated, {counts[REJECTED]} rejected.",
    )
    for notice in planned.notices:
        tell("!", "", notice)
    _rows("✗", [(row, row.faults) for row in planned.of(REJECTED)])
    _rows("?", [(row, row.guesses) for row in planned.guessed])
    for column, count in planned.gaps:
        say(f"- {column}：{count} 行空着", f"- {column}: empty in {count} rows")


def _rows(sign: str, rows: list[tuple[Row, list[Fault]]]) -> None:
    for row, faults in rows[:SHOWN]:
        for fault in faults:
            tell(sign, f"{row.number} {fault.column or ''}".strip(), fault)
    if len(rows) > SHOWN:
        more = len(rows) - SHOWN
        say(f"{sign} 另有 {more} 行", f"{sign} and {more} more rows")
