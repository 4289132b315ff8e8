"""Pages of the register: the inbox of what waits, and the register with filters."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.console.basket import saved_searches
from api.console.deps import page_needs
from api.console.rendering import environment, page, wants_fragment
from api.http.deps import ServiceDep, viewer_of
from api.http.routes.insight import register_download
from api.http.views import petition_line
from api.records.base import today
from api.records.petition_register import PetitionFilter, Viewer, count_petitions, list_petitions, may_see
from api.records.petition_store import current_decision
from api.records.petitions import Petition
from api.security.roles import Principal
from nlp.text import LangNgheError

router = APIRouter()
Reader = Annotated[Principal, Depends(page_needs("petition.read"))]
Words = Annotated[list[str], Query(max_length=40)]
Day = Annotated[str, Query(max_length=10)]

TRAYS: dict[str, tuple[str, PetitionFilter]] = {
    "waiting": ("Chờ phân loại", PetitionFilter(status=("new",))),
    "urgent": ("Khẩn", PetitionFilter(urgency=("khan",), open_only=True)),
    "deferred": ("Để lại", PetitionFilter(status=("deferred",))),
    "mine": ("Giao cho tôi", PetitionFilter(mine=True, open_only=True)),
    "overdue": ("Quá hạn", PetitionFilter(open_only=True)),
    "open": ("Tất cả đang mở", PetitionFilter(open_only=True)),
}


def tray_filter(tray: str) -> PetitionFilter:
    """The filter behind a tray of the inbox."""
    wanted = TRAYS.get(tray, TRAYS["waiting"])[1]
    return replace(wanted, overdue_on=today()) if tray == "overdue" else wanted


@router.get("/inbox")
def inbox(
    request: Request, service: ServiceDep, me: Reader, tray: str = "waiting",
    cursor: Annotated[str | None, Query(max_length=400)] = None, done: str = "", what: str = "",
) -> Response:  # fmt: skip
    """What waits, most urgent first, in trays."""
    tray = tray if tray in TRAYS else "waiting"
    viewer = viewer_of(me)
    with service.records.read() as session:
        counts = {
            code: count_petitions(session, tray_filter(code), viewer)
            for code in TRAYS
            if code != "mine" or me.user_id is not None
        }
        found = list_petitions(session, tray_filter(tray), viewer, order="inbox", cursor=cursor)
        finished = finished_step(session, done, what, viewer)
    values: dict[str, Any] = {
        "petitions": [petition_line(p) for p in found.petitions],
        "next": found.next,
        "tray": tray,
        "trays": {c: (TRAYS[c][0], n) for c, n in counts.items()},
        "finished": finished,
    }
    if wants_fragment(request) and cursor:
        rows = environment().get_template("petition_rows.html")
        shown = rows.render(me=me, csrf=me.csrf, more=f"/inbox?tray={tray}", **values)
        return Response(shown, media_type="text/html")
    return page(request, "inbox.html", me, **values)


def finished_step(session: Session, done: str, what: str, viewer: Viewer) -> dict[str, Any] | None:
    """What was just done to which petition, for the message that offers to take it back."""
    said = {"confirm": "Đã xác nhận", "correct": "Đã lưu nhãn sửa", "defer": "Đã để lại", "undo": "Đã hoàn tác",
            "add": "Đã vào sổ", "change": "Đã lưu"}.get(what)  # fmt: skip
    if not done or said is None:
        return None
    petition = session.scalar(select(Petition).where(Petition.id == done))
    if petition is None or not may_see(session, petition, viewer):
        return None
    return {"said": said, "id": petition.id, "number": petition.register_number, "version": petition.version,
            "undoable": what in ("confirm", "correct", "defer") and current_decision(session, petition) is not None}  # fmt: skip


def parse_day(value: str) -> date | None:
    """A date from a form field, None where it is empty or no date."""
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return None


def register_filter(
    q: Annotated[str, Query(max_length=300)] = "",
    field: Words = [],  # noqa: B006 - FastAPI copies query defaults
    type: Words = [],  # noqa: B006
    urgency: Words = [],  # noqa: B006
    status: Words = [],  # noqa: B006
    channel: Words = [],  # noqa: B006
    province: Annotated[str, Query(max_length=80)] = "",
    received_from: Day = "",
    received_to: Day = "",
    needs_review: str = "",
    open_only: str = "",
) -> PetitionFilter:
    """The filter of the register's form; empty choices mean all."""

    def some(values: list[str]) -> tuple[str, ...]:
        return tuple(v for v in values if v)

    return PetitionFilter(
        q=q,
        field=some(field),
        type=some(type),
        urgency=some(urgency),
        status=some(status),
        channel=some(channel),
        province=some([province]),
        received_from=parse_day(received_from),
        received_to=parse_day(received_to),
        needs_review=True if needs_review else None,
        open_only=bool(open_only),
    )


Wanted = Annotated[PetitionFilter, Depends(register_filter)]


@router.get("/petitions")
def register(
    request: Request,
    service: ServiceDep,
    me: Reader,
    wanted: Wanted,
    order: str = "newest",
    cursor: Annotated[str | None, Query(max_length=400)] = None,
    done: str = "",
    what: str = "",
) -> Response:
    """The register with filters, search and orders; htmx gets only the table, a further page only its rows."""
    order = order if order in ("newest", "received", "due", "inbox") else "newest"
    values: dict[str, Any] = {"wanted": wanted, "order": order, "petitions": [], "next": None, "total": 0,
                              "trouble": "", "query": register_query(request)}  # fmt: skip
    with service.records.read() as session:
        try:
            found = list_petitions(session, wanted, viewer_of(me), order=order, cursor=cursor)
            values.update(petitions=[petition_line(p) for p in found.petitions], next=found.next, total=found.total)
        except LangNgheError as error:
            values["trouble"] = error.message
        values["finished"] = finished_step(session, done, what, viewer_of(me))
        values["saved"] = saved_searches(session, me, "petitions")
    if wants_fragment(request):
        template = "register_rows.html" if cursor else "register_table.html"
        shown = environment().get_template(template).render(me=me, csrf=me.csrf, **values)
        return Response(shown, media_type="text/html")
    return page(request, "register.html", me, **values)


@router.get("/petitions/export")
def export(
    service: ServiceDep,
    me: Annotated[Principal, Depends(page_needs("petition.read", "petition.export"))],
    wanted: Wanted,
    format: str = "xlsx",
) -> Response:
    """The register lines of the current filter as a file, names replaced by placeholders."""
    return register_download(service, me, wanted, "csv" if format == "csv" else "xlsx")


def register_query(request: Request) -> str:
    """The filters of this request as a query string, without cursor and messages."""
    left_out = ("cursor", "done", "what")
    return urlencode([(k, v) for k, v in request.query_params.multi_items() if k not in left_out and v != ""])
