"""Shapes of reports and findings."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from api.http.models.common import Input, Output, Place, ShortText, Storable

Kind = Literal["limitation", "cause", "recommendation", "lesson"]
Sort = Literal["objective", "subjective", "proposal", "solution"]
ReviewState = Literal["proposed", "accepted", "edited", "rejected"]


class ReportLine(Output):
    """A report in a list."""

    id: str
    document_id: str
    filename: str
    media: str
    title: str
    kind: str
    issuer: str
    number: str
    date: str
    year: int | None
    province: str
    quality: float
    extractor: str
    created_at: datetime
    version: int
    findings: int = 0


class LinkBody(Output):
    """A link from this finding to another."""

    to: str
    relation: str
    how: str
    probability: float


class ReviewBody(Output):
    """What a person decided about a finding."""

    state: ReviewState
    text: str | None
    kind: str | None
    sort: str | None
    at: datetime | None


class CitedDocument(Output):
    """The report that a finding comes from, enough to cite it."""

    id: str
    title: str
    issuer: str
    number: str
    date: str
    year: int | None
    province: str


class FindingBody(Output):
    """A finding; `span` is in code points of the report's text and `quote` is what stands there."""

    id: str
    document_id: str
    kind: str
    sort: str | None
    text: str
    span: Place
    quote: str
    section: list[str]
    item: dict[str, Any] | None
    page: int | None
    subject: Any = None
    addressee: Any = None
    responsible: Any = None
    due: Any = None
    hedges: list[Any] = []
    embedded_causes: list[Any] = []
    reasons: list[Any] = []
    needs_review: bool = False
    topics: list[str]
    fields: list[str]
    links: list[LinkBody]
    confidence: float
    extractor: str
    review: ReviewBody
    gone: bool
    document: CitedDocument
    citation: str
    highlights: list[Place] = Field(default=[], description="Chỗ khớp với câu tìm kiếm, tính trong `text`")
    version: int


class ReportBody(ReportLine):
    """A report with its text, pages, everything read about it and its findings."""

    text: str
    pages: list[dict[str, int]]
    document: dict[str, Any]
    items: list[FindingBody]


class ReportPage(Output):
    """A page of reports."""

    items: list[ReportLine]
    next: str | None
    total: int


class FindingPage(Output):
    """A page of findings; `widened` tells that accents were ignored because nothing matched with them."""

    items: list[FindingBody]
    next: str | None
    total: int
    widened: bool


class FacetValue(Output):
    """A value of a facet with how many findings it would leave."""

    value: str | int
    name: str
    count: int


class Facets(Output):
    """Counts by dimension over the current selection."""

    facets: dict[str, list[FacetValue]]
    total: int


class SimilarBody(Output):
    """A finding of another report that says nearly the same."""

    finding: FindingBody
    score: float


class Similar(Output):
    """Similar findings, best first."""

    items: list[SimilarBody]


class CountedValue(Output):
    """A place or a year with how many members of a group stand there."""

    value: str | int
    count: int


class GroupBody(Output):
    """Findings of several reports that say the same; the first member is the most typical."""

    text: str
    near_identical: bool
    documents: int
    places: list[CountedValue]
    years: list[CountedValue]
    finding_ids: list[str]


class Groups(Output):
    """Recurring findings; of `total` that match the latest `looked_at` were compared."""

    items: list[GroupBody]
    looked_at: int
    total: int


class ReviewChange(Input):
    """A review step."""

    state: ReviewState
    text: Annotated[Storable, Field(max_length=20_000)] | None = None
    kind: Kind | None = None
    sort: Sort | None = None
    note: Annotated[Storable, Field(max_length=2000)] = ""


class BasketChange(Input):
    """Findings to put into the basket, in order."""

    finding_ids: Annotated[list[ShortText], Field(max_length=500)]
