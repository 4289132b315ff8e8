"""Who makes a request: a signed-in browser, a program with a token, or the operator at the machine itself."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

import structlog
from fastapi import Request

from api.records.accounts import User
from api.records.base import now
from api.records.engine import RecordsError
from api.security import sessions, tokens
from api.security.roles import PERMISSIONS, ROLES, Principal, permissions_of
from nlp.text import LangNgheError

if TYPE_CHECKING:
    from api.http.service import Service

LOCAL_NAME = "Người dùng tại máy"
log = structlog.get_logger("langnghe.security")


class TokenInvalidError(LangNgheError):
    """A token was sent that opens nothing."""

    def __init__(self) -> None:
        super().__init__("token_invalid", "Khóa truy cập sai, đã hết hạn hoặc đã bị thu hồi.")


def cookie_name(secure: bool) -> str:
    """The session cookie's name; over HTTPS the prefix binds it to this host."""
    return "__Host-langnghe" if secure else "langnghe"


def is_secure(request: Request, service: Service) -> bool:
    """True when the browser reached us by HTTPS, directly or through the office's proxy."""
    return service.settings.secure_cookies or request.url.scheme == "https"


def identify(request: Request, service: Service) -> Principal | None:
    """The principal behind a request, or None.

    Without accounts whoever reaches the loopback port is the operator. Their browser still carries a CSRF token made
    from the instance's own secret, so the same forms work in both modes. A request that carries a token is judged by
    the token alone.

    Raises
    ------
    TokenInvalidError
        When a token was sent that opens nothing.
    """
    if not service.settings.accounts:
        return Principal(None, LOCAL_NAME, frozenset(ROLES), frozenset(PERMISSIONS), "local", local_csrf(service))
    sent = request.headers.get("authorization", "")
    cookie = request.cookies.get(cookie_name(is_secure(request, service)))
    found = _by_token(sent, service) if sent else _by_cookie(cookie, service) if cookie else None
    if found is not None:
        service.throttle.know(sent or request.headers["cookie"], f"user:{found.user_id}")
    return found


def _by_token(header: str, service: Service) -> Principal:
    kind, _, secret = header.partition(" ")
    if kind.lower() != "bearer" or not secret:
        raise TokenInvalidError
    with service.records.read() as session:
        found = tokens.find_token(session, secret.strip())
    if found is None:
        raise TokenInvalidError
    token, user = found
    if tokens.used_long_ago(token, now()):
        _note(service, "token", token.id)
    allowed = permissions_of(user.role_codes) & frozenset(token.scopes)
    return _principal(user, allowed, "token", "")


def _by_cookie(cookie: str, service: Service) -> Principal | None:
    with service.records.read() as session:
        found = sessions.find_session(session, cookie, service.settings.session_idle_minutes)
    if found is None:
        return None
    row, user = found
    if sessions.seen_long_ago(row, now()):
        _note(service, "session", row.digest)
    return _principal(user, permissions_of(user.role_codes), "session", row.csrf)


def _principal(user: User, permissions: frozenset[str], via: str, csrf: str) -> Principal:
    return Principal(user.id, user.username, user.role_codes, permissions, via, csrf, user.must_change_password,
                     user.display_name)  # fmt: skip


def _note(service: Service, kind: str, key: int | str) -> None:
    # Being seen is worth noting, never worth failing a request or waiting for.
    try:
        with service.records.write() as session:
            if isinstance(key, int):
                tokens.note_used(session, key)
            else:
                sessions.note_seen(session, key)
    except RecordsError as error:
        log.warning("not_noted", what=kind, code=error.code)


def local_csrf(service: Service) -> str:
    """The form token of an instance without accounts; new at every start."""
    return hmac.new(service.secret, b"csrf-local", hashlib.sha256).hexdigest()
