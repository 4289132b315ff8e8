"""Pages of signing in and out, and of one's own account."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy import select

from api.console.deps import Me, Sender
from api.console.rendering import page
from api.http.deps import ServiceDep, actor_of
from api.records.accounts import ApiToken, User
from api.records.audit import record as audit
from api.security import accounts, sessions, tokens
from api.security.identify import cookie_name, identify, is_secure
from api.security.roles import PERMISSIONS, ROLES, Principal, permissions_of
from nlp.text import LangNgheError

router = APIRouter()


def safe_next(target: str) -> str:
    """Where to go after signing in: a path of this site, never another site."""
    parts = urlsplit(target)
    inside = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return target if inside and parts.path not in ("/login", "/logout") else "/"


@router.get("/login")
def show(request: Request, service: ServiceDep, next: str = "/") -> Response:
    """The sign-in form."""
    if identify(request, service):
        return RedirectResponse(safe_next(next), 303)
    return page(request, "login.html", None, next=safe_next(next), username="", trouble="")


@router.post("/login")
def sign_in(
    request: Request, service: ServiceDep, username: Annotated[str, Form(max_length=100)] = "",
    password: Annotated[str, Form(max_length=1000)] = "", next: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:  # fmt: skip
    """Check name and password; every failure looks and takes the same."""
    settings, trouble, cookie = service.settings, "", ""
    client = request.client.host if request.client else ""
    if service.sign_in_throttle.wait(client):
        trouble = "Quá nhiều lần đăng nhập từ máy này; hãy chờ một phút."
    else:
        try:
            limits = {"lockout_after": settings.lockout_after, "lockout_minutes": settings.lockout_minutes}
            cookie = accounts.sign_in(service.records, username, password, hours=settings.session_hours, **limits)
        except accounts.SignInError as error:
            trouble = error.message
    if trouble:
        return page(request, "login.html", None, status=401, next=safe_next(next), username=username[:40],
                    trouble=trouble)  # fmt: skip
    response = RedirectResponse(safe_next(next), 303)
    secure = is_secure(request, service)
    response.set_cookie(cookie_name(secure), cookie, max_age=settings.session_hours * 3600, path="/", secure=secure,
                        httponly=True, samesite="strict")  # fmt: skip
    return response


@router.get("/session")
def still_signed_in(request: Request, service: ServiceDep) -> Response:
    """Whether the session lasts and the token that forms carry now: asked before a form is sent, so none is lost."""
    me = identify(request, service)
    if me is None or me.via == "token":
        return JSONResponse({}, 401)
    return JSONResponse({"csrf": me.csrf})


@router.post("/logout")
def sign_out(request: Request, service: ServiceDep, me: Sender) -> Response:
    """End this session."""
    secure = is_secure(request, service)
    with service.records.write() as session:
        sessions.close_session(session, request.cookies.get(cookie_name(secure), ""))
        audit(session, actor_of(me), "user.logout", "user", me.name)
    response = RedirectResponse("/login", 303)
    response.delete_cookie(cookie_name(secure), path="/", secure=secure, httponly=True, samesite="strict")
    return response


@router.get("/account")
def account(request: Request, service: ServiceDep, me: Me) -> Response:
    """One's own account: roles, password, keys for programs."""
    return _account(request, service, me)


def _account(request: Request, service: Any, me: Principal, trouble: str = "", done: str = "", secret: str = "",
             status: int = 200) -> Response:  # fmt: skip
    with service.records.read() as session:
        rows = select(ApiToken).where(ApiToken.user_id == me.user_id, ApiToken.revoked_at.is_(None))
        own = list(session.scalars(rows.order_by(ApiToken.id.desc())))
    scopes = {p: PERMISSIONS[p] for p in PERMISSIONS if p in permissions_of(me.roles)}
    return page(request, "account.html", me, status=status, tokens=own, scopes=scopes, trouble=trouble, done=done,
                secret=secret, roles=[ROLES[r].name for r in sorted(me.roles) if r in ROLES])  # fmt: skip


@router.post("/account/password")
def change_password(
    request: Request, service: ServiceDep, me: Sender, old: Annotated[str, Form(max_length=1000)] = "",
    new: Annotated[str, Form(max_length=1000)] = "", again: Annotated[str, Form(max_length=1000)] = "",
) -> Response:  # fmt: skip
    """Change one's password; this browser stays signed in, all others are signed out."""
    if new != again:
        return _account(request, service, me, trouble="Hai lần nhập mật khẩu mới không giống nhau.", status=422)
    try:
        with service.records.write() as session:
            user = session.get(User, me.user_id)
            if user is None:
                raise accounts.AccountError("account_missing", "Chỉ tài khoản mới có mật khẩu.")
            accounts.change_password(session, user, old, new)
            cookie, _ = sessions.open_session(session, user, service.settings.session_hours)
    except LangNgheError as error:
        return _account(request, service, me, trouble=error.message, status=422)
    secure = is_secure(request, service)
    response = RedirectResponse("/", 303)
    response.set_cookie(cookie_name(secure), cookie, max_age=service.settings.session_hours * 3600, path="/",
                        secure=secure, httponly=True, samesite="strict")  # fmt: skip
    return response


@router.post("/account/tokens")
def make_token(
    request: Request, service: ServiceDep, me: Sender, name: Annotated[str, Form(max_length=120)] = "",
    scope: Annotated[list[str], Form()] = [], days: Annotated[int, Form(ge=1, le=366)] = 90,  # noqa: B006
) -> Response:  # fmt: skip
    """Make a key for a program and show it once."""
    try:
        with service.records.write() as session:
            user = session.get(User, me.user_id)
            if user is None or not set(scope) <= permissions_of(me.roles):
                raise tokens.TokenError("scope_unknown", "Chỉ cấp được những quyền mà chính bạn có.")
            _, secret = tokens.make_token(session, user, name or "Khóa", scope, actor_of(me), days)
    except LangNgheError as error:
        return _account(request, service, me, trouble=error.message, status=422)
    return _account(request, service, me, secret=secret)


@router.post("/account/tokens/{token_id}/revoke")
def revoke(request: Request, service: ServiceDep, me: Sender, token_id: int) -> Response:
    """End one of one's own keys."""
    with service.records.write() as session:
        token = session.get(ApiToken, token_id)
        if token is not None and token.user_id == me.user_id:
            tokens.revoke(session, token, actor_of(me))
    return RedirectResponse("/account", 303)
