"""From lines to paragraphs: what is lifted out, what is joined, where a paragraph ends."""

from __future__ import annotations

import re
from collections import Counter

from nlp.text.alignment import Edit
from nlp.text.footnotes import mark_footnotes
from nlp.text.joining import joins
from nlp.text.lines import WIDE_GAP, Line, column_widths, split_lines
from nlp.text.pagination import mark_page_numbers, mark_running_headers

_SPACES = re.compile(r" {2,}")
_BARE_MARK = re.compile(r"(?<=[^\W\d_])\d{1,3}(?=[\s,.;:)”\"]|$)|\s?\[\d{1,3}\]")
# "m2", "km2", "QL1" are no words with a mark.
_NO_WORD = re.compile(r"(?:\b[kdcm]?m|[A-ZĐ])\Z")

Lifted = tuple[str, int, int]


def layout_edits(text: str) -> tuple[list[Edit], list[Lifted], Counter[str]]:
    """Return the edits that turn lines into paragraphs.

    Parameters
    ----------
    text : str
        Clean text without marks of Markdown.

    Returns
    -------
    tuple[list[Edit], list[tuple[str, int, int]], Counter[str]]
        Edits in ascending order; what was lifted out as (kind, start, end), kinds ``page_number``,
        ``running_header``, ``footnote``, ``footnote_mark``, ``rule`` and ``soft_break``; how often each repair.
    """
    counts: Counter[str] = Counter()
    lifted: list[Lifted] = []
    lines = split_lines(text)
    widths = column_widths(lines)
    mark_page_numbers(lines, widths)
    mark_running_headers(lines, widths)
    notes = mark_footnotes(lines, widths)
    if notes:
        # With the notes out of the way more numbers and headers turn out to stand inside a sentence.
        mark_page_numbers(lines, widths)
        mark_running_headers(lines, widths)
    for kind in ("page_number", "running_header", "rule"):
        lifted += [(kind, line.start, line.end) for line in lines if line.role == kind]
    lifted += [("footnote", lines[first].start, lines[last].end) for first, last, _ in notes]
    edits = _gap_edits(text, lines, widths, lifted)
    edits += _inner_edits(text, lines, {number for _, _, number in notes}, lifted)
    edits.sort(key=lambda edit: edit.start)
    counts.update(kind for kind, _, _ in lifted)
    counts["line_joined"] = counts.pop("soft_break", 0)
    return edits, lifted, counts


def _gap_edits(text: str, lines: list[Line], widths: list[int], lifted: list[Lifted]) -> list[Edit]:
    edits: list[Edit] = []
    previous: int | None = None
    end = 0
    for at, line in enumerate(lines):
        if line.role != "text":
            continue
        if previous is None:
            new = ""
        else:
            between = lines[previous + 1 : at]
            page = line.new_page or any(other.role not in {"blank", "text"} or other.new_page for other in between)
            gap = any(other.role == "blank" for other in between)
            joint = joins(lines[previous], line, widths[previous], page=page, gap=gap)
            new = "\n" if joint is None else joint
            if joint is not None:
                lifted.append(("soft_break", end, line.start))
                cut = _hyphen(lines[previous].text, line.text, joint)
                if cut:
                    end -= 1
        if text[end : line.start] != new:
            edits.append(Edit(end, line.start, new))
        previous, end = at, line.end
    if end < len(text):
        edits.append(Edit(end, len(text), ""))
    return [edit for edit in edits if edit.end > edit.start]


def _hyphen(first: str, last: str, joint: str) -> bool:
    """Say whether the hyphen at the end of `first` only broke a syllable."""
    return joint == "" and first[-1] == "-" and last[0].islower()


def _inner_edits(text: str, lines: list[Line], numbers: set[str], lifted: list[Lifted]) -> list[Edit]:
    edits = []
    for line in lines:
        if line.role != "text":
            continue
        wide = {match.start() for match in WIDE_GAP.finditer(text, line.start, line.end)}
        edits += [
            Edit(*match.span(), "\n" if match.start() in wide else " ")
            for match in _SPACES.finditer(text, line.start, line.end)
        ]
        if numbers:
            for match in _BARE_MARK.finditer(text, line.start, line.end):
                bare = match.group()[0].isdigit()
                if bare and _NO_WORD.search(text, max(line.start, match.start() - 3), match.start()):
                    continue
                if match.group().strip(" []") in numbers:
                    lifted.append(("footnote_mark", match.start(), match.end()))
                    edits.append(Edit(match.start(), match.end(), ""))
    return edits
