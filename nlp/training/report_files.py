"""Reports of the corpus as the files that offices send: Word and PDF, made from the running text.

The marks of the corpus are offsets in the Markdown file; a finding is found again in a rendered file by its words
(`same_words`), since a file's reader gives a text of its own.
"""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

from nlp.reports.lexicon import key
from nlp.reports.lines import lines_of
from nlp.reports.outline import cells_of
from nlp.text import clean_running
from nlp.training.report_corpus import GoldReport

FORMATS = ("docx", "pdf")
_LINES_A_PAGE, _WIDTH = 44, 84
_MARKDOWN = re.compile(r"^#{1,6}\s+|\*\*|<sup>.*?</sup>")


def paragraphs_of(report: GoldReport) -> Iterator[tuple[str, bool, list[str]]]:
    """(text, whether a heading, cells of a table row) of every line of the running text, wrapped lines joined."""
    clean = clean_running(report.text)
    titles = {key(report.text[h["start"] : h["end"]]) for h in report.gold.get("headings", ())}
    for line in lines_of(clean):
        text = _MARKDOWN.sub("", line.text).strip()
        if text:
            cells = [line.text[a:b].strip() for a, b in cells_of(line.text)]
            yield text, key(text) in titles, cells


def to_word(report: GoldReport) -> bytes:
    """The report as .docx: headings in Word's heading style, table rows in tables, Times New Roman 14."""
    from docx import Document
    from docx.shared import Pt

    book = Document()
    book.styles["Normal"].font.name = "Times New Roman"
    book.styles["Normal"].font.size = Pt(14)
    table = None
    for text, heading, cells in paragraphs_of(report):
        if not cells:
            table = None
            book.add_paragraph(text, style="Heading 2" if heading else None)
        elif table is None or len(table.columns) != len(cells):
            table = book.add_table(rows=0, cols=len(cells))
        if cells and table is not None:
            for cell, words in zip(table.add_row().cells, cells, strict=True):
                cell.text = words
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def to_pdf(report: GoldReport) -> bytes:
    """The report as PDF: A4 pages of wrapped lines with page numbers, an embedded font; needs matplotlib."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_pdf import PdfPages
    from matplotlib.figure import Figure

    rows: list[str] = []
    for text, _, cells in paragraphs_of(report):
        rows += [*textwrap.wrap(" ; ".join(cells) if cells else text, _WIDTH, break_on_hyphens=False), ""]
    stream = io.BytesIO()
    with (
        rc_context({"pdf.fonttype": 42, "font.family": "DejaVu Serif", "text.parse_math": False}),
        PdfPages(stream) as pages,
    ):
        for number, first in enumerate(range(0, len(rows), _LINES_A_PAGE), start=1):
            page = Figure(figsize=(8.27, 11.69))
            for at, row in enumerate(rows[first : first + _LINES_A_PAGE]):
                page.text(0.12, 0.93 - at * 0.0196, row, fontsize=10)
            if number > 1:
                page.text(0.5, 0.965, str(number), fontsize=10, ha="center")
            pages.savefig(page)
    return stream.getvalue()


def write_files(reports: list[GoldReport], folder: Path, formats: tuple[str, ...] = FORMATS) -> int:
    """Write every report under its name in each format; returns how many files."""
    folder.mkdir(parents=True, exist_ok=True)
    make = {"docx": to_word, "pdf": to_pdf}
    for report in reports:
        for name in formats:
            (folder / f"{report.name}.{name}").write_bytes(make[name](report))
    return len(reports) * len(formats)


def same_words(text: str) -> str:
    """What stays of a sentence through any file: its folded letters and digits."""
    return re.sub(r"[^a-z0-9]+", "", key(text))
