"""Reads whose SQL is made once give what the queryset gives, case by case, at one query each."""

from __future__ import annotations

from typing import Any

import pytest

from huizhen.cases.models import Case, Contact, Responsibility
from huizhen.cases.queries.file import file_of
from huizhen.directory.queries.prepared import Prepared
from tests.cast import Cast

CONTACTS = Prepared(lambda case: Contact.objects.filter(case=case).select_related("by").order_by("at", "pk"))


def test_prepared_gives_the_rows_of_each_case(cast: Cast, django_assert_num_queries: Any) -> None:
    first, second = cast.contacted(), cast.diagnosed()
    CONTACTS(first.pk)
    with django_assert_num_queries(2):
        found = [CONTACTS(first.pk), CONTACTS(second.pk)]
        names = [[one.by.name for one in rows] for rows in found]
    assert found == [tuple(case.contacts.order_by("at", "pk")) for case in (first, second)]
    assert names == [["沈言行"], ["沈言行", "沈言行"]]


def test_prepared_gives_fresh_rows_each_time(cast: Cast) -> None:
    case = cast.contacted()
    (before,) = CONTACTS(case.pk)
    Contact.objects.filter(pk=before.pk).update(learned="改过")
    assert (before.learned, CONTACTS(case.pk)[0].learned) == ("已问清楚情况", "改过")


def test_prepared_needs_every_key(db: None) -> None:
    with pytest.raises(ValueError, match="once"):
        Prepared(lambda case: Responsibility.objects.filter(until=None))(1)


def test_file_is_the_same_with_every_table_read(cast: Cast, django_assert_num_queries: Any) -> None:
    case = Case.objects.select_related("campaign").get(pk=cast.archived().pk)
    file_of(case)
    with django_assert_num_queries(14):
        file = file_of(case)
    assert file.measures == tuple(
        one for row in case.prescriptions.order_by("version") for one in row.measures.order_by("number")
    )
    assert [one.person.name for one in file.responsibilities] == ["沈言行"]
    assert file.closing == case.rounds.get().closing
