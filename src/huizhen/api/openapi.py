"""Parts of the OpenAPI document that the routes share."""

from __future__ import annotations

from typing import Any

from huizhen.api.once import HEADER, LONGEST

KEY = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "description": "Any text of your own, best a UUID. The same request with the same key is one effect and gets the same answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST},
}
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "description": "The version of the case you have seen (its `ETag`). An exclusive move on a newer one is refused with 409.",
    "schema": {"type": "string"},
}


def json_body(schema: dict[str, Any], *, required: bool = True) -> dict[str, Any]:
    """A JSON body of one schema."""
    return {"required": required, "content": {"application/json": {"schema": schema}}}
