"""Accounts: made, changed, signed in, locked; every step in the audit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from api.records.accounts import LoginSession, User, UserRole
from api.records.audit import SYSTEM, Actor
from api.records.audit import record as audit
from api.records.base import now
from api.records.engine import Records
from api.records.operations import AuditEntry
from api.security import passwords
from api.security.roles import ROLES
from api.security.sessions import open_session
from nlp.text import LangNgheError

USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")


class AccountError(LangNgheError):
    """A change of an account that cannot be made."""


class SignInError(LangNgheError):
    """A sign-in that failed; the message never tells which part was wrong."""


def find_user(session: Session, username: str) -> User | None:
    """The account of this name, whatever its case."""
    return session.scalar(select(User).where(User.username == username.strip().lower()))


def create_user(
    session: Session,
    username: str,
    roles: Iterable[str],
    actor: Actor,
    *,
    display_name: str = "",
    unit: str = "",
    password: str | None = None,
) -> tuple[User, str]:
    """Make an account.

    Returns
    -------
    user : User
    password : str
        The one-time password to hand over, or "" when a password was given.

    Raises
    ------
    AccountError
        `username_invalid`, `username_taken`, `role_unknown`.
    """
    name = username.strip().lower()
    if not USERNAME.fullmatch(name):
        raise AccountError(
            "username_invalid", "Tên đăng nhập gồm 2–40 chữ thường không dấu, số, dấu . _ - và bắt đầu bằng chữ."
        )
    if find_user(session, name):
        raise AccountError("username_taken", "Tên đăng nhập này đã có.")
    user = User(username=name, display_name=display_name.strip(), unit=unit.strip())
    user.roles = [UserRole(role=r) for r in _checked(roles)]
    session.add(user)
    session.flush()
    audit(session, actor, "user.create", "user", name, roles=sorted(user.role_codes))
    if password is not None:
        passwords.check_new(password, name)
        user.password_hash = passwords.digest(password)
        return user, ""
    return user, reset_password(session, user, actor)


def reset_password(session: Session, user: User, actor: Actor) -> str:
    """Give an account a one-time password, end its sessions, and return the password."""
    made = passwords.one_time()
    user.password_hash = passwords.digest(made)
    user.must_change_password = True
    user.failed_logins, user.locked_until = 0, None
    session.execute(delete(LoginSession).where(LoginSession.user_id == user.id))
    audit(session, actor, "user.reset_password", "user", user.username)
    return made


def change_password(session: Session, user: User, old: str, new: str) -> None:
    """Change one's own password; all other sessions end.

    Raises
    ------
    SignInError, passwords.PasswordError
        When the old one is wrong, or the new one is too weak or the same.
    """
    if not passwords.matches(user.password_hash, old):
        raise SignInError("login_failed", "Mật khẩu hiện tại không đúng.")
    if old == new:
        raise passwords.PasswordError("password_same", "Mật khẩu mới phải khác mật khẩu cũ.")
    passwords.check_new(new, user.username)
    user.password_hash = passwords.digest(new)
    user.must_change_password = False
    session.execute(delete(LoginSession).where(LoginSession.user_id == user.id))
    audit(session, Actor(user.id, user.display_name or user.username), "user.change_password", "user", user.username)


def set_roles(session: Session, user: User, roles: Iterable[str], actor: Actor) -> None:
    """Set the roles of an account; the last active administrator stays one.

    Raises
    ------
    AccountError
        `role_unknown` or `last_admin`.
    """
    wanted = set(_checked(roles))
    if "admin" in user.role_codes and "admin" not in wanted:
        _keep_one_admin(session, user)
    kept = {r.role: r for r in user.roles}
    user.roles = [kept.get(r) or UserRole(role=r) for r in sorted(wanted)]
    flag_modified(user, "display_name")  # roles live in their own table; the account counts as changed all the same
    audit(session, actor, "user.roles", "user", user.username, roles=sorted(wanted))


def set_active(session: Session, user: User, active: bool, actor: Actor) -> None:
    """Switch an account on or off; off ends its sessions at once."""
    if not active and "admin" in user.role_codes:
        _keep_one_admin(session, user)
    user.active = active
    if not active:
        session.execute(delete(LoginSession).where(LoginSession.user_id == user.id))
    audit(session, actor, "user.activate" if active else "user.deactivate", "user", user.username)


def sign_in(
    records: Records, username: str, password: str, *, lockout_after: int, lockout_minutes: int, hours: int
) -> str:
    """Check name and password and open a session.

    The password is checked between two transactions: argon2 is slow on purpose and must not hold the writer.

    Returns
    -------
    cookie : str
        What the browser is to keep.

    Raises
    ------
    SignInError
        `login_failed` for whatever was wrong, `locked_out` after too many tries; both take the same time.
    """
    moment = now()
    with records.read() as session:
        user = find_user(session, username)
    locked = bool(user and user.locked_until and user.locked_until > moment)
    stored = user.password_hash if user and user.active and not locked else ""
    right = passwords.matches(stored, password)
    if user is None:
        raise _failed()
    if locked and user.locked_until:
        minutes = max(1, round((user.locked_until - moment).total_seconds() / 60))
        raise SignInError("locked_out", f"Tài khoản tạm khóa vì nhập sai nhiều lần; thử lại sau {minutes} phút.")
    renewed = passwords.digest(password) if right and passwords.outdated(user.password_hash) else ""
    cookie = ""
    with records.write() as session:
        user = session.get_one(User, user.id)
        if right and user.active and user.password_hash == stored:
            user.failed_logins, user.locked_until, user.last_login_at = 0, None, moment
            user.password_hash = renewed or user.password_hash
            audit(session, Actor(user.id, user.display_name or user.username), "user.login", "user", user.username)
            cookie, _ = open_session(session, user, hours)
        else:
            _count_failure(session, user, lockout_after, moment + timedelta(minutes=lockout_minutes))
    if not cookie:
        raise _failed()
    return cookie


def _count_failure(session: Session, user: User, lockout_after: int, until: datetime) -> None:
    user.failed_logins += 1
    locked = user.failed_logins >= lockout_after
    if locked:
        user.failed_logins, user.locked_until = 0, until
    audit(session, SYSTEM, "user.locked" if locked else "user.login_failed", "user", user.username)


def _failed() -> SignInError:
    return SignInError("login_failed", "Tên đăng nhập hoặc mật khẩu không đúng.")


def first_admin(session: Session) -> str:
    """A fresh one-time password of the administrator as long as nobody has changed it, else "".

    Nothing readable is stored: an instance that starts before the password was changed simply makes a new one.
    """
    admin = find_user(session, "admin")
    if admin is None:
        if session.scalar(select(User.id).limit(1)) is not None:
            return ""
        return create_user(session, "admin", ["admin"], SYSTEM, display_name="Quản trị viên")[1]
    own = select(AuditEntry.seq).where(AuditEntry.action == "user.change_password", AuditEntry.object_id == "admin")
    if not admin.must_change_password or session.scalar(own.limit(1)) is not None:
        return ""  # changed once, so that a later one-time password was handed over by somebody
    return reset_password(session, admin, SYSTEM)


def _checked(roles: Iterable[str]) -> list[str]:
    wanted = list(dict.fromkeys(roles))
    if not wanted or not set(wanted) <= set(ROLES):
        raise AccountError("role_unknown", f"Vai trò phải thuộc: {', '.join(ROLES)}.")
    return wanted


def _keep_one_admin(session: Session, user: User) -> None:
    others = select(User.id).join(UserRole).where(UserRole.role == "admin", User.active, User.id != user.id).limit(1)
    if session.scalar(others) is None:
        raise AccountError("last_admin", "Phải còn ít nhất một quản trị viên đang hoạt động.")
