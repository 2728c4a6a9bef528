"""What a search costs among many cases. Run: python benchmarks/search.py [--cases 100000] [--rounds 30]; DATABASE_URL chooses the database.

Makes a scratch database and fills it with made-up cases (a full text of some 400 characters with its scopes each, and a summary of
93 of 100), then prints how long that took, and for each sort of question the median and the 95th percentile of whole searches in
server time: taking the question apart, asking the index, reading, scoring, asking who may see the hits, marking.

What a reader may see is asked as of real cases: as many queries, by key, with an EXISTS over a table of admissions beside the place
(`cases.policy.visible`), here over a table of its own that says yes to all. A sort of question is several words; each is asked anew in
every round, in turn with the others, so that a busy neighbour slows all of them alike. The first round warms up and is printed apart.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

NOW = datetime(2026, 11, 23, 2, 24, tzinfo=UTC)
READER, NARROW = frozenset({"r", "all"}), frozenset({"b7", "p70"})
_list = str.split
RARE = _list("鲸落 极光 流星 彗尾 潮汐 雾凇 冰川 沙洲")
"""In 20 titles each, whatever the number of cases."""
MIDDLING = _list("浸水 退服 丢包 井盖 隧道 东湖 龙泉 尾纤")
COMMON = _list("故障 客户 原因 用户 支部 投诉 上门 复测")
NEWEST: dict[str, Any] = {"order": "newest"}
QUESTIONS: dict[str, tuple[Sequence[str], dict[str, Any], int]] = {
    "rare two characters, best": (RARE, {}, 20),
    "rare two characters, newest": (RARE, NEWEST, 20),
    "middling two characters, best": (MIDDLING, {}, 20),
    "middling two characters, newest": (MIDDLING, NEWEST, 20),
    "common two characters, best": (COMMON, {}, 120),
    "common two characters, newest": (COMMON, NEWEST, 40),
    "narrow reader, common, best": (COMMON, {"reader": NARROW}, 120),
    "narrow reader, common, newest": (COMMON, {"reader": NARROW} | NEWEST, 40),
    "one character": (("缆",), {}, 0),
    "Latin prefix": (("FTT",), {}, 0),
    "four characters": (("光缆中断",), {}, 0),
    "three words": (("光缆 中断 客户",), {}, 0),
    "a sentence (relaxed)": (("小区光缆被挖断了怎么办",), {}, 0),
    "nothing like it": (("量子纠缠",), {}, 0),
    "word and state and period": (("故障 状态:archived 时间:近90天",), {}, 0),
    "a code": (("HZ24-00777",), {}, 0),
}
"""What is asked, how, and the 95th percentile it must keep, in milliseconds (0: none was promised). The narrow reader finds one branch."""


PLACES = _list("东湖 西溪 南山 北辰 城南 江北 高新 滨河 古城 新城 龙泉 凤凰 望江 临港 开发 大学 科技 桥头 白云 青山")
THINGS = _list(
    "光缆 基站 宽带 专线 机房 电源 蓄电池 路由器 光猫 FTTR组网 OLT设备 5G网络 4G小区 IDC-2机柜 2.6GHz载波 "
    "物联网卡 分光器 直放站 隧道 井盖"
)
FAULTS = _list(
    "中断 退服 掉线 速率不达标 干扰 浸水 老化 断电 弱覆盖 时延抖动 丢包 无法注册 频繁重启 被施工挖断 温度过高"
)
CAUSES = _list(
    "接头盒进水 市电停电 配置错误 尾纤弯折 天线方位偏移 邻区漏配 频点冲突 空调失效 路由迂回 光功率不足 固件版本过旧 容量不足"
)
DEEDS = _list(
    "更换尾纤 调整天线下倾角 割接至备用路由 扩容两个载波 更新固件 加装蓄电池 重新熔接 优化邻区 协调市政改迁 上门安装路由器"
)
TALK = _list(
    "客户多次投诉，装维人员已上门三次 附近写字楼与商铺均受影响 监控显示告警持续二十分钟后恢复 支部已联系物业，约定夜间施工 "
    "故障发生在早晚高峰 经理要求一周内解决 同类情况去年出现过 未能定位到根本原因"
)


def main(cases: int, rounds: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huizhen.config.settings")
    os.environ.setdefault("HUIZHEN_VAR", tempfile.mkdtemp(prefix="huizhen-benchmark-"))
    import django

    django.setup()
    from django.db import connection

    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        fill(cases)
        measure(rounds)
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def fill(cases: int) -> None:
    """Cases over three years into the index, by the way for bulk data."""
    from django.db import connection

    from huizhen.search import registry
    from huizhen.search.actions import bulk_load, put_many

    registry._sources.clear()
    registry.register_source(
        registry.Source(
            kind="case",
            touched=lambda entries: set(),
            documents=lambda ids: [],
            after=lambda number, count: [],
            scopes=lambda reader: reader,
            readable=readable,
        )
    )
    tables()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_case (id bigint PRIMARY KEY, hushed boolean, branch bigint, stage varchar(16))"
        )
        cursor.execute("CREATE TABLE bench_access (id bigint PRIMARY KEY, case_id bigint, person bigint, until date)")
        cursor.execute("CREATE INDEX bench_access_case ON bench_access (case_id, person)")
        cursor.executemany(
            "INSERT INTO bench_case VALUES (%s, false, %s, 'archived')", [(n, n % 300) for n in range(cases)]
        )
        cursor.executemany(
            "INSERT INTO bench_access VALUES (%s, %s, %s, NULL)", [(n, n // 4, n % 3000) for n in range(cases * 4)]
        )
    begun, spent = perf_counter(), process_time()
    with bulk_load():
        count = put_many(documents(cases), fresh=True)
    took, spent = perf_counter() - begun, process_time() - spent
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(
        f"{connection.vendor}: {cases:,} cases, {count:,} documents in {took:.0f} s ({count / took:,.0f}/s), {spent:.0f} s of CPU here"
    )


def readable(reader: frozenset[str], pairs: Sequence[tuple[int, str]]) -> set[tuple[int, str]]:
    """As the two predicates of cases: a query for each level among them, through the ORM."""
    from django.db.models import Exists, OuterRef, Q

    case, access = tables()
    found: set[tuple[int, str]] = set()
    for level in ("full", "summary"):
        ids = [pk for pk, one in pairs if one == level]
        if ids:
            admitted = Exists(access.objects.filter(person__in=[7, 70, 700], case_id=OuterRef("pk"), until=None))
            place = Q(hushed=False) if level == "full" else Q(hushed=False, stage__in=["resolved", "archived"])
            rows = case.objects.filter(place | admitted if level == "full" else place).filter(pk__in=ids)
            found |= {(pk, level) for pk in rows.values_list("pk", flat=True)}
    return found


@cache
def tables() -> tuple[Any, Any]:
    from django.db import models

    class BenchCase(models.Model):
        id = models.BigIntegerField(primary_key=True)
        hushed = models.BooleanField()
        branch = models.BigIntegerField()
        stage = models.CharField(max_length=16)

        class Meta:
            app_label, db_table, managed = "search", "bench_case", False

    class BenchAccess(models.Model):
        id = models.BigIntegerField(primary_key=True)
        case_id = models.BigIntegerField()
        person = models.BigIntegerField()
        until = models.DateField(null=True)

        class Meta:
            app_label, db_table, managed = "search", "bench_access", False

    return BenchCase, BenchAccess


def documents(cases: int) -> Iterator[Any]:
    """The same cases for the same number."""
    from huizhen.search.registry import FULL, SUMMARY, Document

    dice = random.Random(4)
    for number in range(cases):
        at = NOW - timedelta(days=1096) * (1 - number / cases)
        place, thing, fault = dice.choice(PLACES), dice.choice(THINGS), dice.choice(FAULTS)
        title = f"{place}{dice.randrange(100)}号{thing}{fault}" + "".join(
            word for place, word in enumerate(RARE) if number % (cases // 20 or 1) == 7 + place
        )
        talk = dice.sample(TALK, 4)
        matter = f"{place}片区{thing}{fault}，涉及用户{dice.randrange(5000)}户。原因：{dice.choice(CAUSES)}，{dice.choice(CAUSES)}。"
        deeds = "；".join(dice.sample(DEEDS, 3)) + f"，{dice.randrange(1, 90)}天后复测合格。"
        is_closed = number < cases * 0.93
        facets = {"state": "archived" if is_closed else "in_treatment", "domain": f"D{number % 9}"}
        branch, code = number % 300, f"HZ{24 + number * 3 // cases}-{number:05d}"
        scopes = (f"b{branch}", f"g{branch % 40}", f"d{number % 9}", f"u{branch // 10}", f"p{number % 3000}", "r")
        yield Document(
            "case", number, FULL, code, at, title, "\n".join([matter, *talk, deeds, *dice.sample(TALK, 3), dice.choice(talk)] * 2), scopes,
            (f"第{branch}支部", f"用户{number % 3000}"), facets,
        )  # fmt: skip
        if is_closed:
            yield Document("case", number, SUMMARY, code, at, title, f"{matter}\n{deeds}", ("all",), (), facets)


def measure(rounds: int) -> None:
    """Every word of every sort once a round; the first round warms up, and is told apart."""
    from huizhen.search.queries import find

    spans: dict[str, list[float]] = {name: [] for name in QUESTIONS}
    spent: dict[str, list[float]] = {name: [] for name in QUESTIONS}
    cold: dict[str, list[float]] = {name: [] for name in QUESTIONS}
    found: dict[str, str] = {}
    for turn in range(rounds + 1):
        for name, (words, how, _) in QUESTIONS.items():
            for text in words:
                begun, before = perf_counter(), work()
                hits = find(**{"reader": READER, **how}, text=text, at=NOW)
                (spent if turn else cold)[name].append((work() - before) * 1000)
                if turn:
                    spans[name].append((perf_counter() - begun) * 1000)
            found[name] = f"{len(hits.hits)}{'+' if hits.is_many else ''}{' relaxed' if hits.is_relaxed else ''}"
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; {rounds} rounds")
    print(
        "CPU: of this process and, on this machine, of the database's; what a search takes when nobody else wants the cores"
    )
    print(
        f"{'':<34}{'cold max':>9}{'CPU p50':>9}{'p95':>9}{'wall p50':>12}{'p95':>9}   promised: CPU, wall; found on the page"
    )
    for name, (words, _, promised) in QUESTIONS.items():
        pairs = [(statistics.median(some), percentile(some, 95)) for some in (spent[name], spans[name])]
        verdict = ", ".join("ok" if p95 <= promised else "NO" for _, p95 in pairs)
        told = f"{promised:>4} ms: {verdict}" if promised else ""
        numbers = "".join(f"{p50:>9.1f}{p95:>9.1f}   " for p50, p95 in pairs)
        print(f"{name:<34}{max(cold[name]):>9.1f}{numbers}{told:<16}{words[0]}: {found[name]}")


def work() -> float:
    """Seconds of CPU so far: this process and, on PostgreSQL on this machine, the server's process for this connection."""
    from django.db import connection

    seconds = process_time()
    if connection.vendor == "postgresql":
        with suppress(OSError):
            seconds += (
                int(Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text().split()[0]) / 1e9
            )
    return seconds


def percentile(values: Sequence[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=30)
    chosen = parser.parse_args()
    main(chosen.cases, chosen.rounds)
