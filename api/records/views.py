"""Who looked at a petition, for the audit."""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy import select

from api.records.audit import Actor
from api.records.audit import record as audit
from api.records.base import now
from api.records.engine import Records, RecordsError
from api.records.operations import AuditEntry

AGAIN = timedelta(minutes=30)
log = structlog.get_logger("langnghe.views")


def note_view(records: Records, actor: Actor, petition_id: str, *, confidential: bool) -> None:
    """Note that somebody looked at a petition: at a hidden one each time, at another once in half an hour.

    Raises
    ------
    RecordsError
        For a hidden petition, which nobody sees without a trace. Others can be read while the disk is full.
    """
    if not confidential and _noted(records, actor, petition_id):
        return
    try:
        with records.write() as session:
            audit(session, actor, "petition.view", "petition", petition_id)
    except RecordsError as error:
        if confidential:
            raise
        log.warning("view_not_noted", code=error.code)


def _noted(records: Records, actor: Actor, petition_id: str) -> bool:
    rows = select(AuditEntry.seq).where(
        AuditEntry.object_type == "petition", AuditEntry.object_id == petition_id, AuditEntry.action == "petition.view",
        AuditEntry.actor_id == actor.id, AuditEntry.at > now() - AGAIN,
    )  # fmt: skip
    with records.read() as session:
        return session.scalar(rows.limit(1)) is not None
