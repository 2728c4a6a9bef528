"""Backup and restore of an installation on SQLite: the database, the attached files and the seals of the journal, in one archive.

PostgreSQL has its own tools, which do this better than we could.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sqlite3
import tarfile
import tempfile
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from huizhen import __version__
from huizhen.config import installation
from huizhen.config.voice import Refused, say

DATABASE, MANIFEST = "huizhen.sqlite3", "manifest.json"
FOLDERS = ("files", "seals")  # below HUIZHEN_VAR
FORMAT = 1


def backup(target: Path | None, *, with_keys: bool) -> Path:
    """Write the archive, also while the server runs: SQLite's own backup sees one consistent moment."""
    source = _sqlite_only()
    if not source.exists():
        raise Refused(f"没有可备份的数据库：{source}。", f"There is no database to back up: {source}.")
    at = timezone.now()
    target = target or Path(f"huizhen-{timezone.localtime(at):%Y%m%d-%H%M%S}.tar.gz")
    if target.exists():
        raise Refused(f"{target} 已存在：请换一个文件名。", f"{target} exists already: choose another name.")
    var = Path(settings.HUIZHEN_VAR)
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with tempfile.TemporaryDirectory(dir=var) as scratch:
            copy = Path(scratch, DATABASE)
            with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(copy)) as new:
                old.backup(new)
                # One file, without a log beside it, is what belongs into an archive.
                new.execute("PRAGMA journal_mode=DELETE")
            _refuse_damaged(copy)
            manifest = Path(scratch, MANIFEST)
            manifest.write_text(json.dumps(_manifest(copy, at), indent=1))
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w:gz") as archive:
                archive.add(manifest, MANIFEST)
                archive.add(copy, DATABASE)
                for folder in (*FOLDERS, *(("keys",) if with_keys else ())):
                    if (var / folder).is_dir():
                        archive.add(var / folder, folder)
            os.replace(fresh, target)
    except OSError as fault:
        raise Refused(f"备份没有写成：{fault}。", f"The backup could not be written: {fault}.") from None
    finally:
        fresh.unlink(missing_ok=True)
    say(
        f"已备份到 {target}（{target.stat().st_size / 2**20:.1f} MB）。",
        f"Backed up to {target} ({target.stat().st_size / 2**20:.1f} MB).",
    )
    if with_keys:
        say("其中含有密钥：请像保管密码一样保管它。", "It contains the keys: keep it like a password.")
    else:
        say(
            f"其中不含密钥：请另行保管 {var / 'keys'}，没有流水密钥就无法核对流水。",
            f"It does not contain the keys: keep {var / 'keys'} elsewhere; without the journal key nobody can vouch for the journal.",
        )
    return target


def restore(source: Path, *, force: bool) -> None:
    """Unpack beside the installation, check, and only then change places. What was there is kept aside."""
    database = _sqlite_only()
    var = Path(settings.HUIZHEN_VAR)
    if not source.is_file():
        raise Refused(f"找不到备份文件 {source}。", f"There is no backup file {source}.")
    with installation.in_use(alone=True):
        if database.exists() and not force:
            raise Refused(
                f"{database} 已有数据：确定要替换时请加 --force，现有数据会另存一份。",
                f"{database} holds data already: add --force to replace it; what is there will be kept aside.",
            )
        with tempfile.TemporaryDirectory(dir=var, prefix="restore-") as scratch:
            unpacked = _unpack(source, Path(scratch))
            has_keys = (unpacked / "keys").is_dir()
            has_other_key = not has_keys and _manifest_of(unpacked).get("journal_key") != _fingerprint()
            aside = _set_aside(database, var, timezone.now(), keys=has_keys)
            database.parent.mkdir(parents=True, exist_ok=True)
            os.replace(unpacked / DATABASE, database)
            for folder in (*FOLDERS, "keys"):
                if (unpacked / folder).is_dir():
                    (unpacked / folder).rename(var / folder)
    say(f"已从 {source} 恢复。", f"Restored from {source}.")
    if has_other_key:
        say(
            "注意：备份用的是另一把流水密钥。请把原来的密钥放回 keys/huizhen_journal_key，否则无法核对流水。",
            "Mind: the backup was made with another journal key. Put that key back into keys/huizhen_journal_key, "
            "or nobody can vouch for the journal.",
            error=True,
        )
    if aside:
        say(f"原来的数据保存在 {aside}。", f"What was there before is in {aside}.")


def _sqlite_only() -> Path:
    if file := installation.database_file():
        return file
    raise Refused(
        "当前使用 PostgreSQL：请用 pg_dump 与 pg_restore 备份和恢复，并另存 HUIZHEN_VAR 中的 files、seals 与 keys。",
        "This installation uses PostgreSQL: back up with pg_dump and pg_restore, and keep files, seals and keys of HUIZHEN_VAR too.",
    )


def _manifest(database: Path, at: datetime) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": __version__,
        "at": at.isoformat(),
        "sha256": _digest(database),
        "journal_key": _fingerprint(),
    }


def _manifest_of(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / MANIFEST).read_text()))


def _fingerprint() -> str:
    """Tells two journal keys apart without telling the key."""
    return hmac.new(settings.HUIZHEN_JOURNAL_KEY.encode(), b"huizhen backup", hashlib.sha256).hexdigest()[:16]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpack(source: Path, scratch: Path) -> Path:
    """The archive's content, found whole. Members that would leave the folder are refused by tarfile's data filter."""
    damaged = Refused(f"{source} 不是完整的会诊备份。", f"{source} is not a complete backup of Huizhen.")
    try:
        with tarfile.open(source, "r:gz") as archive:
            archive.extractall(scratch, filter="data")
        manifest = _manifest_of(scratch)
        if manifest["format"] != FORMAT or manifest["sha256"] != _digest(scratch / DATABASE):
            raise damaged
    except (OSError, EOFError, tarfile.TarError, ValueError, KeyError, TypeError):
        raise damaged from None
    _refuse_damaged(scratch / DATABASE)
    return scratch


def _refuse_damaged(database: Path) -> None:
    try:
        with closing(sqlite3.connect(database)) as connection:
            answer = str(connection.execute("PRAGMA integrity_check").fetchone()[0])
    except sqlite3.DatabaseError as fault:
        answer = str(fault)
    if answer != "ok":
        raise Refused(f"数据库已损坏：{answer}", f"The database is damaged: {answer}")


def _set_aside(database: Path, var: Path, at: datetime, *, keys: bool) -> Path | None:
    """Move what is there into a folder of its own, so that a restore can be taken back by hand."""
    folders = [var / name for name in (*FOLDERS, *(("keys",) if keys else ()))]
    found = [path for path in (database, *installation.side_files(database), *folders) if path.exists()]
    if not found:
        return None
    aside = Path(tempfile.mkdtemp(dir=var, prefix=f"before-restore-{timezone.localtime(at):%Y%m%d-%H%M%S}-"))
    for path in found:
        path.rename(aside / path.name)
    return aside
