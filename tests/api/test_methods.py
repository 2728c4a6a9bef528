"""工作法 through the interface: the shelf, one method, a trial and its result, the same request twice."""

from __future__ import annotations

from huizhen.methods.models import Adoption, Method
from tests.api.conftest import Callers
from tests.methods.test_reuse import GOOD, shelved


def test_methods_are_read_tried_and_told(callers: Callers) -> None:
    method = shelved(callers.cast)
    page = callers.outsider.get("/methods").json()
    assert [one["code"] for one in page["methods"]] == [method.code]
    assert page["methods"][0]["trust"] == "fair"
    assert callers.outsider.get("/methods", {"evidence": "draft"}).status_code == 422
    told = callers.outsider.get(f"/methods/{method.code}").json()
    assert told["cite"] == f"{method.code}@1"
    assert told["confidence"] == min(100, sum(one["points"] for one in told["reasons"]))
    assert (told["uses"], told["hidden_reuses"]) == ([], 0)
    assert callers.outsider.get("/methods/GF99-0001").status_code == 404

    tried = callers.outsider.post(f"/methods/{method.code}/adopt", {"branch": "B2", "why": "也有"}, key="one")
    again = callers.outsider.post(f"/methods/{method.code}/adopt", {"branch": "B2", "why": "也有"}, key="one")
    assert (tried.status_code, again.status_code, tried.json()) == (201, 201, again.json())
    assert Adoption.objects.count() == 1
    assert callers.outsider.post(f"/methods/{method.code}/adopt", {"branch": "B2"}).status_code == 409
    assert callers.requester.post(f"/methods/{method.code}/adopt", {"branch": "B2"}).status_code == 403
    body = {**GOOD, "before": "40", "after": 3, "trial": tried.json()["key"]}
    assert callers.requester.post(f"/methods/{method.code}/result", body).status_code == 403
    assert callers.outsider.post(f"/methods/{method.code}/result", {**body, "after": None}).status_code == 422
    assert callers.outsider.post(f"/methods/{method.code}/result", {**body, "trial": "x"}).status_code == 404
    result = callers.outsider.post(f"/methods/{method.code}/result", body).json()
    assert (result["use"], result["is_effective"]) == ("solved", True)
    assert Method.objects.get().evidence == "verified"
    uses = callers.outsider.get(f"/methods/{method.code}").json()["uses"]
    assert [(one["trial"], one["outcome"], one["before"]) for one in uses] == [(result["key"], "solved", "40")]
