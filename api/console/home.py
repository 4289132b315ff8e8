"""The first page: what waits for this person, and where to go."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.console.deps import page_needs
from api.console.models import shipped_models
from api.console.register import tray_filter
from api.console.rendering import page
from api.console.words import month_name
from api.http.deps import ServiceDep, viewer_of
from api.http.routes.insight import owner_of
from api.http.views import petition_line
from api.jobs import queue
from api.records import feedback
from api.records.accounts import User
from api.records.finding_search import FindingFilter, facets
from api.records.petition_register import PetitionFilter, count_petitions, list_petitions
from api.records.reports import BasketItem, Report
from api.security.roles import Principal

router = APIRouter()


@router.get("/")
def home(request: Request, service: ServiceDep, me: Annotated[Principal, Depends(page_needs())]) -> Response:
    """For each role its own counts, and the first things to look at."""
    clerk = me.may("petition.read")
    with service.records.read() as session:
        values: dict[str, Any] = {
            "petitions": _petitions(session, me) if clerk else None,
            "reports": _reports(session, me) if me.may("report.read") else None,
            "agreement": _agreement(session, service) if me.may("feedback.read") and not clerk else None,
            "upkeep": _upkeep(session) if me.may("user.manage") and not clerk else None,
        }
    return page(request, "home.html", me, trouble=dict(service.readers.trouble), **values)


def _petitions(session: Session, me: Principal) -> dict[str, Any]:
    viewer = viewer_of(me)
    # Who does not classify is here for the petitions given to them.
    mine = not me.may("petition.decide")
    first = list_petitions(session, PetitionFilter(open_only=True, mine=mine), viewer, order="inbox", limit=6)
    waiting = {"waiting": PetitionFilter(status=("new", "deferred")), "overdue": tray_filter("overdue"),
               "urgent": PetitionFilter(urgency=("khan",), open_only=True)}  # fmt: skip
    counts = {name: count_petitions(session, wanted, viewer) for name, wanted in waiting.items()}
    return {**counts, "mine": mine, "open": first.total, "first": [petition_line(p) for p in first.petitions]}


def _reports(session: Session, me: Principal) -> dict[str, Any]:
    chosen = select(func.count()).select_from(BasketItem).where(BasketItem.user_id == owner_of(me))
    return {
        "count": session.scalar(select(func.count()).select_from(Report)),
        "unreviewed": dict(facets(session, FindingFilter())["review"]).get("proposed", 0),
        "chosen": session.scalar(chosen) if me.may("finding.review") else None,
        "latest": list(session.scalars(select(Report).order_by(Report.num.desc()).limit(5))),
    }


def _agreement(session: Session, service: Any) -> dict[str, Any]:
    months = feedback.agreement_by_month(session)
    last = next(reversed(months), None)
    return {
        "month": month_name(last) if last else "",
        "f1": months[last].f1 if last else None,
        "live": [m["name"] for m in shipped_models(service) if m["live"]],
    }


def _upkeep(session: Session) -> dict[str, Any]:
    jobs = queue.counts(session)
    return {
        "people": session.scalar(select(func.count()).select_from(User).where(User.active)),
        "running": jobs.get("queued", 0) + jobs.get("running", 0),
        "failed": jobs.get("failed", 0),
    }
