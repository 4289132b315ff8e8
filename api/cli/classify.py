"""`langnghe classify`: petitions from files, from an option or as JSON lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from api.cli.output import WRONG_USE, clear_errors, err
from nlp.documents import read_document
from nlp.petitions import PetitionReader
from nlp.text import LangNgheError

STDIN = "-"


def classify(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TỆP…]", help="Tệp .txt, .docx, .pdf, .html, .md; “-” là đầu vào chuẩn."),
    ] = None,
    text: Annotated[str | None, typer.Option("--text", "-t", help="Nội dung đơn, gõ thẳng vào lệnh.")] = None,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help='Đọc từng dòng {"id", "text", "received_at"?, "channel"?}.')
    ] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Ghi ra tệp thay vì màn hình.")] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="Tên phiên bản mô hình; mặc định là bản đang dùng.")
    ] = None,
) -> None:
    """Phân loại đơn: lĩnh vực, loại đơn, mức độ khẩn và những từ ngữ cho thấy điều đó. Mỗi đơn một dòng JSON."""
    if text is None and not paths:
        if sys.stdin.isatty():
            err.print(
                "[red]Lỗi[/red] (usage): cần --text, tệp, hoặc dữ liệu từ đầu vào chuẩn. Xem: langnghe classify --help"
            )
            raise typer.Exit(WRONG_USE)
        paths = [STDIN]
    with clear_errors():
        reader = PetitionReader.load(version=model)
        with _writer(output) as stream:
            if text is not None:
                _print(stream, reader.classify(text).to_json())
            if jsonl:
                bad = _batch(reader, stream, paths or [])
                if bad:
                    err.print(f"Có {bad} dòng lỗi; các dòng khác đã đọc xong.")
                return
            several = len(paths or []) > 1
            for path in paths or []:
                _one(reader, stream, path, several)


def _one(reader: PetitionReader, stream: TextIO, path: str, several: bool) -> None:
    """One file; among several a bad one becomes an error row, a single bad one is an error."""
    try:
        document = read_document(sys.stdin.buffer.read(), "stdin.txt") if path == STDIN else read_document(Path(path))
        answer = reader.classify(document.text, id=Path(path).name if path != STDIN else STDIN).to_json()
        if document.extracted:
            answer["document"] = {"text": document.text, "media": document.media}
    except LangNgheError as error:
        if not several:
            raise
        answer = {"id": Path(path).name, "error": {"code": error.code, "message": error.message}}
        err.print(f"{Path(path).name}: {error.message}")
    _print(stream, answer)


def _batch(reader: PetitionReader, stream: TextIO, sources: Iterable[str]) -> int:
    bad = 0
    with Progress(
        SpinnerColumn(), TextColumn("Đã đọc {task.completed:,} đơn"), TimeElapsedColumn(), console=err, transient=True
    ) as progress:
        task = progress.add_task("", total=None)
        for source in sources:
            for answer in _answers(reader, _lines(source)):
                bad += "error" in answer
                _print(stream, answer)
                progress.advance(task)
    return bad


def _lines(source: str) -> Iterator[str]:
    if source == STDIN:
        yield from TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", errors="replace")
    else:
        with Path(source).open(encoding="utf-8-sig", errors="replace") as stream:
            yield from stream


def _answers(reader: PetitionReader, lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """One answer a non-empty line, in order; nothing is held beyond the present line."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if not isinstance(row, dict):
                raise ValueError
        except ValueError:
            yield {
                "id": str(number),
                "error": {"code": "bad_json", "message": f"Dòng {number} không phải một đối tượng JSON."},
            }
            continue
        yield from reader.classify_many([row if row.get("id") is not None else {**row, "id": str(number)}])


@contextmanager
def _writer(path: Path | None) -> Iterator[TextIO]:
    """A file to write to, or standard output in UTF-8; closed only if it was opened here."""
    if path:
        with path.open("w", encoding="utf-8") as stream:
            yield stream
        return
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    yield sys.stdout
    sys.stdout.flush()


def _print(stream: TextIO, answer: dict[str, Any]) -> None:
    stream.write(json.dumps(answer, ensure_ascii=False) + "\n")
