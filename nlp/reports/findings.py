"""Results of this room: documents, findings and links as small frozen types, and their JSON form."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nlp.text import Span

KINDS = ("limitation", "cause", "recommendation", "lesson")
SORTS: Mapping[str, tuple[str, ...]] = {
    "cause": ("objective", "subjective"),
    "recommendation": ("proposal", "solution"),
}


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch of the source: offsets and the clean text of it."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A cause or recommendation belongs to a limitation.

    `to` is the id of the limitation; `relation` is cause_of or addresses; `how` is explicit, same_item, same_section
    or similar; `probability` is calibrated on held-out reports.
    """

    to: str
    relation: str
    how: str
    probability: float


@dataclass(frozen=True, slots=True)
class Item:
    """The list item a finding stands in: label as printed, place among its siblings from 1."""

    label: str
    index: int


@dataclass(frozen=True)
class Finding:
    """One limitation, cause, recommendation or lesson with its evidence; offsets are of the document's text as given."""

    id: str
    document_id: str
    kind: str
    sort: str | None
    text: str
    span: Span
    quote: str
    section: tuple[str, ...]
    item: Item | None
    page: int | None
    subject: str | None
    addressee: str | None
    responsible: str | None
    due: str | None
    hedges: tuple[str, ...]
    embedded_causes: tuple[Quote, ...]
    topics: tuple[str, ...]
    fields: tuple[str, ...]
    links: tuple[Link, ...]
    confidence: float
    reasons: tuple[str, ...]
    needs_review: bool
    extractor: str

    def to_json(self) -> dict[str, Any]:
        """The finding under the names of the contract."""
        return {
            "id": self.id,
            "document_id": self.document_id,
            "kind": self.kind,
            "sort": self.sort,
            "text": self.text,
            "span": {"start": self.span.start, "end": self.span.end},
            "quote": self.quote,
            "section": list(self.section),
            "item": None if self.item is None else {"label": self.item.label, "index": self.item.index},
            "page": self.page,
            "subject": self.subject,
            "addressee": self.addressee,
            "responsible": self.responsible,
            "due": self.due,
            "hedges": list(self.hedges),
            "embedded_causes": [{"start": q.start, "end": q.end, "text": q.text} for q in self.embedded_causes],
            "topics": list(self.topics),
            "fields": list(self.fields),
            "links": [
                {"to": k.to, "relation": k.relation, "how": k.how, "probability": round(k.probability, 4)}
                for k in self.links
            ],
            "confidence": round(self.confidence, 4),
            "reasons": list(self.reasons),
            "needs_review": self.needs_review,
            "extractor": self.extractor,
        }


@dataclass(frozen=True, slots=True)
class Reference:
    """Another document that the text cites, normalised so that reports citing the same one can be found together.

    `key` is "kind|number" or "kind|name|year" in folded letters; `date` is ISO, possibly partial, or None.
    """

    text: str
    kind: str
    number: str | None
    date: str | None
    issuer: str | None
    key: str
    spans: tuple[Span, ...]

    def to_json(self) -> dict[str, Any]:
        """The reference as plain data."""
        return {
            "text": self.text,
            "kind": self.kind,
            "number": self.number,
            "date": self.date,
            "issuer": self.issuer,
            "key": self.key,
            "spans": [{"start": s.start, "end": s.end} for s in self.spans],
        }


@dataclass(frozen=True, slots=True)
class Figure:
    """A number stated: value, unit, what it measures and for which period, with its place in the source."""

    text: str
    value: float
    unit: str
    measures: str | None
    period: str | None
    span: Span

    def to_json(self) -> dict[str, Any]:
        """The figure as plain data."""
        return {
            "text": self.text,
            "value": self.value,
            "unit": self.unit,
            "measures": self.measures,
            "period": self.period,
            "span": {"start": self.span.start, "end": self.span.end},
        }


@dataclass(frozen=True)
class Metadata:
    """What the document says about itself; dates are ISO, possibly partial ("2019-09")."""

    title: str | None = None
    kind: str | None = None
    issuer: str | None = None
    number: str | None = None
    place: str | None = None
    date: str | None = None
    period: str | None = None
    signer: str | None = None
    province: str | None = None

    def to_json(self) -> dict[str, str | None]:
        """The metadata under the names of the contract."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True)
class DocumentRecord:
    """One document as read."""

    id: str
    sha256: str
    filename: str
    text: str
    extracted: bool
    pages: int | None
    repairs: Mapping[str, int]
    quality: float
    metadata: Metadata
    references: tuple[Reference, ...]
    figures: tuple[Figure, ...]

    def to_json(self) -> dict[str, Any]:
        """The document under the names of the contract; `text` is null where the file itself holds it."""
        return {
            "id": self.id,
            "sha256": self.sha256,
            "filename": self.filename,
            "text": self.text if self.extracted else None,
            "pages": self.pages,
            "repairs": dict(self.repairs),
            "quality": round(self.quality, 3),
            "metadata": self.metadata.to_json(),
            "references": [r.to_json() for r in self.references],
            "figures": [f.to_json() for f in self.figures],
        }


@dataclass(frozen=True)
class ReportResult:
    """A document and its findings in the order of the text."""

    document: DocumentRecord
    findings: tuple[Finding, ...] = field(default_factory=tuple)

    def to_json(self) -> list[dict[str, Any]]:
        """The lines of the contract: the document first, then one object a finding."""
        return [{"document": self.document.to_json()}, *({"finding": f.to_json()} for f in self.findings)]


def finding_id(sha256: str, kind: str, span: Span) -> str:
    """Stable id of a finding: a digest of the document's digest, the kind and the span.

    Parameters: `sha256` of the document, hex; `kind`; `span` in the text as given. Returns 16 hex characters with the
    prefix "f". A second extraction of the same document gives the same id, so what people decided about it is kept.
    """
    digest = hashlib.sha256(f"{sha256}|{kind}|{span.start}|{span.end}".encode()).hexdigest()
    return f"f{digest[:16]}"
