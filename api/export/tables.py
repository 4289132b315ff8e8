"""Tables: CSV for other programs, XLSX with filters for people."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from typing import Any

from api.export.bundle import Bundle, citation, field_names, kind_name, topic_names

COLUMNS: Mapping[str, str] = {
    "id": "Mã",
    "filename": "Tệp",
    "issuer": "Cơ quan ban hành",
    "number": "Số hiệu",
    "date": "Ngày",
    "province": "Tỉnh",
    "kind": "Loại",
    "text": "Nội dung",
    "section": "Mục",
    "item": "Ý",
    "page": "Trang",
    "subject": "Đối tượng",
    "addressee": "Nơi nhận kiến nghị",
    "responsible": "Đơn vị thực hiện",
    "due": "Thời hạn",
    "hedges": "Mức độ",
    "causes": "Nguyên nhân kèm theo",
    "topics": "Chủ đề",
    "fields": "Lĩnh vực",
    "links": "Liên kết với",
    "confidence": "Độ tin cậy",
    "review": "Cần xem lại",
    "reasons": "Vì sao",
    "citation": "Trích dẫn",
}
"""Column codes of the CSV (stable) and their Vietnamese headings in the sheet."""

_WIDTHS = {"text": 70, "section": 34, "reasons": 40, "citation": 40, "causes": 34, "issuer": 26, "links": 30}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def rows_of(bundles: Iterable[Bundle]) -> Iterable[dict[str, Any]]:
    """One flat row a finding, in the order of the text; a document without findings gives none."""
    for bundle in bundles:
        metadata = bundle.document.get("metadata") or {}
        for finding in bundle.findings:
            item = finding.get("item") or {}
            yield {
                "id": finding["id"],
                "filename": bundle.document.get("filename"),
                "issuer": metadata.get("issuer"),
                "number": metadata.get("number"),
                "date": metadata.get("date"),
                "province": metadata.get("province"),
                "kind": kind_name(finding),
                "text": finding["text"],
                "section": " › ".join(finding.get("section") or ()),
                "item": item.get("label"),
                "page": finding.get("page"),
                "subject": finding.get("subject"),
                "addressee": finding.get("addressee"),
                "responsible": finding.get("responsible"),
                "due": finding.get("due"),
                "hedges": ", ".join(finding.get("hedges") or ()),
                "causes": "; ".join(c["text"] for c in finding.get("embedded_causes") or ()),
                "topics": ", ".join(topic_names(finding)),
                "fields": ", ".join(field_names(finding)),
                "links": ", ".join(k["to"] for k in finding.get("links") or ()),
                "confidence": finding.get("confidence"),
                "review": "x" if finding.get("needs_review") else "",
                "reasons": "; ".join(finding.get("reasons") or ()),
                "citation": citation(bundle.document, finding),
            }


def safe_cell(value: Any) -> Any:
    """A value that a spreadsheet shows and never runs: text that begins like a formula gets an apostrophe.

    Source of the rule: OWASP, "CSV Injection".
    """
    if not isinstance(value, str):
        return value
    value = _CONTROL.sub(" ", value)
    return f"'{value}" if value.lstrip()[:1] in ("=", "+", "-", "@") else value


def to_csv(bundles: Iterable[Bundle]) -> bytes:
    """Comma-separated values, UTF-8 with a byte-order mark so that Excel reads the accents; the first row holds the
    column codes.
    """
    stream = io.StringIO()
    writer = csv.DictWriter(stream, fieldnames=list(COLUMNS), lineterminator="\r\n")
    writer.writeheader()
    for row in rows_of(bundles):
        writer.writerow({k: safe_cell("" if v is None else v) for k, v in row.items()})
    return ("\ufeff" + stream.getvalue()).encode()


def to_xlsx(bundles: Iterable[Bundle]) -> bytes:
    """A workbook: findings with filters, documents, and documents that could not be read."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    bundles = list(bundles)
    book = Workbook()
    sheet = book.active
    sheet.title = "Phát hiện"
    sheet.append(list(COLUMNS.values()))
    for row in rows_of(bundles):
        sheet.append([safe_cell(row[code]) for code in COLUMNS])
    for number, code in enumerate(COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = _WIDTHS.get(code, 14)
        head = sheet.cell(row=1, column=number)
        head.font = Font(bold=True)
        head.fill = PatternFill("solid", fgColor="DDE7F0")
    for cells in sheet.iter_rows(min_row=2):
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{max(1, sheet.max_row)}"
    _documents_sheet(book.create_sheet("Văn bản"), bundles)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _documents_sheet(sheet: Any, bundles: list[Bundle]) -> None:
    heads = [
        "Tệp",
        "Tên văn bản",
        "Loại",
        "Cơ quan ban hành",
        "Số hiệu",
        "Ngày",
        "Kỳ báo cáo",
        "Người ký",
        "Tỉnh",
        "Số phát hiện",
        "Chất lượng chữ",
        "Lỗi",
    ]
    sheet.append(heads)
    for bundle in bundles:
        metadata = bundle.document.get("metadata") or {}
        error = bundle.error or {}
        sheet.append(
            [
                safe_cell(v)
                for v in (
                    bundle.document.get("filename"),
                    metadata.get("title"),
                    metadata.get("kind"),
                    metadata.get("issuer"),
                    metadata.get("number"),
                    metadata.get("date"),
                    metadata.get("period"),
                    metadata.get("signer"),
                    metadata.get("province"),
                    len(bundle.findings),
                    bundle.document.get("quality"),
                    error.get("message"),
                )
            ]
        )
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:L{max(1, sheet.max_row)}"
