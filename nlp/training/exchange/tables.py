"""CSV and Excel: one petition a line, several labels in a cell with `;`, spans as `code@start-end`."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nlp.text import decode
from nlp.training.corpus import PetitionRow

COLUMNS = (
    "id", "text", "fields", "subfields", "type", "urgency", "signals", "evidence", "channel", "region", "year",
    "hand", "noise", "group", "hard",
)  # fmt: skip
MANY = ("fields", "subfields", "noise")
SPANS = ("signals", "evidence")
SPAN = re.compile(r"([a-z_]+)@(\d+)-(\d+)")
CELL_LIMIT = 32_767
# A petition that begins with one of these would run as a formula in a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cells(row: PetitionRow) -> list[str]:
    """A row as the texts of its cells, in the order of `COLUMNS`."""
    stored = row.to_json()
    for name in SPANS:
        stored[name] = [f"{s.code}@{s.start}-{s.end}" for s in getattr(row, name)]
    out = []
    for name in COLUMNS:
        value = stored.get(name)
        out.append(";".join(value) if isinstance(value, list) else "" if value is None else str(value))
    return out


def row_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """A table row as a corpus row; a column that is absent or empty stays out.

    Raises
    ------
    ValueError
        If a span is not written as `code@start-end`.
    """
    out: dict[str, Any] = {}
    for name, value in record.items():
        text = "" if value is None else str(value)
        if name not in COLUMNS or not text.strip():
            continue
        if name in MANY:
            out[name] = [part.strip() for part in re.split(r"[;,|]", text) if part.strip()]
        elif name in SPANS:
            parts = [part.strip() for part in text.split(";") if part.strip()]
            found = [SPAN.fullmatch(part) for part in parts]
            if not all(found):
                raise ValueError("dấu hiệu và bằng chứng phải ghi mã@đầu-cuối")
            out[name] = [{"code": m[1], "start": int(m[2]), "end": int(m[3])} for m in found if m]
        elif name == "year":
            out[name] = int(float(text))
        else:
            out[name] = text if name == "text" else text.strip()
    return out


def write_csv(path: Path, rows: Sequence[PetitionRow]) -> None:
    """UTF-8 with a byte-order mark, so that Excel reads the accents; cells that look like formulas are disarmed."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for row in rows:
            writer.writerow([f"'{c}" if c.startswith((*FORMULA, "'")) else c for c in cells(row)])


def read_table(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a CSV or TSV file by its header row, whatever its encoding and separator."""
    text = decode(path.read_bytes()).text
    head = text.split("\n", 1)[0]
    separator = max(",;\t", key=head.count)
    # The reader must see the line ends as they are, and only those: a form feed in a cell ends no row.
    for record in csv.DictReader(io.StringIO(text, newline=""), delimiter=separator):
        yield {str(k).strip().lower(): _armed(v) for k, v in record.items() if k}


def _armed(value: Any) -> Any:
    """Undo what `write_csv` did to a cell that looked like a formula."""
    if isinstance(value, str) and value.startswith("'") and value[1:].startswith((*FORMULA, "'")):
        return value[1:]
    return value


def read_csv(path: Path) -> Iterator[dict[str, Any]]:
    """Corpus rows of a CSV or TSV file."""
    return _rows(read_table(path))


def write_excel(path: Path, rows: Sequence[PetitionRow]) -> None:
    """One sheet; every cell is text, so that nothing in a petition is taken for a formula.

    Raises
    ------
    ValueError
        Naming the id of a petition that is longer than a cell can hold.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    table = [cells(row) for row in rows]
    # Everything is looked at before the file is begun, so that a refusal leaves no half-written book.
    for row, line in zip(rows, table, strict=True):
        if any(len(text) > CELL_LIMIT for text in line):
            raise ValueError(f"đơn {row.id} dài hơn một ô Excel chứa được ({CELL_LIMIT} ký tự)")
        if any(ILLEGAL_CHARACTERS_RE.search(text) for text in line):
            raise ValueError(f"đơn {row.id} có ký tự điều khiển mà Excel không ghi được")
    book = Workbook(write_only=True)
    sheet = book.create_sheet("don")
    sheet.append(list(COLUMNS))
    for line in table:
        made = [WriteOnlyCell(sheet, text) for text in line]
        for cell in made:
            cell.data_type = "s"
        sheet.append(made)
    book.save(path)


def read_sheet(path: Path) -> Iterator[dict[str, Any]]:
    """The records of the first sheet of an Excel file by its header row."""
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=True)
    try:
        lines = book.worksheets[0].iter_rows(values_only=True)
        head = [str(c or "").strip().lower() for c in next(lines, ())]
        for line in lines:
            if any(c is not None for c in line):
                yield {k: v for k, v in zip(head, line, strict=False) if k}
    finally:
        book.close()


def read_excel(path: Path) -> Iterator[dict[str, Any]]:
    """Corpus rows of an Excel file."""
    return _rows(read_sheet(path))


def _rows(records: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for record in records:
        try:
            yield row_of(record)
        except ValueError as error:
            yield {"id": record.get("id"), "_problem": str(error)}
