"""Sheets of the register and of the statistics, for Excel and for other programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from api.console.words import CHANNEL, STATUS, day
from api.export.tables import safe_cell
from api.privacy import without_names
from api.records.petitions import Petition
from api.records.statistics import Period
from nlp.taxonomy import taxonomy

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS: dict[str, str] = {
    "register_number": "Số",
    "received_at": "Ngày nhận",
    "channel": "Nguồn",
    "title": "Tóm tắt (đã che danh tính)",
    "fields": "Lĩnh vực",
    "type": "Loại đơn",
    "urgency": "Mức độ",
    "status": "Trạng thái",
    "unit": "Đơn vị xử lý",
    "due_on": "Hạn",
    "commune": "Xã, phường",
    "province": "Tỉnh, thành phố",
}


def register_rows(petitions: Iterable[Petition]) -> Iterable[list[str]]:
    """Register lines as cells, labels by name, names of people replaced by placeholders."""
    known = taxonomy()
    for p in petitions:
        yield [
            p.register_number, day(p.received_at), CHANNEL.get(p.channel, p.channel), without_names(p.title),
            "; ".join(known.name(f.code) for f in p.fields if f.parent is None), known.name(p.type),
            known.name(p.urgency), STATUS.get(p.status, p.status), p.unit or "", day(p.due_on), p.commune or "",
            p.province or "",
        ]  # fmt: skip


def register_csv(petitions: Iterable[Petition]) -> bytes:
    """The register as CSV with a byte-order mark, so that Excel reads the accents; the first row holds the codes."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([safe_cell(c) for c in row] for row in register_rows(petitions))
    return b"\xef\xbb\xbf" + stream.getvalue().encode()


def register_xlsx(petitions: Iterable[Petition]) -> bytes:
    """The register as a workbook with filters."""
    book = _book()
    sheet = _sheet(book, "Sổ đơn", list(COLUMNS.values()))
    for row in register_rows(petitions):
        sheet.append([safe_cell(c) for c in row])
    sheet.auto_filter.ref = sheet.dimensions
    return _bytes(book)


def statistics_xlsx(period: Period, official: dict[str, dict[str, int]], statuses: dict[str, dict[str, int]]) -> bytes:
    """The period's counts by official column and type, and by type and status.

    The form now in force (Thông tư 06/2025/TT-TTCP) was not seen when this was written; its annex prevails.
    """
    known = taxonomy()
    book = _book()
    sheet = _sheet(book, "Xử lý đơn", ["Nội dung", *(t.name for t in known.types), "Tổng"])
    names = {c.code: c.name for c in known.official_columns}
    totals = dict.fromkeys((t.code for t in known.types), 0)
    for column, by_type in official.items():
        sheet.append([names[column], *by_type.values(), sum(by_type.values())])
        for kind, count in by_type.items():
            totals[kind] += count
    sheet.append(["Tổng", *totals.values(), sum(totals.values())])
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True)
    sheet.append([])
    place = ", ".join(p for p in (period.commune, period.province) if p)
    sheet.append(
        [safe_cell(f"Đơn nhận từ {day(period.start)} đến {day(period.end)}" + (f", {place}" if place else ""))]
    )
    sheet.append(["Mỗi đơn tính một lần, theo lĩnh vực chính. Đối chiếu với phụ lục của biểu đang có hiệu lực."])
    second = _sheet(book, "Kết quả", ["Loại đơn", *STATUS.values(), "Tổng"])
    for kind, by_status in statuses.items():
        second.append([known.name(kind), *by_status.values(), sum(by_status.values())])
    return _bytes(book)


def _book() -> Workbook:
    book = Workbook()
    for sheet in list(book.worksheets):
        book.remove(sheet)
    return book


def _sheet(book: Workbook, title: str, heads: Sequence[str]) -> Any:
    sheet = book.create_sheet(title)
    sheet.append(list(heads))
    for i, cell in enumerate(sheet[1], 1):
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(i)].width = 44 if i == 4 and len(heads) > 10 else 18
    sheet.freeze_panes = "A2"
    return sheet


def _bytes(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
