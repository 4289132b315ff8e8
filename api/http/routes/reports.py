"""Routes of reports and findings."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Query, Response, UploadFile
from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from api.http.deps import IfMatch, ServiceDep, actor_of, etag, needs, same_version
from api.http.idempotency import IdempotentRoute
from api.http.models.common import ShortText, problems
from api.http.models.reports import (
    Facets,
    FindingBody,
    FindingPage,
    Groups,
    Kind,
    ReportBody,
    ReportPage,
    ReviewChange,
    ReviewState,
    Similar,
    Sort,
)
from api.http.problems import ProblemError
from api.http.views import count_findings, finding_bodies, group_body, report_line
from api.records import cursors, report_store
from api.records.finding_search import (
    FindingFilter,
    facets,
    issuer_names,
    search_findings,
)
from api.records.recurring import recurring
from api.records.reports import Finding, Report
from api.records.similar import similar_findings
from api.security.roles import Principal
from nlp.taxonomy import taxonomy

router = APIRouter(prefix="/v1", tags=["Báo cáo"], route_class=IdempotentRoute)
Reader = Annotated[Principal, Depends(needs("report.read"))]
Reviewer = Annotated[Principal, Depends(needs("report.read", "finding.review"))]


def find_report(session: Session, identity: str) -> Report:
    """The report with this id, or `not_found`."""
    report = session.scalar(
        select(Report).where(Report.id == identity).options(undefer(Report.text), undefer(Report.pages))
    )
    if report is None:
        raise ProblemError("not_found", "Không tìm thấy báo cáo này.")
    return report


def find_finding(session: Session, identity: str) -> Finding:
    """The finding with this id, or `not_found`."""
    finding = session.scalar(select(Finding).where(Finding.id == identity))
    if finding is None:
        raise ProblemError("not_found", "Không tìm thấy phát hiện này.")
    return finding


def report_body(session: Session, report: Report) -> dict[str, Any]:
    """A report with its text and its findings in the order of the text."""
    rows = list(session.scalars(select(Finding).where(Finding.report_num == report.num).order_by(Finding.start)))
    return {
        **report_line(report, sum(not f.gone for f in rows)),
        "text": report.text,
        "pages": report.pages,
        "document": report.document,
        "items": finding_bodies(session, rows),
    }


@router.post("/reports", summary="Tải báo cáo lên và trích phát hiện", status_code=201,
             responses={200: {"model": ReportBody, "description": "Nội dung đã có; phát hiện được trích lại"},
                        **problems(415, 507)})  # fmt: skip
async def upload(
    service: ServiceDep, response: Response, principal: Annotated[Principal, Depends(needs("report.add"))],
    file: Annotated[UploadFile, File(description="txt, md, html, docx hoặc pdf")],
) -> ReportBody:  # fmt: skip
    """Reads the file, extracts its findings and stores both. The same content again refreshes the stored report."""
    data = await file.read()
    read = await service.extract(data, file.filename or "")

    def work() -> tuple[dict[str, Any], bool]:
        with service.records.write() as session:
            report, created = report_store.add_report(session, read, actor_of(principal), data)
            return report_body(session, report), created

    body, created = await service.in_thread(work)
    response.status_code = 201 if created else 200
    response.headers["Location"] = f"/v1/reports/{body['id']}"
    response.headers["ETag"] = etag(body["version"])
    return ReportBody.model_validate(body)


@router.get("/reports", summary="Thư viện báo cáo", responses=problems())
def list_reports(
    service: ServiceDep, _: Reader, issuer: Annotated[ShortText, Query()] = "",
    year: Annotated[int | None, Query(ge=1900, le=2200)] = None, province: Annotated[ShortText, Query()] = "",
    cursor: Annotated[str | None, Query(max_length=400)] = None, limit: Annotated[int, Query(ge=1, le=200)] = 40,
) -> ReportPage:  # fmt: skip
    """Reports, latest first."""
    rows: list[Any] = []
    if issuer:
        rows.append(Report.issuer_key == report_store.folded_words(issuer)[:300])
    if year is not None:
        rows.append(Report.year == year)
    if province:
        rows.append(Report.province == province)
    with service.records.read() as session:
        total = int(session.scalar(select(func.count()).select_from(Report).where(*rows)) or 0)
        if cursor:
            (last,) = cursors.decode(cursor, "reports", (int,))
            rows.append(Report.num < last)
        found = list(session.scalars(select(Report).where(*rows).order_by(Report.num.desc()).limit(limit + 1)))
        following = cursors.encode("reports", [found[limit - 1].num]) if len(found) > limit else None
        counts = count_findings(session, [r.num for r in found[:limit]])
        items = [report_line(r, counts.get(r.num, 0)) for r in found[:limit]]
    return ReportPage.model_validate({"items": items, "next": following, "total": total})


@router.get("/reports/{report_id}", summary="Một báo cáo với các phát hiện", responses=problems(404))
def read_report(report_id: ShortText, service: ServiceDep, response: Response, _: Reader) -> ReportBody:
    """A report with its text, pages, metadata and findings in the order of the text."""
    with service.records.read() as session:
        body = report_body(session, find_report(session, report_id))
    response.headers["ETag"] = etag(body["version"])
    return ReportBody.model_validate(body)


def finding_filter(
    q: Annotated[ShortText, Query(description='Từ, "cụm từ", tiền tố*, -loại trừ; gõ không dấu cũng được',
                                  examples=["dat dai"])] = "",
    kind: Annotated[list[Kind], Query()] = [],  # noqa: B006 - FastAPI copies query defaults
    sort: Annotated[list[Sort], Query()] = [],  # noqa: B006
    topic: Annotated[list[ShortText], Query()] = [],  # noqa: B006
    field: Annotated[list[ShortText], Query()] = [],  # noqa: B006
    issuer: Annotated[list[ShortText], Query()] = [],  # noqa: B006
    province: Annotated[list[ShortText], Query()] = [],  # noqa: B006
    year: Annotated[list[Annotated[int, Query(ge=1900, le=2200)]], Query()] = [],  # noqa: B006
    review: Annotated[list[ReviewState], Query()] = [],  # noqa: B006
    report: ShortText = "",
) -> FindingFilter:  # fmt: skip
    """The query parameters of a search of findings."""
    return FindingFilter(q, tuple(kind), tuple(sort), tuple(topic), tuple(field), tuple(issuer), tuple(province),
                         tuple(year), tuple(review), report)  # fmt: skip


Filter = Annotated[FindingFilter, Depends(finding_filter)]


@router.get("/findings", summary="Tìm phát hiện", responses=problems())
def read_findings(
    service: ServiceDep, _: Reader, wanted: Filter,
    order: Annotated[str, Query(pattern="^(|relevance|newest|document)$")] = "",
    cursor: Annotated[str | None, Query(max_length=400)] = None, limit: Annotated[int, Query(ge=1, le=200)] = 30,
) -> FindingPage:  # fmt: skip
    """Full-text search with filters; "dat dai" finds "đất đai". Follow `next` for more."""
    with service.records.read() as session:
        page = search_findings(session, wanted, order=order, cursor=cursor, limit=limit)
        items = finding_bodies(session, page.findings, page.query)
    body = {"items": items, "next": page.next, "total": page.total, "widened": page.widened}
    return FindingPage.model_validate(body)


@router.get("/findings/facets", summary="Đếm phát hiện theo từng chiều", responses=problems())
def read_facets(service: ServiceDep, _: Reader, wanted: Filter) -> Facets:
    """How many findings each value of each dimension would leave."""
    with service.records.read() as session:
        page = search_findings(session, wanted, order="newest", limit=1)
        counts = facets(session, wanted, page.hits)
        issuers = issuer_names(session)
    known = taxonomy()
    named = {
        name: [{"value": v, "name": issuers.get(v, v) if name == "issuer" else known.name(str(v)), "count": c}
               for v, c in values]
        for name, values in counts.items()
    }  # fmt: skip
    return Facets.model_validate({"facets": named, "total": page.total})


@router.get("/findings/groups", summary="Phát hiện lặp lại qua các năm, các nơi", responses=problems())
def read_groups(
    service: ServiceDep, _: Reader, wanted: Filter, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> Groups:
    """What several reports say alike, that of most reports first; the first `kind` asked for, limitations by default."""
    with service.records.read() as session:
        found = recurring(session, wanted, wanted.kind[0] if wanted.kind else "limitation")
    items = [group_body(group) for group, _ in found.groups[:limit]]
    return Groups.model_validate({"items": items, "looked_at": found.looked_at, "total": found.total})


@router.get("/findings/{finding_id}", summary="Một phát hiện", responses=problems(404))
def read_finding(finding_id: ShortText, service: ServiceDep, response: Response, _: Reader) -> FindingBody:
    """A finding by its stable id."""
    with service.records.read() as session:
        (body,) = finding_bodies(session, [find_finding(session, finding_id)])
    response.headers["ETag"] = etag(body["version"])
    return FindingBody.model_validate(body)


@router.get("/findings/{finding_id}/similar", summary="Phát hiện tương tự ở báo cáo khác", responses=problems(404))
def read_similar(finding_id: ShortText, service: ServiceDep, _: Reader) -> Similar:
    """Findings of other reports that say nearly the same, best first."""
    with service.records.read() as session:
        found = similar_findings(session, find_finding(session, finding_id))
        bodies = finding_bodies(session, [f for f, _ in found])
    items = [{"finding": b, "score": s} for b, (_, s) in zip(bodies, found, strict=True)]
    return Similar.model_validate({"items": items})


@router.put("/findings/{finding_id}/review", summary="Chấp nhận, sửa, loại bỏ", responses=problems(404, 412, 428))
def review(
    finding_id: ShortText, body: ReviewChange, service: ServiceDep, response: Response, principal: Reviewer,
    if_match: IfMatch = None,
) -> FindingBody:  # fmt: skip
    """Sets the review of a finding; it belongs to the stable id and outlives a later extraction."""
    with service.records.write() as session:
        finding = find_finding(session, finding_id)
        same_version(finding.version, if_match)
        report_store.review(session, finding, body.state, actor_of(principal), text=body.text, kind=body.kind,
                            sort=body.sort, note=body.note)  # fmt: skip
        (answer,) = finding_bodies(session, [finding])
    response.headers["ETag"] = etag(answer["version"])
    return FindingBody.model_validate(answer)


@router.post("/findings/{finding_id}/undo", summary="Hoàn tác bước rà soát", responses=problems(404, 409, 412, 428))
def undo(
    finding_id: ShortText, service: ServiceDep, response: Response, principal: Reviewer, if_match: IfMatch = None
) -> FindingBody:
    """Takes the last review step back."""
    with service.records.write() as session:
        finding = find_finding(session, finding_id)
        same_version(finding.version, if_match)
        report_store.undo_review(session, finding, actor_of(principal))
        (answer,) = finding_bodies(session, [finding])
    response.headers["ETag"] = etag(answer["version"])
    return FindingBody.model_validate(answer)
