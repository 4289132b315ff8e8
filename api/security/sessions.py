"""Signed-in browsers: a random cookie whose digest is stored, with an end and an idle limit."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from api.records.accounts import LoginSession, User
from api.records.base import now

SEEN_EVERY = timedelta(minutes=1)


def open_session(session: Session, user: User, hours: int) -> tuple[str, LoginSession]:
    """Start a session and return its cookie value, known to the browser alone; ended ones are swept out."""
    session.execute(delete(LoginSession).where(LoginSession.expires_at < now()))
    cookie = secrets.token_urlsafe(32)
    row = LoginSession(
        digest=_digest(cookie), user_id=user.id, csrf=secrets.token_hex(32), expires_at=now() + timedelta(hours=hours)
    )
    session.add(row)
    session.flush()
    return cookie, row


def find_session(session: Session, cookie: str, idle_minutes: int) -> tuple[LoginSession, User] | None:
    """The live session and account behind a cookie."""
    found = session.execute(
        select(LoginSession, User)
        .join(User, User.id == LoginSession.user_id)
        .where(LoginSession.digest == _digest(cookie))
    ).first()
    if found is None:
        return None
    row, user = found[0], found[1]
    moment = now()
    if row.expires_at <= moment or row.seen_at + timedelta(minutes=idle_minutes) <= moment or not user.active:
        return None
    return row, user


def seen_long_ago(row: LoginSession, moment: datetime) -> bool:
    """True when it is time to note that the session is in use; not at every request, to spare the writer."""
    return moment - row.seen_at > SEEN_EVERY


def note_seen(session: Session, digest: str) -> None:
    """Note that a session is in use."""
    session.execute(update(LoginSession).where(LoginSession.digest == digest).values(seen_at=now()))


def close_session(session: Session, cookie: str) -> None:
    """End a session."""
    session.execute(delete(LoginSession).where(LoginSession.digest == _digest(cookie)))


def _digest(cookie: str) -> str:
    return hashlib.sha256(cookie.encode("utf-8", "replace")).hexdigest()
