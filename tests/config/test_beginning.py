"""A real installation begins with a file and one account."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.config.beginning import account, begin
from huizhen.config.voice import Refused
from huizhen.directory.models import Branch, Campaign, Person, Unit
from huizhen.directory.queries import standing_of_person

EXAMPLE = Path(__file__).parents[2] / "docs" / "organisation.example.yaml"


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setenv("HUIZHEN_PASSWORD", "seven-lotus-bridges")


def test_example_founds_an_installation() -> None:
    begin(EXAMPLE, username="admin")

    user = User.objects.get()
    assert user.check_password("seven-lotus-bridges")
    assert standing_of_person(Person.objects.get(user=user), on=timezone.localdate()).is_coordinator
    assert Campaign.objects.get(is_current=True).policies.count() == 1
    assert (Unit.objects.count(), Branch.objects.count(), Person.objects.count()) == (3, 1, 5)


def test_begin_twice_is_refused() -> None:
    begin(EXAMPLE, username="admin")

    with pytest.raises(Refused):
        begin(EXAMPLE, username="again")
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    "old, new, said",
    [
        ("unit: 佛山分公司}", "unit: 没有的分公司}", "没有的分公司"),
        ("role: coordinator", "role: viewer", "coordinator"),
        ("佛山分公司, kind: city", "佛山分公司, kind: town", "town"),
        ("starts_on: 2027-01-01", "starts_on: soon", "starts_on"),
        ("code: FS, name: 佛山分公司", "code: FS, name: 网络部", "网络部"),
    ],
)
def test_fault_in_the_file_names_its_place_and_writes_nothing(tmp_path: Path, old: str, new: str, said: str) -> None:
    file = tmp_path / "organisation.yaml"
    file.write_text(EXAMPLE.read_text().replace(old, new, 1))

    with pytest.raises(Refused) as no:
        begin(file, username="admin")
    assert said in no.value.zh
    assert not Unit.objects.exists()


@pytest.mark.parametrize("content", ["[", "just words", "campaign: {}\nunits: 3", "\x00"])
def test_file_of_another_kind_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "organisation.yaml"
    file.write_text(content)

    with pytest.raises(Refused):
        begin(file, username="admin")


def test_weak_password_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIZHEN_PASSWORD", "12345")

    with pytest.raises(Refused):
        begin(EXAMPLE, username="admin")
    assert not User.objects.exists()


def test_account_is_opened_once() -> None:
    begin(EXAMPLE, username="admin")
    account("P0004", username="ding")

    assert Person.objects.get(code="P0004").user == User.objects.get(username="ding")
    with pytest.raises(Refused):
        account("P0004", username="ding2")
    with pytest.raises(Refused):
        account("P0003", username="ding")
    with pytest.raises(Refused):
        account("P9999", username="nobody")
