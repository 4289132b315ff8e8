"""Routes about the service itself: life signs, label set, measurements."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from api.http.deps import ServiceDep
from api.http.models.common import Output, problems
from api.records.engine import RecordsError
from api.records.migrate import current_revision, head_revision
from nlp.taxonomy import taxonomy

router = APIRouter(tags=["Dịch vụ"])


class Health(Output):
    """The process is alive."""

    status: str


class Readiness(Output):
    """Whether questions can be answered, and what is missing."""

    ready: bool
    checks: dict[str, str]


class LabelBody(Output):
    """A label."""

    code: str
    name: str
    description: str = ""


class TaxonomyBody(Output):
    """Every label set of the house."""

    version: str
    fields: list[dict[str, Any]]
    types: list[LabelBody]
    urgency: list[LabelBody]
    signals: list[dict[str, Any]]
    official_columns: list[LabelBody]
    kinds: list[LabelBody]
    sorts: list[LabelBody]
    topics: list[LabelBody]


@router.get("/healthz", summary="Tiến trình còn sống")
def healthz() -> Health:
    """Answers as long as the process runs; checks nothing else."""
    return Health(status="ok")


@router.get("/readyz", summary="Sẵn sàng phục vụ", response_model=Readiness,
            responses={503: {"model": Readiness, "description": "Chưa sẵn sàng"}})  # fmt: skip
def readyz(service: ServiceDep) -> Any:
    """Ready when the database answers, its schema is current and both readers are loaded."""
    checks = {f"reader.{k}": v for k, v in service.readers.trouble.items()}
    try:
        service.records.ping()
        if current_revision(service.records) != head_revision(service.records):
            checks["schema"] = "outdated"
    except RecordsError as error:
        checks["records"] = error.code
    body = {"ready": not checks and service.ready, "checks": checks}
    return JSONResponse(body, 200 if body["ready"] else 503, {} if body["ready"] else {"Retry-After": "2"})


@router.get("/metrics", include_in_schema=False)
def metrics(service: ServiceDep) -> Response:
    """Measurements in Prometheus' text format: routes, statuses, durations; no content."""
    for gate in (service.classify_gate, service.extract_gate):
        service.metrics.waiting.labels(gate.name).set(gate.waiting)
    return Response(service.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


@router.get("/v1/taxonomy", summary="Bộ nhãn", responses=problems())
def read_taxonomy(response: Response) -> TaxonomyBody:
    """The label set that every answer uses, with Vietnamese names."""
    known = taxonomy()
    response.headers["Cache-Control"] = "private, max-age=300"
    names = ("fields", "types", "urgency", "signals", "official_columns", "kinds", "sorts", "topics")
    sets = {n: [asdict(x) for x in getattr(known, n)] for n in names}
    return TaxonomyBody.model_validate({"version": known.version, **sets})
