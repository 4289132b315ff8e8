"""The first page: what waits, and where to go."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy import func, select

from api.console.deps import page_needs
from api.console.register import tray_filter
from api.console.rendering import page
from api.http.deps import ServiceDep, viewer_of
from api.http.views import petition_line
from api.records.petition_register import PetitionFilter, list_petitions
from api.records.reports import Finding, Report
from api.security.roles import Principal

router = APIRouter()


@router.get("/")
def home(request: Request, service: ServiceDep, me: Annotated[Principal, Depends(page_needs())]) -> Response:
    """Counts of what waits for this person, the most urgent petitions, the latest reports."""
    values: dict[str, Any] = {"petitions": None, "reports": None, "trouble": dict(service.readers.trouble)}
    with service.records.read() as session:
        if me.may("petition.read"):
            viewer = viewer_of(me)
            waiting = PetitionFilter(status=("new", "deferred"))
            urgent = PetitionFilter(urgency=("khan",), open_only=True)
            page_of = list_petitions(session, PetitionFilter(open_only=True), viewer, order="inbox", limit=6)
            values["petitions"] = {
                "open": page_of.total,
                "waiting": list_petitions(session, waiting, viewer, limit=1).total,
                "urgent": list_petitions(session, urgent, viewer, limit=1).total,
                "overdue": list_petitions(session, tray_filter("overdue"), viewer, limit=1).total,
                "first": [petition_line(p) for p in page_of.petitions],
            }
        if me.may("report.read"):
            values["reports"] = {
                "count": session.scalar(select(func.count()).select_from(Report)),
                "findings": session.scalar(select(func.count()).select_from(Finding).where(Finding.gone.is_(False))),
                "unreviewed": session.scalar(
                    select(func.count())
                    .select_from(Finding)
                    .where(Finding.review == "proposed", Finding.gone.is_(False))
                ),
                "latest": list(session.scalars(select(Report).order_by(Report.num.desc()).limit(5))),
            }
    return page(request, "home.html", me, **values)
