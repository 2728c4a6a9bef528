"""Foreign keys point down: an import graph cannot see a key named by a string, the registry of models can."""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from tests.house.floors import floors

# Keys from an upper floor whose reverse name the owning app needs itself.
NAMED_ON_PURPOSE: set[tuple[str, str]] = set()


def faults(found: Iterable[type[models.Model]], floor: dict[str, int]) -> list[str]:
    """Keys to the same or a higher floor of another app, and reverse names that climb."""
    wrong = []
    for model in found:
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if not isinstance(field, models.ForeignKey | models.ManyToManyField) or not isinstance(target, type):
                continue
            here, there = model._meta.app_label, target._meta.app_label
            if here == there or here not in floor or there not in floor:
                continue
            name = f"{model._meta.label}.{field.name}"
            if floor[there] >= floor[here]:
                wrong.append(f"{name} points up, to {target._meta.label}")
            elif not field.remote_field.hidden and (model._meta.label, field.name) not in NAMED_ON_PURPOSE:
                wrong.append(f"{name} needs related_name='+'")
    return wrong


def test_keys_point_down() -> None:
    assert faults(apps.get_models(include_auto_created=True), floors()) == []


@isolate_apps()
def test_key_that_climbs_is_found() -> None:
    class Above(models.Model):
        class Meta:
            app_label = "cases"

    class Bad(models.Model):
        above = models.ForeignKey(Above, models.CASCADE)

        class Meta:
            app_label = "accounts"

    class Named(models.Model):
        below = models.ForeignKey(Bad, models.CASCADE)

        class Meta:
            app_label = "cases"

    assert faults([Bad, Named], floors()) == [
        "accounts.Bad.above points up, to cases.Above",
        "cases.Named.below needs related_name='+'",
    ]
