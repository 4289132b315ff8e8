"""Pages of reports: the library with upload, and one report with its findings beside the source."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Query, Request, UploadFile
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.console.basket import in_basket
from api.console.deps import form_needs, page_needs
from api.console.highlight import Mark, cut
from api.console.rendering import environment, page, wants_fragment
from api.http.deps import ServiceDep, actor_of
from api.http.routes.reports import find_report
from api.http.views import count_findings, finding_bodies, report_line
from api.records import report_store
from api.records.finding_search import FindingFilter, facets, search_findings
from api.records.reports import Finding, Report
from api.security.roles import Principal
from nlp.text import LangNgheError, fold_key

router = APIRouter()
Reader = Annotated[Principal, Depends(page_needs("report.read"))]
MANY = 2000
SHOWN = 200


@router.get("/reports")
def library(
    request: Request, service: ServiceDep, me: Reader, q: Annotated[str, Query(max_length=300)] = ""
) -> Response:
    """Reports, latest first; with `q` those whose title, issuer, number or file name holds its words."""
    return _library(request, service, me, q=q)


def named_like(session: Session, q: str) -> list[int]:
    """Numbers of the reports whose head or file name holds every word of `q`, accents or not, latest first."""
    wanted = fold_key(q).split()
    heads = select(Report.num, Report.title, Report.issuer, Report.number, Report.filename, Report.year)
    rows = session.execute(heads.order_by(Report.num.desc()))
    return [num for num, *said in rows if _holds(fold_key(" ".join(str(s) for s in said if s)), wanted)]


def _holds(text: str, words: list[str]) -> bool:
    return all(w in text for w in words)


def _library(
    request: Request, service: Any, me: Principal, trouble: tuple[str, ...] = (), *, q: str = ""
) -> Response:  # fmt: skip
    with service.records.read() as session:
        chosen = select(Report).order_by(Report.num.desc()).limit(SHOWN)
        if q.strip():
            chosen = chosen.where(Report.num.in_(named_like(session, q)[:SHOWN]))
        rows = list(session.scalars(chosen))
        total = session.scalar(select(func.count()).select_from(Report))
        counts = count_findings(session, [r.num for r in rows])
        kinds: dict[int, dict[str, int]] = {}
        nums = [r.num for r in rows]
        tally = (
            select(Finding.report_num, Finding.kind, func.count())
            .where(Finding.report_num.in_(nums), Finding.gone.is_(False))
            .group_by(Finding.report_num, Finding.kind)
        )
        for num, kind, count in session.execute(tally):
            kinds.setdefault(num, {})[kind] = count
        lines = [{**report_line(r, counts.get(r.num, 0)), "kinds": kinds.get(r.num, {})} for r in rows]
    status = 422 if trouble and not lines else 200
    return page(request, "reports.html", me, status=status, reports=lines, trouble=trouble, q=q, total=total)


@router.post("/reports")
async def upload(
    request: Request, service: ServiceDep, me: Annotated[Principal, Depends(form_needs("report.add"))],
    files: Annotated[list[UploadFile], File()],
) -> Response:  # fmt: skip
    """Read the files one after another; one file leads to its report, several back to the library."""
    last, trouble = "", []
    for file in files:
        try:
            data = await file.read()
            read = await service.extract(data, file.filename or "")
            last = await service.in_thread(_store, service, read, data, me)
        except LangNgheError as error:
            trouble.append(f"{file.filename or 'Tệp'}: {error.message}")
    if trouble:
        return await service.in_thread(_library, request, service, me, tuple(trouble))
    target = f"/reports/{last}" if len(files) == 1 else "/reports"
    if wants_fragment(request):
        return Response(status_code=204, headers={"HX-Redirect": target})
    return RedirectResponse(target, 303)


def _store(service: Any, read: report_store.ReadReport, data: bytes, me: Principal) -> str:
    with service.records.write() as session:
        report, _ = report_store.add_report(session, read, actor_of(me), data)
        return str(report.id)


@router.get("/reports/{report_id}")
def one(
    request: Request, report_id: str, service: ServiceDep, me: Reader, q: Annotated[str, Query(max_length=300)] = "",
    kind: Annotated[list[str], Query()] = [],  # noqa: B006 - FastAPI copies query defaults
    topic: Annotated[str, Query(max_length=40)] = "", review: Annotated[str, Query(max_length=16)] = "",
) -> Response:  # fmt: skip
    """A report: its findings, filtered and searched, beside the source with every quote marked."""
    wanted = FindingFilter(q=q, kind=tuple(kind), topic=(topic,) if topic else (), review=(review,) if review else (),
                           report=report_id)  # fmt: skip
    with service.records.read() as session:
        report = find_report(session, report_id)
        trouble = ""
        try:
            found = search_findings(session, wanted, order="document", limit=200)
            rows = list(found.findings)
            while found.next and len(rows) < MANY:
                found = search_findings(session, wanted, order="document", limit=200, cursor=found.next)
                rows += found.findings
            total, query, widened = found.total, found.query, found.widened
        except LangNgheError as error:
            rows, total, query, widened, trouble = [], 0, None, False, error.message
        counts = facets(session, FindingFilter(report=report_id))
        every = list(session.scalars(select(Finding).where(Finding.report_num == report.num, Finding.gone.is_(False))))
        items = [with_pieces(b) for b in finding_bodies(session, rows, query)]
        basket = in_basket(session, me)
        unreviewed = sum(f.review == "proposed" for f in every)
    titles = {f.id: f.text for f in every}
    values: dict[str, Any] = {
        "report": report,
        "findings": items,
        "total": total,
        "widened": widened,
        "trouble": trouble,
        "counts": {k: dict(v) for k, v in counts.items()},
        "titles": titles,
        "basket": basket,
        "unreviewed": unreviewed,
        "chosen": {"q": q, "kind": kind, "topic": topic, "review": review},
    }
    if wants_fragment(request):
        shown = environment().get_template("report_findings.html").render(me=me, csrf=me.csrf, **values)
        return Response(shown, media_type="text/html")
    marks = [Mark(f.start, f.end, f.id, f"{f.text[:80]}", f"k-{f.kind} {f.review}", f"q-{f.id}") for f in every]
    pages = [Mark(p["start"], p["start"] + 1, "", "", "page", str(p["number"])) for p in report.pages[1:]]
    return page(request, "report.html", me, source=source_parts(report.text, marks, pages), **values)


def with_pieces(body: dict[str, Any]) -> dict[str, Any]:
    """A finding with its shown text cut at the places where the search matched."""
    text = body["review"]["text"] or body["text"]
    hits = body["highlights"] if text == body["text"] else []
    marks = [Mark(h["start"], h["end"], "hit", "", "hit") for h in hits]
    return {**body, "shown": text, "pieces": cut(text, marks)}


def source_parts(text: str, marks: list[Mark], pages: list[Mark]) -> list[dict[str, Any]]:
    """The source page by page, each page in pieces; one part where the format has no pages."""
    starts = [0] + [p.start for p in pages if 0 < p.start < len(text)]
    numbers = [""] + [p.anchor for p in pages if 0 < p.start < len(text)]
    parts = []
    for i, start in enumerate(starts):
        end = starts[i + 1] if i + 1 < len(starts) else len(text)
        parts.append({"page": numbers[i], "pieces": cut(text.replace("\f", "\n"), marks, start, end)})
    return parts
