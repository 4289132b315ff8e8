"""Pages, read as lines and tables, written out as text with blocks."""

from __future__ import annotations

from collections.abc import Sequence

from nlp.documents.builder import TextBuilder
from nlp.documents.page_layout import Item, Paragraph, items_of
from nlp.documents.page_margins import PageText, plain_mark, take_margins
from nlp.documents.page_tables import Table

_SAME_EDGE = 8.0


def write_pages(pages: list[PageText], builder: TextBuilder) -> None:
    """Append the pages: paragraphs one a line, tables one row a line, then the page's footnotes and a form feed.

    A table that goes on over a page stays one table: its head is not repeated, and a row that a page cut in two stands
    whole where it begins.
    """
    builder.repairs.update(take_margins(pages))
    contents = [items_of(page.lines, page.tables) for page in pages]
    going_on = _join_tables(contents)
    builder.repairs["table_continued"] += sum(going_on)
    table, row = 0, 0
    for page, items, goes_on in zip(pages, contents, going_on, strict=True):
        unruled = False
        for number, item in enumerate(items):
            if isinstance(item, Paragraph):
                unruled = False
                builder.line("paragraph", item.text)
            elif isinstance(item, Table):
                unruled = False
                if number or not goes_on:
                    table, row = table + 1, 0
                for cells in item.rows:
                    row += 1
                    _row(builder, cells, table, row)
            else:
                if not unruled:
                    table, row, unruled = table + 1, 0, True
                row += 1
                _row(builder, item, table, row)
        for mark, text in page.notes:
            builder.line("footnote", f"{mark} {text}", None, plain_mark(mark))
        builder.end_page()


def _join_tables(contents: Sequence[list[Item]]) -> list[bool]:
    """Say of each page whether it begins with the rest of a table; repeated heads and cut rows are dealt with."""
    going_on = [False] * len(contents)
    open_table: Table | None = None
    head: list[str] = []
    for number, items in enumerate(contents):
        first = items[0] if items else None
        if open_table is not None and isinstance(first, Table) and _same_columns(open_table, first):
            going_on[number] = True
            if len(first.rows) > 1 and first.rows[0] == head and any(head):
                first.rows.pop(0)
            if open_table.rows and first.rows and _cut(open_table.rows[-1], first.rows[0]):
                rest = first.rows.pop(0)
                open_table.rows[-1] = [f"{a} {b}".strip() for a, b in zip(open_table.rows[-1], rest, strict=True)]
        last = items[-1] if items else None
        if isinstance(last, Table) and not (going_on[number] and last is first):
            head = last.rows[0] if last.rows else []
        # A page that held nothing but the end of a row leaves the row where it began.
        open_table = None if not isinstance(last, Table) else last if last.rows else open_table
    return going_on


def _same_columns(above: Table, below: Table) -> bool:
    return (
        len(above.rows[0]) == len(below.rows[0])
        and abs(above.left - below.left) <= _SAME_EDGE
        and abs(above.right - below.right) <= _SAME_EDGE
    )


def _cut(above: list[str], below: list[str]) -> bool:
    """Say whether row `below` is the rest of row `above`: it numbers nothing and goes on with unfinished cells."""
    filled = [(a, b) for a, b in zip(above, below, strict=True) if b]
    return not below[0] and bool(filled) and all(a and a[-1] not in ".;:!?" and not b[0].isupper() for a, b in filled)


def _row(builder: TextBuilder, cells: list[str], table: int, row: int) -> None:
    if not any(cells):
        return
    builder.add("| ")
    for column, text in enumerate(cells, 1):
        start, end = builder.add(text)
        builder.block("table_cell", start, end, table, f"{row}:{column}")
        builder.add(" | " if column < len(cells) else " |\n")
