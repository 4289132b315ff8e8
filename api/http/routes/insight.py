"""Routes of statistics, warnings, agreement, exports and saved searches."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.export import MEDIA_TYPES
from api.http.deps import Member, ServiceDep, actor_of, needs, viewer_of
from api.http.idempotency import IdempotentRoute
from api.http.models.common import IsoDate, ShortText, problems
from api.http.models.insight import Agreements, HotSpots, MatterBody, SavedBody, SavedCreate, SavedList, StatisticsBody
from api.http.problems import ProblemError
from api.http.routes.petitions import RegisterFilter
from api.http.routes.reports import Filter
from api.http.selection import FORMATS, all_matching, export
from api.http.sheets import XLSX, register_csv, register_xlsx, statistics_xlsx
from api.http.views import finding_bodies
from api.privacy import redacted
from api.records import feedback, hotspots, statistics
from api.records.audit import record as audit
from api.records.base import today
from api.records.finding_search import FindingFilter, search_findings
from api.records.operations import SavedSearch
from api.records.petition_register import MAX_PAGE, PetitionFilter, list_petitions
from api.records.petitions import Petition
from api.records.statistics import Period
from api.records.words import in_vietnamese_order
from api.security.roles import Principal

router = APIRouter(prefix="/v1", tags=["Thống kê và kết xuất"], route_class=IdempotentRoute)
MOST = 20_000  # lines of the register in one file
Day = Annotated[IsoDate | None, Query()]
Place = Annotated[ShortText, Query()]
Counter = Annotated[Principal, Depends(needs("statistics.read"))]
Researcher = Annotated[Principal, Depends(needs("feedback.read"))]


def file_answer(*media: str) -> dict[int | str, dict[str, Any]]:
    """OpenAPI responses of a route that answers with a file of one of these media types."""
    binary: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
    content = {m: {"schema": {}} if m == "application/json" else binary for m in media}
    return {200: {"description": "Tệp", "content": content}, **problems()}


def period_of(start: Day = None, end: Day = None, province: Place = "", commune: Place = "") -> Period:
    """The period asked for; by default the twelve months up to today."""
    last = end or today()
    months = last.year * 12 + last.month - 12  # eleven months before this one, counted from month 0 of year 0
    first = start or date(months // 12, months % 12 + 1, 1)
    if first > last:
        raise ProblemError("invalid", "Ngày bắt đầu phải trước ngày kết thúc.")
    return Period(first, last, province, commune)


PeriodDep = Annotated[Period, Depends(period_of)]


@router.get("/statistics", summary="Thống kê đơn", responses=problems())
def read_statistics(service: ServiceDep, _: Counter, period: PeriodDep, field: Place = "") -> StatisticsBody:
    """Counts by month and label, and by the columns of the official statistics."""
    with service.records.read() as session:
        found = statistics.overview(session, period, field)
        official = statistics.official_table(session, period)
    return StatisticsBody(start=period.start, end=period.end, official=official,
                          **{n: getattr(found, n) for n in found.__dataclass_fields__})  # fmt: skip


@router.get("/statistics/export", summary="Thống kê ra Excel", response_class=Response,
            responses=file_answer(XLSX))  # fmt: skip
def export_statistics(service: ServiceDep, _: Counter, period: PeriodDep) -> Response:
    """The period's counts as a workbook."""
    with service.records.read() as session:
        official, statuses = statistics.official_table(session, period), statistics.status_by_type(session, period)
    return download(statistics_xlsx(period, official, statuses), XLSX, f"thong-ke-{period.start}-{period.end}.xlsx")


@router.get("/hotspots", summary="Cảnh báo sớm điểm nóng", responses=problems())
def read_hotspots(service: ServiceDep, _: Counter, on: Day = None, province: Place = "") -> HotSpots:
    """Fields that surge in a place against that place's own history, with the test used."""
    with service.records.read() as session:
        found = hotspots.hot_spots(session, on or today(), province)
    return HotSpots.model_validate({"items": found, "method": hotspots.METHOD})


@router.get("/matters", summary="Đơn thư và báo cáo về cùng một việc", responses=problems())
def read_matter(service: ServiceDep, _: Counter, period: PeriodDep, field: ShortText) -> MatterBody:
    """For a field, place and period: how many petitions, rising or falling, and which limitations reports name."""
    with service.records.read() as session:
        return MatterBody.model_validate(matter(session, period, field))


def matter(session: Session, period: Period, field: str, limit: int = 20) -> dict[str, Any]:
    """Petitions of a field beside the limitations that reports of the same place and years name."""
    found = statistics.overview(session, period, field)
    days = (period.end - period.start).days + 1
    later = period.start + timedelta(days=days - days // 2)
    after = statistics.overview(session, replace(period, start=later), field).total if later <= period.end else 0
    moved = hotspots.trend(found.total - after, after, days // 2 / days)
    years = tuple(range(period.start.year, period.end.year + 1))
    wanted = FindingFilter(kind=("limitation",), field=(field,), year=years,
                           province=(period.province,) if period.province else ())  # fmt: skip
    page = search_findings(session, wanted, order="newest", limit=limit)
    return {"field": field, "petitions": found.total, "before": moved.before, "after": moved.after, "p": moved.p,
            "direction": moved.direction, "months": found.months,
            "findings": finding_bodies(session, page.findings)}  # fmt: skip


@router.get("/findings/export", summary="Kết xuất phát hiện", response_class=Response,
            responses=file_answer(*MEDIA_TYPES.values()))  # fmt: skip
def export_findings(
    service: ServiceDep, _: Annotated[Principal, Depends(needs("report.read"))], wanted: Filter,
    format: Annotated[Literal[FORMATS], Query()] = "xlsx",  # type: ignore[valid-type]
) -> Response:  # fmt: skip
    """The findings of a search with their citations; rejected ones only when asked for by `review`."""
    with service.records.read() as session:
        body = export(session, all_matching(session, wanted), format, rejected="rejected" in wanted.review)
    return download(body, MEDIA_TYPES[format], f"phat-hien.{format}")


@router.get("/petitions/export", summary="Kết xuất sổ đơn", response_class=Response,
            responses=file_answer(XLSX, "text/csv"))  # fmt: skip
def export_register(
    service: ServiceDep, principal: Annotated[Principal, Depends(needs("petition.read", "petition.export"))],
    wanted: RegisterFilter, format: Annotated[Literal["xlsx", "csv"], Query()] = "xlsx",
) -> Response:  # fmt: skip
    """Register lines with labels, names of people replaced by placeholders; the audit keeps that it was taken."""
    return register_download(service, principal, wanted, format)


def register_download(service: Any, principal: Principal, wanted: PetitionFilter, format: str) -> Response:
    """The register lines of a filter as a file."""
    with service.records.write() as session:
        rows = every_petition(session, wanted, principal)
        audit(session, actor_of(principal), "petition.export", "petition", "", rows=len(rows), format=format)
    if format == "csv":
        return download(register_csv(rows), "text/csv; charset=utf-8", "so-don.csv")
    return download(register_xlsx(rows), XLSX, "so-don.xlsx")


def every_petition(session: Session, wanted: PetitionFilter, principal: Principal) -> list[Petition]:
    """Every petition of a filter that this person may see, by register number.

    Raises
    ------
    ProblemError
        `selection_too_large` beyond 20,000.
    """
    page = list_petitions(session, wanted, viewer_of(principal), order="newest", limit=MAX_PAGE)
    if page.total > MOST:
        raise ProblemError("selection_too_large", f"Kết xuất tối đa {MOST:,} đơn; hãy lọc bớt.".replace(",", "."))
    rows = list(page.petitions)
    while page.next:
        page = list_petitions(session, wanted, viewer_of(principal), order="newest", limit=MAX_PAGE, cursor=page.next)
        rows += page.petitions
    return rows[::-1]


def download(body: bytes, media: str, filename: str) -> Response:
    """A file to save; a name beyond plain ASCII goes in RFC 6266's second form."""
    plain = re.sub(r"[^\w.() -]", "_", filename, flags=re.ASCII)
    named = f'attachment; filename="{plain}"'
    if plain != filename:
        named += f"; filename*=UTF-8''{quote(filename, safe='', errors='replace')}"
    return Response(body, media_type=media, headers={"Content-Disposition": named})


@router.get("/feedback", summary="Mức đồng thuận giữa máy và cán bộ", responses=problems())
def read_feedback(service: ServiceDep, _: Researcher, version: Place = "") -> Agreements:
    """Agreement by label over the decisions that count, over time, and which models have read the register."""
    with service.records.read() as session:
        rows = feedback.agreement(session, version)
        months = {m: a.f1 for m, a in feedback.agreement_by_month(session).items()}
        over_time = [{"month": month, **body_of(a)} for month, a in feedback.agreement_over_time(session, version)]
        versions = feedback.model_versions(session)
    return Agreements.model_validate({"items": rows, "months": months, "over_time": over_time, "versions": versions})


def body_of(a: feedback.Agreement) -> dict[str, Any]:
    """The agreement on one label as the API shows it."""
    return {n: getattr(a, n) for n in ("task", "code", "both", "machine", "clerk", "precision", "recall", "f1")}


@router.get("/feedback/export", summary="Dữ liệu huấn luyện đã che danh tính", response_class=StreamingResponse,
            responses=file_answer("application/x-ndjson"))  # fmt: skip
def export_feedback(
    service: ServiceDep, principal: Annotated[Principal, Depends(needs("feedback.export"))],
    denunciations: Annotated[bool, Query(description="Kèm đơn tố cáo, cũng đã che danh tính")] = False,
) -> StreamingResponse:  # fmt: skip
    """Decided petitions as corpus rows, personal data replaced by placeholders, signals moved with the text.

    Denunciations are shown to those assigned only, so they are left out unless asked for (or nobody else is there: an
    instance without accounts); the audit keeps which.
    """
    return training_download(service, principal, denunciations)


def training_download(service: Any, principal: Principal, denunciations: bool) -> StreamingResponse:
    """The training export as a file; that it was taken, and with denunciations or without, stays in the audit."""
    denunciations = denunciations or principal.sees_all
    with service.records.write() as session:
        audit(session, actor_of(principal), "feedback.export", denunciations=denunciations)
    headers = {"Content-Disposition": 'attachment; filename="du-lieu-huan-luyen.jsonl"'}
    return StreamingResponse(training_lines(service, denunciations), media_type="application/x-ndjson", headers=headers)


def training_lines(service: Any, denunciations: bool) -> Any:
    """The rows of the training export as JSON lines."""
    with service.records.read() as session:
        for row in feedback.decided_rows(session, hidden=denunciations):
            made = redacted(row["text"])
            places = [(s, made.moved(s["start"], s["end"])) for s in row["signals"]]
            row["signals"] = [{"code": s["code"], "start": p.start, "end": p.end} for s, p in places]
            row["text"] = made.text
            yield json.dumps(row, ensure_ascii=False) + "\n"


def owner_of(principal: Principal) -> int:
    """Whose kept searches and basket these are; 0 for the local operator."""
    return principal.user_id or 0


@router.get("/searches", summary="Tìm kiếm đã lưu", responses=problems())
def list_searches(service: ServiceDep, principal: Member) -> SavedList:
    """One's own kept searches by name."""
    rows = select(SavedSearch).where(SavedSearch.user_id == owner_of(principal))
    with service.records.read() as session:
        found = sorted(session.scalars(rows), key=lambda s: in_vietnamese_order(s.name))
        return SavedList.model_validate({"items": [saved_body(s) for s in found]})


def saved_body(saved: SavedSearch) -> dict[str, Any]:
    """A kept search as the API shows it."""
    return {"id": saved.id, "place": saved.place, "name": saved.name, "query": saved.query.get("query", ""),
            "created_at": saved.created_at}  # fmt: skip


@router.post("/searches", summary="Lưu một tìm kiếm", status_code=201, responses=problems(409))
def save_search(body: SavedCreate, service: ServiceDep, principal: Member) -> SavedBody:
    """Keeps a search under a name; the same name again replaces it."""
    with service.records.write() as session:
        return SavedBody.model_validate(saved_body(keep_search(session, principal, body.place, body.name, body.query)))


def keep_search(session: Session, principal: Principal, place: str, name: str, query: str) -> SavedSearch:
    """Keep a search under a name, in place of an earlier one of that name."""
    rows = select(SavedSearch).where(
        SavedSearch.user_id == owner_of(principal), SavedSearch.place == place, SavedSearch.name == name
    )
    saved = session.scalar(rows)
    if saved is None:
        saved = SavedSearch(user_id=owner_of(principal), place=place, name=name, query={})
        session.add(saved)
    saved.query = {"query": query}
    session.flush()
    return saved


@router.delete("/searches/{search_id}", summary="Bỏ tìm kiếm đã lưu", status_code=204, responses=problems(404))
def drop_search(search_id: ShortText, service: ServiceDep, principal: Member) -> None:
    """Forgets one of one's own searches."""
    with service.records.write() as session:
        gone = delete(SavedSearch).where(SavedSearch.id == search_id, SavedSearch.user_id == owner_of(principal))
        if not session.execute(gone).rowcount:  # type: ignore[attr-defined]
            raise ProblemError("not_found", "Không có tìm kiếm này.")
