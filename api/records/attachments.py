"""Files that belong to petitions: kept once by content, opened with a trace."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.records.audit import Actor
from api.records.audit import record as audit
from api.records.petitions import Attachment, Petition
from api.records.report_store import keep_file
from api.records.reports import StoredFile
from nlp.text import LangNgheError


def attach(session: Session, petition: Petition, data: bytes, filename: str, actor: Actor) -> Attachment:
    """Keep a file with a petition; the same content again is the same attachment.

    Raises
    ------
    LangNgheError
        `file_empty`.
    """
    if not data:
        raise LangNgheError("file_empty", "Tệp không có nội dung.")
    digest = keep_file(session, data)
    same = select(Attachment).where(Attachment.petition_num == petition.num, Attachment.sha256 == digest)
    known = session.scalar(same)
    if known is not None:
        return known
    media = filename.rsplit(".", 1)[-1].lower()[:16] if "." in filename else ""
    made = Attachment(petition_num=petition.num, sha256=digest, filename=filename[-300:], media=media)
    session.add(made)
    session.flush()
    audit(session, actor, "petition.attach", "petition", petition.id, file=made.id, size=len(data))
    return made


def attachments(session: Session, petition: Petition) -> list[tuple[Attachment, int]]:
    """The files of a petition in the order they came, each with its size in bytes."""
    rows = (
        select(Attachment, StoredFile.size)
        .join(StoredFile, StoredFile.sha256 == Attachment.sha256)
        .where(Attachment.petition_num == petition.num)
        .order_by(Attachment.id)
    )
    return [(row[0], row[1]) for row in session.execute(rows)]


def open_attachment(session: Session, petition: Petition, attachment_id: int, actor: Actor) -> tuple[str, bytes]:
    """Name and bytes of a file as it was handed in; it may name people, so who opens it stays in the audit.

    Raises
    ------
    LangNgheError
        `not_found` for a file of another petition or none.
    """
    kept = session.get(Attachment, attachment_id)
    stored = session.get(StoredFile, kept.sha256) if kept and kept.petition_num == petition.num else None
    if kept is None or stored is None:
        raise LangNgheError("not_found", "Không có tệp này.")
    audit(session, actor, "petition.file", "petition", petition.id, file=kept.id)
    return kept.filename, stored.data
