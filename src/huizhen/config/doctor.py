"""`huizhen doctor`: what is wrong with this installation, and how to mend it. Looks only; changes nothing."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from huizhen.config import installation
from huizhen.config.voice import say
from huizhen.lib import pdf

ROOM_NEEDED = 500 * 2**20  # bytes free below which attachments and the log of SQLite may soon fail
SEARCH_LATE = 300  # seconds


@dataclass(frozen=True)
class Finding:
    """One thing found: `error` stops or endangers the service, otherwise it is a warning."""

    zh: str
    en: str
    error: bool = True


def report() -> int:
    """Print every finding; 1 when one of them is an error."""
    found = list(findings())
    for one in found:
        sign = "✗" if one.error else "!"
        say(f"{sign} {one.zh}", f"{' ' * 2}{one.en}")
    if not found:
        say("✓ 没有发现问题。", "  Nothing is wrong.")
    return 1 if any(one.error for one in found) else 0


def findings() -> Iterator[Finding]:
    """All findings, the ground first: what stands on a broken database is not looked at."""
    yield from _folder()
    yield from _keys()
    yield from _production()
    yield from _assets()
    yield from _papers()
    broken = list(_database())
    yield from broken
    if broken:
        return
    for look in AFTER_DATABASE:
        yield from look()


def _folder() -> Iterator[Finding]:
    var = Path(settings.HUIZHEN_VAR)
    if not os.access(var, os.W_OK | os.X_OK):
        yield Finding(
            f"数据目录 {var} 不可写：请修正所有者或权限，或用 HUIZHEN_VAR 另指一个目录。",
            f"The data folder {var} cannot be written: mend its owner or mode, or name another in HUIZHEN_VAR.",
        )
        return
    free = shutil.disk_usage(var).free
    if free < ROOM_NEEDED:
        yield Finding(
            f"数据目录所在磁盘只剩 {free // 2**20} MB：请清理或扩容。",
            f"Only {free // 2**20} MB are left on the disk of the data folder: make room.",
            error=free < ROOM_NEEDED // 10,
        )


def _keys() -> Iterator[Finding]:
    folder = Path(settings.HUIZHEN_VAR) / "keys"
    for path in sorted(folder.glob("huizhen_*_key")):
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield Finding(
                f"密钥文件 {path} 他人可读：chmod 600 '{path}'。",
                f"Others can read the key {path}: chmod 600 '{path}'.",
            )
    for name in ("SECRET_KEY", "HUIZHEN_JOURNAL_KEY"):
        if len(getattr(settings, name)) < 32:
            yield Finding(
                f"{name} 太短：至少 32 个字符。更换流水密钥前请先核对并封存流水。",
                f"{name} is too short: give it 32 characters or more. Verify and seal the journal before its key changes.",
            )
    if settings.SECRET_KEY == settings.HUIZHEN_JOURNAL_KEY:
        yield Finding("两把密钥相同：请分别设置。", "The two keys are the same: give each its own value.")


def _production() -> Iterator[Finding]:
    if settings.DEBUG and not installation.is_demo():
        yield Finding(
            "调试模式已打开：正式使用前请去掉 HUIZHEN_DEBUG。", "Debug is on: unset HUIZHEN_DEBUG before real use."
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield Finding(
            "HUIZHEN_ALLOWED_HOSTS 含有 *：请写明本站的域名。",
            "HUIZHEN_ALLOWED_HOSTS contains *: name your own host.",
            error=False,
        )
    local = set(settings.ALLOWED_HOSTS) <= {"127.0.0.1", "localhost", "[::1]"}
    if not local and not settings.HTTPS:
        yield Finding(
            "对外提供服务却没有 HTTPS：请在前面放置 TLS 代理并设置 HUIZHEN_HTTPS=1。",
            "Served to others without HTTPS: put a TLS proxy in front and set HUIZHEN_HTTPS=1.",
            error=False,
        )
    if not local and settings.EMAIL_BACKEND.endswith(".FolderBackend"):
        yield Finding(
            f"没有邮件服务器：邮件只写进 {settings.EMAIL_FILE_PATH}，没有人收到。请设置 EMAIL_URL 和 HUIZHEN_MAIL_FROM。",
            f"There is no mail server: mails are laid into {settings.EMAIL_FILE_PATH}, nobody gets them. Set EMAIL_URL and HUIZHEN_MAIL_FROM.",
            error=False,
        )


def _assets() -> Iterator[Finding]:
    package = Path(installation.__file__).resolve().parent.parent
    if not (package / "static" / "vendor" / "tabler.min.css").exists():
        yield Finding(
            "页面样式没有安装：重新执行 pip install。", "The pages' stylesheet is not installed: run pip install again."
        )
    if not (package / "locale" / "en" / "LC_MESSAGES" / "django.mo").exists():
        yield Finding(
            "英文词条没有编译：重新执行 pip install。",
            "The English catalogue is not compiled: run pip install again.",
            error=False,
        )


def _papers() -> Iterator[Finding]:
    named = settings.HUIZHEN_SOFFICE
    if pdf.find(named):
        return
    if named:
        yield Finding(
            f"HUIZHEN_SOFFICE 指向的 {named} 不存在或不能执行：请改正，或去掉它而使用系统中的 LibreOffice。",
            f"HUIZHEN_SOFFICE names {named}, which is not there or cannot be run: mend it, or unset it to use the LibreOffice of the system.",
        )
        return
    yield Finding(
        "没有找到 LibreOffice：公文只提供 Word，不提供 PDF。Debian：apt-get install libreoffice-writer-nogui fonts-noto-cjk；"
        "装在别处时用 HUIZHEN_SOFFICE 指明 soffice 的路径。",
        "LibreOffice was not found: official documents come as Word only, not as PDF. Debian: apt-get install libreoffice-writer-nogui "
        "fonts-noto-cjk; where it lies elsewhere, name soffice in HUIZHEN_SOFFICE.",
        error=False,
    )


def _database() -> Iterator[Finding]:
    from django.db.migrations.executor import MigrationExecutor

    try:
        connection.ensure_connection()
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as fault:
        reason = str(fault).strip().splitlines()[0]
        yield Finding(
            f"无法使用数据库：{reason}。请检查 DATABASE_URL 与数据库服务。",
            f"The database cannot be used: {reason}. Check DATABASE_URL and the database server.",
        )
        return
    if waiting:
        yield Finding(
            f"有 {len(waiting)} 个数据库迁移没有执行：huizhen migrate（serve 启动时会自动执行）。",
            f"{len(waiting)} migrations are waiting: huizhen migrate (serve does it when it starts).",
        )


def _demo_accounts() -> Iterator[Finding]:
    if installation.is_demo():
        return
    if names := installation.open_demo_accounts():
        yield Finding(
            f"正式安装中有密码公开的演示账号：{', '.join(names)}。请停用它们，或换用新的数据库。",
            f"A real installation has demo accounts with a published password: {', '.join(names)}. Deactivate them or use a fresh database.",
        )


def _calendar() -> Iterator[Finding]:
    from huizhen.worktime import queries

    today = timezone.localdate()
    if today.year not in queries.calendar().years:
        yield Finding(
            f"没有 {today.year} 年的工作日历：时限暂按周一至周五计算，请在活动设置的“工作日历”（/campaign/calendar/）录入。",
            f"There is no working calendar for {today.year}: clocks run Monday to Friday until you enter it at /campaign/calendar/.",
        )
    elif year := queries.next_year_missing(today):
        yield Finding(
            f"{year} 年的工作日历还没有录入：公布后请在活动设置的“工作日历”（/campaign/calendar/）录入。",
            f"The working calendar for {year} is not entered yet: enter it at /campaign/calendar/ once it is published.",
            error=False,
        )


def _sqlite() -> Iterator[Finding]:
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(1)")
        answer = cursor.fetchone()[0]
    if answer != "ok":
        yield Finding(
            f"数据库文件已损坏：{answer}。请用 huizhen restore 恢复备份。",
            f"The database file is damaged: {answer}. Restore a backup.",
        )


def _guards() -> Iterator[Finding]:
    from huizhen.journal.queries import missing_guards

    if names := ", ".join(missing_guards()):
        yield Finding(
            f"流水表缺少防改触发器：{names}。请运行 huizhen verify 核对流水，再恢复最近的备份。",
            f"The journal's tables lack their guards against changes: {names}. Run huizhen verify, then restore the latest backup.",
        )


def _jobs() -> Iterator[Finding]:
    from huizhen.schedules import queries

    seen = queries.last_seen()
    if seen is None or timezone.now() - seen > queries.FRESH:
        last = f"，最后一次见到是 {timezone.localtime(seen):%Y-%m-%d %H:%M:%S}" if seen else ""
        last_en = f" (last seen {timezone.localtime(seen):%Y-%m-%d %H:%M:%S})" if seen else ""
        yield Finding(
            f"没有工作进程在做后台任务{last}：提醒、通知、封存都停着。请启动 huizhen serve，或另外启动 huizhen worker。",
            f"Nobody does the background jobs{last_en}: reminders, notifications and seals stand still. "
            "Start huizhen serve, or huizhen worker beside it.",
            error=False,
        )
    for name, times, error in queries.failing_jobs():
        place = f"（{error}）" if error else ""
        place_en = f" ({error})" if error else ""
        yield Finding(
            f"后台任务 {name} 连续 {times} 次没有成功{place}：请看服务日志，改好后在“后台任务”（/jobs/）立即运行。",
            f"The background job {name} did not succeed {times} times in a row{place_en}: "
            "see the server's log, mend it, then run it at /jobs/.",
        )


def _search() -> Iterator[Finding]:
    from huizhen.search import queries

    if not queries.is_whole() or queries.is_unfilled():
        yield Finding(
            "检索索引不完整，查找会很慢或查不到：请运行 huizhen rebuild-search。",
            "The search index is not whole, so finding is slow or finds nothing: run huizhen rebuild-search.",
            error=False,
        )
    elif (late := queries.behind(timezone.now())) > SEARCH_LATE:
        yield Finding(
            f"检索索引落后 {late // 60:.0f} 分钟：请看后台任务 search.drain（/jobs/）与服务日志。",
            f"The search index is {late // 60:.0f} minutes behind: look at the job search.drain (/jobs/) and the server's log.",
            error=False,
        )


AFTER_DATABASE: tuple[Callable[[], Iterator[Finding]], ...] = (
    _sqlite,
    _guards,
    _demo_accounts,
    _calendar,
    _jobs,
    _search,
)
