"""Pages of those who keep the house: accounts, audit, system; and of researchers: models and agreement."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.console.charts import columns
from api.console.deps import form_needs, page_needs
from api.console.models import shipped_models
from api.console.rendering import page
from api.console.words import month_name, percent
from api.http.deps import ServiceDep, actor_of, viewer_of
from api.http.problems import ProblemError
from api.http.routes.accounts import find_account, user_body
from api.http.routes.insight import training_download
from api.http.views import petition_line
from api.privacy import without_names
from api.records import cursors, feedback
from api.records.accounts import User
from api.records.audit import verify
from api.records.operations import AuditEntry
from api.records.petition_register import may_see
from api.records.petition_store import latest_analysis
from api.records.petitions import Petition
from api.security import accounts
from api.security.roles import ROLES, Principal
from nlp.text import LangNgheError

router = APIRouter()
Manager = Annotated[Principal, Depends(page_needs("user.manage"))]
ManagerSender = Annotated[Principal, Depends(form_needs("user.manage"))]
Version = Annotated[int, Form(ge=0, le=2**31 - 1)]


@router.get("/users")
def users(request: Request, service: ServiceDep, me: Manager) -> Response:
    """Every account, and the form for a new one."""
    return _users(request, service, me)


def _users(request: Request, service: Any, me: Principal, *, trouble: str = "", secret: tuple[str, str] | None = None,
           form: dict[str, Any] | None = None) -> Response:  # fmt: skip
    with service.records.read() as session:
        rows = [user_body(u) for u in session.scalars(select(User).order_by(User.username))]
    return page(request, "users.html", me, status=422 if trouble else 200, users=rows, roles=ROLES, trouble=trouble,
                secret=secret, form=form or {})  # fmt: skip


@router.post("/users")
def add_user(
    request: Request, service: ServiceDep, me: ManagerSender, username: Annotated[str, Form(max_length=64)] = "",
    display_name: Annotated[str, Form(max_length=200)] = "", unit: Annotated[str, Form(max_length=200)] = "",
    role: Annotated[list[str], Form()] = [],  # noqa: B006
) -> Response:  # fmt: skip
    """Make an account and show its one-time password once."""
    try:
        with service.records.write() as session:
            user, password = accounts.create_user(session, username, role, actor_of(me), display_name=display_name,
                                                  unit=unit)  # fmt: skip
            secret = (user.username, password)
    except LangNgheError as error:
        form = {"username": username, "display_name": display_name, "unit": unit, "role": role}
        return _users(request, service, me, trouble=error.message, form=form)
    return _users(request, service, me, secret=secret)


@router.post("/users/{username}")
def change_user(
    request: Request, username: str, service: ServiceDep, me: ManagerSender, version: Version,
    action: Annotated[str, Form(max_length=16)], role: Annotated[list[str], Form()] = [],  # noqa: B006
) -> Response:  # fmt: skip
    """Set roles, switch on or off, or give a new one-time password."""
    secret = None
    try:
        with service.records.write() as session:
            user = find_account(session, username)
            if user.version != version:
                raise ProblemError("edited_meanwhile", "Tài khoản này vừa được người khác thay đổi; hãy xem lại.")
            if action == "roles":
                accounts.set_roles(session, user, role, actor_of(me))
            elif action in ("enable", "disable"):
                accounts.set_active(session, user, action == "enable", actor_of(me))
            elif action == "password":
                secret = (user.username, accounts.reset_password(session, user, actor_of(me)))
    except LangNgheError as error:
        return _users(request, service, me, trouble=error.message)
    return _users(request, service, me, secret=secret) if secret else RedirectResponse("/users", 303)


@router.get("/audit")
def read_audit(
    request: Request, service: ServiceDep, me: Annotated[Principal, Depends(page_needs("audit.read"))],
    actor: Annotated[str, Query(max_length=200)] = "", action: Annotated[str, Query(max_length=48)] = "",
    cursor: Annotated[str | None, Query(max_length=400)] = None, check: str = "",
) -> Response:  # fmt: skip
    """Who saw or changed what, latest first; with `check` the whole chain is walked."""
    rows = select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(101)
    if actor:
        rows = rows.where(AuditEntry.actor_name == actor)
    if action:
        rows = rows.where(AuditEntry.action == action)
    if cursor:
        rows = rows.where(AuditEntry.seq < cursors.decode(cursor, "audit", (int,))[0])
    with service.records.read() as session:
        found = list(session.scalars(rows))
        actors = list(session.scalars(select(AuditEntry.actor_name).distinct().order_by(AuditEntry.actor_name)))
        actions = list(session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)))
        state = verify(session) if check else None
    following = cursors.encode("audit", [found[99].seq]) if len(found) > 100 else None
    return page(request, "audit.html", me, entries=found[:100], next=following, actors=actors, actions=actions,
                chosen={"actor": actor, "action": action}, state=state)  # fmt: skip


@router.get("/models")
def models(
    request: Request, service: ServiceDep, me: Annotated[Principal, Depends(page_needs("model.read"))],
    version: Annotated[str, Query(max_length=120)] = "",
) -> Response:  # fmt: skip
    """Model versions, agreement with clerks by label and over time, and what the machine was unsure of."""
    with service.records.read() as session:
        rows = feedback.agreement(session, version)
        months = {month_name(m): a.f1 or 0.0 for m, a in feedback.agreement_by_month(session).items()}
        shows_queue = me.may("feedback.export") or me.may("petition.read")
        versions = feedback.model_versions(session)
        viewer = viewer_of(me)
        unsure = [p for p in feedback.uncertain(session) if may_see(session, p, viewer)] if shows_queue else []
        queue = [uncertain_line(session, p) for p in unsure]
    return page(request, "models.html", me, rows=rows, chart=columns(months, percent, top=1), versions=versions,
                version=version, uncertain=queue, shows_queue=shows_queue, shipped=shipped_models(service))  # fmt: skip


def uncertain_line(session: Session, petition: Petition) -> dict[str, Any]:
    """A petition of the queue: its redacted title and text, and why the machine was unsure."""
    line, analysis = petition_line(petition), latest_analysis(session, petition)
    return {**line, "title": without_names(line["title"]), "text": without_names(petition.text),
            "reasons": analysis.result.get("review_reasons", []) if analysis else []}  # fmt: skip


@router.get("/models/training.jsonl")
def training(
    service: ServiceDep, me: Annotated[Principal, Depends(page_needs("feedback.export"))], denunciations: bool = False
) -> StreamingResponse:
    """Decided petitions for training, personal data replaced by placeholders; denunciations only when asked for."""
    return training_download(service, me, denunciations)
