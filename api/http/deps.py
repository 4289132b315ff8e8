"""What routes ask for, as annotated types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Header, Request

from api.http.problems import ProblemError
from api.http.service import Service
from api.records.audit import Actor
from api.records.petition_register import Viewer
from api.security.identify import identify
from api.security.roles import Principal


def service_of(request: Request) -> Service:
    """The application's parts."""
    service: Service = request.app.state.service
    return service


ServiceDep = Annotated[Service, Depends(service_of)]


def principal_of(request: Request, service: ServiceDep) -> Principal:
    """Whoever is asking; nobody is an error."""
    principal = identify(request, service)
    if principal is None:
        raise ProblemError("signed_out", "Cần đăng nhập hoặc gửi khóa truy cập (Authorization: Bearer …).")
    request.state.user_id = principal.user_id
    return principal


PrincipalDep = Annotated[Principal, Depends(principal_of)]
"""Whoever is signed in, also with a one-time password that is still to be changed."""


def needs(*permissions: str) -> Callable[[Principal], Principal]:
    """A dependency that lets only holders of every one of these permissions pass."""

    def check(principal: PrincipalDep) -> Principal:
        if principal.must_change_password:
            raise ProblemError("password_must_change", "Hãy đăng nhập trên trang web và đổi mật khẩu tạm trước.")
        if not all(principal.may(p) for p in permissions):
            raise ProblemError("forbidden", "Tài khoản của bạn không có quyền làm việc này.")
        return principal

    check.permissions = permissions  # type: ignore[attr-defined]
    return check


Member = Annotated[Principal, Depends(needs())]
"""Any signed-in person, for what is their own."""


def actor_of(principal: Principal) -> Actor:
    """The person as the records name them."""
    return Actor(principal.user_id, principal.label)


def viewer_of(principal: Principal) -> Viewer:
    """The person as the register knows them."""
    return Viewer(principal.user_id, principal.sees_all)


def expected_version(if_match: str | None) -> int:
    """The version that an edit starts from, out of an If-Match header.

    Raises
    ------
    ProblemError
        `if_match_required` when absent; `edited_meanwhile` when it is no version of ours.
    """
    if not if_match:
        raise ProblemError("if_match_required", 'Gửi kèm If-Match với ETag đã nhận, ví dụ If-Match: "3".')
    value = if_match.strip().removeprefix("W/").strip('"')
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        raise ProblemError("edited_meanwhile", "Phiên bản gửi kèm không còn đúng; hãy tải lại rồi sửa.")
    return int(value)


IfMatch = Annotated[str | None, Header(alias="If-Match", description="ETag đã nhận khi đọc", max_length=200)]


def same_version(current: int, if_match: str | None) -> None:
    """Refuse an edit that starts from an older version than the stored one."""
    if expected_version(if_match) != current:
        raise ProblemError("edited_meanwhile", "Người khác vừa thay đổi; hãy tải lại để xem bản mới rồi sửa tiếp.")


def etag(version: int) -> str:
    """The ETag of a version."""
    return f'"{version}"'
