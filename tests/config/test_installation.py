"""The demo is marked; a real installation refuses to start with its accounts; doctor says what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from huizhen.accounts.models import User
from huizhen.config import doctor, installation, roster, server, verification, voice
from huizhen.config.voice import Refused
from tests.cast import Cast
from tests.directory.files import roster as sheet_of


@pytest.fixture
def var(tmp_path: Path, settings) -> Path:
    settings.HUIZHEN_VAR = tmp_path
    return tmp_path


def make_demo_user(password: str | None = "huizhen-demo", **facts: object) -> User:
    user = User(username="requester", name="某某", is_demo=True, **facts)
    user.set_password(password)
    user.save()
    return user


@pytest.mark.django_db
def test_open_demo_account_stops_a_real_installation(var: Path) -> None:
    make_demo_user()
    with pytest.raises(Refused, match="requester"):
        installation.refuse_demo_accounts()


@pytest.mark.django_db
@pytest.mark.parametrize("facts", [{"password": None}, {"is_active": False}], ids=["no password", "not active"])
def test_closed_demo_account_stops_nothing(var: Path, facts: dict[str, object]) -> None:
    make_demo_user(**facts)
    assert installation.open_demo_accounts() == []


@pytest.mark.django_db
def test_demo_itself_may_start(var: Path) -> None:
    make_demo_user()
    installation.demo_mark().write_text(installation.LOADED)
    assert installation.is_demo()
    installation.refuse_demo_accounts()


def test_half_loaded_demo_is_thrown_away(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = var / "huizhen.sqlite3"
    monkeypatch.setattr(installation, "database_file", lambda: database)
    database.write_text("half")
    installation.demo_mark().write_text(installation.LOADING)

    installation.clear_half_demo()

    assert not database.exists()
    assert not installation.is_demo()


def test_loaded_demo_is_kept(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = var / "huizhen.sqlite3"
    monkeypatch.setattr(installation, "database_file", lambda: database)
    database.write_text("whole")
    installation.demo_mark().write_text(installation.LOADED)

    installation.clear_half_demo()

    assert database.read_text() == "whole"


@pytest.mark.django_db
def test_doctor_names_a_demo_account_and_an_open_key(var: Path) -> None:
    make_demo_user()
    (var / "keys").mkdir()
    (var / "keys" / "huizhen_secret_key").write_text("x")
    (var / "keys" / "huizhen_secret_key").chmod(0o644)
    errors = [one.en for one in doctor.findings() if one.error]
    assert any("published password: requester" in one for one in errors)
    assert any("Others can read the key" in one for one in errors)


@pytest.mark.django_db
def test_doctor_finds_weak_and_equal_keys(var: Path, settings) -> None:
    settings.SECRET_KEY = settings.HUIZHEN_JOURNAL_KEY = "short"
    found = " ".join(one.en for one in doctor.findings())
    assert "SECRET_KEY is too short" in found
    assert "the same" in found


@pytest.mark.django_db
def test_lost_guards_are_named_and_counted(
    var: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = ("journal_entry_append_only_update", "journal_entry_append_only_delete")
    monkeypatch.setattr("huizhen.journal.queries.missing_guards", lambda: lost)
    assert any("journal_entry_append_only_delete" in one.zh for one in doctor.findings() if one.error)
    monkeypatch.setattr(verification, "missing_guards", lambda: lost)
    monkeypatch.setattr(verification, "unaccounted", lambda: ["HZ26-00001"])
    assert verification.report() == 1
    shown = capsys.readouterr()
    assert shown.err.count("✗") == 3
    assert "发现 3 处问题" in shown.out


@pytest.mark.parametrize(("language", "lines"), [("zh_CN.UTF-8", 0), ("C", 1)])
def test_roster_is_told_in_one_language_or_both(
    cast: Cast,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    language: str,
    lines: int,
) -> None:
    monkeypatch.setenv("LC_ALL", language)
    file = tmp_path / "roster.xlsx"
    row = {
        "领域": "网络运维", "专家团": "无线网络优化专家团", "专家团编号": "NET-01", "姓名": "测试", "单位": "网络部", "角色": "专家",
    }  # fmt: skip
    file.write_bytes(sheet_of([row]))
    assert roster.import_roster(file, dry_run=True) == 1
    told = capsys.readouterr().out
    assert "✗ 2 角色 角色只能是团长、副团长或成员，不能是“专家”。" in told
    assert told.count("is not a role") == lines

    file.write_bytes(sheet_of([row | {"角色": "团长"}]))
    assert roster.import_roster(file, dry_run=True) == 0
    told = capsys.readouterr().out
    assert "~ NET-01 毛知南 角色: 团长 → 成员（文件另写了团长）" in told
    assert "新增 1 行，修改 1 行" in told
    assert told.count("another leader") == lines


def test_taken_port_is_refused_in_one_sentence() -> None:
    with server.listen("127.0.0.1", 0) as held, pytest.raises(Refused, match="is taken"):
        server.listen("127.0.0.1", held.getsockname()[1])


@pytest.mark.parametrize(
    ("variables", "chinese"), [({"LANG": "zh_CN.UTF-8"}, True), ({"LANG": "C"}, False), ({}, False)]
)
def test_language_of_the_terminal(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], chinese: bool) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert voice.in_chinese() is chinese


def test_greeting_lists_the_demo_accounts(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    installation.demo_mark().write_text(installation.LOADED)
    server.greet("0.0.0.0", 8000)
    said = capsys.readouterr()
    assert "http://127.0.0.1:8000/" in said.out
    assert all(role in said.out for role in installation.DEMO_ROLES)
    assert "passwords of the demo accounts are public" in said.err


@pytest.mark.django_db
def test_doctor_says_when_mail_reaches_nobody(var: Path, settings) -> None:
    settings.ALLOWED_HOSTS = ["huizhen.example.cn"]
    settings.EMAIL_BACKEND = "huizhen.notifications.channels.mail.folder.FolderBackend"
    assert any("Set EMAIL_URL" in one.en for one in doctor.findings())
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert not any("Set EMAIL_URL" in one.en for one in doctor.findings())
