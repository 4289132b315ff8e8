"""`langnghe serve`: the service and its console on this machine."""

from __future__ import annotations

import gc
import socket
from pathlib import Path
from typing import Annotated

import typer

from api.cli.output import WRONG_USE, clear_errors, err, out
from api.settings import LOOPBACK, Settings, SettingsError

Host = Annotated[str | None, typer.Option(help="Địa chỉ để nghe; mặc định 127.0.0.1 (LANGNGHE_HOST).")]
Port = Annotated[int | None, typer.Option(help="Cổng; mặc định 8000 (LANGNGHE_PORT).", min=0, max=65535)]
Demo = Annotated[
    bool, typer.Option("--demo", help="Bản trình diễn: dữ liệu hư cấu, không cần đăng nhập, chỉ trên máy này.")
]


def serve(host: Host = None, port: Port = None, demo: Demo = False) -> None:
    """Chạy dịch vụ và giao diện web.

    Lần chạy đầu tạo tài khoản quản trị với mật khẩu dùng một lần, in ra ở đây. Với --demo thì không có tài khoản:
    chỉ nghe trên địa chỉ nội bộ, dùng cơ sở dữ liệu riêng (var/demo.db) chứa dữ liệu hư cấu.
    """
    try:
        settings = chosen_settings(host, port, demo)
    except SettingsError as error:
        err.print(f"[red]Lỗi[/red] (settings): {error}")
        raise typer.Exit(WRONG_USE) from None
    with clear_errors():
        run(settings)


def chosen_settings(host: str | None, port: int | None, demo: bool, environment: Settings | None = None) -> Settings:
    """The environment's settings with the command's options over them.

    The demonstration has no accounts on purpose: a page that works after one command, with nothing secret to lose.
    It therefore listens on loopback only, refuses foreign Host and Origin headers, and keeps to a database of its
    own, so that an office's real records are never opened without a sign-in.
    """
    base = environment or Settings.from_env()
    changes: dict[str, object] = {}
    if host is not None:
        changes["host"] = host
    if port is not None:
        changes["port"] = port
    if demo:
        if (host or base.host) not in LOOPBACK:
            raise SettingsError("--demo chỉ chạy trên địa chỉ nội bộ 127.0.0.1, ::1 hoặc localhost.")
        changes |= {"demo": True, "accounts": False}
        if base.database == Settings().database:
            changes["database"] = "sqlite:///var/demo.db"
    return base.with_(**changes)


def run(settings: Settings) -> None:
    """Serve until stopped.

    Raises
    ------
    typer.Exit
        With status 2 when the port is taken.
    """
    import uvicorn

    from api.http.app import create_app
    from api.http.logs import configure_logs

    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError:
        err.print(f"[red]Lỗi[/red] (port_taken): cổng {settings.port} đang có chương trình khác dùng; thử --port khác.")
        raise typer.Exit(WRONG_USE) from None
    configure_logs()
    url = f"http://{f'[{settings.host}]' if family == socket.AF_INET6 else settings.host}:{listener.getsockname()[1]}"
    out.print("Đang nạp mô hình và chuẩn bị cơ sở dữ liệu …")
    app = create_app(settings)

    def ready() -> None:
        # Models and libraries stay until the end, so the collector need not walk over them while somebody waits.
        gc.collect()
        gc.freeze()
        announce(settings, url, app.state.service.first_password)

    app.state.service.on_ready = ready
    config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=10)
    server = uvicorn.Server(config)
    server.run(sockets=[listener])
    if not server.started:
        raise typer.Exit(1)


def announce(settings: Settings, url: str, first_password: str = "") -> None:
    """Say what to open."""
    where = settings.database_file
    out.print(f"\n  [bold]Lắng Nghe[/bold] đang chạy: [bold]{url}[/bold]")
    if settings.demo:
        out.print("  Bản trình diễn: dữ liệu hư cấu, không cần đăng nhập, chỉ mở được trên máy này.")
    if first_password:
        out.print("  Tài khoản quản trị: [bold]admin[/bold], mật khẩu dùng một lần: "
                  f"[bold]{first_password}[/bold] (in lại mỗi lần chạy cho tới khi được đổi)")  # fmt: skip
    out.print(f"  Đọc một đơn: {url}/read    Thư viện báo cáo: {url}/reports    API: {url}/openapi.json")
    out.print(f"  Dữ liệu: {Path(where).resolve() if where else 'PostgreSQL'}    Dừng: Ctrl+C\n")
