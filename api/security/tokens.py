"""Keys for programs: shown once, kept as digests, limited to scopes, ended by date or by hand."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from api.records.accounts import ApiToken, User
from api.records.audit import Actor
from api.records.audit import record as audit
from api.records.base import now
from api.security.roles import PERMISSIONS
from nlp.text import LangNgheError

PREFIX = "lngh_"
LONGEST_DAYS = 366


class TokenError(LangNgheError):
    """A token that cannot be made."""


def make_token(
    session: Session, user: User, name: str, scopes: Iterable[str], actor: Actor, days: int = 90
) -> tuple[ApiToken, str]:
    """Make a token for an account.

    Parameters
    ----------
    scopes : iterable of str
        Permissions that the token may use; it never may more than its account.
    days : int
        How long it lives, 1 to 366.

    Returns
    -------
    token : ApiToken
    secret : str
        What the program sends; it cannot be shown again.

    Raises
    ------
    TokenError
        `scope_unknown`.
    """
    wanted = sorted(set(scopes))
    if not wanted or not set(wanted) <= set(PERMISSIONS):
        raise TokenError("scope_unknown", "Phạm vi của khóa phải thuộc danh mục quyền.")
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(user_id=user.id, name=name.strip()[:120], hint=secret[: len(PREFIX) + 4], digest=_digest(secret),
                     scopes=wanted, expires_at=now() + timedelta(days=max(1, min(days, LONGEST_DAYS))))  # fmt: skip
    session.add(token)
    session.flush()
    audit(session, actor, "token.create", "token", str(token.id), scopes=wanted)
    return token, secret


def find_token(session: Session, secret: str) -> tuple[ApiToken, User] | None:
    """The live token and its account."""
    found = session.execute(
        select(ApiToken, User).join(User, User.id == ApiToken.user_id).where(ApiToken.digest == _digest(secret))
    ).first()
    if found is None:
        return None
    token, user = found[0], found[1]
    ended = token.revoked_at is not None or (token.expires_at is not None and token.expires_at <= now())
    return None if ended or not user.active else (token, user)


def used_long_ago(token: ApiToken, moment: datetime) -> bool:
    """True when it is time to note that the token is in use."""
    return token.last_used_at is None or moment - token.last_used_at > timedelta(minutes=5)


def note_used(session: Session, token_id: int) -> None:
    """Note that a token is in use."""
    session.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=now()))


def revoke(session: Session, token: ApiToken, actor: Actor) -> None:
    """End a token."""
    if token.revoked_at is None:
        token.revoked_at = now()
        audit(session, actor, "token.revoke", "token", str(token.id))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
