"""Web pages: text of the body, blocks as the tags declare them."""

from __future__ import annotations

import re

from lxml import etree
from lxml import html as lxml_html

from nlp.documents.builder import TextBuilder
from nlp.documents.document import BlockKind
from nlp.documents.docx_numbering import format_number
from nlp.text import ReadError, decode

_SKIPPED = {
    "script", "style", "head", "noscript", "template", "svg", "iframe", "object", "select", "button", "form", "nav",
}  # fmt: skip
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "figcaption",
    "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre",
    "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
}  # fmt: skip
_SPACE = re.compile(r"[ \t\r\n\f]+")
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I)
_DEEPEST = 200
# Forms of numbers by the attribute "type" of a list (HTML standard, 4.4.5), as Word calls them.
_FORMS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}


def read_html(data: bytes, builder: TextBuilder) -> None:
    """Extract the text of a web page; scripts, styles and hidden parts are left out.

    Raises
    ------
    ReadError
        ``damaged`` or ``empty``.
    """
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = lxml_html.document_fromstring(_text_of(data).encode("utf-8"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise ReadError("damaged", "Trang web bị hỏng, không đọc được.") from error
    body = root.find("body")
    _Walker(builder).walk(root if body is None else body)


def _text_of(data: bytes) -> str:
    found = _CHARSET.search(data[:4096])
    name = found.group(1).decode("ascii", "replace").lower() if found else ""
    if name and name not in {"utf-8", "utf8", "x-user-defined"}:
        try:
            return data.decode(name)
        except (LookupError, UnicodeDecodeError):
            pass  # What the page says of itself is often wrong; the bytes decide.
    return decode(data).text


class _Walker:
    """Walks the tree with an explicit stack of open lines, so that each block element starts a line."""

    def __init__(self, builder: TextBuilder) -> None:
        self._builder = builder
        self._line: list[str] = []
        self._kind: tuple[BlockKind, int | None, str | None] = ("paragraph", None, None)
        self._tables = 0
        self._items: dict[etree._Element, int] = {}

    def walk(self, root: etree._Element) -> None:
        self._element(root, 0)
        self._flush()

    def _element(self, node: etree._Element, depth: int) -> None:
        tag = node.tag if isinstance(node.tag, str) else ""
        if tag in _SKIPPED or not tag or depth > _DEEPEST or node.get("hidden") is not None:
            return
        if "display:none" in (node.get("style") or "").replace(" ", "").lower():
            return
        if tag == "table" and _is_data(node):
            self._flush()
            self._table(node)
            return
        if tag == "br":
            self._line.append("\n")
            return
        is_block = tag in _BLOCKS
        outer = self._kind
        if is_block:
            self._flush()
            if re.fullmatch(r"h[1-6]", tag):
                self._kind = ("heading", int(tag[1]), None)
            elif tag == "footer" and node.getparent().tag == "body":
                self._kind = ("footer", None, None)
            elif tag == "li":
                self._kind = ("list_item", None, None)
                self._line.append(self._item_label(node))
        elif tag == "sup" and re.fullmatch(r"\s*[\[(]?\d{1,3}[\])]?\s*", "".join(node.itertext())):
            self._line.append("".join(node.itertext()).strip().translate(_SUPERSCRIPT))
            return
        if node.text:
            self._line.append(node.text if tag == "pre" else _SPACE.sub(" ", node.text))
        for child in node:
            self._element(child, depth + 1)
            if child.tail:
                self._line.append(_SPACE.sub(" ", child.tail))
        if is_block:
            self._flush()
            self._kind = outer

    def _item_label(self, node: etree._Element) -> str:
        parent = node.getparent()
        if parent is None or parent.tag != "ol":
            return "- "
        start = parent.get("start") or ""
        number = self._items.get(parent, int(start) - 1 if start.isdigit() and len(start) < 9 else 0) + 1
        self._items[parent] = number
        form = _FORMS.get(parent.get("type") or "", "decimal")
        own = node.get("value") or ""
        if own.isdigit() and len(own) < 9:
            self._items[parent] = number = int(own)
        return f"{format_number(number, form)}{')' if 'Letter' in form else '.'} "

    def _flush(self) -> None:
        text = "".join(self._line)
        self._line.clear()
        text = "\n".join(part.strip() for part in re.sub(" {2,}", " ", text).split("\n")).strip("\n")
        if text.strip():
            kind, level, label = self._kind
            self._builder.line(kind, text, level, label)

    def _table(self, table: etree._Element) -> None:
        self._tables += 1
        number = self._tables
        rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
        for row_number, row in enumerate(rows, 1):
            cells = [cell for cell in row if cell.tag in {"td", "th"}]
            texts = [_cell_text(cell) for cell in cells]
            if not any(texts):
                continue
            self._builder.add("| ")
            for column, text in enumerate(texts, 1):
                start, end = self._builder.add(text)
                self._builder.block("table_cell", start, end, number, f"{row_number}:{column}")
                self._builder.add(" | " if column < len(texts) else " |\n")


_SUPERSCRIPT = str.maketrans("0123456789[]()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾⁽⁾")


def _is_data(table: etree._Element) -> bool:
    """Say whether a table holds data; old pages use tables to place whole texts."""
    if next(table.iterdescendants("table"), None) is not None:
        return False
    rows = list(table.iter("tr"))
    cells = [cell for row in rows for cell in row if cell.tag in {"td", "th"}]
    if not cells or len(cells) <= len(rows):
        return False
    return max(sum(map(len, cell.itertext())) for cell in cells) <= 2_000


def _cell_text(cell: etree._Element) -> str:
    for line_end in cell.iter("br", "p", "div", "li"):
        line_end.tail = "\n" + (line_end.tail or "")
    lines = (_SPACE.sub(" ", line).strip() for line in "".join(cell.itertext()).split("\n"))
    return "\n".join(line for line in lines if line)
