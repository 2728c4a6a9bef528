"""Entries and seals cannot be changed or removed, neither from Python nor in SQL."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from huizhen.journal.actions import seal
from huizhen.journal.models import AppendOnlyError, Entry, Seal
from huizhen.journal.queries import missing_guards

ACTS = {
    "save": lambda rows: rows.get().save(),
    "delete": lambda rows: rows.get().delete(),
    "update": lambda rows: rows.update(at=timezone.now()),
    "delete all": lambda rows: rows.all().delete(),
    "bulk_update": lambda rows: rows.bulk_update(list(rows.all()), ["at"]),
    "upsert": lambda rows: rows.bulk_create(
        list(rows.all()), update_conflicts=True, update_fields=["at"], unique_fields=["id"]
    ),
    "update_or_create": lambda rows: rows.update_or_create(pk=rows.get().pk, defaults={"at": timezone.now()}),
}


@pytest.fixture
def rows(beds, tell):
    tell(beds[0])
    seal(at=timezone.now())
    return {"entry": Entry.objects, "seal": Seal.objects}


@pytest.mark.parametrize("table", ["entry", "seal"])
@pytest.mark.parametrize("act", ACTS)
def test_python_refuses(rows, table, act):
    before = rows[table].values().get()

    with pytest.raises(AppendOnlyError, match="append-only"):
        ACTS[act](rows[table])
    assert rows[table].values().get() == before


@pytest.mark.parametrize("table", ["entry", "seal"])
@pytest.mark.parametrize(
    "sql", ["UPDATE journal_{} SET digest = ''", "DELETE FROM journal_{}", "TRUNCATE journal_{} CASCADE"]
)
def test_database_refuses(rows, table, sql):
    if sql.startswith("TRUNCATE") and connection.vendor == "sqlite":
        sql = "REPLACE INTO journal_{0} SELECT * FROM journal_{0}"
    before = rows[table].values().get()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(table))
    assert rows[table].values().get() == before


def test_guards_are_in_place(db):
    assert missing_guards() == ()


def test_lost_guard_is_named(vandal):
    assert "journal_entry_append_only_" in missing_guards()[0]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_tests_themselves_can_empty_the_tables(turn, tell):
    from django.contrib.auth.models import Group

    assert not Entry.objects.exists()
    tell(Group.objects.create(name="甲"))
    assert missing_guards() == ()
