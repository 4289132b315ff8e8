"""What a clerk does beside the labels: marks steps of the procedure, compares look-alikes and judges them."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.console.deps import form_needs, page_needs
from api.console.highlight import cut, difference_marks
from api.console.petition import Changer, Version, checked
from api.console.register import parse_day
from api.console.rendering import page
from api.http.deps import ServiceDep, actor_of
from api.http.intake_view import comparison
from api.http.problems import ProblemError
from api.http.routes.insight import download
from api.http.routes.petitions import find_petition, find_to_change
from api.http.views import petition_line
from api.records import petition_store as store
from api.records.attachments import open_attachment
from api.records.duplicates import judge, lookalikes
from api.security.roles import Principal

router = APIRouter(prefix="/petitions")


@router.post("/{petition_id}/steps")
def mark_step(
    petition_id: str, service: ServiceDep, me: Changer, version: Version, code: Annotated[str, Form(max_length=60)],
    on: Annotated[str, Form(max_length=10)] = "", undo: Annotated[str, Form(max_length=4)] = "",
    tray: Annotated[str, Form()] = "waiting",
) -> Response:  # fmt: skip
    """Note on which day a step was taken (or that it was not after all); the terms are worked out anew."""
    day = None if undo else parse_day(on)
    if day is None and not undo:
        raise ProblemError("invalid", "Hãy ghi ngày đã làm bước này.")
    with service.records.write() as session:
        petition = find_to_change(session, petition_id, me)
        checked(petition, version)
        store.mark_step(session, petition, code, day, actor_of(me))
    return RedirectResponse(f"/petitions/{petition_id}?tray={quote(tray)}&done={petition_id}&what=change", 303)


def one_text(found: dict[str, Any]) -> bool:
    """True where the compared copies say the same, word for word."""
    return bool(found["changes"]) and all(c["kind"] == "equal" for c in found["changes"])


@router.get("/{petition_id}/compare/{other_id}")
def compare(
    request: Request, petition_id: str, other_id: str, service: ServiceDep,
    me: Annotated[Principal, Depends(page_needs("petition.read"))],
) -> Response:  # fmt: skip
    """Redacted copies of two petitions side by side; what only one of them says is marked."""
    with service.records.read() as session:
        one, other = find_petition(session, petition_id, me), find_petition(session, other_id, me)
        found = comparison(one, other)
        link = next((x for x in lookalikes(session, one) if x.petition.num == other.num), None)
        values: dict[str, Any] = {"p": petition_line(one), "o": petition_line(other)}
    marks = difference_marks(found["changes"])
    return page(request, "compare.html", me, left=cut(found["text"], marks[0]),
                right=cut(found["other_text"], marks[1]), link=link, compared=bool(found["changes"]),
                same=one_text(found),
                **values)  # fmt: skip


@router.post("/{petition_id}/compare/{other_id}")
def judge_pair(
    petition_id: str, other_id: str, service: ServiceDep,
    me: Annotated[Principal, Depends(form_needs("petition.read", "petition.change"))],
    state: Annotated[str, Form(max_length=16)],
) -> Response:  # fmt: skip
    """Keep a person's word on two petitions that look alike."""
    with service.records.write() as session:
        one, other = find_to_change(session, petition_id, me), find_petition(session, other_id, me)
        judge(session, one, other, state, actor_of(me))
    return RedirectResponse(f"/petitions/{petition_id}?done={petition_id}&what=change", 303)


@router.get("/{petition_id}/files/{file_id}")
def open_file(
    petition_id: str, file_id: int, service: ServiceDep,
    me: Annotated[Principal, Depends(page_needs("petition.read", "petition.identity"))],
) -> Response:  # fmt: skip
    """The file as it was handed in; it may name people, so who opens it stays in the audit."""
    with service.records.write() as session:
        petition = find_petition(session, petition_id, me)
        filename, data = open_attachment(session, petition, file_id, actor_of(me))
    return download(data, "application/octet-stream", filename)
