"""`huizhen`: the installed command. Its own verbs are below; anything else goes to Django's management unchanged."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from huizhen.config.voice import Refused, pick, say

MOST_CASES = 10_000_000


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; every refusal is a sentence on standard error and a status, never a traceback."""
    words = list(sys.argv[1:] if argv is None else argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huizhen.config.settings")
    if words[:1] == ["help"]:
        words = [words[1], "--help"] if len(words) > 1 and words[1] in VERBS else []
    try:
        if words and not words[0].startswith("-") and words[0] not in VERBS:
            from django.core.management import execute_from_command_line

            execute_from_command_line(["huizhen", *words])
            return 0
        chosen = parser().parse_args(words)
        if not chosen.verb:
            parser().print_help()
            return 0
        set_up()
        return run_verb(chosen)
    except Refused as refused:
        say(refused.zh, refused.en, error=True)
        return refused.code
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="huizhen", description=pick("会诊。其他子命令交给 Django。", "Other words go to Django's management.")
    )
    verbs = top.add_subparsers(dest="verb", metavar="")

    def verb(name: str, zh: str, en: str) -> argparse.ArgumentParser:
        return verbs.add_parser(name, help=pick(zh, en), description=pick(zh, en))

    one = verb("serve", "启动网站与后台任务", "start the web server and the background jobs")
    one.add_argument("--host", default="127.0.0.1")
    one.add_argument("--port", type=int, default=8000)
    one.add_argument("--workers", type=int, default=1)
    one.add_argument(
        "--no-jobs",
        action="store_true",
        help=pick("不在此进程运行后台任务", "leave the background jobs to huizhen worker"),
    )
    one.add_argument(
        "--demo-if-empty",
        action="store_true",
        help=pick("空安装时载入演示数据", "load the demo into an empty installation"),
    )
    verb("worker", "只运行后台任务", "run the background jobs only")
    one = verb(
        "demo",
        "向空安装载入演示数据；可再批量增加病例",
        "load the demo into an empty installation; with --cases, fill it with many cases",
    )
    one.add_argument(
        "--cases",
        type=int,
        metavar="N",
        help=pick(
            "批量病例补足到 N 例；中断后再运行会接着写",
            "bring the cases in bulk to N; run again after a break, it goes on",
        ),
    )
    one = verb("import-roster", "导入专家名册", "import the roster of experts")
    one.add_argument("file", type=Path)
    one.add_argument("--dry-run", action="store_true", help=pick("只核对，不写入", "check only, write nothing"))
    one = verb("import-cases", "导入以前的工作清单，作为已结束的病例", "import an earlier work list as closed cases")
    one.add_argument("file", type=Path)
    one.add_argument("--dry-run", action="store_true", help=pick("只核对，不写入", "check only, write nothing"))
    one = verb(
        "begin",
        "建立正式安装：组织、活动、第一位管理员",
        "found a real installation: organisation, campaign, first coordinator",
    )
    one.add_argument("file", type=Path)
    one.add_argument("--username", required=True)
    one = verb("account", "为名册里的人开通账号", "open an account for somebody of the roster")
    one.add_argument("code")
    one.add_argument("--username", required=True)
    verb("verify", "核对流水与责任人记录", "check the journal and the record of who is accountable")
    verb("rebuild-search", "重建检索索引", "rebuild the search index")
    one = verb("recount", "重新数一遍，核对各项数字", "count every case again and compare the figures with it")
    one.add_argument("--repair", action="store_true", help=pick("不一致的改正", "mend what differs"))
    verb("doctor", "检查安装并说明如何修复", "say what is wrong with the installation and how to mend it")
    one = verb("backup", "备份（SQLite）", "back up (SQLite)")
    one.add_argument("file", type=Path, nargs="?")
    one.add_argument(
        "--with-keys", action="store_true", help=pick("把密钥也放入备份", "put the keys into the backup too")
    )
    one = verb("restore", "从备份恢复（SQLite）", "restore from a backup (SQLite)")
    one.add_argument("file", type=Path)
    one.add_argument("--force", action="store_true", help=pick("替换现有数据", "replace the data that is there"))
    verb("lifecycle", "输出 docs/lifecycle.md", "print docs/lifecycle.md")
    return top


def set_up() -> None:
    """Make Django ready, or say why it cannot be."""
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except OSError as fault:
        raise Refused(
            f"无法使用数据目录：{fault}。请用 HUIZHEN_VAR 指定一个可写的目录。",
            f"Cannot use the data folder: {fault}. Name a writable one in HUIZHEN_VAR.",
        ) from None
    except ImproperlyConfigured as fault:
        raise Refused(f"配置有误：{fault}", f"The configuration is wrong: {fault}") from None


def run_verb(chosen: argparse.Namespace) -> int:
    """The verb's status. A database that has no tables yet, or lost some, is a refusal too."""
    from django.db import OperationalError, ProgrammingError

    try:
        return VERBS[chosen.verb](chosen) or 0
    except (OperationalError, ProgrammingError) as fault:
        reason = str(fault).strip().splitlines()[0]
        raise Refused(
            f"数据库没有准备好：{reason}。请运行 huizhen doctor 查看原因。",
            f"The database is not ready: {reason}. Run huizhen doctor to see why.",
        ) from fault


def database_or_refuse() -> None:
    from django.db import DatabaseError, connection

    try:
        connection.ensure_connection()
    except DatabaseError as fault:
        reason = str(fault).strip().splitlines()[0]
        raise Refused(
            f"无法连接数据库：{reason}。请检查 DATABASE_URL。",
            f"Cannot reach the database: {reason}. Check DATABASE_URL.",
        ) from None


def run_serve(chosen: argparse.Namespace) -> None:
    from huizhen.config import server

    database_or_refuse()
    server.serve(
        host=chosen.host,
        port=chosen.port,
        workers=max(1, chosen.workers),
        jobs=not chosen.no_jobs,
        demo_if_empty=chosen.demo_if_empty,
    )


def run_worker(chosen: argparse.Namespace) -> None:
    from huizhen.config import clockwork, installation

    database_or_refuse()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with installation.in_use():
        say("后台任务正在运行，按 Ctrl-C 停止。", "The background jobs are running; press Ctrl-C to stop.")
        clockwork.run(stop)


def run_demo(chosen: argparse.Namespace) -> None:
    from django.utils import timezone

    from huizhen.config import installation

    database_or_refuse()
    if chosen.cases is not None and not 0 < chosen.cases <= MOST_CASES:
        raise Refused(f"--cases 应为 1 到 {MOST_CASES}。", f"--cases takes a number from 1 to {MOST_CASES}.")
    with installation.in_use(alone=chosen.cases is not None):
        installation.clear_half_demo()
        installation.migrate()
        if chosen.cases is not None:
            installation.fill_demo(chosen.cases, at=timezone.now())
            return
        if not installation.is_empty():
            raise Refused(
                "已有账号：演示数据只能载入空的安装。要重新开始，请停止服务并删除数据目录，或另设 HUIZHEN_VAR。",
                "There are accounts already: the demo goes into an empty installation only. "
                "To start again stop the server and delete the data folder, or name another HUIZHEN_VAR.",
            )
        installation.load_demo(at=timezone.now())
    say("演示数据已载入。", "The demo is loaded.")


def run_verify(chosen: argparse.Namespace) -> int:
    from huizhen.config import verification

    database_or_refuse()
    return verification.report()


def run_rebuild_search(chosen: argparse.Namespace) -> None:
    from huizhen.config import searching

    database_or_refuse()
    searching.rebuild()


def run_recount(chosen: argparse.Namespace) -> int:
    from huizhen.config import recounting

    database_or_refuse()
    return recounting.report(repair=chosen.repair)


def run_import_roster(chosen: argparse.Namespace) -> int:
    from huizhen.config import roster

    database_or_refuse()
    return roster.import_roster(chosen.file, dry_run=chosen.dry_run)


def run_import_cases(chosen: argparse.Namespace) -> int:
    from huizhen.config import worklists

    database_or_refuse()
    return worklists.import_cases(chosen.file, dry_run=chosen.dry_run)


def run_begin(chosen: argparse.Namespace) -> None:
    from huizhen.config import beginning, installation

    database_or_refuse()
    installation.migrate()
    beginning.begin(chosen.file, username=chosen.username)


def run_account(chosen: argparse.Namespace) -> None:
    from huizhen.config import beginning

    database_or_refuse()
    beginning.account(chosen.code, username=chosen.username)


def run_doctor(chosen: argparse.Namespace) -> int:
    from huizhen.config import doctor

    return doctor.report()


def run_backup(chosen: argparse.Namespace) -> None:
    from huizhen.config import backups

    backups.backup(chosen.file, with_keys=chosen.with_keys)


def run_restore(chosen: argparse.Namespace) -> None:
    from huizhen.config import backups

    backups.restore(chosen.file, force=chosen.force)


def run_lifecycle(chosen: argparse.Namespace) -> None:
    from huizhen.config import lifecycle_page

    print(lifecycle_page.page(), end="")


VERBS = {
    "serve": run_serve,
    "worker": run_worker,
    "demo": run_demo,
    "recount": run_recount,
    "import-roster": run_import_roster,
    "import-cases": run_import_cases,
    "begin": run_begin,
    "account": run_account,
    "verify": run_verify,
    "rebuild-search": run_rebuild_search,
    "doctor": run_doctor,
    "backup": run_backup,
    "restore": run_restore,
    "lifecycle": run_lifecycle,
}

if __name__ == "__main__":
    sys.exit(main())
