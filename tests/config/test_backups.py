"""A backup gives back what was there, or refuses in one sentence and changes nothing."""

from __future__ import annotations

import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from huizhen.config import backups, installation
from huizhen.config.voice import Refused


def rows(database: Path) -> list[tuple[str]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute("SELECT word FROM said ORDER BY word").fetchall()


def write(database: Path, word: str) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE IF NOT EXISTS said (word TEXT)")
        connection.execute("INSERT INTO said VALUES (?)", [word])
        connection.commit()


@pytest.fixture
def var(tmp_path: Path, settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An installation on SQLite with a file, a seal and a key."""
    folder = tmp_path / "var"
    for name in ("files", "seals", "keys"):
        (folder / name).mkdir(parents=True)
        (folder / name / "one").write_text(name)
    settings.HUIZHEN_VAR = folder
    monkeypatch.setattr(installation, "database_file", lambda: folder / "huizhen.sqlite3")
    write(folder / "huizhen.sqlite3", "before")
    return folder


def test_restore_gives_back_what_was_backed_up(var: Path, tmp_path: Path) -> None:
    archive = backups.backup(tmp_path / "a.tar.gz", with_keys=False)
    write(var / "huizhen.sqlite3", "after")
    (var / "files" / "two").write_text("later")

    backups.restore(archive, force=True)

    assert rows(var / "huizhen.sqlite3") == [("before",)]
    assert sorted(path.name for path in (var / "files").iterdir()) == ["one"]
    assert (var / "seals" / "one").read_text() == "seals"
    (aside,) = var.glob("before-restore-*")
    assert rows(aside / "huizhen.sqlite3") == [("after",), ("before",)]
    assert (aside / "files" / "two").exists()


def test_backup_holds_keys_only_when_asked(var: Path, tmp_path: Path) -> None:
    plain = backups.backup(tmp_path / "plain.tar.gz", with_keys=False)
    full = backups.backup(tmp_path / "full.tar.gz", with_keys=True)

    with tarfile.open(plain) as one, tarfile.open(full) as two:
        assert "keys/one" not in one.getnames()
        assert "keys/one" in two.getnames()
    assert full.stat().st_mode & 0o077 == 0


def test_backup_sees_what_is_only_in_the_log(var: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(var / "huizhen.sqlite3")) as held:
        held.execute("SELECT count(*) FROM said").fetchone()
        write(var / "huizhen.sqlite3", "logged")
        archive = backups.backup(tmp_path / "a.tar.gz", with_keys=False)
    (var / "huizhen.sqlite3").unlink()

    backups.restore(archive, force=False)

    assert rows(var / "huizhen.sqlite3") == [("before",), ("logged",)]


def test_restore_over_data_needs_force(var: Path, tmp_path: Path) -> None:
    archive = backups.backup(tmp_path / "a.tar.gz", with_keys=False)
    with pytest.raises(Refused, match="--force"):
        backups.restore(archive, force=False)
    assert rows(var / "huizhen.sqlite3") == [("before",)]


def test_restore_while_served_is_refused(var: Path, tmp_path: Path) -> None:
    archive = backups.backup(tmp_path / "a.tar.gz", with_keys=False)
    with installation.in_use(), pytest.raises(Refused, match="in use"):
        backups.restore(archive, force=True)
    assert not list(var.glob("before-restore-*"))


@pytest.mark.parametrize("damage", ["cut off", "not an archive", "another database", "missing"])
def test_damaged_backup_changes_nothing(var: Path, tmp_path: Path, damage: str) -> None:
    archive = backups.backup(tmp_path / "a.tar.gz", with_keys=False)
    if damage == "cut off":
        archive.write_bytes(archive.read_bytes()[:-400])
    elif damage == "not an archive":
        archive.write_bytes(b"hello")
    elif damage == "missing":
        archive.unlink()
    else:
        with tarfile.open(archive) as old:
            old.extractall(tmp_path / "x", filter="data")
        write(tmp_path / "x" / "huizhen.sqlite3", "forged")
        with tarfile.open(archive, "w:gz") as new:
            for path in (tmp_path / "x").iterdir():
                new.add(path, path.name)

    with pytest.raises(Refused):
        backups.restore(archive, force=True)

    assert rows(var / "huizhen.sqlite3") == [("before",)]
    assert not list(var.glob("before-restore-*"))
    assert not list(var.glob("restore-*"))


def test_backup_overwrites_nothing(var: Path, tmp_path: Path) -> None:
    (tmp_path / "a.tar.gz").write_text("precious")
    with pytest.raises(Refused, match="exists already"):
        backups.backup(tmp_path / "a.tar.gz", with_keys=False)
    assert (tmp_path / "a.tar.gz").read_text() == "precious"


def test_backup_of_postgresql_points_to_its_own_tools(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "database_file", lambda: None)
    with pytest.raises(Refused, match="pg_dump"):
        backups.backup(None, with_keys=False)


def test_restored_keys_take_the_place_of_the_new_ones(var: Path, tmp_path: Path) -> None:
    archive = backups.backup(tmp_path / "a.tar.gz", with_keys=True)
    (var / "keys" / "one").write_text("new")

    backups.restore(archive, force=True)

    assert (var / "keys" / "one").read_text() == "keys"
    (aside,) = var.glob("before-restore-*")
    assert (aside / "keys" / "one").read_text() == "new"


def test_backup_of_another_journal_key_is_said_so(
    var: Path, tmp_path: Path, settings, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = backups.backup(tmp_path / "a.tar.gz", with_keys=False)
    backups.restore(archive, force=True)
    assert "another journal key" not in capsys.readouterr().err
    settings.HUIZHEN_JOURNAL_KEY = "another"
    backups.restore(archive, force=True)
    assert "another journal key" in capsys.readouterr().err
