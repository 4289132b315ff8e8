"""Routes of the files that belong to a petition."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Path, Response, UploadFile
from sqlalchemy.orm import Session

from api.http.deps import ServiceDep, actor_of, needs
from api.http.idempotency import IdempotentRoute
from api.http.models.common import ShortText, problems
from api.http.models.petitions import AttachmentList
from api.http.routes.insight import download, file_answer
from api.http.routes.petitions import find_petition, find_to_change
from api.privacy import without_names
from api.records.attachments import attach, attachments, open_attachment
from api.records.petitions import Petition
from api.security.roles import Principal

router = APIRouter(prefix="/v1/petitions/{petition_id}/attachments", tags=["Đơn thư"], route_class=IdempotentRoute)
BYTES = "application/octet-stream"


def attachment_list(session: Session, petition: Petition) -> dict[str, Any]:
    """The files of a petition; names of people in file names are hidden where the petition is."""
    shown = without_names if petition.confidential else str
    items = [
        {"id": a.id, "filename": shown(a.filename), "media": a.media, "size": size, "created_at": a.created_at}
        for a, size in attachments(session, petition)
    ]
    return {"items": items}


@router.get("", summary="Các tệp của đơn", responses=problems(404))
def list_files(
    petition_id: ShortText, service: ServiceDep, principal: Annotated[Principal, Depends(needs("petition.read"))]
) -> AttachmentList:
    """The files that were handed in with a petition or after it."""
    with service.records.read() as session:
        found = attachment_list(session, find_petition(session, petition_id, principal))
    return AttachmentList.model_validate(found)


@router.post("", summary="Thêm tệp vào đơn", status_code=201, responses=problems(404, 507))
def add_file(
    petition_id: ShortText, service: ServiceDep,
    principal: Annotated[Principal, Depends(needs("petition.read", "petition.change"))],
    file: Annotated[UploadFile, File(description="Tệp bất kỳ")],
) -> AttachmentList:  # fmt: skip
    """Keeps a file with a petition; the same content again changes nothing."""
    data = file.file.read()
    with service.records.write() as session:
        petition = find_to_change(session, petition_id, principal)
        attach(session, petition, data, file.filename or "tep", actor_of(principal))
        found = attachment_list(session, petition)
    return AttachmentList.model_validate(found)


@router.get("/{attachment_id}", summary="Mở một tệp (có ghi nhật ký)", response_class=Response,
            responses={**file_answer(BYTES), **problems(404)})  # fmt: skip
def open_file(
    petition_id: ShortText, attachment_id: Annotated[int, Path(ge=1, le=2**31 - 1)], service: ServiceDep,
    principal: Annotated[Principal, Depends(needs("petition.read", "petition.identity"))],
) -> Response:  # fmt: skip
    """The file as it was handed in; it may name people, so who opens it stays in the audit."""
    with service.records.write() as session:
        petition = find_petition(session, petition_id, principal)
        filename, data = open_attachment(session, petition, attachment_id, actor_of(principal))
    return download(data, BYTES, filename)
