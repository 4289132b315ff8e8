"""Pages of statistics: the period's counts, early warnings, and petitions beside reports."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from api.console.charts import columns, shares
from api.console.deps import page_needs
from api.console.register import parse_day
from api.console.rendering import environment, page
from api.console.reports import with_pieces
from api.console.words import month_name
from api.http.deps import ServiceDep
from api.http.routes.insight import download, matter, period_of
from api.http.sheets import XLSX, statistics_xlsx
from api.records import hotspots, statistics
from api.records.base import today
from api.records.statistics import Period
from api.security.roles import Principal
from nlp.taxonomy import taxonomy

router = APIRouter()
Reader = Annotated[Principal, Depends(page_needs("statistics.read"))]
Text = Annotated[str, Query(max_length=120)]


def chosen_period(start: Text = "", end: Text = "", province: Text = "", commune: Text = "") -> Period:
    """The period of the form; what does not parse falls back to the default."""
    first, last = parse_day(start), parse_day(end)
    if first and last and first > last:
        first, last = last, first
    return period_of(first, last, province, commune)


Chosen = Annotated[Period, Depends(chosen_period)]


def quick_periods(on: date) -> list[tuple[str, date, date]]:
    """The periods that offices report on, up to a day: (name, first day, last day)."""
    month, year = on.replace(day=1), on.replace(month=1, day=1)
    last_month = month - timedelta(days=1)
    quarter = on.replace(month=(on.month - 1) // 3 * 3 + 1, day=1)
    return [("Tháng này", month, on), ("Tháng trước", last_month.replace(day=1), last_month),
            ("Quý này", quarter, on), ("Năm nay", year, on)]  # fmt: skip


@router.get("/statistics")
def show(request: Request, service: ServiceDep, me: Reader, period: Chosen) -> Response:
    """Charts and tables of a period, and where something surges now."""
    with service.records.read() as session:
        found = statistics.overview(session, period)
        values: dict[str, Any] = {
            "found": found,
            "official": statistics.official_table(session, period),
            "spots": hotspots.hot_spots(session, today(), period.province),
            "places": statistics.places(session),
        }
    values["months"] = columns({month_name(m): float(n) for m, n in found.months.items()})
    values["fields"] = shares(list(found.fields.items()))
    values["channels"] = shares(list(found.channels.items()))
    return page(request, "statistics.html", me, period=period, method=hotspots.METHOD, query=query_of(period),
                quick=quick_periods(today()), **values)  # fmt: skip


@router.get("/statistics/spots")
def spots(service: ServiceDep, me: Reader) -> Response:
    """The warning of the first page, fetched after it so that nobody waits for the counting."""
    with service.records.read() as session:
        found = hotspots.hot_spots(session, today())
    return Response(environment().get_template("spots.html").render(spots=found), media_type="text/html")


def query_of(period: Period) -> str:
    """The period as a query string."""
    from urllib.parse import urlencode

    return urlencode({"start": period.start, "end": period.end, "province": period.province, "commune": period.commune})


@router.get("/statistics/export")
def export(service: ServiceDep, me: Reader, period: Chosen) -> Response:
    """The period's counts as a workbook."""
    with service.records.read() as session:
        official, statuses = statistics.official_table(session, period), statistics.status_by_type(session, period)
    return download(statistics_xlsx(period, official, statuses), XLSX, f"thong-ke-{period.start}-{period.end}.xlsx")


@router.get("/matters")
def matters(request: Request, service: ServiceDep, me: Reader, period: Chosen, field: Text = "dat_dai") -> Response:
    """Petitions of a field beside what reports say about the same matter."""
    field = field if field in taxonomy().field_codes else "dat_dai"
    with service.records.read() as session:
        found = matter(session, period, field)
        known_places = statistics.places(session)
    chart = columns({month_name(m): float(n) for m, n in found["months"].items()})
    rows = [with_pieces(f) for f in found["findings"]] if me.may("report.read") else []
    return page(request, "matters.html", me, period=period, found=found, chart=chart, findings=rows,
                places=known_places, field=field, quick=quick_periods(today()), query=query_of(period))  # fmt: skip
