"""Who makes a request: a signed-in browser, a program with a token, or the operator at the machine itself."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from fastapi import Request

from api.security.roles import PERMISSIONS, ROLES, Principal

if TYPE_CHECKING:
    from api.http.service import Service

LOCAL_NAME = "Người dùng tại máy"


def identify(request: Request, service: Service) -> Principal | None:
    """The principal behind a request, or None.

    Without accounts whoever reaches the loopback port is the operator. Their browser still carries a CSRF token made
    from the instance's own secret, so the same forms work in both modes.
    """
    if not service.settings.accounts:
        return Principal(None, LOCAL_NAME, frozenset(ROLES), frozenset(PERMISSIONS), "local", local_csrf(service))
    return None


def local_csrf(service: Service) -> str:
    """The form token of an instance without accounts; new at every start."""
    secret: bytes = service.secret
    return hmac.new(secret, b"csrf-local", hashlib.sha256).hexdigest()
