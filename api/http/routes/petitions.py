"""Routes of petitions: read one, enter it into the register, list, decide, undo."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Query, Request, Response
from pydantic import Discriminator, Field, Tag
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.http.deps import IfMatch, ServiceDep, actor_of, etag, needs, same_version, viewer_of
from api.http.idempotency import IdempotentRoute, keep_answer
from api.http.models.common import IsoDate, ShortText, problems
from api.http.models.petitions import (
    AssignmentChange,
    ClassifyAnswer,
    ClassifyErrorRow,
    ClassifyRequest,
    DecisionCreate,
    History,
    Identity,
    IdentityRequest,
    PetitionBody,
    PetitionChange,
    PetitionCreate,
    PetitionPage,
)
from api.http.problems import ProblemError
from api.http.validation import refused
from api.http.views import petition_body, petition_line
from api.records import petition_store as store
from api.records.accounts import User
from api.records.audit import record as audit
from api.records.base import today
from api.records.history import history
from api.records.petition_register import PetitionFilter, is_assigned, list_petitions, may_see
from api.records.petitions import Petition
from api.records.views import note_view
from api.security.roles import Principal

router = APIRouter(prefix="/v1/petitions", tags=["Đơn thư"], route_class=IdempotentRoute)
unkept = APIRouter(prefix="/v1/petitions", tags=["Đơn thư"])
"""Routes whose answers are never kept for a repetition."""

# Any row is taken, so that one that is wrong becomes an error row and the others are read.
Row = Annotated[ClassifyRequest | Any, Field(union_mode="left_to_right")]
Rows = Annotated[list[Row], Field(min_length=1, max_length=500)]
OneOrMany = Annotated[
    Annotated[ClassifyRequest, Tag("<one>")] | Annotated[Rows, Tag("<many>")],
    Discriminator(lambda body: "<many>" if isinstance(body, list) else "<one>"),
]
May = Annotated[Principal, Depends(needs("petition.read"))]


def find_petition(session: Session, identity: str, principal: Principal) -> Petition:
    """The petition with this id, if this person may know that it exists.

    Raises
    ------
    ProblemError
        `not_found`, also for a denunciation that is not theirs.
    """
    petition = session.scalar(select(Petition).where(Petition.id == identity))
    if petition is None or not may_see(session, petition, viewer_of(principal)):
        raise ProblemError("not_found", "Không tìm thấy đơn này.")
    return petition


def find_to_change(session: Session, identity: str, principal: Principal) -> Petition:
    """The petition with this id, if this person may change it: clerks any they see, others what is assigned to them.

    Raises
    ------
    ProblemError
        `not_found`, or `forbidden` for one that is assigned to somebody else.
    """
    petition = find_petition(session, identity, principal)
    if not principal.may("petition.assign") and not is_assigned(session, petition, viewer_of(principal)):
        raise ProblemError("forbidden", "Đơn này chưa được giao cho bạn.")
    return petition


@unkept.post("/classify", summary="Phân loại một đơn hoặc một danh sách đơn, không lưu",
             response_model=ClassifyAnswer | list[ClassifyAnswer | ClassifyErrorRow], responses=problems())  # fmt: skip
async def classify(
    body: Annotated[OneOrMany, Body()], service: ServiceDep, _: Annotated[Principal, Depends(needs("classify"))]
) -> Any:
    """Fields, type and urgency with probabilities, evidence spans and signals.

    A single object gets a single answer. A list gets a list in the same order; a row that is no such object, or cannot
    be read, becomes `{"id", "error"}` and the others go on.
    """
    if isinstance(body, ClassifyRequest):
        return await service.classify(body.text, body.received_at, body.channel, body.id)
    rows = [row.model_dump() if isinstance(row, ClassifyRequest) else refused(ClassifyRequest, row) for row in body]
    return await service.classify_many(rows)


@router.post("", summary="Nhập đơn vào sổ", status_code=201, responses=problems(409, 507))
async def create(
    request: Request, body: PetitionCreate, service: ServiceDep, response: Response,
    principal: Annotated[Principal, Depends(needs("petition.add"))],
) -> PetitionBody:  # fmt: skip
    """Reads the petition, gives it the next register number and stores both."""
    new = store.NewPetition(body.text, body.received_at or today(), body.channel, body.external_id, body.province, body.commune,
                            tuple(store.NewParty(**p.model_dump()) for p in body.parties))  # fmt: skip
    reading = await service.read(new)

    def work() -> dict[str, Any]:
        with service.records.write() as session:
            petition = store.add_petition(session, new, reading, actor_of(principal))
            answer = PetitionBody.model_validate(petition_body(session, petition)).model_dump(mode="json")
            headers = {"location": f"/v1/petitions/{petition.id}", "etag": etag(petition.version)}
            keep_answer(session, request, 201, answer, headers)
            return answer

    stored = await service.in_thread(work)
    response.headers["Location"] = f"/v1/petitions/{stored['id']}"
    response.headers["ETag"] = etag(stored["version"])
    return PetitionBody.model_validate(stored)


def register_filter(
    q: Annotated[ShortText, Query(description="Tìm trong nội dung; gõ không dấu cũng được")] = "",
    field: Annotated[list[ShortText], Query()] = [],  # noqa: B006 - FastAPI copies query defaults
    type: Annotated[list[ShortText], Query()] = [],  # noqa: B006
    urgency: Annotated[list[ShortText], Query()] = [],  # noqa: B006
    status: Annotated[list[ShortText], Query()] = [],  # noqa: B006
    channel: Annotated[list[ShortText], Query()] = [],  # noqa: B006
    province: Annotated[list[ShortText], Query()] = [],  # noqa: B006
    commune: Annotated[list[ShortText], Query()] = [],  # noqa: B006
    received_from: Annotated[IsoDate | None, Query()] = None, received_to: Annotated[IsoDate | None, Query()] = None,
    needs_review: bool | None = None, mine: bool = False,
    open_only: Annotated[bool, Query(description="Chỉ đơn chưa kết thúc")] = False,
    overdue: Annotated[bool, Query(description="Chỉ đơn chưa kết thúc đã quá hạn hôm nay")] = False,
) -> PetitionFilter:  # fmt: skip
    """The query parameters of the register, the same for its pages and its export."""
    return PetitionFilter(q, tuple(field), tuple(type), tuple(urgency), tuple(status), tuple(channel), tuple(province),
                          tuple(commune), received_from, received_to, needs_review, today() if overdue else None, mine,
                          open_only)  # fmt: skip


RegisterFilter = Annotated[PetitionFilter, Depends(register_filter)]


@router.get("", summary="Sổ đơn", responses=problems())
def read_register(
    service: ServiceDep, principal: May, wanted: RegisterFilter,
    order: Annotated[str, Query(pattern="^(inbox|newest|received|due)$")] = "newest",
    cursor: Annotated[str | None, Query(max_length=400)] = None, limit: Annotated[int, Query(ge=1, le=200)] = 40,
) -> PetitionPage:  # fmt: skip
    """The register with filters; follow `next` for more."""
    with service.records.read() as session:
        page = list_petitions(session, wanted, viewer_of(principal), order=order, cursor=cursor, limit=limit)
        items = [petition_line(p) for p in page.petitions]
    return PetitionPage.model_validate({"items": items, "next": page.next, "total": page.total})


@router.get("/{petition_id}", summary="Một đơn", responses=problems(404))
def read_one(petition_id: ShortText, service: ServiceDep, response: Response, principal: May) -> PetitionBody:
    """A petition with its newest analysis and the decision that counts; the audit keeps who looked."""
    with service.records.read() as session:
        petition = find_petition(session, petition_id, principal)
        body = petition_body(session, petition)
    note_view(service.records, actor_of(principal), petition_id, confidential=body["confidential"])
    response.headers["ETag"] = etag(body["version"])
    return PetitionBody.model_validate(body)


@router.patch("/{petition_id}", summary="Đổi trạng thái, đơn vị, thời hạn, địa bàn", responses=problems(404, 412, 428))
def change(
    petition_id: ShortText, body: PetitionChange, service: ServiceDep, response: Response,
    principal: Annotated[Principal, Depends(needs("petition.read", "petition.change"))], if_match: IfMatch = None,
) -> PetitionBody:  # fmt: skip
    """Changes what is given; needs If-Match, so that nobody overwrites a colleague's edit unseen."""
    with service.records.write() as session:
        petition = find_to_change(session, petition_id, principal)
        same_version(petition.version, if_match)
        store.change(session, petition, actor_of(principal), **body.model_dump(exclude_unset=True))
        session.flush()
        answer = petition_body(session, petition)
    response.headers["ETag"] = etag(answer["version"])
    return PetitionBody.model_validate(answer)


@router.post("/{petition_id}/decisions", summary="Xác nhận, sửa hoặc để lại", status_code=201,
             responses=problems(404, 409, 412, 428))  # fmt: skip
def decide(
    petition_id: ShortText, body: DecisionCreate, service: ServiceDep, response: Response,
    principal: Annotated[Principal, Depends(needs("petition.read", "petition.decide"))], if_match: IfMatch = None,
) -> PetitionBody:  # fmt: skip
    """Keeps the decision beside the analysis; `confirm` without labels confirms everything that is proposed."""
    with service.records.write() as session:
        petition = find_petition(session, petition_id, principal)
        same_version(petition.version, if_match)
        labels = body.labels.model_dump(exclude_none=True)
        analysis = store.latest_analysis(session, petition)
        if body.action == "confirm" and not labels and analysis is not None:
            labels = store.machine_labels(analysis.result)
        if body.action == "correct" and not labels:
            raise ProblemError("invalid", "Hãy ghi ít nhất một nhãn đúng để sửa.")
        action = body.action if body.action == "defer" else ""
        store.decide(session, petition, labels, actor_of(principal), action=action, note=body.note)
        answer = petition_body(session, petition)
    response.headers["ETag"] = etag(answer["version"])
    return PetitionBody.model_validate(answer)


@router.post("/{petition_id}/undo", summary="Hoàn tác quyết định gần nhất", responses=problems(404, 409, 412, 428))
def undo(
    petition_id: ShortText, service: ServiceDep, response: Response,
    principal: Annotated[Principal, Depends(needs("petition.read", "petition.decide"))], if_match: IfMatch = None,
) -> PetitionBody:  # fmt: skip
    """Takes the newest decision back; the step itself is kept in the history."""
    with service.records.write() as session:
        petition = find_petition(session, petition_id, principal)
        same_version(petition.version, if_match)
        store.undo(session, petition, actor_of(principal))
        answer = petition_body(session, petition)
    response.headers["ETag"] = etag(answer["version"])
    return PetitionBody.model_validate(answer)


@router.get("/{petition_id}/history", summary="Lịch sử của đơn", responses=problems(404))
def read_history(petition_id: ShortText, service: ServiceDep, principal: May) -> History:
    """Analyses, decisions and changes, oldest first."""
    with service.records.read() as session:
        steps = history(session, find_petition(session, petition_id, principal))
    items = [{"at": s.at, "kind": s.kind, "actor": s.actor, "detail": s.detail} for s in steps]
    return History.model_validate({"items": items})


@unkept.post("/{petition_id}/identity", summary="Xem danh tính các bên (có ghi nhật ký)", responses=problems(404))
def reveal(
    petition_id: ShortText, body: IdentityRequest, service: ServiceDep,
    principal: Annotated[Principal, Depends(needs("petition.read", "petition.identity"))],
) -> Identity:  # fmt: skip
    """Gives the parties' names and addresses; who asked, when and why stays in the audit."""
    with service.records.write() as session:
        petition = find_petition(session, petition_id, principal)
        audit(session, actor_of(principal), "petition.identity", "petition", petition.id, reason=body.reason)
        parties = [{"role": p.role, "name": p.name, "address": p.address, "contact": p.contact}
                   for p in petition.parties]  # fmt: skip
        text = petition.text
    return Identity.model_validate({"text": text, "parties": parties})


@router.put("/{petition_id}/assignments", summary="Phân công người xử lý", responses=problems(404, 412, 428))
def assign(
    petition_id: ShortText, body: AssignmentChange, service: ServiceDep,
    principal: Annotated[Principal, Depends(needs("petition.assign"))], if_match: IfMatch = None,
) -> PetitionPage:  # fmt: skip
    """Sets who works on a petition. An administrator may assign a denunciation without reading it."""
    with service.records.write() as session:
        petition = session.scalar(select(Petition).where(Petition.id == petition_id))
        if petition is None or not (principal.may("user.manage") or may_see(session, petition, viewer_of(principal))):
            raise ProblemError("not_found", "Không tìm thấy đơn này.")
        same_version(petition.version, if_match)
        users = list(session.scalars(select(User).where(User.username.in_(body.usernames), User.active)))
        if len(users) != len(set(body.usernames)):
            raise ProblemError("invalid", "Có tên đăng nhập không tồn tại hoặc đã ngừng hoạt động.")
        store.assign(session, petition, [u.id for u in users], actor_of(principal))
        line = petition_line(petition)
        if not may_see(session, petition, viewer_of(principal)):
            line["title"] = ""
    return PetitionPage.model_validate({"items": [line], "next": None, "total": 1})
