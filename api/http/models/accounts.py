"""Shapes of accounts and keys."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, StrictBool, StringConstraints

from api.http.models.common import Input, Output, ShortText, Storable
from api.security.roles import PERMISSIONS, ROLES

if TYPE_CHECKING:
    RoleCode = str
    Scope = str
else:  # the codes are data, so the type is made of them when the program runs
    RoleCode = Literal[tuple(ROLES)]
    Scope = Literal[tuple(PERMISSIONS)]


class MeBody(Output):
    """Whoever is asking, and what they may do."""

    username: str
    display_name: str
    roles: list[str]
    permissions: list[str]
    via: str


class UserBody(Output):
    """An account."""

    username: str
    display_name: str
    unit: str
    roles: list[str]
    active: bool
    locked: bool
    last_login_at: datetime | None
    version: int


class UserList(Output):
    """All accounts."""

    items: list[UserBody]


class UserCreate(Input):
    """An account to make; it gets a one-time password."""

    username: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9._-]{1,39}$")]
    roles: Annotated[list[RoleCode], Field(min_length=1, max_length=10)]
    display_name: Annotated[Storable, Field(max_length=200)] = ""
    unit: Annotated[Storable, Field(max_length=200)] = ""


class UserCreated(UserBody):
    """A new account with the password to hand over; it is shown this once."""

    one_time_password: str


class UserChange(Input):
    """A change of an account."""

    roles: Annotated[list[RoleCode], Field(min_length=1, max_length=10)] | None = None
    active: StrictBool | None = None
    display_name: Annotated[Storable, Field(max_length=200)] | None = None
    unit: Annotated[Storable, Field(max_length=200)] | None = None


class TokenCreate(Input):
    """A key to make for oneself."""

    name: Annotated[ShortText, Field(max_length=120, min_length=1)]
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=40)]
    days: Annotated[int, Field(ge=1, le=366)] = 90


class TokenBody(Output):
    """A key, without its secret."""

    id: int
    name: str
    hint: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class TokenCreated(TokenBody):
    """A new key with its secret; it is shown this once."""

    secret: str


class TokenList(Output):
    """One's own live keys."""

    items: list[TokenBody]


class AuditLine(Output):
    """An entry of the audit."""

    seq: int
    at: datetime
    actor_name: str
    action: str
    object_type: str
    object_id: str
    detail: dict[str, object]


class AuditPage(Output):
    """A page of the audit, latest first."""

    items: list[AuditLine]
    next: str | None


class AuditState(Output):
    """Whether the chain is whole, and its seal to note down elsewhere."""

    entries: int
    whole: bool
    broken_at: int | None
    missing: int
    head: str
