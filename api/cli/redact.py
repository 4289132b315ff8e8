"""`langnghe redact`: copies of petitions without personal data, from files, from an option or as JSON lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.output import WRONG_USE, clear_errors, err
from nlp.documents import read_document
from nlp.privacy import Redacted, personal_kinds, redact
from nlp.text import LangNgheError

STDIN = "-"


def redact_command(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TỆP…]", help="Tệp .txt, .docx, .pdf, .html, .md; “-” là đầu vào chuẩn."),
    ] = None,
    text: Annotated[str | None, typer.Option("--text", "-t", help="Nội dung, gõ thẳng vào lệnh.")] = None,
    jsonl: Annotated[
        bool,
        typer.Option("--jsonl", help='Đọc từng dòng {"id", "text", …}; các trường khác giữ nguyên, vị trí được dời.'),
    ] = False,
    keep: Annotated[
        list[str] | None, typer.Option("--keep", help="Loại dữ liệu để nguyên (dùng nhiều lần được), ví dụ dia_chi.")
    ] = None,
    mapping: Annotated[
        bool,
        typer.Option("--mapping", help="Kèm bảng từ nhãn che về dữ liệu gốc. Đây là dữ liệu cá nhân, hãy giữ kín."),
    ] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Ghi ra tệp thay vì màn hình.")] = None,
) -> None:
    """Che dữ liệu cá nhân (họ tên, số định danh, điện thoại, địa chỉ…) bằng nhãn như [HỌ TÊN 1].

    Cùng một người, một số thì cùng một nhãn. Hãy đọc lại bản che trước khi đưa ra ngoài: quy tắc không bắt được hết.
    """
    kinds = personal_kinds()
    unknown = [k for k in keep or () if k not in kinds]
    if unknown:
        err.print(f"[red]Lỗi[/red] (usage): không có loại {', '.join(unknown)}. Các loại: {', '.join(kinds)}.")
        raise typer.Exit(WRONG_USE)
    if text is None and not paths:
        if sys.stdin.isatty():
            err.print("[red]Lỗi[/red] (usage): cần --text, tệp, hoặc dữ liệu từ đầu vào chuẩn.")
            raise typer.Exit(WRONG_USE)
        paths = [STDIN]
    with clear_errors():
        if jsonl:
            bad = [0]
            _write(_counted(_rows(paths or [], keep or (), mapping), bad), output)
            if bad[0]:
                err.print(f"Có {bad[0]} dòng lỗi; các dòng khác đã che xong.")
            return
        texts = [text] if text is not None else [_read(p) for p in paths or []]
        _write((_shown(redact(t, keep or ()), mapping) for t in texts), output)


def _read(path: str) -> str:
    if path == STDIN:
        return str(read_document(sys.stdin.buffer.read(), "stdin.txt").text)
    return str(read_document(Path(path)).text)


def _shown(result: Redacted, mapping: bool) -> str:
    if not mapping:
        return result.text
    return json.dumps(
        {"text": result.text, "mapping": {k: list(v) for k, v in result.mapping.items()}}, ensure_ascii=False
    )


def _rows(sources: Iterable[str], keep: Iterable[str], mapping: bool) -> Iterator[dict[str, Any]]:
    """One answer a non-empty line; a bad line becomes an error row."""
    kept = tuple(keep)
    for source in sources:
        for number, line in enumerate(_lines(source), 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                if not isinstance(row, dict) or not isinstance(row.get("text"), str):
                    raise ValueError
            except ValueError:
                message = f"Dòng {number} không phải một đối tượng JSON có “text”."
                yield {"id": str(number), "error": {"code": "bad_json", "message": message}}
                continue
            try:
                yield redact_row(row, kept, mapping)
            except LangNgheError as error:
                yield {"id": str(row.get("id", number)), "error": {"code": error.code, "message": error.message}}


def redact_row(row: dict[str, Any], keep: tuple[str, ...] = (), mapping: bool = False) -> dict[str, Any]:
    """A row with its text redacted and its marked places (`signals`, `spans`, `evidence`) moved along.

    Parameters
    ----------
    row : dict
        With `text`, and lists of objects with `start` and `end` in code points of it.
    keep : tuple of str
        Codes of kinds to leave.
    mapping : bool
        Add what each placeholder stands for.
    """
    result = redact(row["text"], keep)
    out = {**row, "text": result.text}
    for name in ("signals", "spans", "evidence"):
        if isinstance(row.get(name), list):
            out[name] = [_moved(item, result) for item in row[name]]
    out["redacted"] = [
        {"entity": s.entity, "placeholder": s.placeholder, "start": s.redacted.start, "end": s.redacted.end}
        for s in result.spans
    ]
    if mapping:
        out["mapping"] = {k: list(v) for k, v in result.mapping.items()}
    return out


def _moved(item: Any, result: Redacted) -> Any:
    if not isinstance(item, dict) or not isinstance(item.get("start"), int) or not isinstance(item.get("end"), int):
        return item
    place = result.moved(item["start"], item["end"])
    moved = {**item, "start": place.start, "end": place.end}
    if "text" in item:
        moved["text"] = place.quote(result.text)
    return moved


def _lines(source: str) -> Iterator[str]:
    if source == STDIN:
        yield from TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", errors="replace")
    else:
        with Path(source).open(encoding="utf-8-sig", errors="replace") as stream:
            yield from stream


def _counted(answers: Iterable[dict[str, Any]], bad: list[int]) -> Iterator[str]:
    """The answers as lines; error rows are counted in `bad[0]` as they pass."""
    for answer in answers:
        bad[0] += "error" in answer
        yield json.dumps(answer, ensure_ascii=False)


def _write(lines: Iterable[str], output: Path | None) -> None:
    """Write line by line to a file, or to standard output in UTF-8."""
    if output is None and isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    stream = output.open("w", encoding="utf-8") if output else sys.stdout
    try:
        for line in lines:
            stream.write(line if line.endswith("\n") else line + "\n")
    finally:
        if output:
            stream.close()
        else:
            stream.flush()


def evaluate_privacy(
    to: Annotated[Path, typer.Option(help="Thư mục ghi báo cáo.")] = Path("docs"),
    corpora: Annotated[Path | None, typer.Option(help="Thư mục corpora/ khác.")] = None,
) -> None:
    """Chấm việc nhận dạng dữ liệu cá nhân và các bên, viết docs/evaluation-privacy.md."""
    from nlp.training.privacy_report import evaluate_privacy as measure

    with clear_errors():
        err.print(f"Đã viết {measure(to, corpora)}")
