"""PDF files: the text layer in reading order, scans by optical recognition where it is installed."""

from __future__ import annotations

import threading

import pypdfium2

from nlp.documents.archive import damaged
from nlp.documents.builder import TextBuilder
from nlp.documents.document import Limits
from nlp.documents.page_margins import PageText
from nlp.documents.page_runs import lines_of
from nlp.documents.page_tables import take_tables
from nlp.documents.pages_text import write_pages
from nlp.documents.pdf_chars import has_pictures, runs_of, strokes_of
from nlp.text import ReadError

# PDFium is not safe under threads. The lock is taken page by page, so that readers take turns on long files.
LOCK = threading.RLock()


def read_pdf(data: bytes, builder: TextBuilder, limits: Limits) -> None:
    """Extract the text of a PDF file.

    Raises
    ------
    ReadError
        ``protected``, ``damaged``, ``too_large`` or ``scanned`` (no page has a text layer).
    """
    pdf = _open(data)
    try:
        if len(pdf) > limits.max_pages:
            raise ReadError("too_large", f"Tệp PDF có quá nhiều trang: giới hạn là {limits.max_pages} trang.")
        pages: list[PageText] = []
        scanned = 0
        characters = 0
        for number in range(len(pdf)):
            page, picture = _read_page(pdf, number, limits.max_characters - characters)
            characters += sum(len(run.text) for line in page.lines for run in line.runs)
            if not page.lines and not page.tables and picture:
                scanned += 1
            pages.append(page)
        if scanned and not any(page.lines or page.tables for page in pages):
            raise ReadError("scanned", "Tệp là bản quét, chưa có lớp chữ; cần nhận dạng chữ (OCR) trước khi đọc.")
        builder.repairs["page_without_text"] += scanned
        write_pages(pages, builder)
    finally:
        with LOCK:
            pdf.close()


def _open(data: bytes) -> pypdfium2.PdfDocument:
    with LOCK:
        try:
            pdf = pypdfium2.PdfDocument(data)
            if len(pdf) == 0:
                raise damaged()
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower():
                raise ReadError(
                    "protected", "Tệp PDF được bảo vệ bằng mật khẩu; hãy bỏ mật khẩu rồi gửi lại."
                ) from None
            raise damaged() from error
        return pdf


def _read_page(pdf: pypdfium2.PdfDocument, number: int, most: int) -> tuple[PageText, bool]:
    with LOCK:
        try:
            page = pdf[number]
        except pypdfium2.PdfiumError:
            # One damaged page does not spoil the others.
            return PageText([], [], 0.0), False
        try:
            flat, upright = strokes_of(page)
            runs = runs_of(page, most, upright)
            height = page.get_width() if page.get_rotation() in (90, 270) else page.get_height()
            picture = not runs and has_pictures(page)
        finally:
            page.close()
    tables, rest = take_tables(runs, flat, upright)
    return PageText(lines_of(rest) if rest else [], tables, page_height(height)), picture


def page_height(height: float) -> float:
    """Return a usable page height in points."""
    return height if height > 0 else 842.0
