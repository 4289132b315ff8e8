"""The lines of a report with what the source knows of them: offsets, emphasis, headings that the format declares."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from nlp.reports.heading_lines import ENDING, VERB
from nlp.reports.headings import FINDING_ROLES, read_heading
from nlp.reports.numbering import marker_of
from nlp.reports.zones import BODY, Line
from nlp.text import Clean


def lines_of(clean: Clean, blocks: Sequence[Any] = ()) -> list[Line]:
    """Split the clean text into lines and carry over what the source knows of them.

    Parameters: `clean`, the running text with its map; `blocks`, the reader's blocks with source offsets (`kind`,
    `start`, `level`). Returns lines with `emphasis` where the source set the whole line in Markdown bold and
    `heading_level` where it is a heading.
    """
    levels: dict[int, int] = {}
    tables: list[tuple[int, int]] = []
    for block in blocks:
        if block.end <= block.start:
            continue
        if block.kind == "heading":
            levels[clean.from_source(block.start, block.end).start] = block.level or 1
        elif block.kind == "table_cell":
            span = clean.from_source(block.start, block.end)
            tables.append((span.start, span.end))
    breaks = sorted(
        clean.from_source(a.span.start, a.span.end).start for a in clean.artefacts if a.kind == "soft_break"
    )
    lines = []
    position = 0
    marked = "**" in clean.source or "__" in clean.source or "\n#" in clean.source or clean.source.startswith("#")
    for text in clean.text.split("\n"):
        start, end = position, position + len(text)
        position = end + 1
        level = next((levels[o] for o in range(start, min(end, start + 8)) if o in levels), None) if levels else None
        emphasis = False
        stripped = text.lstrip(" \t")
        if stripped.startswith("#"):
            level = level or len(stripped) - len(stripped.lstrip("#"))
        elif marked and stripped:
            emphasis = _is_bold(clean, start, end)
            if level is None:
                level = _markdown_level(clean, start, end)
        cut = _joined_heading(text, [b - start for b in breaks if start < b < end])
        if cut:
            lines.append(Line(start, start + cut, text[:cut], BODY, emphasis, level))
            start, text, emphasis, level = start + cut + 1, text[cut + 1 :], False, None
        lines.append(Line(start, end, text, BODY, emphasis, level))
    return lines


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
