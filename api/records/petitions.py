"""Tables of petitions: the register line, the machine's analyses, the clerk's decisions beside them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from api.records.base import LAST, Base, PublicId, UtcTime, new_id, now


class Petition(Base):
    """One petition of the register.

    `type`, `urgency` and the rows of `petition_fields` are what counts today: the clerk's decision where there is one,
    else the newest analysis. They are derived, so that lists and statistics need no join; the evidence stays in
    `analyses` and `decisions`. `exact` and `folded` are the searchable words with and without accents.
    """

    __tablename__ = "petitions"

    num: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(PublicId, unique=True, default=new_id)
    register_year: Mapped[int]
    register_seq: Mapped[int]
    received_at: Mapped[date]
    channel: Mapped[str] = mapped_column(String(32), default="other")
    external_id: Mapped[str | None] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(200), default="")
    text: Mapped[str] = mapped_column(Text, sort_order=LAST)
    text_sha256: Mapped[str] = mapped_column(String(64), index=True)
    exact: Mapped[str] = mapped_column(Text, default="", deferred=True, sort_order=LAST)
    folded: Mapped[str] = mapped_column(Text, default="", deferred=True, sort_order=LAST)
    province: Mapped[str | None] = mapped_column(String(80))
    commune: Mapped[str | None] = mapped_column(String(120))
    status: Mapped[str] = mapped_column(String(24), default="new")
    type: Mapped[str] = mapped_column(String(32), default="kien_nghi_phan_anh")
    urgency: Mapped[str] = mapped_column(String(16), default="thuong")
    urgency_rank: Mapped[int] = mapped_column(default=0)
    machine_urgency_rank: Mapped[int] = mapped_column(default=0)
    needs_review: Mapped[bool] = mapped_column(default=False)
    confidential: Mapped[bool] = mapped_column(default=False)
    due_on: Mapped[date | None]
    unit: Mapped[str | None] = mapped_column(String(200))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcTime, default=now, onupdate=now)
    version: Mapped[int] = mapped_column(default=1)

    fields: Mapped[list[PetitionField]] = relationship(cascade="all, delete-orphan", lazy="selectin",
                                                       order_by="PetitionField.position")  # fmt: skip
    analyses: Mapped[list[Analysis]] = relationship(order_by="Analysis.seq", lazy="select")
    decisions: Mapped[list[Decision]] = relationship(order_by="Decision.seq", lazy="select")
    assignments: Mapped[list[Assignment]] = relationship(cascade="all, delete-orphan", lazy="select")
    parties: Mapped[list[Party]] = relationship(cascade="all, delete-orphan", lazy="select")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("register_year", "register_seq"),
        Index("ix_petitions_review", "status", "needs_review", "num"),
        Index("ix_petitions_external", "channel", "external_id"),
    )

    @property
    def register_number(self) -> str:
        """The number of the register as people say it: running number / year."""
        return f"{self.register_seq}/{self.register_year}"


class PetitionField(Base):
    """A field (or sub-field) that counts for a petition today."""

    __tablename__ = "petition_fields"

    petition_num: Mapped[int] = mapped_column(ForeignKey("petitions.num"), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    parent: Mapped[str | None] = mapped_column(String(40))
    position: Mapped[int] = mapped_column(default=0)


class Analysis(Base):
    """What a model said about a petition, exactly as it said it; never changed, only followed by a newer one."""

    __tablename__ = "analyses"

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_num: Mapped[int] = mapped_column(ForeignKey("petitions.num"))
    seq: Mapped[int]
    result: Mapped[dict[str, Any]]
    model_name: Mapped[str] = mapped_column(String(120), default="")
    model_version: Mapped[str] = mapped_column(String(120), default="", index=True)
    taxonomy: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now)

    __table_args__ = (UniqueConstraint("petition_num", "seq"),)


class Decision(Base):
    """What a person decided about the labels of a petition; an undo is a decision too, nothing is erased."""

    __tablename__ = "decisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_num: Mapped[int] = mapped_column(ForeignKey("petitions.num"))
    seq: Mapped[int]
    action: Mapped[str] = mapped_column(String(16))
    analysis_id: Mapped[int | None] = mapped_column(ForeignKey("analyses.id"))
    undoes: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    labels: Mapped[dict[str, Any]]
    status_before: Mapped[str] = mapped_column(String(24))
    note: Mapped[str] = mapped_column(Text, default="")
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor_name: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime] = mapped_column(UtcTime, default=now)

    __table_args__ = (UniqueConstraint("petition_num", "seq"),)


class LabelFeedback(Base):
    """One label on which machine and clerk agreed or not; `decision_id` is the decision that counts today."""

    __tablename__ = "label_feedback"

    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"), primary_key=True)
    task: Mapped[str] = mapped_column(String(16), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    petition_num: Mapped[int] = mapped_column(ForeignKey("petitions.num"), index=True)
    machine: Mapped[bool]
    clerk: Mapped[bool]
    model_version: Mapped[str] = mapped_column(String(120), default="")
    at: Mapped[datetime] = mapped_column(UtcTime, default=now, index=True)


class Assignment(Base):
    """A person who works on a petition; only they see a denunciation."""

    __tablename__ = "assignments"

    petition_num: Mapped[int] = mapped_column(ForeignKey("petitions.num"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class Party(Base):
    """A person or body named in a petition; shown only on an explicit step that the audit keeps."""

    __tablename__ = "parties"

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_num: Mapped[int] = mapped_column(ForeignKey("petitions.num"), index=True)
    role: Mapped[str] = mapped_column(String(24), default="petitioner")
    name: Mapped[str] = mapped_column(String(300), default="")
    name_key: Mapped[str] = mapped_column(String(300), default="", index=True)
    address: Mapped[str] = mapped_column(String(500), default="")
    contact: Mapped[str] = mapped_column(String(200), default="")
    start: Mapped[int | None]
    end: Mapped[int | None]


class PetitionEvent(Base):
    """A change of a register line other than its labels: status, assignment, unit, due date."""

    __tablename__ = "petition_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_num: Mapped[int] = mapped_column(ForeignKey("petitions.num"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    detail: Mapped[dict[str, Any]]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor_name: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime] = mapped_column(UtcTime, default=now)


class PetitionLink(Base):
    """Two petitions that look alike: same matter sent again, or near-identical text from different people."""

    __tablename__ = "petition_links"

    petition_num: Mapped[int] = mapped_column(ForeignKey("petitions.num"), primary_key=True)
    other_num: Mapped[int] = mapped_column(ForeignKey("petitions.num"), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(String(24))
    score: Mapped[float] = mapped_column(default=0.0)
    state: Mapped[str] = mapped_column(String(16), default="proposed")
    at: Mapped[datetime] = mapped_column(UtcTime, default=now)


class PetitionBand(Base):
    """A band of a petition's MinHash signature: equal bands are candidates for a near-identical text."""

    __tablename__ = "petition_bands"

    value: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    petition_num: Mapped[int] = mapped_column(ForeignKey("petitions.num"), primary_key=True, index=True)

    __table_args__ = {"sqlite_with_rowid": False}


class Attachment(Base):
    """A file that belongs to a petition."""

    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_num: Mapped[int] = mapped_column(ForeignKey("petitions.num"), index=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("files.sha256"))
    filename: Mapped[str] = mapped_column(String(300))
    media: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
