"""Pages, read as lines and tables, written out as text with blocks."""

from __future__ import annotations

from nlp.documents.builder import TextBuilder
from nlp.documents.page_layout import Paragraph, items_of
from nlp.documents.page_margins import PageText, plain_mark, take_margins
from nlp.documents.page_tables import Table


def write_pages(pages: list[PageText], builder: TextBuilder) -> None:
    """Append the pages: paragraphs one a line, tables one row a line, then the page's footnotes and a form feed."""
    builder.repairs.update(take_margins(pages))
    tables = 0
    for page in pages:
        row_number = 0
        for item in items_of(page.lines, page.tables):
            if isinstance(item, Paragraph):
                row_number = 0
                builder.line("paragraph", item.text)
            elif isinstance(item, Table):
                row_number = 0
                tables += 1
                for number, cells in enumerate(item.rows, 1):
                    _row(builder, cells, tables, number)
            else:
                tables += row_number == 0
                row_number += 1
                _row(builder, item, tables, row_number)
        for mark, text in page.notes:
            builder.line("footnote", f"{mark} {text}", None, plain_mark(mark))
        builder.end_page()


def _row(builder: TextBuilder, cells: list[str], table: int, row: int) -> None:
    if not any(cells):
        return
    builder.add("| ")
    for column, text in enumerate(cells, 1):
        start, end = builder.add(text)
        builder.block("table_cell", start, end, table, f"{row}:{column}")
        builder.add(" | " if column < len(cells) else " |\n")
