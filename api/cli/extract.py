"""`langnghe extract` and `langnghe compare`: reports into findings, on files and folders."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

READABLE = (
    ".txt",
    ".md",
    ".markdown",
    ".html",
    ".htm",
    ".docx",
    ".docm",
    ".doc",
    ".odt",
    ".pdf",
    ".png",
    ".jpg",
    ".jpeg",
    ".tif",
    ".tiff",
)


class Format(StrEnum):
    """Formats of the output."""

    jsonl = "jsonl"
    json = "json"
    csv = "csv"
    xlsx = "xlsx"
    docx = "docx"
    md = "md"
    html = "html"


def extract(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="TỆP_HOẶC_THƯ_MỤC…",
            help="Báo cáo cần đọc (.txt .md .html .docx .pdf …); thư mục thì đọc mọi tệp bên trong.",
        ),
    ],
    format: Annotated[Format, typer.Option("--format", "-f", help="Dạng kết quả.")] = Format.jsonl,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Tệp kết quả (html nhiều báo cáo: thư mục). Không ghi thì in ra màn hình."),
    ] = None,
    restart: Annotated[bool, typer.Option("--restart", help="Đọc lại từ đầu, bỏ phần đã làm dở.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Không hiện tiến độ.")] = False,
) -> None:
    """Trích hạn chế, nguyên nhân, kiến nghị, giải pháp từ báo cáo, kèm vị trí trong văn bản gốc.

    Ví dụ: langnghe extract bao-cao.docx · langnghe extract thu-muc/ -f xlsx -o tong-hop.xlsx

    Với --output, việc đang làm dở được ghi lại cạnh tệp kết quả: chạy lại cùng lệnh thì làm tiếp các tệp còn lại.
    """
    from api.export.batch import Batch, files_below
    from nlp.text import LangNgheError

    try:
        files = files_below(paths, READABLE)
    except LangNgheError as error:
        _fail(error.message)
    if not files:
        _fail("Không có tệp báo cáo nào trong nơi đã chỉ.")
    if output is None and format in (Format.xlsx, Format.docx) and sys.stdout.isatty():
        _fail(f"Dạng {format.value} không in ra màn hình được; hãy thêm --output TÊN_TỆP.")
    if output is None and format is Format.html and len(files) > 1:
        _fail("Nhiều báo cáo ở dạng html cần --output THƯ_MỤC.")
    try:
        batch = Batch(files, format.value, output, restart=restart)
        failed = batch.run(progress=not quiet)
    except LangNgheError as error:
        _fail(error.message)
    except OSError as error:
        _fail(f"Không ghi được kết quả: {error.strerror or 'lỗi đĩa'}.")
    if failed:
        sys.stderr.write(f"{len(failed)}/{len(files)} tệp không đọc được.\n")
        for name, message in failed[:20]:
            sys.stderr.write(f"  {name}: {message}\n")
        if len(files) == 1:
            raise typer.Exit(2)


def compare(
    before: Annotated[Path, typer.Argument(metavar="BÁO_CÁO_TRƯỚC", help="Báo cáo kỳ trước.")],
    after: Annotated[Path, typer.Argument(metavar="BÁO_CÁO_SAU", help="Báo cáo kỳ sau.")],
    format: Annotated[str, typer.Option("--format", "-f", help="text hoặc json.")] = "text",
) -> None:
    """So hai báo cáo: hạn chế nào lặp lại, hạn chế nào mới, hạn chế nào không còn nhắc đến."""
    import json

    from api.export.batch import load_reader
    from nlp.documents import read_document
    from nlp.reports.comparison import compare_reports
    from nlp.text import LangNgheError

    if format not in ("text", "json"):
        _fail("--format nhận text hoặc json.")
    try:
        reader = load_reader()
        results = [reader.extract(read_document(path)) for path in (before, after)]
    except LangNgheError as error:
        _fail(error.message)
    result = compare_reports(*results)
    if format == "json":
        sys.stdout.write(json.dumps(result.to_json(), ensure_ascii=False, indent=1) + "\n")
        return
    names = (("repeated", "Lặp lại"), ("new", "Mới"), ("gone", "Không còn nhắc đến"))
    for code, name in names:
        rows = getattr(result, code)
        sys.stdout.write(f"{name} ({len(rows)})\n")
        for row in rows:
            sys.stdout.write(f"  - {row.text}\n")
            if row.before is not None:
                sys.stdout.write(f"      kỳ trước: {row.before} (giống {row.similarity:.0%})\n")


def _fail(message: str) -> None:
    sys.stderr.write(message.rstrip() + "\n")
    raise typer.Exit(2)
