"""What pages ask for: who looks, and proof that a form came from our own page."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request

from api.http.deps import ServiceDep
from api.http.problems import ProblemError
from api.security.identify import identify
from api.security.roles import Principal


class SignInFirstError(Exception):
    """Nobody is signed in: the page is asked for again after signing in at `location`."""

    def __init__(self, location: str) -> None:
        super().__init__("sign in first")
        self.location = location


def page_principal(request: Request, service: ServiceDep) -> Principal:
    """Whoever looks at a page; nobody is sent to the sign-in page and brought back afterwards."""
    principal = identify(request, service)
    if principal is None or principal.via == "token":
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        raise SignInFirstError(
            "/login" + (f"?next={quote(target)}" if request.method == "GET" and target != "/" else "")
        )
    if principal.must_change_password and request.url.path not in ("/account", "/account/password", "/logout"):
        raise SignInFirstError("/account")
    request.state.user_id = principal.user_id
    return principal


Me = Annotated[Principal, Depends(page_principal)]


async def from_our_page(request: Request, me: Me) -> Principal:
    """Whoever sends a form, after checking that the form carries their own token.

    Raises
    ------
    ProblemError
        `csrf_failed`.
    """
    sent = request.headers.get("X-CSRF-Token", "")
    if not sent and request.headers.get("content-type", "").startswith(
        ("application/x-www-form-urlencoded", "multipart/form-data")
    ):
        value = (await request.form()).get("csrf", "")
        sent = value if isinstance(value, str) else ""
    if not me.csrf or not hmac.compare_digest(sent.encode(), me.csrf.encode()):
        raise ProblemError(
            "csrf_failed", "Trang đã cũ hoặc yêu cầu không đến từ trang của hệ thống. Hãy tải lại trang."
        )
    return me


Sender = Annotated[Principal, Depends(from_our_page)]


def page_needs(*permissions: str) -> Callable[[Principal], Principal]:
    """A dependency for pages that only holders of these permissions may see."""

    def check(me: Me) -> Principal:
        return allowed(me, *permissions)

    check.permissions = permissions  # type: ignore[attr-defined]
    return check


def form_needs(*permissions: str) -> Callable[[Principal], Principal]:
    """A dependency for forms that only holders of these permissions may send."""

    def check(me: Sender) -> Principal:
        return allowed(me, *permissions)

    check.permissions = permissions  # type: ignore[attr-defined]
    return check


def allowed(me: Principal, *permissions: str) -> Principal:
    """The same person, or `forbidden`."""
    if not all(me.may(p) for p in permissions):
        raise ProblemError("forbidden", "Tài khoản của bạn không có quyền xem hoặc làm việc này.")
    return me
