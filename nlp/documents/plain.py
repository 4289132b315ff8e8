"""Text files and Markdown: the decoded file is the text."""

from __future__ import annotations

from nlp.documents.builder import TextBuilder
from nlp.text import decode


def read_plain(data: bytes, builder: TextBuilder) -> None:
    """Decode `data` into `builder`; form feeds, where the file has them, end its pages."""
    decoded = decode(data)
    builder.repairs.update({repair.code: repair.count for repair in decoded.repairs})
    if decoded.encoding != "utf-8":
        builder.repairs[f"encoding_{decoded.encoding.replace('-', '_')}"] += 1
    parts = decoded.text.split("\f")
    for part in parts[:-1]:
        builder.add(part)
        builder.end_page()
    builder.add(parts[-1])
    builder.close_pages()
