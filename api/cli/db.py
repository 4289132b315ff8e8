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
from api.records.intakes import routing_cases
from api.records.migrate import current_revision, upgrade
from api.records.retention import apply, due, load_rules, wipe_traces
from api.rules import intake_rules, load_routing
from api.settings import Settings
from nlp.petitions.intake import dry_run

db = typer.Typer(
    name="db", help="Cơ sở dữ liệu: nâng cấp, kiểm tra, sao lưu, phục hồi, thời hạn lưu.", no_args_is_help=True
)
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


@db.command("retention")
def retention(
    carry_out: Annotated[bool, typer.Option("--apply", help="Làm thật; không có tùy chọn này thì chỉ đếm.")] = False,
    rules: Annotated[str, typer.Option(help="Tệp thời hạn lưu; mặc định LANGNGHE_RETENTION hoặc tệp đi kèm.")] = "",
    database: Url = "",
) -> None:
    """Thời hạn lưu: đếm dữ liệu đã quá hạn theo từng dòng quy tắc; thêm --apply để xóa hoặc che danh tính."""
    with clear_errors():
        chosen = load_rules(rules or Settings.from_env().retention)
        records = Records(_url(database))
        upgrade(records)
        table = Table("Quy tắc", "Giữ", "Đang bật", "Quá hạn" if not carry_out else "Đã làm", "Căn cứ")
        touched = 0
        for rule in chosen:
            if carry_out and rule.enabled:
                count = apply(records, rule, Actor(None, "dòng lệnh"))
                touched += count
            else:
                with records.read() as session:
                    count = due(session, rule)
            done = f"{count}" if rule.enabled or not carry_out else f"(bỏ qua {count})"
            table.add_row(rule.name, f"{rule.keep_days} ngày", "có" if rule.enabled else "không", done, rule.basis)
        if touched:
            wipe_traces(records)
        records.close()
    out.print(table)
    if not carry_out:
        out.print("Chạy thử: chưa có gì thay đổi.")


@db.command("try-routing")
def try_routing(file: Annotated[Path, typer.Argument(help="Tệp routing.yaml muốn thử.")], database: Url = "") -> None:
    """Thử tệp hướng xử lý mới trên mọi đơn đã nhận: đơn nào sẽ đi nơi khác; không đổi gì trong sổ."""
    with clear_errors():
        settings = Settings.from_env()
        before, after = intake_rules(settings.rules), load_routing(file)
        records = Records(_url(database))
        with records.read() as session:
            cases = list(routing_cases(session))
        records.close()
    moves = dry_run(cases, after, before.routing if before else None)
    table = Table("Từ", "Sang", "Số đơn", "Ví dụ")
    groups: dict[tuple[str, str], list[str]] = {}
    for move in moves:
        way = tuple("; ".join(r.units) or r.action_name for r in (move.before, move.after))
        groups.setdefault((way[0], way[1]), []).append(move.id)
    for (old, new), numbers in sorted(groups.items(), key=lambda g: -len(g[1])):
        table.add_row(old, new, str(len(numbers)), ", ".join(numbers[:3]))
    if groups:
        out.print(table)
    out.print(f"{len(moves)} trong {len(cases)} đơn sẽ đi nơi khác.")
