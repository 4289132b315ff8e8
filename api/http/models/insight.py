"""Shapes of statistics, warnings, agreement and saved searches."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from api.http.models.common import Input, Output, Storable


class StatisticsBody(Output):
    """Counts of a period; a petition with two fields counts in both."""

    start: date
    end: date
    total: int
    fields: dict[str, int]
    subfields: dict[str, int]
    types: dict[str, int]
    urgency: dict[str, int]
    status: dict[str, int]
    channels: dict[str, int]
    months: dict[str, int]
    official: dict[str, dict[str, int]] = Field(description="Cột thống kê → loại đơn → số đơn, theo lĩnh vực chính")


class HotSpotBody(Output):
    """A surge of a field in a place against its own history."""

    field: str
    province: str
    commune: str
    recent: int
    expected: float
    p: float


class HotSpots(Output):
    """Surges, surest first, and the test behind them."""

    items: list[HotSpotBody]
    method: str


class AgreementBody(Output):
    """How often machine and clerk said one label."""

    task: str
    code: str
    both: int
    machine: int
    clerk: int
    precision: float | None
    recall: float | None
    f1: float | None


class AgreementMonth(AgreementBody):
    """The same over the decisions of one month, "2026-11"."""

    month: str


class Agreements(Output):
    """Agreement by label; by month for all fields together, and over time for every label."""

    items: list[AgreementBody]
    months: dict[str, float | None]
    over_time: list[AgreementMonth]
    versions: dict[str, int]


class SavedCreate(Input):
    """A search to keep."""

    place: Literal["petitions", "findings"]
    name: Annotated[Storable, Field(min_length=1, max_length=120)]
    query: Annotated[
        Storable, Field(max_length=2000, description="Chuỗi truy vấn của trang, ví dụ q=dat+dai&year=2024")
    ]


class SavedBody(Output):
    """A kept search."""

    id: str
    place: str
    name: str
    query: str
    created_at: datetime


class SavedList(Output):
    """One's own kept searches."""

    items: list[SavedBody]


class MatterBody(Output):
    """Petitions of a field, place and period beside what reports say about the same matter."""

    field: str
    petitions: int
    before: int
    after: int
    direction: str
    p: float
    months: dict[str, int]
    findings: list[dict[str, Any]]
