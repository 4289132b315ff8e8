"""`langnghe corpus import|export|split`: data in and out, with every row left out named."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.output import WRONG_USE, clear_errors, err, out, tell_dropped

if TYPE_CHECKING:
    from nlp.training.exchange import Dropped

Corpora = Annotated[Path | None, typer.Option(help="Thư mục corpora/ khác.")]
Format = Annotated[
    str | None,
    typer.Option("--format", help="jsonl, doccano, label-studio, argilla, csv hoặc excel; bỏ trống thì tự nhận."),
]


def import_rows(
    files: Annotated[list[Path], typer.Argument(help="Tệp đã gắn nhãn.")],
    to: Annotated[Path, typer.Option(help="Tệp JSONL để ghi các dòng nhận được.")],
    name: Format = None,
    hand: Annotated[str, typer.Option(help="Ai gắn nhãn, khi tệp không ghi.")] = "office",
    keep_names: Annotated[
        bool, typer.Option("--public", help="Dữ liệu công khai, không có thông tin cá nhân: không che lại.")
    ] = False,
    report: Annotated[Path | None, typer.Option(help="Ghi báo cáo (số dòng, lý do bỏ) ra tệp JSON này.")] = None,
    corpora: Corpora = None,
) -> None:
    """Nhận dữ liệu gắn nhãn từ doccano, Label Studio, Argilla, CSV, Excel hoặc tệp xuất từ sổ đơn.

    Thông tin cá nhân được che lại; dòng trùng, thiếu nhãn hoặc sai được bỏ và nêu lý do.
    """
    from nlp.training.corpus import load_petitions, write_rows
    from nlp.training.exchange import read_any, take_in

    with clear_errors():
        own = load_petitions(corpora)
        found = take_in(
            (raw for file in files for raw in read_any(file, name)),
            hand=hand, private=not keep_names, beside=own.rows,
            held_out={r.id for r in own.split("validation", "test", "hard")},
        )  # fmt: skip
        to.parent.mkdir(parents=True, exist_ok=True)
        write_rows(to, found.rows)
        if report:
            report.write_text(json.dumps(found.to_json(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    out.print(f"Nhận {len(found.rows)} đơn vào {to}; che thông tin cá nhân ở {found.redacted} đơn.")
    for note, count in found.notes.most_common():
        out.print(f"  {note}: {count}")
    tell_dropped(found.dropped)


def export_rows(
    to: Annotated[Path, typer.Argument(help="Tệp để ghi.")],
    name: Format = None,
    split: Annotated[list[str] | None, typer.Option(help="Chỉ các phần chia này (train, validation…).")] = None,
    source: Annotated[Path | None, typer.Option("--from", help="Tệp dữ liệu khác thay cho corpora/.")] = None,
    corpora: Corpora = None,
) -> None:
    """Ghi đơn đã gắn nhãn ra định dạng của công cụ gắn nhãn."""
    from nlp.training.corpus import load_petitions
    from nlp.training.exchange import read_any, take_in, write_any

    left: list[Dropped] = []
    with clear_errors():
        if source:
            taken = take_in(read_any(source), private=False)
            rows, left = taken.rows, taken.dropped
        else:
            own = load_petitions(corpora)
            rows = own.split(*split) if split else list(own.rows)
        write_any(to, rows, name)
    out.print(f"Đã ghi {len(rows)} đơn ra {to}.")
    tell_dropped(left)


def label_studio_config() -> None:
    """In giao diện gắn nhãn để dán vào dự án Label Studio."""
    from nlp.training.exchange.tools import label_config

    out.print(label_config(), markup=False)


def split_rows(
    file: Annotated[Path, typer.Argument(help="Tệp đơn đã gắn nhãn (jsonl).")],
    to: Annotated[Path, typer.Option(help="Tệp splits.json để ghi.")],
    by: Annotated[str, typer.Option(help="group, stratified hoặc time.")] = "stratified",
    validation: Annotated[float, typer.Option(help="Phần kiểm định.")] = 0.1,
    test: Annotated[float, typer.Option(help="Phần test.")] = 0.15,
    validation_from: Annotated[int, typer.Option(help="Với --by time: năm đầu của phần kiểm định.")] = 0,
    test_from: Annotated[int, typer.Option(help="Với --by time: năm đầu của phần test.")] = 0,
    seed: Annotated[int, typer.Option(help="Hạt giống.")] = 0,
) -> None:
    """Chia một tệp đơn thành các phần, giữ nguyên nhóm, rồi kiểm tra rò rỉ. Không ghi đè tệp chia đã có."""
    from nlp.training.corpus import PetitionCorpus, read_rows
    from nlp.training.corpus_check import leaks, near_duplicates
    from nlp.training.splits import write_splits
    from nlp.training.splitting import Shares, grouped_split, stratified_split, time_split

    if to.exists():
        err.print(f"[red]Lỗi[/red] (file): {to} đã có; phần chia đã dùng thì không đổi.")
        raise typer.Exit(WRONG_USE)
    with clear_errors():
        rows = list(read_rows(file))
        try:
            if by == "time":
                splits = time_split(rows, validation_from=validation_from, test_from=test_from)
            elif by in ("group", "stratified"):
                deal = grouped_split if by == "group" else stratified_split
                splits = deal(rows, Shares(validation, test), seed=seed)
            else:
                raise ValueError("--by phải là group, stratified hoặc time.")
            if "train" not in splits.values():
                raise ValueError("không còn đơn nào để học; với --by time hãy chọn năm muộn hơn.")
        except ValueError as error:
            err.print(f"[red]Lỗi[/red] (split): {error}")
            raise typer.Exit(WRONG_USE) from None
        write_splits(to, splits)
        found = list(leaks(PetitionCorpus(tuple(rows), splits), near_duplicates(rows)))
    out.print(", ".join(f"{name} {count}" for name, count in Counter(splits.values()).most_common()))
    for leak in found[:20]:
        out.print(f"[yellow]Rò rỉ[/yellow] {leak}")
