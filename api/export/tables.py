"""Tables: CSV for other programs, XLSX with filters for people."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from typing import Any

from api.export.bundle import KIND_NAMES, Bundle, citation, field_names, kind_name, topic_names
from api.export.returning import Returning, counted, returning

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
    "history": "Đã nêu trước đó",
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
    bundles = list(bundles)
    yield from _rows(bundles, returning(bundles))


def _rows(bundles: Iterable[Bundle], known: Returning) -> Iterable[dict[str, Any]]:
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
                "history": known.history.get(finding["id"], ""),
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
    known = returning(bundles)
    book = Workbook()
    sheet = book.active
    sheet.title = "Phát hiện"
    sheet.append(list(COLUMNS.values()))
    for row in _rows(bundles, known):
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
    if known.groups:
        _returning_sheet(book.create_sheet("Lặp lại"), bundles, known)
    _documents_sheet(book.create_sheet("Văn bản"), bundles)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _returning_sheet(sheet: Any, bundles: list[Bundle], known: Returning) -> None:
    """What several reports name: the most typical wording, how many reports, which years and places, every citation."""
    cited = {f["id"]: citation(b.document, f) for b in bundles for f in b.findings}
    sheet.append(["Loại", "Nội dung tiêu biểu", "Mức giống", "Số văn bản", "Theo năm", "Theo nơi", "Trích dẫn"])
    for kind, group in known.groups:
        row = (
            KIND_NAMES[kind],
            group.members[0].text,
            "gần như nguyên văn" if group.near_identical else "tương tự",
            group.documents,
            counted(group.years),
            counted(group.places),
            "; ".join(dict.fromkeys(cited[m.id] for m in group.members)),
        )
        sheet.append([safe_cell(value) for value in row])
    for letter, width in zip("ABCDEFG", (20, 70, 20, 12, 24, 40, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:G{max(1, sheet.max_row)}"


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
