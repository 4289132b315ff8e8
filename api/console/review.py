"""What a writer does with findings: accept, edit, reject, undo; the basket and its Word document; kept searches."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from api.console.basket import in_basket
from api.console.deps import Sender, form_needs, page_needs
from api.console.rendering import environment, page, wants_fragment
from api.console.reports import with_pieces
from api.export import EXPORTERS, MEDIA_TYPES
from api.http.deps import ServiceDep, actor_of
from api.http.problems import ProblemError
from api.http.routes.insight import download, keep_search, owner_of
from api.http.routes.reports import Filter, find_finding
from api.http.selection import FORMATS, all_matching, as_reviewed, basket_docx, bundles, export
from api.http.views import finding_bodies
from api.records import report_store
from api.records.operations import SavedSearch
from api.records.reports import BasketItem, Finding, Review
from api.records.similar import similar_findings
from api.security.roles import Principal

router = APIRouter()
Reader = Annotated[Principal, Depends(page_needs("report.read"))]
Writer = Annotated[Principal, Depends(page_needs("report.read", "finding.review"))]
Reviewer = Annotated[Principal, Depends(form_needs("report.read", "finding.review"))]
Version = Annotated[int, Form(ge=0, le=2**31 - 1)]


def card(session: Session, finding: Finding, me: Principal, compact: str) -> Response:
    """The card of one finding, as htmx puts it back in its place."""
    (body,) = finding_bodies(session, [finding])
    titles = {link["to"]: text for link in body["links"] if (text := _text_of(session, link["to"]))}
    shown = environment().get_template("finding_card.html").render(
        f=with_pieces(body), me=me, csrf=me.csrf, basket=in_basket(session, me), titles=titles, compact=bool(compact)
    )  # fmt: skip
    return Response(shown, media_type="text/html")


def _text_of(session: Session, finding_id: str) -> str:
    return session.scalar(select(Finding.text).where(Finding.id == finding_id)) or ""


@router.post("/findings/{finding_id}/review")
def review(
    request: Request, finding_id: str, service: ServiceDep, me: Reviewer, version: Version,
    state: Annotated[str, Form(max_length=16)], text: Annotated[str | None, Form(max_length=20_000)] = None,
    kind: Annotated[str, Form(max_length=24)] = "", compact: Annotated[str, Form(max_length=4)] = "",
) -> Response:  # fmt: skip
    """One step of a review; the card comes back with its new state."""
    with service.records.write() as session:
        finding = _same(find_finding(session, finding_id), version)
        if state == "undo":
            report_store.undo_review(session, finding, actor_of(me))
        else:
            edited = state == "edited"
            report_store.review(session, finding, state, actor_of(me), text=text if edited else None,
                                kind=kind if edited and kind != finding.kind else None)  # fmt: skip
        if wants_fragment(request):
            return card(session, finding, me, compact)
        target = f"/reports/{finding.report.id}#f-{finding.id}"
    return RedirectResponse(target, 303)


def _same(finding: Finding, version: int) -> Finding:
    if finding.version != version:
        raise ProblemError("edited_meanwhile", "Phát hiện này vừa được người khác rà soát; hãy tải lại trang.")
    return finding


@router.get("/findings/{finding_id}/edit")
def edit(request: Request, finding_id: str, service: ServiceDep, me: Writer, compact: str = "") -> Response:
    """The form that edits a finding, in place of its card."""
    with service.records.read() as session:
        (body,) = finding_bodies(session, [find_finding(session, finding_id)])
    shown = (
        environment()
        .get_template("finding_edit.html")
        .render(f=with_pieces(body), me=me, csrf=me.csrf, compact=bool(compact))
    )
    return Response(shown, media_type="text/html")


@router.get("/findings/{finding_id}/card")
def one_card(finding_id: str, service: ServiceDep, me: Reader, compact: str = "") -> Response:
    """The card of a finding, when an edit is given up."""
    with service.records.read() as session:
        return card(session, find_finding(session, finding_id), me, compact)


@router.get("/findings/{finding_id}/similar")
def similar(request: Request, finding_id: str, service: ServiceDep, me: Reader) -> Response:
    """A finding, those of other reports that say nearly the same, and the steps of its review."""
    with service.records.read() as session:
        finding = find_finding(session, finding_id)
        found = similar_findings(session, finding, 30)
        (own,) = finding_bodies(session, [finding])
        rows = [
            {**with_pieces(b), "score": s}
            for b, (_, s) in zip(finding_bodies(session, [f for f, _ in found]), found, strict=True)
        ]
        steps = list(session.scalars(select(Review).where(Review.finding_id == finding_id).order_by(Review.id.desc())))
        basket = in_basket(session, me)
    years = sorted({r["document"]["year"] for r in rows if r["document"]["year"]})
    places = sorted({r["document"]["province"] for r in rows if r["document"]["province"]})
    return page(request, "similar.html", me, f=with_pieces(own), rows=rows, steps=steps, years=years, places=places,
                basket=basket)  # fmt: skip


@router.post("/basket/{finding_id}")
def toggle(
    request: Request, finding_id: str, service: ServiceDep, me: Reviewer,
    compact: Annotated[str, Form(max_length=4)] = "", back: Annotated[str, Form(max_length=16)] = "",
) -> Response:  # fmt: skip
    """Put a finding into the basket, or take it out."""
    with service.records.write() as session:
        finding = find_finding(session, finding_id)
        item = session.get(BasketItem, (owner_of(me), finding.id))
        if item is not None:
            session.delete(item)
        else:
            last = session.scalar(select(func.max(BasketItem.position)).where(BasketItem.user_id == owner_of(me))) or 0
            session.add(BasketItem(user_id=owner_of(me), finding_id=finding.id, position=last + 1))
        session.flush()
        if wants_fragment(request) and not back:
            return card(session, finding, me, compact)
    return RedirectResponse("/basket", 303)


@router.get("/basket")
def basket(request: Request, service: ServiceDep, me: Writer) -> Response:
    """The chosen findings in their order."""
    with service.records.read() as session:
        rows = [with_pieces(b) for b in finding_bodies(session, _chosen(session, me))]
    return page(request, "basket.html", me, rows=rows)


def _chosen(session: Session, me: Principal) -> list[Finding]:
    order = {
        i.finding_id: i.position
        for i in session.scalars(select(BasketItem).where(BasketItem.user_id == owner_of(me)))
    }  # fmt: skip
    found = list(session.scalars(select(Finding).where(Finding.id.in_(list(order))))) if order else []
    return sorted(found, key=lambda f: order[f.id])


@router.post("/basket/{finding_id}/move")
def move(finding_id: str, service: ServiceDep, me: Reviewer, step: Annotated[int, Form(ge=-1, le=1)]) -> Response:
    """Move a finding one place up or down."""
    with service.records.write() as session:
        rows = select(BasketItem).where(BasketItem.user_id == owner_of(me)).order_by(BasketItem.position)
        items = list(session.scalars(rows))
        at = next((i for i, item in enumerate(items) if item.finding_id == finding_id), None)
        if at is not None and 0 <= at + step < len(items):
            items[at], items[at + step] = items[at + step], items[at]
        for position, item in enumerate(items, 1):
            item.position = position
    return RedirectResponse("/basket", 303)


@router.post("/basket-clear")
def clear(service: ServiceDep, me: Reviewer) -> Response:
    """Empty the basket."""
    with service.records.write() as session:
        session.execute(delete(BasketItem).where(BasketItem.user_id == owner_of(me)))
    return RedirectResponse("/basket", 303)


@router.get("/basket.docx")
def word(
    service: ServiceDep, me: Writer, title: Annotated[str, Query(max_length=200)] = "Nội dung trích dẫn"
) -> Response:
    """The basket as a Word document with citations."""
    with service.records.read() as session:
        found = _chosen(session, me)
        items = [(f.report, as_reviewed(b)) for f, b in zip(found, finding_bodies(session, found), strict=True)]
        body = basket_docx(title or "Nội dung trích dẫn", items)
    return download(body, MEDIA_TYPES["docx"], "trich-dan.docx")


@router.get("/findings-export")
def export_selection(service: ServiceDep, me: Reader, wanted: Filter, format: str = "xlsx") -> Response:
    """The findings of the current search as a file."""
    format = format if format in FORMATS else "xlsx"
    with service.records.read() as session:
        body = export(session, all_matching(session, wanted), format, rejected="rejected" in wanted.review)
    return download(body, MEDIA_TYPES[format], f"phat-hien.{format}")


@router.get("/reports/{report_id}/export")
def export_report(report_id: str, service: ServiceDep, me: Reader, format: str = "docx") -> Response:
    """The findings of one report as a file."""
    from api.records.finding_search import FindingFilter

    format = format if format in FORMATS else "docx"
    with service.records.read() as session:
        body = EXPORTERS[format](bundles(session, all_matching(session, FindingFilter(report=report_id))))
    return download(body, MEDIA_TYPES[format], f"phat-hien.{format}")


@router.post("/searches")
def keep(
    service: ServiceDep, me: Sender, place: Annotated[str, Form(max_length=16)], name: Annotated[str, Form(max_length=120)],
    query: Annotated[str, Form(max_length=2000)] = "",
) -> Response:  # fmt: skip
    """Keep the current search under a name."""
    place = place if place in ("petitions", "findings") else "findings"
    with service.records.write() as session:
        if name.strip():
            keep_search(session, me, place, name.strip(), query)
    return RedirectResponse(f"/{place}?{query}" if "\n" not in query and "\r" not in query else f"/{place}", 303)


@router.post("/searches/{search_id}/drop")
def drop(search_id: str, service: ServiceDep, me: Sender) -> Response:
    """Forget a kept search."""
    with service.records.write() as session:
        saved = session.get(SavedSearch, search_id)
        place = "findings"
        if saved is not None and saved.user_id == owner_of(me):
            place = saved.place
            session.delete(saved)
    return RedirectResponse(f"/{place}", 303)
