"""The audit: append-only entries chained by SHA-256, and the check that the chain is whole."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.records.base import now
from api.records.counters import current, next_value
from api.records.operations import AuditEntry

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: an account, or a part of the program (`id` None)."""

    id: int | None
    name: str


SYSTEM = Actor(None, "hệ thống")


def digest_of(entry: AuditEntry) -> str:
    """SHA-256 over every column but the digest itself, in one canonical form."""
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    body = [entry.seq, at, entry.actor_id, entry.actor_name, entry.action, entry.object_type, entry.object_id,
            entry.detail, entry.previous]  # fmt: skip
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def record(
    session: Session, actor: Actor, action: str, object_type: str = "", object_id: str = "", **detail: Any
) -> AuditEntry:
    """Append an entry in the caller's transaction, so that what happened and its entry are stored together.

    `detail` carries codes, numbers and ids only: never the text of a petition and never a name from one.
    """
    seq = next_value(session, "audit")
    previous = session.scalar(select(AuditEntry.digest).where(AuditEntry.seq == seq - 1)) or GENESIS
    entry = AuditEntry(seq=seq, at=now(), actor_id=actor.id, actor_name=actor.name, action=action,
                       object_type=object_type, object_id=object_id, detail=detail, previous=previous)  # fmt: skip
    entry.digest = digest_of(entry)
    session.add(entry)
    session.flush()
    return entry


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """What a check of the chain found; `head` is the seal to note down elsewhere."""

    entries: int
    broken_at: int | None
    missing: int
    head: str
    last_at: datetime | None

    @property
    def whole(self) -> bool:
        """True when no entry was changed, left out or cut off the end."""
        return self.broken_at is None and self.missing == 0


def verify(session: Session) -> AuditCheck:
    """Walk the chain from its first entry; the running counter shows entries cut off at the end."""
    previous, expected, last_at = GENESIS, 1, None
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.seq).execution_options(yield_per=1000)):
        if entry.seq != expected or entry.previous != previous or entry.digest != digest_of(entry):
            return AuditCheck(expected - 1, entry.seq, 0, previous, last_at)
        previous, expected, last_at = entry.digest, expected + 1, entry.at
    count = expected - 1
    return AuditCheck(count, None, max(0, current(session, "audit") - count), previous, last_at)
