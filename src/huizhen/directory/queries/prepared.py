"""Querysets whose SQL is made once.

Who the reader is, what she may see and the 病历 itself are some twenty joined queries at every move and every page. Making their
SQL took four fifths of the time, and only the keys differ; so it is made once per connection, and afterwards run with other keys.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Generic, TypeVar

from django.db import connections
from django.db.models.query import QuerySet

Row = TypeVar("Row")
Key = int | str | date


def _mark(number: int, key: Key) -> Key:
    """A key that nothing has: where it stands among the parameters, the real key is put."""
    if isinstance(key, date):
        return date.min + timedelta(days=number)
    return f"\uffff{number}" if isinstance(key, str) else -(2**31) - number


def _param(key: Key) -> Any:
    """The key as the database is given it."""
    return connections["default"].ops.adapt_datefield_value(key) if isinstance(key, date) else key


class Prepared(Generic[Row]):
    """`Prepared(lambda case: Contact.objects.filter(case=case).select_related("by"))(case.pk)` → a tuple of rows."""

    def __init__(self, build: Callable[..., QuerySet[Any, Row]]) -> None:
        self._build = build

    def __call__(self, *keys: Key) -> tuple[Row, ...]:
        """One query. How many keys there are, and of which kinds, is always the same."""
        # Kept by the connection itself, which is of one thread and ends with it.
        made = vars(connections["default"]).setdefault("huizhen_prepared", {})
        if self not in made:
            made[self] = self._make(keys)
        queryset, compiler, sql, params, marks = made[self]
        real = dict(zip(marks, map(_param, keys), strict=True))
        filled = tuple(real.get(one, one) for one in params)
        compiler.as_sql = lambda *args, **options: (sql, filled)
        return tuple(queryset._iterable_class(queryset))

    def _make(self, keys: tuple[Key, ...]) -> tuple[QuerySet[Any, Row], Any, str, tuple[Any, ...], tuple[Any, ...]]:
        marks = tuple(_mark(number, key) for number, key in enumerate(keys))
        queryset: Any = self._build(*marks)
        compiler = queryset.query.get_compiler(connection=connections["default"])
        sql, params = compiler.as_sql()
        marks = tuple(map(_param, marks))
        if not set(marks) <= set(params):
            raise ValueError(f"every key must occur at least once: {sql}")
        converters: list[Any] = []

        def converters_once(expressions: Any) -> Any:
            if not converters:
                converters.append(type(compiler).get_converters(compiler, expressions))
            return converters[0]

        compiler.get_converters = converters_once
        queryset.query.get_compiler = lambda *args, **options: compiler
        return queryset, compiler, sql, tuple(params), marks
