"""Paragraph styles of a Word file: heading level, numbering, table of contents (ECMA-376 part 1, 17.7)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from nlp.documents.ooxml import W, child, value

_HEADING = re.compile(r"(?:heading|tiêu đề|đề mục) ?([1-9])")
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Style:
    """What a style says, its ancestors included.

    Parameters
    ----------
    name : str
        Lower case.
    level : int, optional
        Heading level 1 to 9, 0 for the title.
    numbering : tuple[str or None, int or None]
        Numbering id and level.
    """

    name: str = ""
    level: int | None = None
    numbering: tuple[str | None, int | None] = (None, None)
    hidden: bool = False


class Styles:
    """The styles of one file, looked up by id."""

    def __init__(self, root: etree._Element | None) -> None:
        self._nodes: dict[str, etree._Element] = {}
        self._known: dict[str, Style] = {}
        self._default = Style()
        if root is None:
            return
        for node in root.iterchildren(W + "style"):
            identifier = node.get(W + "styleId")
            if identifier:
                self._nodes[identifier] = node
                if node.get(W + "type") == "paragraph" and node.get(W + "default") in {"1", "true"}:
                    self._default = self._read(identifier, 0)

    def get(self, identifier: str | None) -> Style:
        """Return the style `identifier`, the default paragraph style where it is None or unknown."""
        if identifier is None or identifier not in self._nodes:
            return self._default
        if identifier not in self._known:
            self._known[identifier] = self._read(identifier, 0)
        return self._known[identifier]

    def has_lines(self, identifier: str | None, depth: int = 0) -> bool:
        """Say whether table style `identifier` draws lines around cells."""
        node = self._nodes.get(identifier or "")
        if node is None or depth > _DEEPEST:
            return False
        borders = child(child(node, "tblPr"), "tblBorders")
        if borders is not None:
            return any(side.get(W + "val") not in {None, "nil", "none"} for side in borders)
        return self.has_lines(value(node, "basedOn"), depth + 1)

    def _read(self, identifier: str, depth: int) -> Style:
        node = self._nodes.get(identifier)
        if node is None or depth > _DEEPEST:
            return Style()
        base_id = value(node, "basedOn")
        base = self._read(base_id, depth + 1) if base_id else Style()
        name = (value(node, "name") or "").lower()
        properties = child(node, "pPr")
        level = base.level
        heading = _HEADING.fullmatch(name)
        if heading:
            level = int(heading.group(1))
        elif name in {"title", "tiêu đề"}:
            level = 0
        outline = value(properties, "outlineLvl")
        if outline is not None and outline.isdigit():
            level = int(outline) + 1 if int(outline) < 9 else None
        number = child(properties, "numPr")
        numbering = base.numbering
        if number is not None:
            depth_text = value(number, "ilvl")
            own = value(number, "numId")
            numbering = (own or numbering[0], int(depth_text) if depth_text and depth_text.isdigit() else numbering[1])
        vanish = child(child(node, "rPr"), "vanish")
        hidden = base.hidden if vanish is None else vanish.get(W + "val") not in {"0", "false", "off"}
        return Style(name, level, numbering, hidden)
