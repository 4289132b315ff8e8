"""`langnghe users …`: accounts from the command line of the machine that holds the records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.cli.output import clear_errors, out
from api.records.accounts import User
from api.records.audit import Actor
from api.records.engine import Records
from api.records.migrate import upgrade
from api.security import accounts
from api.security.roles import ROLES
from api.settings import Settings

users = typer.Typer(name="users", help="Tài khoản: liệt kê, tạo, cấp lại mật khẩu, khóa.", no_args_is_help=True)
CONSOLE = Actor(None, "dòng lệnh")
Name = Annotated[str, typer.Argument(help="Tên đăng nhập.")]
Roles = Annotated[list[str], typer.Option("--role", help=f"Vai trò, lặp lại được: {', '.join(ROLES)}.")]


@contextmanager
def _session() -> Iterator[Session]:
    with clear_errors():
        settings = Settings.from_env()
        records = Records(settings.database, settings.busy_timeout_ms)
        try:
            upgrade(records)
            with records.write() as session:
                yield session
        finally:
            records.close()


def _user(session: Session, name: str) -> User:
    found = accounts.find_user(session, name)
    if found is None:
        raise accounts.AccountError("user_missing", "Không có tài khoản này.")
    return found


@users.command("list")
def list_users() -> None:
    """Liệt kê tài khoản."""
    table = Table("Tên đăng nhập", "Tên", "Đơn vị", "Vai trò", "Trạng thái")
    with _session() as session:
        for user in session.scalars(select(User).order_by(User.username)):
            names = ", ".join(ROLES[r].name for r in sorted(user.role_codes) if r in ROLES)
            table.add_row(user.username, user.display_name, user.unit, names, "" if user.active else "đã khóa")
    out.print(table)


@users.command("add")
def add(name: Name, role: Roles, display_name: Annotated[str, typer.Option(help="Họ tên.")] = "",
        unit: Annotated[str, typer.Option(help="Phòng, đơn vị.")] = "") -> None:  # fmt: skip
    """Tạo tài khoản và in mật khẩu dùng một lần."""
    with _session() as session:
        _, password = accounts.create_user(session, name, role, CONSOLE, display_name=display_name, unit=unit)
    out.print(f"Đã tạo {name}. Mật khẩu dùng một lần: [bold]{password}[/bold]")


@users.command("password")
def password(name: Annotated[str, typer.Argument(help="Tên đăng nhập; mặc định quản trị viên.")] = "admin") -> None:
    """Cấp mật khẩu dùng một lần mới (quên mật khẩu, bị khóa); các phiên đang mở bị đăng xuất."""
    with _session() as session:
        made = accounts.reset_password(session, _user(session, name), CONSOLE)
    out.print(f"Mật khẩu dùng một lần của {name}: [bold]{made}[/bold]")


@users.command("roles")
def roles(name: Name, role: Roles) -> None:
    """Đặt lại vai trò."""
    with _session() as session:
        accounts.set_roles(session, _user(session, name), role, CONSOLE)
    out.print(f"Đã đổi vai trò của {name}.")


@users.command("disable")
def disable(name: Name) -> None:
    """Khóa tài khoản; các phiên đang mở bị đăng xuất ngay."""
    with _session() as session:
        accounts.set_active(session, _user(session, name), False, CONSOLE)
    out.print(f"Đã khóa {name}.")


@users.command("enable")
def enable(name: Name) -> None:
    """Mở lại tài khoản."""
    with _session() as session:
        accounts.set_active(session, _user(session, name), True, CONSOLE)
    out.print(f"Đã mở {name}.")
