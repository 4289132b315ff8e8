"""The OpenAPI description: what FastAPI works out, plus problems and links from answer to next call."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from api.http.models.common import ProblemBody
from api.http.problems import PROBLEMS

_TAG = {"If-Match": "$response.header.ETag"}
# answer → (parameter of the next call, where its value stands in the answer, next calls)
_LINKS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "POST /v1/petitions 201": (
        "petition_id",
        "$response.body#/id",
        (
            "GET /v1/petitions/{petition_id}",
            "GET /v1/petitions/{petition_id}/history",
            "GET /v1/petitions/{petition_id}/intake",
            "POST /v1/petitions/{petition_id}/steps",
            "POST /v1/petitions/{petition_id}/decisions",
            "POST /v1/petitions/{petition_id}/identity",
            "PATCH /v1/petitions/{petition_id}",
        ),
    ),
    "POST /v1/petitions/{petition_id}/decisions 201": (
        "petition_id",
        "$response.body#/id",
        ("POST /v1/petitions/{petition_id}/undo",),
    ),
    "POST /v1/reports 201": ("report_id", "$response.body#/id", ("GET /v1/reports/{report_id}",)),
    "GET /v1/findings 200": (
        "finding_id",
        "$response.body#/items/0/id",
        ("GET /v1/findings/{finding_id}", "GET /v1/findings/{finding_id}/similar"),
    ),
    "GET /v1/findings/{finding_id} 200": (
        "finding_id",
        "$response.body#/id",
        ("PUT /v1/findings/{finding_id}/review", "POST /v1/findings/{finding_id}/undo"),
    ),
    "POST /v1/imports 201": (
        "job_id",
        "$response.body#/id",
        ("GET /v1/jobs/{job_id}", "POST /v1/imports/{job_id}/start", "POST /v1/jobs/{job_id}/cancel"),
    ),
    "POST /v1/searches 201": ("search_id", "$response.body#/id", ("DELETE /v1/searches/{search_id}",)),
}


def describe(app: FastAPI) -> None:
    """Complete the application's OpenAPI description; it is made once, when first asked for."""
    made = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = made()
            _problems(schema)
            _links(schema)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]


def _problems(schema: dict[str, Any]) -> None:
    parts = schema.setdefault("components", {}).setdefault("schemas", {})
    body = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
    for name, part in body.pop("$defs", {}).items():
        parts.setdefault(name, part)
    body["properties"]["code"]["examples"] = sorted(PROBLEMS)
    parts["ProblemBody"] = body
    parts.pop("HTTPValidationError", None)
    parts.pop("ValidationError", None)


def _links(schema: dict[str, Any]) -> None:
    for source, (parameter, value, targets) in _LINKS.items():
        method, path, status = source.split(" ")
        links = schema["paths"][path][method.lower()]["responses"][status].setdefault("links", {})
        for target in targets:
            next_method, next_path = target.split(" ")
            operation = schema["paths"][next_path][next_method.lower()]
            names = {p["name"] for p in operation.get("parameters", ())}
            given = {parameter: value, **(_TAG if "If-Match" in names else {})}
            links[operation["operationId"]] = {"operationId": operation["operationId"], "parameters": given}
