"""`langnghe models`: list, compare, promote, roll back and verify model versions."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer
from rich.table import Table

from api.cli.output import clear_errors, out
from nlp.registry import Registry

models = typer.Typer(help="Quản lý các phiên bản mô hình trong models/.", no_args_is_help=True)
STATES = {"candidate": "ứng viên", "live": "đang dùng", "retired": "đã nghỉ"}


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "dòng lệnh"


@models.command("list")
def list_versions(task: Annotated[str | None, typer.Argument(help="petitions, findings hoặc vectors")] = None) -> None:
    """Liệt kê các phiên bản và trạng thái."""
    with clear_errors():
        versions = Registry().list(task)
    table = Table()
    for column in ("Tên", "Tác vụ", "Trạng thái", "Ngày tạo", "Điểm kiểm định"):
        table.add_column(column)
    for v in versions:
        scores = v.manifest.metrics.get("validation", {})
        shown = ", ".join(f"{k} {s['value']:.3f}" for k, s in list(scores.items())[:3] if isinstance(s, dict))
        table.add_row(v.name, v.task, STATES.get(v.state, v.state), v.manifest.created[:16], shown or "–")
    out.print(table if versions else "Chưa có mô hình nào.")


@models.command("promote")
def promote(
    name: Annotated[str, typer.Argument(help="Tên phiên bản, xem langnghe models list")],
    why: Annotated[str, typer.Option(help="Lý do, ghi vào lịch sử.")],
    who: Annotated[str, typer.Option(help="Ai quyết định.")] = "",
) -> None:
    """Đưa một phiên bản vào sử dụng; bản đang dùng chuyển sang đã nghỉ."""
    with clear_errors():
        version = Registry().promote(name, who=who or _who(), why=why)
    out.print(f"Đang dùng: {version.name}")


@models.command("rollback")
def rollback(
    task: Annotated[str, typer.Argument(help="petitions hoặc findings")],
    why: Annotated[str, typer.Option(help="Lý do, ghi vào lịch sử.")],
    who: Annotated[str, typer.Option(help="Ai quyết định.")] = "",
) -> None:
    """Quay lại phiên bản dùng trước đó."""
    with clear_errors():
        version = Registry().rollback(task, who=who or _who(), why=why)
    out.print(f"Đang dùng: {version.name}")


@models.command("verify")
def verify(name: Annotated[str | None, typer.Argument(help="Bỏ trống để kiểm tra tất cả.")] = None) -> None:
    """So mã băm của từng tệp với bản kê, không nạp mô hình."""
    with clear_errors():
        registry = Registry()
        versions = [registry.get(name)] if name else registry.list()
        for version in versions:
            registry.verify(version)
            out.print(f"[green]Khớp[/green] {version.name}")
