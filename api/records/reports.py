"""Tables of reports: stored files, documents as read, their findings, links and reviews."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from api.records.base import LAST, Base, PublicId, UtcTime, new_id, now


class StoredFile(Base):
    """An uploaded file, kept in the database so that one backup holds everything."""

    __tablename__ = "files"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now)


class Report(Base):
    """A report as it was read: its text, pages and metadata; one row for one content."""

    __tablename__ = "reports"

    num: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(PublicId, unique=True, default=new_id)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    document_id: Mapped[str] = mapped_column(String(80), index=True)
    filename: Mapped[str] = mapped_column(String(300), default="")
    media: Mapped[str] = mapped_column(String(16), default="txt")
    text: Mapped[str] = mapped_column(Text, deferred=True, sort_order=LAST)
    pages: Mapped[list[Any]] = mapped_column(default=list, deferred=True, sort_order=LAST)
    document: Mapped[dict[str, Any]] = mapped_column(sort_order=LAST)
    title: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[str] = mapped_column(String(120), default="")
    issuer: Mapped[str] = mapped_column(String(300), default="")
    issuer_key: Mapped[str] = mapped_column(String(300), default="", index=True)
    number: Mapped[str] = mapped_column(String(120), default="")
    place: Mapped[str] = mapped_column(String(200), default="")
    date: Mapped[str] = mapped_column(String(10), default="")
    year: Mapped[int | None] = mapped_column(index=True)
    period: Mapped[str] = mapped_column(String(120), default="")
    province: Mapped[str] = mapped_column(String(80), default="")
    signer: Mapped[str] = mapped_column(String(200), default="")
    quality: Mapped[float] = mapped_column(default=1.0)
    extractor: Mapped[str] = mapped_column(String(120), default="")
    extraction: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcTime, default=now, onupdate=now)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Finding(Base):
    """One finding of a report, with its quote; its review belongs to the stable id and outlives re-extraction.

    `gone` marks a finding that the newest extraction no longer gives but that a person has reviewed. Columns from
    `issuer_key` on repeat the report's, so that a filtered search reads this table alone.
    """

    __tablename__ = "findings"

    num: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(80), unique=True)
    report_num: Mapped[int] = mapped_column(ForeignKey("reports.num"))
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(24))
    sort: Mapped[str | None] = mapped_column(String(24))
    text: Mapped[str] = mapped_column(Text, sort_order=LAST)
    start: Mapped[int]
    end: Mapped[int]
    quote: Mapped[str] = mapped_column(Text, sort_order=LAST)
    section: Mapped[list[Any]] = mapped_column(default=list)
    item: Mapped[dict[str, Any] | None]
    page: Mapped[int | None]
    detail: Mapped[dict[str, Any]] = mapped_column(sort_order=LAST)
    confidence: Mapped[float] = mapped_column(default=0.0)
    extractor: Mapped[str] = mapped_column(String(120), default="")
    review: Mapped[str] = mapped_column(String(16), default="proposed")
    edited_text: Mapped[str | None] = mapped_column(Text)
    edited_kind: Mapped[str | None] = mapped_column(String(24))
    edited_sort: Mapped[str | None] = mapped_column(String(24))
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    gone: Mapped[bool] = mapped_column(default=False)
    exact: Mapped[str] = mapped_column(Text, default="", deferred=True, sort_order=LAST)
    folded: Mapped[str] = mapped_column(Text, default="", deferred=True, sort_order=LAST)
    issuer_key: Mapped[str] = mapped_column(String(300), default="")
    province: Mapped[str] = mapped_column(String(80), default="")
    year: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcTime, default=now, onupdate=now)
    version: Mapped[int] = mapped_column(default=1)

    report: Mapped[Report] = relationship(lazy="joined", innerjoin=True)
    topics: Mapped[list[FindingTopic]] = relationship(cascade="all, delete-orphan", lazy="selectin")
    fields: Mapped[list[FindingField]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (Index("ix_findings_report", "report_num", "start"),)


class FindingTopic(Base):
    """A topic of a finding."""

    __tablename__ = "finding_topics"

    finding_num: Mapped[int] = mapped_column(ForeignKey("findings.num"), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)


class FindingField(Base):
    """A petition field that a finding is about."""

    __tablename__ = "finding_fields"

    finding_num: Mapped[int] = mapped_column(ForeignKey("findings.num"), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)


class FindingLink(Base):
    """A cause or a recommendation that belongs to a limitation; ids, because either end may be extracted again."""

    __tablename__ = "finding_links"

    from_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    to_id: Mapped[str] = mapped_column(String(80), primary_key=True, index=True)
    relation: Mapped[str] = mapped_column(String(24), primary_key=True)
    report_num: Mapped[int] = mapped_column(ForeignKey("reports.num"), index=True)
    how: Mapped[str] = mapped_column(String(24), default="")
    probability: Mapped[float] = mapped_column(default=0.0)


class Review(Base):
    """One step in the review of a finding; append-only."""

    __tablename__ = "reviews"

    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[str] = mapped_column(String(80), index=True)
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    note: Mapped[str] = mapped_column(Text, default="")
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor_name: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime] = mapped_column(UtcTime, default=now)


class BasketItem(Base):
    """A finding that a writer put into their basket, in the order they want it in the Word document."""

    __tablename__ = "basket_items"

    user_id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime] = mapped_column(UtcTime, default=now)
