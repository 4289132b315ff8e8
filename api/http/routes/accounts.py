"""Routes of accounts, keys and the audit."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.http.deps import IfMatch, Member, PrincipalDep, ServiceDep, actor_of, etag, needs, same_version
from api.http.models.accounts import (
    AuditPage,
    AuditState,
    MeBody,
    TokenCreate,
    TokenCreated,
    TokenList,
    UserBody,
    UserChange,
    UserCreate,
    UserCreated,
    UserList,
)
from api.http.models.common import ShortText, problems
from api.http.problems import ProblemError
from api.records import cursors
from api.records.accounts import ApiToken, User
from api.records.audit import verify
from api.records.base import now
from api.records.operations import AuditEntry
from api.security import accounts, tokens
from api.security.roles import Principal, permissions_of

router = APIRouter(prefix="/v1", tags=["Tài khoản"])
Manager = Annotated[Principal, Depends(needs("user.manage"))]
Auditor = Annotated[Principal, Depends(needs("audit.read"))]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


def user_body(user: User) -> dict[str, Any]:
    """An account as the API and the console show it."""
    return {"username": user.username, "display_name": user.display_name, "unit": user.unit,
            "roles": sorted(user.role_codes), "active": user.active, "last_login_at": user.last_login_at,
            "locked": bool(user.locked_until and user.locked_until > now()), "version": user.version}  # fmt: skip


def find_account(session: Session, username: str) -> User:
    """The account of this name, or `not_found`."""
    user = accounts.find_user(session, username)
    if user is None:
        raise ProblemError("not_found", "Không có tài khoản này.")
    return user


@router.get("/me", summary="Tôi là ai, được làm gì", responses=problems())
def me(principal: PrincipalDep) -> MeBody:
    """Whoever is asking, and what they may do by this way in."""
    return MeBody(username=principal.name, display_name=principal.label, roles=sorted(principal.roles),
                  permissions=sorted(principal.permissions), via=principal.via)  # fmt: skip


@router.get("/users", summary="Các tài khoản", responses=problems())
def list_users(service: ServiceDep, _: Manager) -> UserList:
    """All accounts by name."""
    with service.records.read() as session:
        items = [user_body(u) for u in session.scalars(select(User).order_by(User.username))]
    return UserList.model_validate({"items": items})


@router.post("/users", summary="Tạo tài khoản", status_code=201, responses=problems(409))
def create_user(body: UserCreate, service: ServiceDep, principal: Manager) -> UserCreated:
    """Makes an account with a one-time password, which the answer shows this once."""
    with service.records.write() as session:
        user, password = accounts.create_user(session, body.username, body.roles, actor_of(principal),
                                              display_name=body.display_name, unit=body.unit)  # fmt: skip
        session.flush()
        answer = {**user_body(user), "one_time_password": password}
    return UserCreated.model_validate(answer)


@router.patch("/users/{username}", summary="Đổi vai trò, tên, đơn vị, trạng thái", responses=problems(404, 412, 428))
def change_user(
    username: ShortText, body: UserChange, service: ServiceDep, response: Response, principal: Manager,
    if_match: IfMatch = None,
) -> UserBody:  # fmt: skip
    """Changes what is given; the last administrator cannot be taken away."""
    with service.records.write() as session:
        user = find_account(session, username)
        same_version(user.version, if_match)
        if body.roles is not None:
            accounts.set_roles(session, user, body.roles, actor_of(principal))
        if body.active is not None:
            accounts.set_active(session, user, body.active, actor_of(principal))
        if body.display_name is not None:
            user.display_name = body.display_name
        if body.unit is not None:
            user.unit = body.unit
        session.flush()
        answer = user_body(user)
    response.headers["ETag"] = etag(answer["version"])
    return UserBody.model_validate(answer)


@router.post("/users/{username}/password", summary="Cấp mật khẩu dùng một lần", responses=problems(404))
def reset_password(username: ShortText, service: ServiceDep, principal: Manager) -> UserCreated:
    """Gives a one-time password and ends the account's sessions."""
    with service.records.write() as session:
        user = find_account(session, username)
        password = accounts.reset_password(session, user, actor_of(principal))
        session.flush()
        answer = {**user_body(user), "one_time_password": password}
    return UserCreated.model_validate(answer)


@router.get("/tokens", summary="Khóa của tôi", responses=problems())
def list_tokens(service: ServiceDep, principal: Member) -> TokenList:
    """One's own live keys, without their secrets."""
    with service.records.read() as session:
        rows = select(ApiToken).where(ApiToken.user_id == principal.user_id, ApiToken.revoked_at.is_(None))
        return TokenList.model_validate({"items": list(session.scalars(rows.order_by(ApiToken.id)))})


@router.post("/tokens", summary="Tạo khóa cho chương trình", status_code=201, responses=problems(409))
def make_token(body: TokenCreate, service: ServiceDep, principal: Member) -> TokenCreated:
    """Makes a key for oneself; a key never may more than whoever makes it."""
    if principal.user_id is None:
        raise ProblemError("conflict", "Bản chạy không có tài khoản thì không cần khóa.")
    if not set(body.scopes) <= permissions_of(principal.roles) or principal.via == "token":
        raise ProblemError("forbidden", "Chỉ cấp được những quyền mình có, khi đăng nhập bằng mật khẩu.")
    with service.records.write() as session:
        user = session.get_one(User, principal.user_id)
        token, secret = tokens.make_token(session, user, body.name, body.scopes, actor_of(principal), body.days)
        return TokenCreated.model_validate({**TokenList.model_validate({"items": [token]}).items[0].model_dump(),
                                            "secret": secret})  # fmt: skip


@router.delete("/tokens/{token_id}", summary="Thu hồi khóa", status_code=204, responses=problems(404))
def revoke_token(token_id: Number, service: ServiceDep, principal: Member) -> None:
    """Ends one of one's own keys."""
    with service.records.write() as session:
        token = session.get(ApiToken, token_id)
        if token is None or token.user_id != principal.user_id:
            raise ProblemError("not_found", "Không có khóa này.")
        tokens.revoke(session, token, actor_of(principal))


@router.get("/audit", summary="Nhật ký", responses=problems())
def read_audit(
    service: ServiceDep, _: Auditor, actor: Annotated[ShortText, Query()] = "",
    action: Annotated[ShortText, Query()] = "",
    object_id: Annotated[ShortText, Query()] = "", cursor: Annotated[str | None, Query(max_length=400)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> AuditPage:  # fmt: skip
    """Who saw or changed what, latest first."""
    rows = select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(limit + 1)
    for column, value in (
        (AuditEntry.actor_name, actor),
        (AuditEntry.action, action),
        (AuditEntry.object_id, object_id),
    ):
        if value:
            rows = rows.where(column == value)
    if cursor:
        rows = rows.where(AuditEntry.seq < cursors.decode(cursor, "audit", (int,))[0])
    with service.records.read() as session:
        found = list(session.scalars(rows))
    following = cursors.encode("audit", [found[limit - 1].seq]) if len(found) > limit else None
    return AuditPage.model_validate({"items": found[:limit], "next": following})


@router.get("/audit/check", summary="Kiểm tra chuỗi nhật ký", responses=problems())
def check_audit(service: ServiceDep, _: Auditor) -> AuditState:
    """Walks the whole chain; `head` is the seal to note down elsewhere."""
    with service.records.read() as session:
        found = verify(session)
    return AuditState(entries=found.entries, whole=found.whole, broken_at=found.broken_at, missing=found.missing,
                      head=found.head)  # fmt: skip
