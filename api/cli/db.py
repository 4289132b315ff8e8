"""`langnghe db …`: the records' schema, check, backup and restore."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from api.cli.output import clear_errors, out
from api.records import backup as backups
from api.records.audit import Actor
from api.records.audit import record as audit
from api.records.engine import Records
from api.records.migrate import current_revision, upgrade
from api.settings import Settings

db = typer.Typer(name="db", help="Cơ sở dữ liệu: nâng cấp, kiểm tra, sao lưu, phục hồi.", no_args_is_help=True)
Url = Annotated[str, typer.Option("--database", help="Địa chỉ cơ sở dữ liệu; mặc định LANGNGHE_DATABASE.")]


def _url(database: str) -> str:
    return database or Settings.from_env().database


@db.command("upgrade")
def upgrade_schema(database: Url = "") -> None:
    """Tạo hoặc nâng cấp lược đồ lên bản của chương trình này; chạy lại không đổi gì."""
    with clear_errors():
        records = Records(_url(database))
        upgrade(records)
        out.print(f"Lược đồ đang ở bản {current_revision(records)}.")
        records.close()


@db.command("check")
def check(database: Url = "") -> None:
    """Kiểm tra tệp dữ liệu, lược đồ, tham chiếu, chỉ mục tìm kiếm và chuỗi nhật ký."""
    with clear_errors():
        records = Records(_url(database))
        found = backups.check(records)
        records.close()
    table = Table("Mục", "Kết quả", "Chi tiết")
    for row in found:
        table.add_row(row.name, "[green]tốt[/green]" if row.good else "[red]hỏng[/red]", row.detail)
    out.print(table)
    if not all(row.good for row in found):
        raise typer.Exit(1)


@db.command("backup")
def backup(
    target: Annotated[Path | None, typer.Argument(help="Tệp sao lưu; mặc định var/sao-luu/ngày-giờ.")] = None,
    database: Url = "",
) -> None:
    """Sao lưu toàn bộ hồ sơ vào một tệp, cả khi dịch vụ đang chạy."""
    with clear_errors():
        records = Records(_url(database))
        ending = "db" if records.sqlite else "dump"
        chosen = target or Path("var/sao-luu") / f"{datetime.now():%Y%m%d-%H%M%S}.{ending}"
        made = backups.backup(records, chosen)
        with records.write() as session:
            audit(session, Actor(None, "dòng lệnh"), "backup")
        records.close()
    out.print(f"Đã sao lưu vào {made} ({made.stat().st_size / 1e6:.1f} MB).")


@db.command("restore")
def restore(
    source: Annotated[Path, typer.Argument(help="Tệp sao lưu.")],
    database: Url = "",
    yes: Annotated[bool, typer.Option("--yes", help="Không hỏi lại.")] = False,
) -> None:
    """Phục hồi từ một tệp sao lưu; dừng dịch vụ trước. Dữ liệu đang có được giữ lại cạnh tệp mới."""
    if not yes:
        typer.confirm("Thay dữ liệu đang có bằng bản sao lưu này?", abort=True)
    with clear_errors():
        url = _url(database)
        kept = backups.restore(url, source)
        records = Records(url)
        upgrade(records)
        records.close()
    out.print("Đã phục hồi." + (f" Dữ liệu trước đó: {kept}" if kept else ""))
