"""The characters of one Word paragraph, as they show: tracked changes accepted, fields shown by their result."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from lxml import etree

from nlp.documents.docx_styles import Styles
from nlp.documents.ooxml import MC, M, W, child, switched_on, value

_SKIPPED = {
    W + name
    for name in (
        "del", "moveFrom", "delText", "instrText", "delInstrText", "rPr", "pPr", "sdtPr", "sdtEndPr",
        "commentReference",
        "annotationRef", "footnoteRef", "endnoteRef", "rt", "pPrChange", "rPrChange", "object", "fldData",
    )
}  # fmt: skip
_MARK = str.maketrans("0123456789()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾")
_DEEPEST = 60


@dataclass
class Notes:
    """Footnotes and endnotes referred to so far, in order; `kind` is "footnote" or "endnote"."""

    order: list[tuple[str, str]] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)

    def mark(self, kind: str, identifier: str) -> str:
        """Number the next note and return its mark: "¹" for footnotes, "⁽¹⁾" for endnotes."""
        self._counts[kind] += 1
        self.order.append((kind, identifier))
        return note_mark(kind, self._counts[kind])


def note_mark(kind: str, number: int) -> str:
    """Return the raised mark of a note."""
    return (str(number) if kind == "footnote" else f"({number})").translate(_MARK)


@dataclass
class ParagraphText:
    """Text of a paragraph, the text boxes anchored in it, and where pages break in it."""

    pieces: list[str] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)

    def text(self) -> str:
        """Return the characters."""
        return "".join(self.pieces)


class RunReader:
    """Reads paragraphs of one file; counts what it left out."""

    def __init__(self, styles: Styles, notes: Notes, repairs: Counter[str]) -> None:
        self._styles = styles
        self._notes = notes
        self._repairs = repairs

    def read(self, paragraph: etree._Element) -> ParagraphText:
        """Return the text of ``w:p``."""
        found = ParagraphText()
        self._walk(paragraph, found, _Fields(), 0)
        return found

    def _walk(self, node: etree._Element, found: ParagraphText, fields: _Fields, depth: int) -> None:
        if depth > _DEEPEST:
            return
        for part in node:
            tag = part.tag
            if not isinstance(tag, str):
                continue
            if tag in _SKIPPED:
                if tag in {W + "del", W + "moveFrom"}:
                    self._repairs["tracked_deletion"] += 1
                continue
            if tag == W + "ins":
                self._repairs["tracked_insertion"] += 1
            if tag == W + "r" and self._hidden(part):
                self._repairs["hidden_text"] += 1
                continue
            if tag == W + "fldChar":
                fields.step(part.get(W + "fldCharType") or "")
            elif fields.in_code():
                # Between begin and separate stands the field's instruction, even where it is not marked as such.
                if tag == W + "r":
                    self._walk(part, found, fields, depth + 1)
            elif tag == MC + "AlternateContent":
                chosen = part.find(MC + "Choice")
                chosen = part.find(MC + "Fallback") if chosen is None or not len(chosen) else chosen
                if chosen is not None:
                    self._walk(chosen, found, fields, depth + 1)
            elif tag == W + "txbxContent":
                found.boxes.append(part)
            elif tag in {W + "t", M + "t"}:
                found.pieces.append(part.text or "")
            else:
                self._sign(part, tag, found)
                if len(part):
                    self._walk(part, found, fields, depth + 1)

    def _sign(self, part: etree._Element, tag: str, found: ParagraphText) -> None:
        if not tag.startswith(W):
            return
        name = tag[len(W) :]
        if name in {"tab", "ptab"}:
            found.pieces.append("\t")
        elif name == "br" and part.get(W + "type") == "page" or name == "lastRenderedPageBreak":
            found.breaks.append(sum(map(len, found.pieces)))
            if name == "br":
                found.pieces.append("\n")
        elif name in {"br", "cr"}:
            found.pieces.append("\n")
        elif name == "noBreakHyphen":
            found.pieces.append("-")
        elif name == "softHyphen":
            found.pieces.append("\u00ad")
        elif name == "sym":
            code = part.get(W + "char") or ""
            if 0 < len(code) <= 6 and all(c in "0123456789abcdefABCDEF" for c in code):
                found.pieces.append(chr(int(code, 16) % 0x110000))
        elif name in {"footnoteReference", "endnoteReference"}:
            found.pieces.append(self._notes.mark(name.removesuffix("Reference"), part.get(W + "id") or ""))

    def _hidden(self, run: etree._Element) -> bool:
        properties = child(run, "rPr")
        if properties is None:
            return False
        if child(properties, "vanish") is not None:
            return switched_on(properties, "vanish")
        style = value(properties, "rStyle")
        return style is not None and self._styles.get(style).hidden


class _Fields:
    """Where the walk stands in nested complex fields."""

    def __init__(self) -> None:
        self._open: list[bool] = []

    def step(self, kind: str) -> None:
        if kind == "begin":
            self._open.append(True)
        elif kind == "separate" and self._open:
            self._open[-1] = False
        elif kind == "end" and self._open:
            self._open.pop()

    def in_code(self) -> bool:
        return any(self._open)
