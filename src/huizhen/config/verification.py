"""`huizhen verify`: is the record whole, one accountable person for every case, every method counted right? Words for what was found."""

from __future__ import annotations

from django.utils import timezone

from huizhen.cases.queries.accountability import unaccounted
from huizhen.config.voice import say
from huizhen.journal.queries import Report, missing_guards, verify
from huizhen.methods.queries.reuse import miscounted

SHOWN = 50
KINDS = {
    "changed": ("内容与摘要不符：被改动、改号或伪造", "differs from its digest: altered, renumbered or forged"),
    "missing": ("中间缺行", "a row is missing"),
    "unlinked": ("与上一行接不上", "does not follow the row before"),
    "cut": ("末尾被截去", "the end is cut off"),
    "headless": ("没有链头", "has no chain head"),
    "head_behind": ("链头落后于内容", "the chain head is behind its rows"),
    "head_changed": ("链头被改动", "the chain head was altered"),
    "sealed_missing": ("封存过的行不见了", "a sealed row is missing"),
    "sealed_changed": ("封存过的行被改动", "a sealed row was altered"),
    "entries_lost": ("比封存时少", "fewer rows than were sealed"),
    "seal_missing": ("封存文件不见了", "a seal file is missing"),
    "seal_changed": ("封存文件被改动", "a seal file was altered"),
    "seal_unchained": ("封存文件与上一份接不上", "a seal does not follow the one before"),
    "unreadable": ("内容无法读取", "cannot be read"),
}


def report() -> int:
    """Print what was checked and what was found; 1 when anything is wrong."""
    found = verify()
    for fault in found.faults[:SHOWN]:
        zh, en = KINDS.get(fault.kind, (fault.kind, fault.kind))
        say(f"✗ {fault.target} 第 {fault.seq} 行：{zh}", f"  {fault.target} row {fault.seq}: {en}", error=True)
    if found.faults_found > SHOWN:
        more = found.faults_found - SHOWN
        say(f"✗ 另有 {more} 处", f"  and {more} more", error=True)
    guards = missing_guards()
    for name in guards:
        say(f"✗ 数据库缺少防改触发器：{name}", f"  the database lacks a guard against changes: {name}", error=True)
    codes = unaccounted()
    for code in codes[:SHOWN]:
        say(f"✗ {code}：责任人与责任记录不一致", f"  {code}: the accountable person and the record differ", error=True)
    if len(codes) > SHOWN:
        more = len(codes) - SHOWN
        say(f"✗ 另有 {more} 例责任人不一致", f"  and {more} more such cases", error=True)
    methods = miscounted()
    for code in methods[:SHOWN]:
        say(f"✗ {code}：复用次数与记录不一致", f"  {code}: the counters of reuse and the rows differ", error=True)
    total = found.faults_found + len(guards) + len(codes) + len(methods)
    _sum_up(found, total)
    return 1 if total else 0


def _sum_up(found: Report, total: int) -> None:
    say(
        f"核对了 {found.entries} 行流水、{found.chains} 条链、{found.seals} 份封存，发现 {total} 处问题。",
        f"Checked {found.entries} rows, {found.chains} chains and {found.seals} seals; {total} faults found.",
    )
    if found.vouched_until:
        moment = f"{timezone.localtime(found.vouched_until):%Y-%m-%d %H:%M:%S}"
        say(f"可以保证：截至 {moment} 的流水没有被改动。", f"Nothing was altered up to the seal of {moment}.")
    elif not found.faults_found:
        say("还没有封存过：只能保证链条本身完整。", "There is no seal yet: only the chains themselves are vouched for.")
