"""The page of one petition: its text with highlights, what the machine proposes, what people decided, its history."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.console.deps import form_needs, page_needs
from api.console.highlight import intake_marks
from api.console.read import analysis_view
from api.console.register import finished_step, parse_day, tray_filter
from api.console.rendering import page
from api.http.deps import ServiceDep, actor_of, viewer_of
from api.http.intake_view import intake_body
from api.http.problems import ProblemError
from api.http.routes.petitions import find_petition, find_to_change
from api.http.views import current_labels, decision_body, petition_line, shown_text
from api.records import petition_store as store
from api.records.accounts import User
from api.records.audit import record as audit
from api.records.base import today
from api.records.history import history
from api.records.petition_register import may_see, neighbours
from api.records.petitions import Attachment, Petition
from api.records.views import note_view
from api.security.roles import Principal, permissions_of

router = APIRouter(prefix="/petitions")
Reader = Annotated[Principal, Depends(page_needs("petition.read"))]
Decider = Annotated[Principal, Depends(form_needs("petition.read", "petition.decide"))]
Changer = Annotated[Principal, Depends(form_needs("petition.read", "petition.change"))]
Codes = Annotated[list[str], Form(max_length=60)]
Version = Annotated[int, Form(ge=0, le=2**31 - 1)]


def checked(petition: Petition, version: int) -> None:
    """Refuse a form that was filled in on an older state of the petition."""
    if petition.version != version:
        raise ProblemError(
            "edited_meanwhile", "Đơn này vừa được người khác thay đổi. Tải lại để xem bản mới; chưa có gì bị ghi đè."
        )


def _neighbours(session: Session, petition: Petition, tray: str, me: Principal) -> dict[str, str | None]:
    """The petitions before and after this one in its tray."""
    before, after = neighbours(session, petition, tray_filter(tray), viewer_of(me))
    return {"before": before, "after": after}


@router.get("/{petition_id}")
def show(
    request: Request, petition_id: str, service: ServiceDep, me: Reader, tray: str = "waiting", done: str = "",
    what: str = "",
) -> Response:  # fmt: skip
    """One petition on one screen; the audit keeps who looked."""
    return _page(request, service, me, petition_id, tray, done=done, what=what)


def _page(
    request: Request, service: Any, me: Principal, petition_id: str, tray: str, *, done: str = "", what: str = "",
    identity: list[Any] | None = None, trouble: str = "", status: int = 200,
) -> Response:  # fmt: skip
    with service.records.read() as session:
        petition = find_petition(session, petition_id, me)
        analysis, decision = store.latest_analysis(session, petition), store.current_decision(session, petition)
        report = intake_body(session, petition, viewer_of(me), today(),
                             redacted=petition.confidential and identity is None)  # fmt: skip
        result = analysis.result if analysis else None
        text = petition.text
        if identity is None:
            text, result = shown_text(petition, result)
        assigned = {a.user_id for a in petition.assignments}
        people = _assignable(session) if me.user_id else []
        values: dict[str, Any] = {
            "p": petition_line(petition),
            "text": text,
            "redacted": petition.confidential and identity is None,
            "view": analysis_view(text, result, intake_marks(report)) if result else None,
            "report": {
                **report,
                "step_names": {d["code"]: d["name"] for d in report["deadlines"] if not d["is_check"]},
            },
            "machine": store.machine_labels(analysis.result) if analysis else None,
            "labels": current_labels(petition),
            "decision": decision_body(decision) if decision else None,
            "steps": history(session, petition),
            "party_count": len(petition.parties),
            "files": list(session.scalars(select(Attachment).where(Attachment.petition_num == petition.num))),
            "people": people,
            "assigned": assigned,
            "tray": tray,
            "finished": finished_step(session, done, what, viewer_of(me)),
            **_neighbours(session, petition, tray, me),
        }
    if request.method == "GET":
        note_view(service.records, actor_of(me), petition_id, confidential=petition.confidential)
    return page(request, "petition.html", me, status=status, identity=identity, trouble=trouble,
                statuses=store.STATUSES, **values)  # fmt: skip


def _assignable(session: Session) -> list[User]:
    """Active people whose roles let them read petitions: nobody else can be given one."""
    active = session.scalars(select(User).where(User.active).order_by(User.username))
    return [u for u in active if "petition.read" in permissions_of(u.role_codes)]


@router.post("/{petition_id}/decide")
def decide(
    petition_id: str, service: ServiceDep, me: Decider, version: Version, action: Annotated[str, Form()],
    fields: Codes = [], subfields: Codes = [], type: Annotated[str, Form()] = "",  # noqa: B006
    urgency: Annotated[str, Form()] = "", note: Annotated[str, Form(max_length=2000)] = "",
    tray: Annotated[str, Form()] = "waiting",
) -> Response:  # fmt: skip
    """Confirm what is proposed, save corrected labels, or put the petition aside; then the next one that waits."""
    with service.records.write() as session:
        petition = find_petition(session, petition_id, me)
        checked(petition, version)
        following = _neighbours(session, petition, tray, me)["after"]
        labels: dict[str, Any] = {}
        if action == "save":
            labels = {"fields": fields, "subfields": [s for s in subfields if _parent(s) in fields], "type": type,
                      "urgency": urgency}  # fmt: skip
            labels = {k: v for k, v in labels.items() if v or k in ("fields", "subfields")}
        elif action == "confirm":
            analysis = store.latest_analysis(session, petition)
            labels = store.machine_labels(analysis.result) if analysis else {}
        made = store.decide(session, petition, labels, actor_of(me), action="defer" if action == "defer" else "",
                            note=note.strip())  # fmt: skip
    target = f"/petitions/{following}?tray={quote(tray)}&" if following else f"/inbox?tray={quote(tray)}&"
    return RedirectResponse(f"{target}done={petition_id}&what={made.action}", 303)


def _parent(subfield: str) -> str | None:
    from nlp.taxonomy import taxonomy

    return taxonomy().field_of_subfield.get(subfield)


@router.post("/{petition_id}/undo")
def undo(
    petition_id: str, service: ServiceDep, me: Decider, version: Version, tray: Annotated[str, Form()] = "waiting"
) -> Response:
    """Take the newest decision back."""
    with service.records.write() as session:
        petition = find_petition(session, petition_id, me)
        checked(petition, version)
        store.undo(session, petition, actor_of(me))
    return RedirectResponse(f"/petitions/{petition_id}?tray={quote(tray)}&done={petition_id}&what=undo", 303)


@router.post("/{petition_id}/change")
def change(
    petition_id: str, service: ServiceDep, me: Changer, version: Version, status: Annotated[str, Form()] = "",
    unit: Annotated[str, Form(max_length=200)] = "", due_on: Annotated[str, Form(max_length=10)] = "",
    province: Annotated[str, Form(max_length=80)] = "", commune: Annotated[str, Form(max_length=120)] = "",
    tray: Annotated[str, Form()] = "waiting",
) -> Response:  # fmt: skip
    """Change status, unit, due date and place."""
    with service.records.write() as session:
        petition = find_to_change(session, petition_id, me)
        checked(petition, version)
        store.change(session, petition, actor_of(me), status=status or petition.status, unit=unit.strip() or None,
                     due_on=parse_day(due_on), province=province.strip() or None,
                     commune=commune.strip() or None)  # fmt: skip
    return RedirectResponse(f"/petitions/{petition_id}?tray={quote(tray)}&done={petition_id}&what=change", 303)


@router.post("/{petition_id}/assign")
def assign(
    petition_id: str, service: ServiceDep, version: Version,
    me: Annotated[Principal, Depends(form_needs("petition.read", "petition.assign"))],
    user: Annotated[list[int], Form()] = [], tray: Annotated[str, Form()] = "waiting",  # noqa: B006
) -> Response:  # fmt: skip
    """Set who works on the petition; whoever takes themselves off a hidden one does not see it any more."""
    with service.records.write() as session:
        petition = find_petition(session, petition_id, me)
        checked(petition, version)
        known = set(session.scalars(select(User.id).where(User.id.in_(user), User.active)))
        store.assign(session, petition, sorted(known), actor_of(me))
        still = may_see(session, petition, viewer_of(me))
    target = f"/petitions/{petition_id}?tray={quote(tray)}&" if still else "/inbox?"
    return RedirectResponse(f"{target}done={petition_id}&what=change", 303)


@router.post("/{petition_id}/identity")
def identity(
    request: Request, petition_id: str, service: ServiceDep,
    me: Annotated[Principal, Depends(form_needs("petition.read", "petition.identity"))],
    reason: Annotated[str, Form(max_length=300)] = "", tray: Annotated[str, Form()] = "waiting",
) -> Response:  # fmt: skip
    """Show the parties once, after a reason was given; the audit keeps who asked, when and why."""
    if len(reason.strip()) < 3:
        return _page(request, service, me, petition_id, tray, trouble="Hãy ghi lý do cần xem danh tính.", status=422)
    with service.records.write() as session:
        petition = find_petition(session, petition_id, me)
        audit(session, actor_of(me), "petition.identity", "petition", petition.id, reason=reason.strip())
        parties = list(petition.parties)
    return _page(request, service, me, petition_id, tray, identity=parties)
