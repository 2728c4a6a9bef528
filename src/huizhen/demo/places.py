"""Places of the demo: 46 units, 12 domains, some 270 branches, 52 groups. Geography is public, everything else invented."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from huizhen.demo.reading import data
from huizhen.directory.choices import BranchKind, UnitKind
from huizhen.directory.models import Branch, Campaign, Domain, Group, Unit
from huizhen.lib.zh import sort_key

_NUMBERED = re.compile(r"第([一二三四五])党支部$")
_DIGITS = "一二三四五"


@dataclass(frozen=True)
class Places:
    """Lookups by the names the YAML files use."""

    units: dict[str, Unit]
    domains: dict[str, Domain]
    branches: dict[str, Branch]
    groups: dict[str, Group]

    def unit(self, name: str) -> Unit:
        """佛山, 佛山分公司, 网络部 or 省公司网络部."""
        name = name.removeprefix("省公司")
        return self.units.get(name) or self.units[f"{name}分公司"]


def load_places(campaign: Campaign, *, on: date) -> Places:
    """Makes all places in five statements."""
    units = _units()
    domains = _domains(units)
    places = Places(units, domains, {}, _groups(campaign, domains))
    places.branches.update(_branches(places, on))
    return places


def _units() -> dict[str, Unit]:
    orgs = data("orgs")
    rows = [
        *((UnitKind.CITY, city["code"], f"{city['name']}分公司") for city in orgs["cities"]),
        *((UnitKind.DEPARTMENT, row["code"], row["name"]) for row in orgs["departments"]),
        *((UnitKind.DIRECT, row["code"], row["name"]) for row in orgs["direct_units"]),
    ]
    made = Unit.objects.bulk_create(
        Unit(kind=kind, code=code, name=name, order=order, sort_key=sort_key(name))
        for order, (kind, code, name) in enumerate(rows, start=1)
    )
    return {unit.name: unit for unit in made}


def _domains(units: dict[str, Unit]) -> dict[str, Domain]:
    made = Domain.objects.bulk_create(
        Domain(
            code=row["code"],
            name=row["name"],
            lead_unit=units[row["lead_dept"]],
            has_listed_liaison=row["contact_listed"],
            order=order,
        )
        for order, row in enumerate(data("groups")["domains"], start=1)
    )
    return {domain.code: domain for domain in made}


def _groups(campaign: Campaign, domains: dict[str, Domain]) -> dict[str, Group]:
    made = Group.objects.bulk_create(
        Group(
            campaign=campaign,
            code=row["id"],
            domain=domains[row["domain"]],
            name=row["name"],
            scope=row["scope"],
            specialities="、".join(row["specialities"]),
            keywords="、".join(row["keywords"]),
            order=order,
        )
        for order, row in enumerate(data("groups")["groups"], start=1)
    )
    return {group.code: group for group in made}


def _area(name: str, city: str) -> str:
    """An area with the word the map gives it: 徐闻县, 雷州市, 顺德区; towns have none."""
    orgs = data("orgs")
    if name in orgs["counties"]:
        return f"{name}县"
    if name in orgs["county_cities"]:
        return f"{name}市"
    return name if city in ("东莞", "中山") or name.endswith("区") else f"{name}区"


def _usual_names() -> Iterable[tuple[str, str]]:
    """Unit and name of the branches that orgs.yaml's rules give."""
    orgs = data("orgs")
    for city in orgs["cities"]:
        unit = f"{city['name']}分公司"
        yield from ((unit, f"{unit}{department}党支部") for department in orgs["city_departments"])
        yield from ((unit, f"{unit}{_area(area, city['name'])}分公司党支部") for area in city["areas"])
    yield from ((row["name"], f"{row['name']}党支部") for row in orgs["departments"])
    for row in orgs["direct_units"]:
        yield from ((row["name"], f"{row['name']}{office.removesuffix('室')}党支部") for office in row["offices"][:2])


def _branches(places: Places, on: date) -> dict[str, Branch]:
    """Those of the rules and those the problems name. Where a problem names a 第二党支部 there is a first one, and none without number."""
    names = dict.fromkeys((name for _, name in _usual_names()), "")
    names.update({name: unit for unit, name in _usual_names()})
    for problem in data("problems")["problems"]:
        unit, name = places.unit(problem["unit"]).name, problem["branch"]
        if hit := _NUMBERED.search(name):
            base = name[: hit.start()]
            names.pop(f"{base}党支部", None)
            for digit in _DIGITS[: _DIGITS.index(hit.group(1)) + 1]:
                names[f"{base}第{digit}党支部"] = unit
        names[name] = unit
    temporary = {row["name"]: places.unit(row["unit"]).name for row in data("orgs")["temporary_branches"]}
    rows, counts = [], dict.fromkeys(places.units, 0)
    for name, unit in {**names, **temporary}.items():
        counts[unit] += 1
        rows.append(
            Branch(
                code=f"{places.units[unit].code}-{counts[unit]:02d}",
                unit=places.units[unit],
                name=name,
                kind=_kind(name),
                sort_key=sort_key(name),
                since=on - timedelta(days=120) if name in temporary else None,
                until=on + timedelta(days=60) if name in temporary else None,
            )
        )
    return {branch.name: branch for branch in Branch.objects.bulk_create(rows)}


def _kind(name: str) -> BranchKind:
    if "临时" in name:
        return BranchKind.TEMPORARY
    return BranchKind.JOINT if "联合" in name else BranchKind.ORDINARY
