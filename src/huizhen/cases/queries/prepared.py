"""Querysets over the rows of one case whose SQL is made once.

Reading a 病历 is fourteen joined queries at every move and every page. Making their SQL took four fifths of the time, and only the
key of the case differs; so it is made once per connection, and afterwards run with another key.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import connections, models
from django.db.models.query import ModelIterable, QuerySet

Row = TypeVar("Row", bound=models.Model)
_MARK = -(2**31)
"""A key no case has: where it stands among the parameters, the real key is put."""


class Prepared(Generic[Row]):
    """`Prepared(lambda case: Contact.objects.filter(case=case).select_related("by"))(case.pk)` → a tuple of rows."""

    def __init__(self, build: Callable[[int], QuerySet[Row]]) -> None:
        self._build = build

    def __call__(self, key: int) -> tuple[Row, ...]:
        """One query."""
        # Kept by the connection itself, which is of one thread and ends with it.
        made = vars(connections["default"]).setdefault("huizhen_prepared", {})
        if self not in made:
            made[self] = self._make()
        queryset, compiler, sql, params = made[self]
        filled = tuple(key if one == _MARK else one for one in params)
        compiler.as_sql = lambda *args, **options: (sql, filled)
        return tuple(ModelIterable(queryset))

    def _make(self) -> tuple[QuerySet[Row], Any, str, tuple[Any, ...]]:
        queryset: Any = self._build(_MARK)
        compiler = queryset.query.get_compiler(connection=connections["default"])
        sql, params = compiler.as_sql()
        if params.count(_MARK) != 1:
            raise ValueError(f"the key of the case must occur once: {sql}")
        queryset.query.get_compiler = lambda *args, **options: compiler
        return queryset, compiler, sql, tuple(params)
