"""`langnghe models`: list, compare, promote, roll back, adopt and verify model versions."""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from api.cli.model_checks import compare_pair, promote_checked, show_check
from api.cli.output import WRONG_USE, clear_errors, err, out
from nlp.registry import Registry, RegistryError, Version

if TYPE_CHECKING:
    from nlp.training.hard import HardCheck

models = typer.Typer(help="Quản lý các phiên bản mô hình trong models/.", no_args_is_help=True)
STATES = {"candidate": "ứng viên", "live": "đang dùng", "retired": "đã nghỉ"}
ACTIONS = {"promote": "đưa vào dùng", "rollback": "quay lại", "adopt": "nhận từ nơi khác"}
SHOWN = {"field_micro_f1": "lĩnh vực", "urgency_accuracy": "khẩn", "limitation": "hạn chế"}
Why = Annotated[str, typer.Option(help="Lý do, ghi vào lịch sử.")]
Who = Annotated[str, typer.Option(help="Ai quyết định.")]


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "dòng lệnh"


@models.command("list")
def list_versions(task: Annotated[str | None, typer.Argument(help="petitions, findings hoặc vectors")] = None) -> None:
    """Liệt kê các phiên bản và trạng thái."""
    with clear_errors():
        registry = Registry()
        versions, unsound = registry.list(task), registry.unsound(task)
    table = Table()
    for column in ("Tên", "Tác vụ", "Trạng thái", "Ngày tạo", "Điểm kiểm định"):
        table.add_column(column)
    for v in versions:
        table.add_row(v.name, v.task, STATES.get(v.state, v.state), v.manifest.created[:16], _scores(v))
    out.print(table if versions else "Chưa có mô hình nào.")
    for error in unsound.values():
        out.print(f"[red]Hỏng[/red] {error.message}")


def _scores(version: Version) -> str:
    found = version.manifest.metrics.get("validation", {})
    values = {k: s.get("value", s.get("f1")) for k, s in found.items() if isinstance(s, dict)}
    scores = {k: v for k, v in values.items() if v is not None}
    chosen = [f"{name} {scores[k]:.3f}" for k, name in SHOWN.items() if k in scores]
    return ", ".join(chosen or [f"{k} {v:.3f}" for k, v in list(scores.items())[:2]]) or "–"


@models.command("history")
def history(task: Annotated[str | None, typer.Argument(help="petitions, findings hoặc vectors")] = None) -> None:
    """Ai đã đưa mô hình nào vào dùng, khi nào và vì sao."""
    with clear_errors():
        events = Registry().history(task)
    for e in events:
        moved = f"{e['from']} → {e['to']}" if e["from"] else e["to"]
        out.print(f"{e['at'][:16].replace('T', ' ')}  [bold]{ACTIONS.get(e['action'], e['action'])}[/bold]  {moved}")
        told = f"{e['who']}: {e['why']}"
        hard = (e.get("checks") or {}).get("hard")
        if hard:
            told += f" (ca khó đúng {hard['before']} → {hard['after']} trên {hard['n']}"
            told += ", chấp nhận đọc kém hơn)" if hard.get("accepted") and not hard["passed"] else ")"
        out.print(f"  {told}", markup=False)
    if not events:
        out.print("Chưa có thay đổi nào.")


def chance(p: float) -> str:
    """A p-value as people write it; the exact tests go lower than three places show."""
    return "<0.001" if p < 0.0005 else f"{p:.3f}"


@models.command("compare")
def compare_versions(
    one: Annotated[str, typer.Argument(help="Phiên bản gốc.")],
    other: Annotated[str, typer.Argument(help="Phiên bản đem so.")],
    split: Annotated[str, typer.Option(help="Phần chia để so; test chỉ dành cho báo cáo cuối.")] = "validation",
    corpora: Annotated[Path | None, typer.Option(help="Thư mục corpora/ khác.")] = None,
    save: Annotated[Path | None, typer.Option("--json", help="Ghi thêm mọi con số ra tệp JSON này.")] = None,
) -> None:
    """So hai phiên bản trên cùng các đơn hoặc báo cáo: chênh lệch, khoảng tin cậy, kiểm định, ca khó."""
    with clear_errors():
        result, check = compare_pair(Registry(), one, other, split, corpora)
        if result is None:
            err.print(f"[red]Lỗi[/red] (no_rows): phần chia “{split}” không có gì để so.")
            raise typer.Exit(WRONG_USE)
        if check:
            result["hard"] = check.to_json()
        if save:
            save.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    _show(result, check)


def _show(result: dict[str, Any], check: HardCheck | None) -> None:
    table = Table(title=f"{result['one']} → {result['other']}, {result['n']} {result['what']} phần {result['split']}")
    for column in ("Chỉ số", "Gốc", "Đem so", "Chênh lệch [95%]", "p"):
        table.add_column(column)
    for name, s in result["scores"].items():
        if s["one"] is not None and s["other"] is not None:
            d = s["difference"]
            gap = f"{d['value']:+.3f} [{d['low']:+.3f}; {d['high']:+.3f}]"
            table.add_row(name, f"{s['one']:.3f}", f"{s['other']:.3f}", gap, chance(s["p"]))
    out.print(table)
    for task, m in result["mcnemar"].items():
        out.print(
            f"  {task}: chỉ gốc đúng {m['only_one']}, chỉ bản kia đúng {m['only_other']} (McNemar p {chance(m['p'])})"
        )
    clear = [r for r in result["labels"] if r["low"] is not None and (r["low"] > 0 or r["high"] < 0)]
    for r in clear:
        out.print(f"  {r['code']}: F1 {r['one']:.3f} → {r['other']:.3f} (n={r['n']})")
    if check:
        show_check(check)


@models.command("promote")
def promote(
    name: Annotated[str, typer.Argument(help="Tên phiên bản, xem langnghe models list")],
    why: Why,
    who: Who = "",
    corpora: Annotated[Path | None, typer.Option(help="Thư mục corpora/ khác, để kiểm tra ca khó.")] = None,
    skip_hard: Annotated[
        bool, typer.Option("--accept-regressions", help="Vẫn đưa vào dùng dù tụt ở ca khó; được ghi lại.")
    ] = False,
) -> None:
    """Đưa một phiên bản vào sử dụng sau khi kiểm tra ca khó; bản đang dùng chuyển sang đã nghỉ."""
    with clear_errors():
        version = promote_checked(Registry(), name, who=who or _who(), why=why, corpora=corpora, accept=skip_hard)
    out.print(f"Đang dùng: {version.name}")


@models.command("rollback")
def rollback(
    task: Annotated[str, typer.Argument(help="petitions hoặc findings")],
    why: Why,
    who: Who = "",
) -> None:
    """Quay lại phiên bản dùng trước đó."""
    with clear_errors():
        version = Registry().rollback(task, who=who or _who(), why=why)
    out.print(f"Đang dùng: {version.name}")


@models.command("adopt")
def adopt(
    name: Annotated[str, typer.Argument(help="Tên thư mục đã chép vào models/.")],
    why: Why,
    who: Who = "",
    sha256: Annotated[str | None, typer.Option(help="Mã băm của manifest.json do nơi gửi cho biết.")] = None,
) -> None:
    """Nhận một mô hình chép từ nơi khác thành bản ứng viên. Chỉ nhận từ nơi tin được: mô hình chạy được mã lệnh."""
    with clear_errors():
        version = Registry().adopt(name, who=who or _who(), why=why, manifest_sha256=sha256)
    out.print(f"Đã nhận bản ứng viên {version.name}")


@models.command("verify")
def verify(name: Annotated[str | None, typer.Argument(help="Bỏ trống để kiểm tra tất cả.")] = None) -> None:
    """So mã băm của từng tệp với bản kê, không nạp mô hình; mọi phiên bản đều được kiểm dù bản trước đã hỏng."""
    bad = 0
    with clear_errors():
        registry = Registry()
        for found in [name] if name else registry.names():
            try:
                registry.verify(found)
            except RegistryError as error:
                bad += 1
                err.print(f"[red]Lỗi[/red] ({error.code}): {error.message}")
            else:
                out.print(f"[green]Khớp[/green] {found}")
        for folder in [] if name else registry.foreign():
            out.print(f"[yellow]Lạ[/yellow] {folder}: không có trong sổ đăng ký nên không được nạp (models adopt).")
    if bad:
        raise typer.Exit(WRONG_USE)
