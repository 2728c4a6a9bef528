"""Look-ups: groups, experts, branches, challenges."""

from __future__ import annotations

from typing import Any

import pytest

from huizhen.challenges.models import Challenge
from tests.api.conftest import NOON, Callers
from tests.cast import Cast


def challenge(cast: Cast, number: int, **changes: Any) -> Challenge:
    values = {
        "campaign": cast.campaign,
        "branch": cast.branch,
        "code": f"LT26-{number:05d}",
        "title": "把负荷降下来",
        "created_at": NOON,
        "changed_at": NOON,
    }
    return Challenge.objects.create(**values | changes)


def test_groups_come_with_domain_and_leader(callers: Callers) -> None:
    told = callers.requester.get("/groups").json()["groups"]
    assert [one["code"] for one in told] == ["FIN-01", "NET-01"]
    assert (told[1]["domain"]["code"], told[1]["size"], told[1]["leader"]["name"]) == ("NET", 3, "毛知南")
    assert told[1]["leader"]["phone"][3:7] == "****"


def test_groups_are_searched(callers: Callers) -> None:
    assert [one["code"] for one in callers.requester.get("/groups", {"q": "财务"}).json()["groups"]] == ["FIN-01"]


def test_group_shows_its_members_leader_first(callers: Callers) -> None:
    told = callers.requester.get("/groups/NET-01").json()
    assert [(one["code"], one["role"]) for one in told["members"]] == [
        ("leader", "leader"),
        ("mate", "member"),
        ("expert", "member"),
    ]
    assert told["duty"]["code"] == "expert"


def test_experts_lead_on_by_keyset(callers: Callers) -> None:
    first = callers.viewer.get("/experts", {"limit": 3}).json()
    second = callers.viewer.get("/experts", {"limit": 3, "after": first["after"]}).json()
    names = [one["code"] for one in first["experts"] + second["experts"]]
    assert sorted(names) == ["expert", "leader", "mate", "other_expert", "other_leader"]
    assert second["after"] == ""
    assert first["experts"][0]["groups"][0].keys() == {"code", "name"}


@pytest.mark.parametrize(
    "query, found",
    [
        ({"q": "沈言行"}, ["expert"]),
        ({"q": "shen"}, ["expert"]),
        ({"group": "FIN-01"}, ["other_expert", "other_leader"]),
        ({"unit": "ZJ"}, []),
    ],
)
def test_experts_are_searched(callers: Callers, query: dict[str, str], found: list[str]) -> None:
    assert sorted(one["code"] for one in callers.viewer.get("/experts", query).json()["experts"]) == found


def test_unknown_place_is_not_there(callers: Callers) -> None:
    assert [callers.viewer.get("/experts", {name: "X9"}).status_code for name in ("domain", "group", "unit")] == [
        404,
        404,
        404,
    ]
    assert callers.viewer.get("/groups/X9").status_code == 404


def test_branches_of_the_caller(callers: Callers) -> None:
    assert [one["code"] for one in callers.requester.get("/branches").json()["branches"]] == ["B1", "B2"]
    assert callers.requester.get("/branches", {"mine": "true"}).json()["branches"] == [
        {
            "code": "B1",
            "name": "佛山分公司网络部党支部",
            "unit": {"code": "FS", "name": "佛山分公司"},
            "kind": "ordinary",
        }
    ]
    assert [one["code"] for one in callers.requester.get("/branches", {"q": "湛江"}).json()["branches"]] == ["B2"]


def test_challenges_of_a_branch(callers: Callers) -> None:
    cast = callers.cast
    challenge(cast, 1, baseline="92.5")
    challenge(cast, 2, branch=cast.other_branch)
    told = callers.requester.get("/challenges", {"branch": "B1"}).json()["challenges"]
    assert [(one["code"], one["baseline"], one["goal"]) for one in told] == [("LT26-00001", "92.5", None)]
    answer = callers.requester.post("/cases", {"branch": "B1", **cast.values(challenge="LT26-00001")})
    assert callers.requester.get(f"/cases/{answer.json()['code']}").json()["challenge"] == "LT26-00001"


def test_challenges_lead_on(callers: Callers) -> None:
    for number in range(3):
        challenge(callers.cast, number)
    first = callers.viewer.get("/challenges", {"limit": 2}).json()
    second = callers.viewer.get("/challenges", {"limit": 2, "after": first["after"]}).json()
    assert [one["code"] for one in first["challenges"] + second["challenges"]] == [
        "LT26-00002",
        "LT26-00001",
        "LT26-00000",
    ]
    assert second["after"] == ""


@pytest.mark.parametrize(
    "path, queries", [("/groups", 8), ("/groups/NET-01", 9), ("/experts", 8), ("/branches", 7), ("/challenges", 7)]
)
def test_lookup_costs_the_same_for_many(
    callers: Callers, django_assert_num_queries: Any, path: str, queries: int
) -> None:
    viewer = callers.viewer
    for number in range(3):
        challenge(callers.cast, number)
        with django_assert_num_queries(queries):
            viewer.get(path)
