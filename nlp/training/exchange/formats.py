"""The formats by name: which reads, which writes, and which one a file name means."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp.text import LangNgheError
from nlp.training.corpus import PetitionRow, write_rows
from nlp.training.exchange import tables, tools


class ExchangeError(LangNgheError):
    """A file of another format than said, or one that cannot be read or written."""


@dataclass(frozen=True)
class Format:
    """How a format is read (into raw rows) and written, and the usual ending of its files."""

    name: str
    title: str
    suffix: str
    read: Callable[[Path], Iterator[dict[str, Any]]]
    write: Callable[[Path, Sequence[PetitionRow]], None]


FORMATS: Mapping[str, Format] = {
    f.name: f
    for f in (
        Format("jsonl", "JSONL của dự án, cũng là tệp xuất từ sổ đơn", ".jsonl", tools.lines, write_rows),
        Format("doccano", "doccano (JSONL)", ".jsonl", tools.read_doccano, tools.write_doccano),
        Format("label-studio", "Label Studio (JSON)", ".json", tools.read_label_studio, tools.write_label_studio),
        Format("argilla", "Argilla 2 (JSON)", ".json", tools.read_argilla, tools.write_argilla),
        Format("csv", "CSV hoặc TSV", ".csv", tables.read_csv, tables.write_csv),
        Format("excel", "Excel (xlsx)", ".xlsx", tables.read_excel, tables.write_excel),
    )
}


def format_of(path: Path) -> str:
    """The format that a file is in, by its ending and its first row.

    Raises
    ------
    ExchangeError
        `format_unknown`.
    """
    suffix = path.suffix.lower()
    if suffix in (".csv", ".tsv"):
        return "csv"
    if suffix == ".xlsx":
        return "excel"
    if suffix in (".json", ".jsonl", ".ndjson"):
        found: Any = next(iter(_tried(tools.lines, path)), {})
        first = found if isinstance(found, Mapping) else {}
        keys = set(first)
        if "data" in keys and isinstance(first["data"], Mapping):
            return "label-studio"
        if isinstance(first.get("fields"), Mapping):
            return "argilla"
        if keys & {"cats", "entities", "label", "labels"}:
            return "doccano"
        if {"text", "fields"} <= keys:
            return "jsonl"
    raise ExchangeError("format_unknown", f"Không nhận ra định dạng của {path.name}; hãy chọn bằng --format.")


def _tried(read: Callable[[Path], Iterator[Any]], path: Path) -> Iterator[Any]:
    try:
        yield from read(path)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, csv.Error) as error:
        # Only the kind of error is told: its text may hold a piece of a petition.
        detail = str(error) if str(error).startswith("dòng ") else type(error).__name__
        raise ExchangeError("file_unreadable", f"Không đọc được {path.name}: {detail}.") from None


def read_any(path: Path, name: str | None = None) -> Iterator[dict[str, Any]]:
    """The raw rows of a file, labels where a corpus row has them; a row that cannot be read says why in `_problem`.

    Raises
    ------
    ExchangeError
        `format_unknown` or `file_unreadable`.
    """
    chosen = name or format_of(path)
    if chosen not in FORMATS:
        raise ExchangeError("format_unknown", f"Không có định dạng {chosen}; có: {', '.join(FORMATS)}.")
    for raw in _tried(FORMATS[chosen].read, path):
        if not isinstance(raw, Mapping):
            yield {"_problem": "không phải một đối tượng"}
            continue
        try:
            yield dict(raw) if "_problem" in raw else tools.settle(dict(raw))
        except (ValueError, KeyError, TypeError) as error:
            reason = str(error) if isinstance(error, ValueError) else "thiếu trường"
            yield {"id": raw.get("id"), "_problem": reason}


def write_any(path: Path, rows: Sequence[PetitionRow], name: str | None = None) -> None:
    """Write rows in a format; by default the one that the file's ending means (`.json` is Label Studio).

    Raises
    ------
    ExchangeError
        `format_unknown` or `not_writable`.
    """
    by_suffix = {f.suffix: f.name for f in FORMATS.values()} | {".json": "label-studio", ".jsonl": "jsonl"}
    chosen = name or by_suffix.get(path.suffix.lower(), "")
    if chosen not in FORMATS:
        raise ExchangeError("format_unknown", f"Không biết ghi {path.name} theo định dạng nào; hãy chọn bằng --format.")
    try:
        FORMATS[chosen].write(path, rows)
    except ValueError as error:
        raise ExchangeError("not_writable", f"Không ghi được {path.name}: {error}.") from None
