"""What sort of installation this is: where it keeps its things, whether it is the demo, whether anybody is serving from it.

The demo is marked by a file under HUIZHEN_VAR, not by a row: a demo database that is carried into a real installation
leaves the mark behind, and is then refused.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from huizhen.config.voice import Refused, say

if TYPE_CHECKING:
    from rich.progress import TaskID

DEMO_ROLES = {
    "requester": ("问诊人", "requester"),
    "expert": ("专家", "expert"),
    "leader": ("团长", "group leader"),
    "liaison": ("接口人", "domain liaison"),
    "clerk": ("综合员", "clerk"),
    "coordinator": ("党建工作部", "coordinator"),
    "viewer": ("领导", "viewer"),
    "auditor": ("审计", "auditor"),
}
DEMO_PASSWORD = "huizhen-demo"
LOADING, LOADED = "loading\n", "loaded\n"


def demo_mark() -> Path:
    return Path(settings.HUIZHEN_VAR) / "demo"


def is_demo() -> bool:
    return demo_mark().exists()


def open_demo_accounts() -> list[str]:
    """Demo accounts that anybody who read the manual could sign in with."""
    from huizhen.accounts.models import User

    rows = User.objects.filter(is_demo=True, is_active=True).exclude(password="").exclude(password__startswith="!")
    return list(rows.order_by("username").values_list("username", flat=True)[:20])


def refuse_demo_accounts() -> None:
    """A real installation does not start while a demo account still has its published password."""
    if is_demo():
        return
    if names := open_demo_accounts():
        listed = ", ".join(names)
        raise Refused(
            f"拒绝启动：这不是演示安装，却有密码公开的演示账号（{listed}）。请换用新的数据库，或停用这些账号后再启动。",
            f"Refusing to start: this is not a demo installation, yet it has demo accounts with a published password ({listed}). "
            "Use a fresh database, or deactivate these accounts first.",
        )


def is_empty() -> bool:
    """Nobody has an account yet."""
    from huizhen.accounts.models import User

    return not User.objects.exists()


def database_file() -> Path | None:
    """The SQLite file, or None where another database is used."""
    database = settings.DATABASES["default"]
    return Path(database["NAME"]) if database["ENGINE"] == "django.db.backends.sqlite3" else None


def side_files(database: Path) -> list[Path]:
    """What SQLite keeps beside a database in WAL mode."""
    return [database.with_name(database.name + end) for end in ("-wal", "-shm", "-journal")]


@contextmanager
def in_use(*, alone: bool = False) -> Iterator[None]:
    """Hold the installation: servers and workers share it, a restore wants it alone. Refuses when it cannot be had."""
    path = Path(settings.HUIZHEN_VAR) / "in-use.lock"
    with path.open("a") as file:
        try:
            fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except OSError:
            raise Refused(
                "安装正在被使用：请先停止 huizhen serve、worker 或正在进行的恢复，再试一次。",
                "The installation is in use: stop huizhen serve, the worker or the restore that is running, then try again.",
            ) from None
        yield


def migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


def collect_static(*, quiet: bool = False) -> None:
    """Collect the static files when any of them changed since the last time."""
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    seen = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in finder.list(None):
            fact = os.stat(storage.path(name))
            seen.update(f"{name}\0{fact.st_size}\0{fact.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".stamp"
    if stamp.exists() and stamp.read_text() == seen.hexdigest():
        return
    if not quiet:
        say("正在整理页面文件…", "Collecting the files of the pages …")
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(seen.hexdigest())


def load_demo(*, at: datetime) -> None:
    """Load the demo into an empty installation, showing progress. The mark comes first: a half-loaded demo is a demo too."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from huizhen.demo.actions import load

    demo_mark().write_text(LOADING)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns) as bars:
        tasks: dict[str, TaskID] = {}

        def progress(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=total)
            bars.update(tasks[name], completed=done, total=total)

        load(at=at, progress=progress)
    demo_mark().write_text(LOADED)


def fill_demo(total: int, *, at: datetime) -> None:
    """Bring the demo's cases in bulk to `total`, loading the demo first into an empty installation. Refuses where it is not a demo."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    from huizhen.demo.bulk.actions import NothingToCopyError, fill, filled
    from huizhen.demo.bulk.beside import LostError
    from huizhen.lib.errors import StaleWrite

    if is_empty():
        load_demo(at=at)
    if not is_demo():
        raise Refused(
            "这不是演示安装：批量病例只能写入演示安装。",
            "This is not a demo installation: cases in bulk go into a demo only.",
        )
    before = filled()
    have = before.until if before else 0
    if have >= total:
        say(f"已有批量病例 {have} 例，没有要增加的。", f"There are {have} cases in bulk already; nothing to add.")
        return
    say(f"已有批量病例 {have} 例，补足到 {total} 例。", f"There are {have} cases in bulk; bringing them to {total}.")
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}/s"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, speed_estimate_period=120) as bars:
        task = bars.add_task("cases", total=total, completed=have, rate="–")

        def progress(done: int, total: int) -> None:
            speed = bars.tasks[0].speed
            bars.update(task, completed=done, total=total, rate=f"{speed:,.0f}" if speed else "–")

        try:
            added = fill(total, at=at, progress=progress)
        except NothingToCopyError:
            raise Refused(
                "演示病例不在：批量病例由演示病例变化而来。请清空后重新载入演示数据。",
                "The cases of the demo are gone, and cases in bulk are made from them: load the demo anew.",
            ) from None
        except StaleWrite:
            raise Refused(
                "另有一个进程也在写批量病例：请等它结束，再运行一次。",
                "Somebody else is writing cases in bulk: wait for the end of that, then run this again.",
            ) from None
        except LostError:
            raise Refused(
                "生成病例的第二个进程中途没有了（可能内存不足）：再运行一次，会接着写。",
                "The second process, which makes the cases, is gone (memory may be short): run this again, it goes on.",
            ) from None
    say(f"增加了 {added} 例。", f"{added} cases were added.")


def clear_half_demo() -> None:
    """Throw away a demo whose loading was broken off; there can be nothing else in that database."""
    if not is_demo() or demo_mark().read_text() == LOADED:
        return
    file = database_file()
    if file is None:
        raise Refused(
            "上次载入演示数据没有完成：请清空数据库后再启动。",
            "The demo was not loaded to its end last time: empty the database, then start again.",
        )
    say("上次载入演示数据没有完成，重新载入。", "The demo was not loaded to its end last time; loading it anew.")
    for name in (file, *side_files(file)):
        name.unlink(missing_ok=True)
    for folder in (Path(settings.MEDIA_ROOT), Path(settings.HUIZHEN_VAR) / "seals"):
        shutil.rmtree(folder, ignore_errors=True)
    demo_mark().unlink()
