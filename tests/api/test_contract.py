"""The OpenAPI description is kept: generated requests find no 500, no undocumented answer, no wrong shape."""

from __future__ import annotations

from typing import Any

import hypothesis
import pytest
import schemathesis
from fastapi.testclient import TestClient
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.http.app import create_app
from api.http.problems import PROBLEMS
from api.settings import Settings

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
          response_headers_conformance, negative_data_rejection]  # fmt: skip


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Any, fake_readers: Any, report_text: str) -> Any:
    """An application without accounts, with a petition and a report in it."""
    path = tmp_path_factory.mktemp("contract") / "a.db"
    path.write_bytes(sqlite_template.read_bytes())
    app = create_app(Settings(database=f"sqlite:///{path}", accounts=False, jobs=False), fake_readers)
    with TestClient(app) as client:
        client.post("/v1/petitions", json={"text": "Đường hỏng nhiều lần kiến nghị."})
        client.post("/v1/reports", files={"file": ("a.txt", report_text.encode())})
        yield app


def test_generated_requests_keep_the_contract(running: Any) -> None:
    schema = schemathesis.openapi.from_asgi("/openapi.json", running)
    broken: dict[str, str] = {}
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        # A multipart file has no wrong type: whatever is sent is the file's content.
        multipart = operation.path in ("/v1/reports", "/v1/imports") and operation.method.upper() == "POST"
        modes = [GenerationMode.POSITIVE] if multipart else [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
        for mode in modes:

            @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
            @hypothesis.settings(
                max_examples=8,
                deadline=None,
                derandomize=True,
                database=None,
                phases=[hypothesis.Phase.generate],
                suppress_health_check=list(hypothesis.HealthCheck),
            )
            def keeps(case: schemathesis.Case) -> None:
                nonlocal tried
                tried += 1
                case.validate_response(case.call(), checks=CHECKS)

            try:
                keeps()
            except hypothesis.errors.Unsatisfiable:
                continue
            except Exception as error:
                broken[f"{operation.label} {mode}"] = str(error)[:600]
    assert tried > 400
    assert not broken, broken


def test_every_problem_code_the_description_names_has_a_vietnamese_title(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert described["components"]["schemas"]["ProblemBody"]["properties"]["code"]["examples"] == sorted(PROBLEMS)
    assert all(kind.title and 400 <= kind.status < 600 for kind in PROBLEMS.values())


def test_every_operation_has_a_summary_and_a_description(client: TestClient) -> None:
    for path, methods in client.get("/openapi.json").json()["paths"].items():
        for method, operation in methods.items():
            assert operation.get("summary") and operation.get("description"), (method, path)


def test_every_link_names_an_operation_and_a_parameter_that_exist(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    operations = {o["operationId"]: o for methods in paths.values() for o in methods.values()}
    links = [
        link
        for operation in operations.values()
        for answer in operation["responses"].values()
        for link in answer.get("links", {}).values()
    ]
    assert len(links) > 10
    for link in links:
        names = {p["name"] for p in operations[link["operationId"]]["parameters"]}
        assert set(link["parameters"]) <= names


def test_a_method_that_a_path_does_not_have_is_refused_with_those_it_has(client: TestClient) -> None:
    answer = client.put("/v1/petitions", json={})
    assert (answer.status_code, answer.headers["allow"], answer.json()["code"]) == (
        405,
        "GET, POST",
        "method_not_allowed",
    )
    assert client.delete("/v1/petitions/abc").headers["allow"] == "GET, PATCH"
