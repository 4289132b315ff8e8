"""Tables that keep the service itself: audit, jobs, imports, saved searches, idempotency, counters."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.records.base import Base, PublicId, UtcTime, new_id, now


class AuditEntry(Base):
    """Who saw or changed what, chained by SHA-256 so that a later change of any entry shows."""

    __tablename__ = "audit"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor_name: Mapped[str] = mapped_column(String(200), default="")
    action: Mapped[str] = mapped_column(String(48))
    object_type: Mapped[str] = mapped_column(String(24), default="")
    object_id: Mapped[str] = mapped_column(String(80), default="")
    detail: Mapped[dict[str, Any]]
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))

    __table_args__ = (Index("ix_audit_object", "object_type", "object_id"), Index("ix_audit_at", "at"))


class Job(Base):
    """Long work whose whole state is in the database: it survives a restart and can be cancelled."""

    __tablename__ = "jobs"

    id: Mapped[str] = mapped_column(PublicId, primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(16), default="queued")
    payload: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any] | None]
    error: Mapped[dict[str, Any] | None]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    cancel: Mapped[bool] = mapped_column(default=False)
    worker: Mapped[str] = mapped_column(String(64), default="")
    lease_until: Mapped[datetime | None] = mapped_column(UtcTime)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    started_at: Mapped[datetime | None] = mapped_column(UtcTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcTime)

    __table_args__ = (Index("ix_jobs_state", "state", "created_at"),)


class JobFile(Base):
    """The input of a job, kept until it has finished."""

    __tablename__ = "job_files"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"), primary_key=True)
    filename: Mapped[str] = mapped_column(String(300))
    data: Mapped[bytes] = mapped_column(LargeBinary)


class ImportRow(Base):
    """One row of a bulk import that has been dealt with; its key makes a repeated import harmless."""

    __tablename__ = "import_rows"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    outcome: Mapped[str] = mapped_column(String(16))
    petition_id: Mapped[str | None] = mapped_column(PublicId)
    error: Mapped[dict[str, Any] | None]


class ImportKey(Base):
    """The key of a row that was imported once: the same row is never stored twice, whatever file it comes in."""

    __tablename__ = "import_keys"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    petition_id: Mapped[str] = mapped_column(PublicId)


class SavedSearch(Base):
    """A search of the register or of the findings that a person keeps under a name."""

    __tablename__ = "saved_searches"

    id: Mapped[str] = mapped_column(PublicId, primary_key=True, default=new_id)
    user_id: Mapped[int] = mapped_column(index=True)
    place: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(120))
    query: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now)

    __table_args__ = (UniqueConstraint("user_id", "place", "name"),)


class IdempotencyKey(Base):
    """An answered request that carried an Idempotency-Key: the same key and body gets the same answer."""

    __tablename__ = "idempotency_keys"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    request_digest: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None]
    headers: Mapped[dict[str, Any]]
    body: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now, index=True)


class Counter(Base):
    """A running number, such as the register's for a year."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(String(48), primary_key=True)
    value: Mapped[int] = mapped_column(default=0)


class Note(Base):
    """A small fact the instance keeps about itself, such as which rules are in force."""

    __tablename__ = "notes"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime] = mapped_column(UtcTime, default=now, onupdate=now)
