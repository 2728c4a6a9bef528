"""The interface as a whole: who may enter, what is answered when something is wrong, which routes there are."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from huizhen import __version__
from huizhen.api import (
    bulletins,
    cases,
    directory,
    figures,
    methods,
    monthly,
    moves,
    problems,
    rounds,
    search,
    similar,
    stories,
    tokens,
)
from huizhen.api.bearer import Bearer

DESCRIPTION = """Expert consultations for grass-roots branches, from registration to measured effect.

The moves of a case are generated from one table; the pages, this interface and the documentation read the same.
Refusals are RFC 9457 problems whose `code` and `args` are the contract."""


class Interface(NinjaAPI):
    """NinjaAPI whose answers nobody keeps, and whose document gives problems their own content type."""

    def create_temporal_response(self, request: HttpRequest) -> HttpResponse:
        answer = super().create_temporal_response(request)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def get_openapi_schema(self, **where: Any) -> Any:
        schema = super().get_openapi_schema(**where)
        for path in schema["paths"].values():
            for operation in path.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "application/json" in answer.get("content", {}):
                        answer["content"] = {"application/problem+json": answer["content"]["application/json"]}
        return schema


# No pages of documentation: their scripts would come from elsewhere. Any OpenAPI reader shows the document.
api = Interface(
    title="Huizhen", version=__version__, description=DESCRIPTION, docs_url=None, auth=Bearer(), urls_namespace="api"
)
problems.install(api)
for _router in (
    tokens.router,
    cases.router,
    moves.router,
    directory.router,
    methods.router,
    rounds.router,
    stories.router,
    figures.router,
    monthly.router,
    bulletins.router,
    search.router,
    similar.router,
):
    api.add_router("", _router)
