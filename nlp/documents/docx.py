"""Word files: paragraphs with computed numbering, tables, notes, text boxes, tracked changes accepted."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from nlp.documents.archive import Package, damaged, with_macros
from nlp.documents.builder import TextBuilder
from nlp.documents.document import BlockKind, Limits
from nlp.documents.docx_numbering import Numbering
from nlp.documents.docx_runs import Notes, RunReader, note_mark
from nlp.documents.docx_styles import Style, Styles
from nlp.documents.ooxml import MC, W, child, value

_DEEPEST = 12


def read_docx(package: Package, builder: TextBuilder, limits: Limits) -> None:
    """Extract the text of a Word file.

    Order: headers, body with each text box after the paragraph that holds it, footnotes, endnotes, footers. Each
    paragraph is one line; a table row is one line between bars; a raised number (¹) stands where a note is referred to.

    Raises
    ------
    ReadError
        ``damaged`` or ``macros``.
    """
    if package.macros:
        if not limits.macros:
            raise with_macros()
        builder.repairs["macros_ignored"] += 1
    root = package.xml(package.main)
    if root is None:
        raise damaged()
    body = child(root, "body")
    if body is None:
        raise damaged()
    reader = _Reader(package, builder)
    reader.margins("header")
    reader.container(body, None, 0)
    reader.close()
    reader.notes_text()
    reader.margins("footer")
    builder.close_pages()


class _Reader:
    def __init__(self, package: Package, builder: TextBuilder) -> None:
        self._package = package
        self._builder = builder
        self._folder = package.main.rpartition("/")[0] + "/" if "/" in package.main else ""
        self._styles = Styles(package.xml(self._folder + "styles.xml"))
        self._numbering = Numbering(package.xml(self._folder + "numbering.xml"), self._styles)
        self._notes = Notes()
        self._runs = RunReader(self._styles, self._notes, builder.repairs)
        self._tables = 0
        self._carried = ""

    def container(self, node: etree._Element, kind: BlockKind | None, depth: int, label: str | None = None) -> None:
        """Append the paragraphs and tables of `node`; `kind` overrides what the styles say."""
        for part in _parts(node):
            if part.tag == W + "p":
                self._paragraph(part, kind, depth, label)
                label = None
            elif depth < _DEEPEST:
                self._table(part, kind, depth)

    def close(self) -> None:
        """Append what a deleted end of paragraph left open at the end of the body."""
        if self._carried.strip():
            self._builder.line("paragraph", self._carried.strip())
        self._carried = ""

    def margins(self, name: str) -> None:
        """Append the headers or footers that hold more than a page number, each text once."""
        kind: BlockKind = "header" if name == "header" else "footer"
        seen = set()
        for part_name in sorted(
            n for n in self._package.names if n.startswith(self._folder + name) and n.endswith(".xml")
        ):
            root = self._package.xml(part_name)
            if root is None:
                continue
            for paragraph in root.iter(W + "p"):
                text = self._runs.read(paragraph).text().strip()
                if any(c.isalpha() for c in text) and text not in seen and not text.lower().startswith("trang"):
                    seen.add(text)
                    self._builder.line(kind, text)

    def notes_text(self) -> None:
        """Append the notes in the order of their marks."""
        roots = {kind: self._package.xml(f"{self._folder}{kind}s.xml") for kind in ("footnote", "endnote")}
        notes: dict[tuple[str, str], etree._Element] = {}
        for kind, root in roots.items():
            if root is not None:
                for node in root.iterchildren(W + kind):
                    notes[kind, node.get(W + "id") or ""] = node
        counts = {"footnote": 0, "endnote": 0}
        for kind, identifier in list(self._notes.order):
            counts[kind] += 1
            node = notes.get((kind, identifier))
            if node is None:
                continue
            mark = note_mark(kind, counts[kind])
            texts = [self._runs.read(paragraph).text().strip() for paragraph in node.iter(W + "p")]
            text = " ".join(t for t in texts if t)
            if text:
                self._builder.line("footnote", f"{mark} {text}", None, str(counts[kind]))

    def _paragraph(self, node: etree._Element, kind: BlockKind | None, depth: int, note: str | None) -> None:
        properties = child(node, "pPr")
        found = self._runs.read(node)
        text = self._carried + found.text()
        self._carried = ""
        mark = child(properties, "rPr")
        if child(mark, "del") is not None or child(mark, "moveFrom") is not None:
            # The paragraph's end was deleted: its text runs on into the next paragraph.
            self._carried = text
            return
        style = self._styles.get(value(properties, "pStyle"))
        number, level = _numbering_of(properties, style)
        shown = self._numbering.label(number, level) if text.strip() or found.boxes else None
        stripped = text.strip(" \t\n")
        if stripped:
            self._line(properties, style, kind, stripped, shown, level, note)
        if found.breaks and kind is None and depth == 0:
            self._builder.end_page()
        if depth < _DEEPEST:
            for box in found.boxes:
                self.container(box, kind or "textbox", depth + 1)

    def _line(
        self,
        properties: etree._Element | None,
        style: Style,
        kind: BlockKind | None,
        text: str,
        shown: str | None,
        level: int,
        note: str | None,
    ) -> None:
        line = f"{shown} {text}" if shown else text
        outline = value(properties, "outlineLvl")
        heading = int(outline) + 1 if outline is not None and outline.isdigit() and int(outline) < 9 else style.level
        if kind is not None:
            self._builder.line(kind, line, None, note or shown or None)
        elif style.name.startswith(("toc ", "mục lục")):
            self._builder.line("paragraph", line, None, "toc")
        elif heading is not None:
            self._builder.line("heading", line, heading, shown or None)
        elif shown is not None:
            self._builder.line("list_item", line, level, shown or None)
        else:
            self._builder.line("paragraph", line)

    def _table(self, node: etree._Element, kind: BlockKind | None, depth: int) -> None:
        self._tables += 1
        number = self._tables
        plain = self._is_layout(node)
        for row_number, row in enumerate(_rows(node), 1):
            cells = [cell for cell in _parts(row, "tc") if not _continues(cell)]
            texts = [self._cell(cell, depth) for cell in cells]
            if not any(texts):
                continue
            if plain:
                for column, text in enumerate(texts, 1):
                    if text:
                        self._builder.line(kind or "table_cell", text, number, f"{row_number}:{column}")
                continue
            self._builder.add("| ")
            for column, text in enumerate(texts, 1):
                start, end = self._builder.add(text)
                self._builder.block(kind or "table_cell", start, end, number, f"{row_number}:{column}")
                self._builder.add(" | " if column < len(texts) else " |\n")

    def _is_layout(self, node: etree._Element) -> bool:
        """Say whether a table only sets a letterhead or signatures side by side: small and without visible lines."""
        rows = list(_rows(node))
        if len(rows) > 3 or any(len(list(_parts(row, "tc"))) > 2 for row in rows):
            return False
        properties = child(node, "tblPr")
        if _has_lines(child(properties, "tblBorders")) or self._styles.has_lines(value(properties, "tblStyle")):
            return False
        return not any(_has_lines(borders) for borders in node.iter(W + "tcBorders"))

    def _cell(self, cell: etree._Element, depth: int) -> str:
        lines: list[str] = []
        for part in _parts(cell):
            if part.tag == W + "p":
                properties = child(part, "pPr")
                found = self._runs.read(part)
                text = found.text().strip(" \t\n")
                for box in found.boxes:
                    if depth < _DEEPEST:
                        lines += [self._cell(box, depth + 1)]
                if text:
                    number, level = _numbering_of(properties, self._styles.get(value(properties, "pStyle")))
                    shown = self._numbering.label(number, level)
                    lines.append(f"{shown} {text}" if shown else text)
            elif depth < _DEEPEST:
                # A table inside a cell: its cells become lines of this one.
                for row in _rows(part):
                    texts = (self._cell(inner, depth + 1) for inner in _parts(row, "tc") if not _continues(inner))
                    lines += [text for text in texts if text]
        return "\n".join(line for line in lines if line)


def _parts(node: etree._Element, *names: str, depth: int = 0) -> Iterator[etree._Element]:
    """Yield the paragraphs and tables (or `names`) of `node` in order, looking through wrappers."""
    wanted = {W + name for name in names or ("p", "tbl")}
    if depth > 4 * _DEEPEST:
        return
    for part in node:
        if part.tag in wanted:
            yield part
        elif part.tag in _WRAPPERS:
            if part.tag == MC + "AlternateContent":
                chosen = part.find(MC + "Choice")
                part = part.find(MC + "Fallback") if chosen is None else chosen
                if part is None:
                    continue
            yield from _parts(part, *names, depth=depth + 1)


_WRAPPERS = {W + name for name in ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo")} | {
    MC + "AlternateContent"
}


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for row in _parts(table, "tr"):
        properties = child(row, "trPr")
        if child(properties, "del") is None:
            yield row


def _has_lines(borders: etree._Element | None) -> bool:
    return borders is not None and any(side.get(W + "val") not in {None, "nil", "none"} for side in borders)


def _continues(cell: etree._Element) -> bool:
    """Say whether a cell only continues the merged cell above it."""
    merge = child(child(cell, "tcPr"), "vMerge")
    return merge is not None and merge.get(W + "val") != "restart"


def _numbering_of(properties: etree._Element | None, style: Style) -> tuple[str | None, int]:
    own = child(properties, "numPr")
    number, level = style.numbering
    if own is not None:
        number = value(own, "numId") or number
        text = value(own, "ilvl")
        level = int(text) if text is not None and text.isdigit() else level
    return number, level or 0
