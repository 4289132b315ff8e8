"""Reading the tables people bring: xlsx, csv and jsonl, as rows of text by column name."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from nlp.text import LangNgheError, decode

MOST_ROWS = 200_000
MOST_UNPACKED = 600 * 1024 * 1024
BROKEN: dict[str, Any] = {"": None}  # stands in for a line that is no JSON object, so that the others are read


class TableError(LangNgheError):
    """A file that is not a table we can read."""


@dataclass(frozen=True, slots=True)
class Table:
    """Column names, and rows by the number that a person sees beside them in the file (a header is row 1)."""

    columns: list[str]
    rows: list[tuple[int, dict[str, Any]]]


def read_table(data: bytes, filename: str) -> Table:
    """The columns and the rows of a file; wholly empty rows are left out, a broken JSON line is `BROKEN`.

    Parameters
    ----------
    filename : str
        Decides the format by its ending: .xlsx, .csv, .tsv, .jsonl, .json.

    Raises
    ------
    TableError
        `table_format`, `table_broken`, `table_empty`, `table_too_long`.
    """
    ending = filename.rsplit(".", 1)[-1].lower() if "." in filename else ""
    if not data.strip():
        raise TableError("table_empty", "Tệp không có dòng nào.")
    if ending == "xlsx":
        table = _from_grid(_xlsx(data))
    elif ending in ("csv", "tsv", "txt"):
        table = _from_grid(_csv(data))
    elif ending in ("jsonl", "ndjson", "json"):
        table = _jsonl(data)
    else:
        raise TableError("table_format", "Chỉ nhận tệp .xlsx, .csv hoặc .jsonl.")
    if not table.rows:
        raise TableError("table_empty", "Tệp không có dòng nào.")
    return table


def _from_grid(grid: Iterator[list[Any]]) -> Table:
    numbered = enumerate(grid, start=1)
    head = next((row for _, row in numbered if any(_filled(c) for c in row)), None)
    if head is None:
        raise TableError("table_empty", "Tệp không có dòng nào.")
    columns: list[str] = []
    for i, cell in enumerate(head):
        name = _storable(str(cell)).strip() if _filled(cell) else f"Cột {i + 1}"
        columns.append(name if name not in columns else f"{name} ({i + 1})")
    rows = []
    for number, cells in numbered:
        if any(_filled(c) for c in cells):
            row = {n: _storable(cells[i]) for i, n in enumerate(columns) if i < len(cells) and _filled(cells[i])}
            rows.append((number, row))
            if len(rows) > MOST_ROWS:
                raise TableError("table_too_long", f"Tệp có hơn {MOST_ROWS:,} dòng; hãy chia nhỏ.".replace(",", "."))
    return Table(columns, rows)


def _filled(cell: Any) -> bool:
    return cell is not None and str(cell).strip() != ""


def _storable(cell: Any) -> Any:
    # PostgreSQL keeps no U+0000, and half of a surrogate pair is no character at all.
    if isinstance(cell, str):
        return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in cell if c != "\x00")
    return cell


def _xlsx(data: bytes) -> Iterator[list[Any]]:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(i.file_size for i in archive.infolist()) > MOST_UNPACKED:
                raise TableError("table_too_long", "Tệp Excel quá lớn khi mở ra.")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        for row in sheet.iter_rows(values_only=True):
            yield list(row)
    except TableError:
        raise
    except Exception as error:  # openpyxl raises whatever the broken part of the file provokes
        raise TableError("table_broken", "Không mở được tệp Excel; tệp có thể hỏng hoặc đặt mật khẩu.") from error


def _csv(data: bytes) -> Iterator[list[Any]]:
    text = decode(data).text
    try:
        dialect: Any = csv.Sniffer().sniff(text[:20_000], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    csv.field_size_limit(4_000_000)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter, quotechar='"')
    except csv.Error as error:
        raise TableError("table_broken", "Tệp CSV có dòng không đọc được.") from error


def _jsonl(data: bytes) -> Table:
    text = decode(data).text
    columns: dict[str, None] = {}
    rows: list[tuple[int, dict[str, Any]]] = []
    for number, item in _objects(text):
        row = BROKEN
        if isinstance(item, dict):
            row = {_storable(str(k)): _storable(v) for k, v in item.items() if _filled(v)}
            columns.update(dict.fromkeys(row))
        rows.append((number, row))
        if len(rows) > MOST_ROWS:
            raise TableError("table_too_long", f"Tệp có hơn {MOST_ROWS:,} dòng; hãy chia nhỏ.".replace(",", "."))
    if rows and not columns:
        raise TableError("table_broken", "Tệp JSONL không có dòng nào hợp lệ.")
    return Table(list(columns), rows)


def _objects(text: str) -> Iterator[tuple[int, Any]]:
    """What the file holds with its line (in one JSON array: its place); None where a line cannot be read."""
    if text.lstrip().startswith("["):
        try:
            yield from enumerate(json.loads(text), start=1)
        except (ValueError, RecursionError) as error:
            raise TableError("table_broken", "Tệp JSON không hợp lệ.") from error
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError):
                yield number, None


def as_text(value: Any) -> str:
    """A cell as text; whole numbers lose the ".0" that Excel gives them, a list or an object has no text."""
    if isinstance(value, list | dict):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, date | datetime) else str(value).strip()


def as_date(value: Any) -> date | None:
    """A cell as a date: an Excel date, 2026-11-02, 2/11/2026, 2-11-2026 or 2.11.2026; None for anything else."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value).strip().split("T")[0].split(" ")[0]
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    parts = text.replace("-", "/").replace(".", "/").split("/")
    if len(parts) != 3 or not all(p.isascii() and p.isdigit() for p in parts):
        return None
    try:
        return date(int(parts[2]), int(parts[1]), int(parts[0]))
    except ValueError:
        return None
