"""PDF files: the text layer in reading order, scans by optical recognition where it is installed."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pypdfium2

from nlp.documents.archive import damaged, protected
from nlp.documents.builder import TextBuilder
from nlp.documents.document import Limits
from nlp.documents.page_margins import PageText
from nlp.documents.page_runs import lines_of
from nlp.documents.page_tables import take_tables
from nlp.documents.pages_text import write_pages
from nlp.documents.pdf_chars import has_pictures, runs_of, strokes_of
from nlp.documents.scan import can_recognise, picture_of, recognise
from nlp.text import ReadError

Progress = Callable[[int, int], None]

# PDFium is not safe under threads. The lock is taken page by page, so that readers take turns on long files.
LOCK = threading.RLock()


def read_pdf(data: bytes, builder: TextBuilder, limits: Limits, progress: Progress | None = None) -> None:
    """Extract the text of a PDF file; `progress` is called with the number of pages read and of all pages.

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
        scanned: list[int] = []
        characters = 0
        for number in range(len(pdf)):
            page, picture = _read_page(pdf, number, limits.max_characters - characters)
            characters += sum(len(run.text) for line in page.lines for run in line.runs)
            if picture:
                scanned.append(number)
            pages.append(page)
            if progress:
                progress(number + 1 - len(scanned), len(pdf))
        if scanned:
            _read_scans(pdf, pages, scanned, builder, limits, progress)
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
                raise protected() from None
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
            height = page.get_height()
            picture = not runs and has_pictures(page)
        finally:
            page.close()
    tables, rest = take_tables(runs, flat, upright)
    return PageText(lines_of(rest) if rest else [], tables, page_height(height)), picture


def _read_scans(
    pdf: pypdfium2.PdfDocument,
    pages: list[PageText],
    scanned: list[int],
    builder: TextBuilder,
    limits: Limits,
    progress: Progress | None,
) -> None:
    """Recognise the pages that hold a picture and no text; without a recogniser they are counted and stay empty."""
    if not limits.scans or not can_recognise() or len(scanned) > limits.max_scan_pages:
        if len(scanned) == len(pages) or not any(page.lines or page.tables for page in pages):
            raise _scanned(limits, len(scanned))
        builder.repairs["page_without_text"] += len(scanned)
        return
    confidences = []
    for done, number in enumerate(scanned, 1):
        with LOCK:
            page = pdf[number]
            try:
                picture, scale = picture_of(page)
                height = page_height(page.get_height())
            finally:
                page.close()
        read, confidence = recognise(picture, scale, height, limits.seconds)
        if read and read[0].lines:
            pages[number] = read[0]
            confidences.append(confidence)
        builder.repairs["page_recognised"] += 1
        if progress:
            progress(len(pages) - len(scanned) + done, len(pages))
    if confidences:
        builder.confidence = min(1.0, sum(confidences) / len(confidences))


def _scanned(limits: Limits, count: int) -> ReadError:
    if limits.scans and can_recognise():
        return ReadError(
            "too_large", f"Bản quét có {count} trang; giới hạn nhận dạng chữ là {limits.max_scan_pages} trang."
        )
    return ReadError("scanned", "Tệp là bản quét, chưa có lớp chữ; cần nhận dạng chữ (OCR) trước khi đọc.")


def page_height(height: float) -> float:
    """Return a usable page height in points."""
    return height if height > 0 else 842.0
