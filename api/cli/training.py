"""`langnghe corpus check` and `assemble`, and the groups that the researchers' other commands join.

They import `nlp.training` when they run.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from api.cli.output import WRONG_USE, clear_errors, err, out

train = typer.Typer(help="Huấn luyện mô hình thành một bản ứng viên trong models/.", no_args_is_help=True)
evaluate = typer.Typer(help="Chấm mô hình trên dữ liệu giữ riêng và viết báo cáo.", no_args_is_help=True)
corpus = typer.Typer(help="Kiểm tra và lắp ngữ liệu.", no_args_is_help=True)


@corpus.command("check")
def corpus_check(
    corpora: Annotated[Path | None, typer.Option(help="Thư mục corpora/ khác.")] = None,
    counts: Annotated[bool, typer.Option(help="In bảng số lượng theo nhãn, kênh, vùng…")] = False,
) -> None:
    """Kiểm tra nhãn, trích dẫn, độ đa dạng, bản gần trùng và rò rỉ giữa các phần chia."""
    from nlp.training.corpus import load_petitions
    from nlp.training.corpus_check import check

    with clear_errors():
        report = check(load_petitions(corpora))
    out.print(f"{report.rows} đơn")
    for name, rows in (("Lỗi nhãn", report.problems), ("Rò rỉ giữa các phần", [("", x) for x in report.leaks])):
        out.print(f"{name}: {len(rows)}")
        for identifier, problem in rows[:50]:
            out.print(f"  {identifier} {problem}")
    share = len(report.repeating) / max(report.rows, 1)
    out.print(
        f"Văn bản lặp (trên 15% chuỗi 8 âm tiết có ở từ ba đơn khác): {len(report.repeating)} ({share:.1%}; giới hạn 2%)"
    )
    for identifier, part in report.repeating[:20]:
        out.print(f"  {identifier} {part:.0%}")
    out.print(f"Cặp gần trùng: {len(report.near_duplicates)}")
    for a, b, similarity in report.near_duplicates[:20]:
        out.print(f"  {a} ~ {b} {similarity:.0%}")
    if report.common_runs:
        out.print("Chuỗi 8 âm tiết gặp nhiều nhất: " + "; ".join(f"“{s}” ({n})" for s, n in report.common_runs[:5]))
    if counts:
        for name, table in report.counts.items():
            view = Table(title=name)
            view.add_column("mã")
            view.add_column("số đơn", justify="right")
            for code, number in table.items():
                view.add_row(code, str(number))
            out.print(view)
    out.print("[red]Không đạt[/red]" if report.failed else "[green]Đạt[/green]")
    if report.failed:
        raise typer.Exit(WRONG_USE)


@corpus.command("assemble")
def corpus_assemble(
    drafts: Annotated[
        Path, typer.Argument(help="Thư mục bản soạn: một thư mục con cho mỗi người soạn, mỗi tệp một lượt.")
    ],
    corpora: Annotated[Path | None, typer.Option(help="Thư mục corpora/ khác.")] = None,
    test_hand: Annotated[list[str] | None, typer.Option(help="Người soạn chỉ dùng để kiểm tra (test).")] = None,
    hard_hand: Annotated[list[str] | None, typer.Option(help="Người soạn các ca khó (hard).")] = None,
) -> None:
    """Lắp các bản soạn đơn thành corpora/petitions/*.jsonl và chia phần theo nhóm (bản đã chia giữ nguyên)."""
    from nlp.training.corpus import parse_draft, petitions_folder, read_splits, write_rows
    from nlp.training.splits import assign_splits, write_splits

    with clear_errors():
        folder = petitions_folder(corpora)
        folder.mkdir(parents=True, exist_ok=True)
        every, bad = [], 0
        for hand in sorted(p for p in drafts.iterdir() if p.is_dir()):
            rows = []
            for path in sorted(hand.glob("*.txt")):
                for row, problems in parse_draft(
                    path.read_text(encoding="utf-8"), hand=hand.name, group=f"{hand.name}-{path.stem}"
                ):
                    if problems:
                        bad += 1
                        err.print(f"{path.name} {row.id}: {'; '.join(problems)}")
                    else:
                        rows.append(row)
            write_rows(folder / f"{hand.name}.jsonl", rows)
            every += rows
        splits = assign_splits(
            every, read_splits(folder / "splits.json"), whole_test_hands=test_hand or (), hard_hands=hard_hand or ()
        )
        write_splits(folder / "splits.json", splits)
        out.print(f"{len(every)} đơn, bỏ {bad} đơn có lỗi.")
