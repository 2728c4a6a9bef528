"""`huizhen import-roster`: the same dry run and the same import as on the page, for who sits at the server."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from django.conf import settings
from django.urls import get_resolver
from django.utils import timezone, translation

from huizhen.config.voice import Refused, say
from huizhen.directory.actions import apply_roster
from huizhen.directory.queries import current_campaign
from huizhen.directory.sheets import ADDED, CHANGED, REJECTED, UNCHANGED, UPLOAD_MOST, Plan, plan, read
from huizhen.lib.errors import Fault, Refusal
from huizhen.web import sentences

SHOWN = 100


def import_roster(path: Path, *, dry_run: bool) -> int:
    """Show what the file would change; do it unless `dry_run`. Nobody is removed: that is ticked on the page."""
    with as_on_the_page():
        return _import(content_of(path), dry_run=dry_run)


@contextmanager
def as_on_the_page() -> Iterator[None]:
    """What is refused is said in the words of the pages, and the command ends with 1."""
    # The rooms of the pages teach `sentences` their words when they are first loaded.
    get_resolver(settings.ROOT_URLCONF).url_patterns  # noqa: B018
    try:
        yield
    except Refusal as refusal:
        raise Refused(*in_both(partial(_refused, refusal)), code=1) from None


def _refused(refusal: Refusal) -> str:
    said = sentences.of_refusal(refusal)
    return f"{said.headline} {said.more}"


def in_both(sentence: Callable[[], str]) -> tuple[str, str]:
    """What the pages would say, in Chinese and in English."""
    with translation.override("zh-hans"):
        zh = sentence()
    with translation.override("en"):
        return zh, sentence()


def tell(sign: str, place: str, fault: Fault) -> None:
    zh, en = in_both(lambda: sentences.of_fault(fault))
    start = f"{sign} {place}".strip()
    say(f"{start} {zh}", f"{' ' * len(sign)} {en}")


def content_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > UPLOAD_MOST:
            raise Refused(
                f"{path} 超过 {UPLOAD_MOST // 2**20} MB。", f"{path} is larger than {UPLOAD_MOST // 2**20} MB."
            )
        return path.read_bytes()
    except OSError as fault:
        reason = os.strerror(fault.errno or 0)
        raise Refused(f"无法读取 {path}：{reason}。", f"Cannot read {path}: {reason}.") from None


def _import(content: bytes, *, dry_run: bool) -> int:
    campaign = current_campaign()
    if campaign is None:
        raise Refused("还没有活动：请先建立活动。", "There is no campaign yet: make one first.")
    at = timezone.now()
    planned = plan(read(content), campaign, on=timezone.localdate(at))
    _show(planned)
    if planned.counts[REJECTED]:
        say("有被拒绝的行，没有写入任何内容。", "There are rejected rows; nothing was written.", error=True)
        return 1
    if dry_run:
        say("只是核对，没有写入。", "This was a dry run; nothing was written.")
        return 0
    done = apply_roster(campaign, content=content, digest=planned.digest, by=None, at=at)
    say(
        f"已导入：新增 {done.added}，修改 {done.changed}，新专家团 {done.groups}。",
        f"Imported: {done.added} added, {done.changed} changed, {done.groups} new groups.",
    )
    return 0


def _show(planned: Plan) -> None:
    counts = planned.counts
    say(
        f"新增 {counts[ADDED]} 行，修改 {counts[CHANGED]} 行，不变 {counts[UNCHANGED]} 行，拒绝 {counts[REJECTED]} 行。",
        f"{counts[ADDED]} rows added, {counts[CHANGED]} changed, {counts[UNCHANGED]} unchanged, {counts[REJECTED]} rejected.",
    )
    for notice in planned.notices:
        tell("!", "", notice)
    for row in planned.rejected[:SHOWN]:
        for fault in row.faults:
            tell("✗", _place(row.entry.number, fault), fault)
    for change in [(row, change) for row in planned.rows for change in row.changes][:SHOWN]:
        row, cell = change
        print(f"~ {row.entry.number} {row.entry.name} {cell.column}: {cell.old} → {cell.new}")
    for item in planned.demoted:
        for cell in item.changes:
            place = f"~ {item.seat.group.code} {item.person.name} {cell.column}: {cell.old} → {cell.new}"
            say(f"{place}（文件另写了团长）", "  the file names another leader")
    if staying := len(planned.missing) - len(planned.demoted):
        say(
            f"文件里没有、名册上有的席位 {staying} 个，保持不变。",
            f"{staying} seats of the roster are not in the file; they stay as they are.",
        )


def _place(number: int, fault: Fault) -> str:
    return f"{number} {fault.column or ''}".strip()
