"""Exports of mined reports: jsonl, json, csv, xlsx, Markdown and Word working documents, and a self-contained HTML
view.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from api.export.bundle import Bundle, citation
from api.export.lines import as_objects, to_json, to_jsonl
from api.export.page import mark_text, to_html
from api.export.tables import to_csv, to_xlsx
from api.export.working import to_docx, to_markdown

EXPORTERS: Mapping[str, Callable[[Iterable[Bundle]], bytes]] = {
    "jsonl": to_jsonl,
    "json": to_json,
    "csv": to_csv,
    "xlsx": to_xlsx,
    "docx": to_docx,
    "md": to_markdown,
}
"""Exporters of any number of documents into one file; `to_html` takes one document."""

MEDIA_TYPES: Mapping[str, str] = {
    "jsonl": "application/x-ndjson",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}

__all__ = [
    "EXPORTERS",
    "MEDIA_TYPES",
    "Bundle",
    "as_objects",
    "citation",
    "mark_text",
    "to_csv",
    "to_docx",
    "to_html",
    "to_json",
    "to_jsonl",
    "to_markdown",
    "to_xlsx",
]
