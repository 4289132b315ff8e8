"""The lines of a report with what the source knows of them: offsets, emphasis, headings that the format declares."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any

from nlp.reports.heading_lines import ENDING, VERB
from nlp.reports.headings import FINDING_ROLES, read_heading
from nlp.reports.numbering import marker_of
from nlp.reports.zones import BODY, CONTENTS, MARGIN, Line, Row
from nlp.text import Clean


def lines_of(clean: Clean, blocks: Sequence[Any] = ()) -> list[Line]:
    """Split the clean text into lines and carry over what the source knows of them.

    Parameters: `clean`, the running text with its map; `blocks`, the reader's blocks with source offsets (`kind`,
    `start`, `end`, `level`, `label`). Returns lines with `emphasis` where the source set the whole line in Markdown
    bold, `heading_level` where it is a heading, `row` where it belongs to a table, and the zones that the format
    declares: contents, and headers and footers.
    """
    levels, zones = _declared(clean, blocks)
    rows = _rows(clean, blocks)
    breaks = sorted(
        clean.from_source(a.span.start, a.span.end).start for a in clean.artefacts if a.kind == "soft_break"
    )
    lines = []
    position = 0
    marked = "**" in clean.source or "__" in clean.source or "\n#" in clean.source or clean.source.startswith("#")
    at = 0
    for text in clean.text.split("\n"):
        start, end = position, position + len(text)
        position = end + 1
        level = next((levels[o] for o in range(start, min(end, start + 8)) if o in levels), None) if levels else None
        declared = level is not None
        while at < len(rows) and rows[at].cells[-1][1] <= start:
            at += 1
        row = rows[at] if at < len(rows) and rows[at].cells[0][0] < end else None
        zone = next((zones[o] for o in range(start, min(end, start + 8)) if o in zones), BODY) if zones else BODY
        emphasis = False
        stripped = text.lstrip(" \t")
        if stripped.startswith("#"):
            level = level or len(stripped) - len(stripped.lstrip("#"))
        elif marked and stripped:
            emphasis = _is_bold(clean, start, end)
            if level is None:
                level = _markdown_level(clean, start, end)
        inside = breaks[bisect_right(breaks, start) : bisect_left(breaks, end)]
        cut = _joined_heading(text, [b - start for b in inside])
        if cut:
            lines.append(Line(start, start + cut, text[:cut], BODY, emphasis, level))
            start, text, emphasis, level = start + cut + 1, text[cut + 1 :], False, None
        lines.append(Line(start, end, text, zone, emphasis, level, declared and level is not None, row))
    return lines


def _declared(clean: Clean, blocks: Sequence[Any]) -> tuple[dict[int, int], dict[int, str]]:
    """Levels of headings and zones of other lines, by where they start in the clean text."""
    levels: dict[int, int] = {}
    zones: dict[int, str] = {}
    for block in blocks:
        zone = MARGIN if block.kind in ("header", "footer") else CONTENTS if block.label == "toc" else None
        if block.end <= block.start or (zone is None and block.kind != "heading"):
            continue
        start = clean.from_source(block.start, block.end).start
        if zone is not None:
            zones[start] = zone
        else:
            levels[start] = block.level or 1
    return levels, zones


def _rows(clean: Clean, blocks: Sequence[Any]) -> list[Row]:
    """Rows of the tables that are written between bars; cells of a letterhead are lines like others."""
    rows: list[Row] = []
    last: tuple[int | None, str] = (None, "")
    for block in blocks:
        if (
            block.kind != "table_cell"
            or block.end <= block.start
            or clean.source[block.start - 2 : block.start] != "| "
        ):
            continue
        number, _, column = (block.label or "").partition(":")
        span = clean.from_source(block.start, block.end)
        if span.start >= span.end or not column.isdigit():
            continue
        cell = (span.start, span.end, int(column) - 1)
        if last == (block.level, number):
            rows[-1] = Row(rows[-1].table, (*rows[-1].cells, cell))
        else:
            rows.append(Row(block.level or 0, (cell,)))
        last = (block.level, number)
    return rows


def _joined_heading(text: str, breaks: Sequence[int]) -> int:
    """Where a line of its own that says what follows was joined with the text below it, or 0.

    Parameters: `text`, one line of running text; `breaks`, places in it where the source began a new line. The words
    of a heading may end like an unfinished sentence ("… hạn chế, tồn tại"); that the printed line stopped short and
    names a role tells it from one.
    """
    if not breaks or breaks[0] > 110:
        return 0
    head, tail = text[: breaks[0]].rstrip(), text[breaks[0] :].lstrip()
    widest = max((b - a for a, b in zip(breaks, breaks[1:], strict=False)), default=len(tail))
    marker = marker_of(head)
    content = head[marker.end :] if marker else head
    if (
        not tail[:1].isupper()
        or ENDING.search(head)
        or not 1 <= len(content.split()) <= 14
        or len(head) > 0.75 * widest
    ):
        return 0
    roles = read_heading(content).roles
    named = bool(roles & (FINDING_ROLES | {"result", "success_cause", "past_solution"})) and not VERB.search(content)
    return breaks[0] if named and (marker is not None or content[:1].isupper()) else 0


def _source_line(clean: Clean, start: int, end: int) -> str:
    span = clean.to_source(start, end)
    left = clean.source.rfind("\n", 0, span.start) + 1
    right = clean.source.find("\n", span.end)
    return clean.source[left : right if right >= 0 else len(clean.source)].strip()


def _is_bold(clean: Clean, start: int, end: int) -> bool:
    line = _source_line(clean, start, end).lstrip("#-+ ")
    return (
        len(line) > 4
        and line[:2] in ("**", "__")
        and line.rstrip(" :.").endswith(("**", "__"))
        and line.count("**") <= 2
    )


def _markdown_level(clean: Clean, start: int, end: int) -> int | None:
    match = re.match(r"(#{1,6})\s", _source_line(clean, start, end))
    return len(match.group(1)) if match else None
