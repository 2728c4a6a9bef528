"""`huizhen rebuild-search`: every thing is read anew into the search index, with a bar; searches go on meanwhile."""

from __future__ import annotations

from django.utils import timezone
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from huizhen.config.voice import pick, say
from huizhen.search import jobs
from huizhen.search.actions import ask_rebuild
from huizhen.search.models import Rebuild
from huizhen.search.queries import rebuild_progress


def rebuild() -> None:
    """Ask for a rebuild, or take part in the one under way, and stay until it has ended. May be broken off and run again."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns) as bar:
        task = bar.add_task(pick("重建索引", "rebuilding the index"), total=None)

        def tell(step: Rebuild) -> None:
            bar.update(task, total=step.total, completed=min(step.done, step.total))

        ask_rebuild(by=None, at=timezone.now())
        jobs.walk(timezone.now(), told=tell)
    ended = rebuild_progress()
    if ended:
        say(
            f"索引已重建：查看 {ended.done} 项，写入 {ended.written} 条，移除 {ended.removed} 条。",
            f"The index is rebuilt: {ended.done} things looked at, {ended.written} entries written, {ended.removed} removed.",
        )
