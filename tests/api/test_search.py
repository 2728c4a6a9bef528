"""Search through the interface."""

from __future__ import annotations

from huizhen.search.jobs import drain
from tests.api.conftest import NOON, Callers


def test_search_tells_level_pieces_and_what_was_not_understood(callers: Callers) -> None:
    case = callers.cast.contacted()
    drain(NOON)
    told = callers.expert.get("/search", {"q": "负荷超限 状态:nonsense", "kind": "case"}).json()
    (hit,) = told["hits"]
    assert (hit["kind"], hit["code"], hit["level"], hit["facets"]["unit"]) == ("case", case.code, "full", "FS")
    assert {"text": "负荷超限", "is_marked": True} in hit["title"]
    assert [one["code"] for one in told["faults"]] == ["unknown_value"]
    assert (told["order"], told["relaxed"], told["is_many"], told["after"]) == ("best", False, False, "")
    assert callers.outsider.get("/search", {"q": "负荷超限", "kind": "case"}).json()["hits"] == []


def test_search_leads_on_and_refuses_what_is_not_offered(callers: Callers) -> None:
    for _ in range(3):
        callers.cast.contacted()
    drain(NOON)
    codes, after = [], ""
    for _ in range(4):
        told = callers.viewer.get("/search", {"q": "负荷超限", "order": "newest", "limit": 1, "after": after}).json()
        codes += [one["code"] for one in told["hits"]]
        after = told["after"]
        if not after:
            break
    assert len(codes) == len(set(codes)) == 3
    for query in (
        {},
        {"q": "负荷", "kind": "person"},
        {"q": "负荷", "order": "x"},
        {"q": "负荷", "limit": 500},
        {"q": "负荷", "zz": "1"},
    ):
        assert callers.viewer.get("/search", query).status_code == 422, query
