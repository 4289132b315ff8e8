"""The outline of a report: headings, sections with their path, items, and the paragraphs that stand in them.

A heading is a line of its own, or runs into its paragraph ("1. Về tồn tại, hạn chế: …"). A line that leads into a list
("vẫn còn một số hạn chế sau:") opens a soft section over the items that follow, and so does the name of a table's column
over its cells. Nothing here decides what a finding is: the roles become evidence for the sentence model and words for
the explanation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from nlp.reports.heading_lines import is_heading, run_in, upper_share
from nlp.reports.headings import read_heading
from nlp.reports.lines import lines_of
from nlp.reports.numbering import Marker, marker_of
from nlp.reports.outline import Outline, Section, Table, cells_of, open_heading
from nlp.reports.zones import ANNEX, BODY, Line, zone_lines
from nlp.text import Clean


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A stretch of running text: `start`/`end` without the number in front; `section` and `item` say where it stands.

    `item_label` is the number or bullet as printed (None for plain paragraphs), `item_index` counts the items of one
    list from 1, `item_group` numbers the lists and items of the document so that paragraphs under one item share it.
    `zone` as in `zones`.
    """

    start: int
    end: int
    section: int
    zone: str
    item_label: str | None
    item_style: str | None
    item_index: int
    item_group: int
    order: int


@dataclass(frozen=True, slots=True)
class Structure:
    """The outline of one document."""

    lines: tuple[Line, ...]
    sections: tuple[Section, ...]
    paragraphs: tuple[Paragraph, ...]

    def path(self, section: int) -> tuple[str, ...]:
        """Titles from the outermost section to this one; soft leads are left out."""
        titles = []
        while section >= 0:
            node = self.sections[section]
            if node.kind != "lead":
                titles.append(node.title)
            section = node.parent
        return tuple(reversed(titles))

    def ancestors(self, section: int) -> Iterable[Section]:
        """The section and those around it, innermost first."""
        while section >= 0:
            yield self.sections[section]
            section = self.sections[section].parent


def parse_structure(clean: Clean, blocks: Sequence[Any] = ()) -> Structure:
    """Read the outline of a report.

    Parameters: `clean`, the running text (`nlp.text.clean_running`); `blocks`, the document reader's hints, may be
    empty. Returns sections and paragraphs in order; every offset is one of `clean.text`, and no paragraph overlaps a
    heading line or a run-in heading.
    """
    lines = zone_lines(lines_of(clean, blocks))
    builder = _Builder(clean.text)
    written = [line for line in lines if line.text.strip()]
    for number, line in enumerate(written):
        builder.take(line, written[number + 1].text if number + 1 < len(written) else "")
    return Structure(tuple(lines), tuple(builder.outline.sections), tuple(builder.paragraphs))


def _is_row(line: Line) -> bool:
    return line.row is not None or bool(cells_of(line.text))


class _Builder:
    """Takes the lines one after another; keeps the outline, the open table, and the count of items."""

    def __init__(self, text: str) -> None:
        self.outline = Outline()
        self.paragraphs: list[Paragraph] = []
        self._text = text
        self._table = Table(self.outline, text)
        self._group = 0
        self._index = 0
        self._rank = ""

    def take(self, line: Line, following: str) -> None:
        """Read one line that holds something; `following` is the text of the next such line."""
        if line.zone != BODY:
            self._table.close()
            if line.zone != ANNEX or not (_is_row(line) or "kèm theo" in line.text):
                self._add(line.start, line.end, line.zone, None)
            return
        if _is_row(line):
            self._take_row(line)
            return
        self._table.close()
        marker = marker_of(line.text)
        offset = marker.end if marker else len(line.text) - len(line.text.lstrip(" \t#"))
        content = line.text[offset:].rstrip()
        rank = marker.rank if marker else ("title" if upper_share(content) > 0.8 else "plain")
        if marker is None and line.declared:
            rank = f"style{line.heading_level}"
        if is_heading(line, marker, content, following):
            open_heading(self.outline, line, rank, content)
            self._new_group("")
            return
        self._take_text(line, marker, offset, content, rank)

    def _take_row(self, line: Line) -> None:
        self._new_group("")
        for first, last, column in self._table.row(line):
            self._index = column + 1
            self._table.enter(column)
            marker = marker_of(self._text[first:last]) if line.row else None
            self._add(first + (marker.end if marker else 0), last, BODY, marker)
        self._table.leave()

    def _take_text(self, line: Line, marker: Marker | None, offset: int, content: str, rank: str) -> None:
        start = line.start + offset
        if marker is None:
            self.outline.close_leads()
            self.outline.close_bullets()
            self.outline.close_aside()
        else:
            self.outline.close_same(marker.rank)
        head = run_in(content, marker)
        if head:
            title = line.text[: offset + head[0]].strip().rstrip(":")
            first = line.start + len(line.text) - len(line.text.lstrip())
            self.outline.open(title, first, start + head[0], rank, "run_in", read_heading(title).roles)
            start, content = start + head[1], content[head[1] :]
        self._count(marker)
        self._add(start, line.end, BODY, marker)
        if content.endswith(":") and not head:
            self.outline.open(content, start, line.end, "lead", "lead", read_heading(content[-160:]).roles)

    def _count(self, marker: Marker | None) -> None:
        """Number lists and items; a bullet inside a bullet stays in the group of the outer one."""
        if marker is None:
            self._new_group("")
        elif marker.style != "bullet" or marker.depth <= 1 or not self._rank:
            index = self._index + 1 if self._rank == marker.rank else 1
            self._new_group(marker.rank)
            self._index = index

    def _new_group(self, rank: str) -> None:
        self._group, self._index, self._rank = self._group + 1, 0, rank

    def _add(self, start: int, end: int, zone: str, marker: Marker | None) -> None:
        text = self._text[start:end]
        lead, tail = len(text) - len(text.lstrip()), len(text.rstrip())
        if tail <= lead:
            return
        section = self.outline.current() if zone == BODY else -1
        label, style = (None, None) if marker is None else (marker.label, marker.style)
        self.paragraphs.append(
            Paragraph(
                start + lead, start + tail, section, zone, label, style, self._index, self._group, len(self.paragraphs)
            )
        )
