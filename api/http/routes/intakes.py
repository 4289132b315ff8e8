"""Routes of a petition's intake report: read it, mark steps, judge and compare look-alikes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from api.http.deps import IfMatch, ServiceDep, actor_of, etag, needs, same_version, viewer_of
from api.http.idempotency import IdempotentRoute
from api.http.intake_view import comparison, intake_body
from api.http.models.common import ShortText, problems
from api.http.models.intakes import ComparisonBody, DuplicateMark, IntakeBody, StepMark
from api.http.routes.petitions import find_petition, find_to_change
from api.records import petition_store as store
from api.records.base import today
from api.records.duplicates import judge
from api.records.views import note_view
from api.security.roles import Principal

router = APIRouter(prefix="/v1/petitions/{petition_id}", tags=["Đơn thư"], route_class=IdempotentRoute)
May = Annotated[Principal, Depends(needs("petition.read"))]
Changer = Annotated[Principal, Depends(needs("petition.read", "petition.change"))]


@router.get("/intake", summary="Phiếu tiếp nhận của đơn", responses=problems(404))
def read_intake(petition_id: ShortText, service: ServiceDep, response: Response, principal: May) -> IntakeBody:
    """Checklist with quotes, terms against today, routing with its basis, parties, matters and look-alikes."""
    with service.records.read() as session:
        petition = find_petition(session, petition_id, principal)
        body = IntakeBody.model_validate(intake_body(session, petition, viewer_of(principal), today()))
        response.headers["ETag"] = etag(petition.version)
    note_view(service.records, actor_of(principal), petition_id, confidential=body.redacted)
    return body


@router.post("/steps", summary="Ghi một bước đã làm, ví dụ ngày thụ lý", responses=problems(404, 412, 428))
def mark_step(
    petition_id: ShortText, body: StepMark, service: ServiceDep, response: Response, principal: Changer,
    if_match: IfMatch = None,
) -> IntakeBody:  # fmt: skip
    """Terms that run from this step are worked out anew; the earlier report is kept."""
    with service.records.write() as session:
        petition = find_to_change(session, petition_id, principal)
        same_version(petition.version, if_match)
        store.mark_step(session, petition, body.code, body.on, actor_of(principal))
        session.flush()
        response.headers["ETag"] = etag(petition.version)
        return IntakeBody.model_validate(intake_body(session, petition, viewer_of(principal), today()))


@router.put("/duplicates/{other_id}", summary="Xác nhận hoặc bỏ một cặp đơn giống nhau", responses=problems(404))
def judge_duplicate(
    petition_id: ShortText, other_id: ShortText, body: DuplicateMark, service: ServiceDep, principal: Changer
) -> IntakeBody:
    """A person's word on two petitions that look alike; the machine never joins or drops one."""
    with service.records.write() as session:
        petition = find_to_change(session, petition_id, principal)
        other = find_petition(session, other_id, principal)
        judge(session, petition, other, body.state, actor_of(principal))
        session.flush()
        return IntakeBody.model_validate(intake_body(session, petition, viewer_of(principal), today()))


@router.get("/compare/{other_id}", summary="So hai đơn từng chữ", responses=problems(404))
def compare(petition_id: ShortText, other_id: ShortText, service: ServiceDep, principal: May) -> ComparisonBody:
    """What two petitions share and where they differ, on redacted copies of both."""
    with service.records.read() as session:
        one, other = (find_petition(session, i, principal) for i in (petition_id, other_id))
    return ComparisonBody.model_validate({"id": petition_id, "other_id": other_id, **comparison(one, other)})
