"""Reading order of a page: columns, paragraphs, rows of unruled tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from nlp.documents.page_runs import Run, TextLine
from nlp.documents.page_tables import Table
from nlp.text.joining import MARKER, breaks_syllable

# Lines that set two columns apart must be this many to count as columns of running text.
_COLUMN_LINES = 8
# The number of a list item, set apart from its text by a tab stop.
_HANGING = re.compile(
    r"\(?(?:\d{1,2}(?:\.\d{1,2}){0,4}|[IVXLC]{1,6}|[A-ZĐa-zđ])[.)]|\d{1,2}(?:\.\d{1,2}){1,4}|[-+•*◦▪■□➢✓→\uf0b7\uf02d]"
)
_FAR = 5.0
_PAGE = re.compile(r"\d{1,3}")
# No printed page has more lines; the search for columns is quadratic in them.
_MOST_LINES = 2_000


@dataclass(slots=True)
class Paragraph:
    """One paragraph: its text on one line, type size, and its vertical range on the page."""

    text: str
    size: float
    top: float
    bottom: float


Item = Paragraph | Table | list[str]


_OPENS = re.compile(r"(?:nơi nhận|kính gửi)\s*:", re.IGNORECASE)
"""What opens a part of a letter, whatever stands above it."""


def items_of(lines: list[TextLine], tables: list[Table]) -> list[Item]:
    """Return paragraphs, tables and rows of unruled tables (lists of cells) in reading order.

    Parameters
    ----------
    lines : list[TextLine]
        Lines outside ruled tables, from the top down.
    tables : list[Table]
        Ruled tables, from the top down.
    """
    items: list[Item] = []
    waiting = list(tables)
    part: list[TextLine] = []
    for line in map(_whole, lines):
        while waiting and waiting[0].top > line.y:
            items += _flow(part)
            part = []
            items.append(waiting.pop(0))
        part.append(line)
    items += _flow(part)
    items += waiting
    return items


def _whole(line: TextLine) -> TextLine:
    """Return a line whose numbers are joined to the text they belong to: the number of an item that hangs before it,
    in one column or in each, and the page number behind a line of a table of contents.
    """
    runs = line.runs
    hanging = [_HANGING.fullmatch(run.text.strip()) is not None for run in runs]
    contents = len(runs) == 2 and _PAGE.fullmatch(runs[1].text.strip()) is not None and runs[0].text[-1:] != ":"
    if not contents and (len(runs) < 2 or hanging != [True, False] * (len(runs) // 2)):
        return line
    joined = []
    for first, second in zip(runs[::2], runs[1::2], strict=True):
        if not contents and second.x0 - first.x1 > _FAR * line.size:
            return line
        text = f"{first.text.rstrip()} {second.text.lstrip()}"
        joined.append(Run(text, first.x0, second.x1, second.y, second.size))
    return TextLine(joined, line.y, line.size)


def _flow(lines: list[TextLine]) -> Iterator[Item]:
    """Yield the paragraphs of a stretch without ruled tables, column by column."""
    at = 0
    plain: list[TextLine] = []
    while at < len(lines):
        band = _band(lines, at) if len(lines[at].runs) > 1 and len(lines) <= _MOST_LINES else None
        if band is None:
            plain.append(lines[at])
            at += 1
            continue
        end, gutter = band
        above = len(plain)
        while end - at >= _COLUMN_LINES and above and _continues_upwards(plain[above - 1], lines[at], gutter[1]):
            # The right column of running text begins higher than the left one.
            at, above = at - 1, above - 1
        yield from _paragraphs(plain[:above])
        plain = []
        yield from _columns(lines[at:end], gutter)
        at = end
    yield from _paragraphs(plain)


def _continues_upwards(line: TextLine, below: TextLine, right: float) -> bool:
    return line.x0 >= right - 0.5 * line.size and line.y - below.y <= 2 * line.size


def _band(lines: list[TextLine], at: int) -> tuple[int, tuple[float, float]] | None:
    """Return where the two-column stretch that begins at line `at` ends, and its gutter; None where there is none."""
    first = lines[at]
    gaps = [(right.x0 - left.x1, left.x1, right.x0) for left, right in zip(first.runs, first.runs[1:], strict=False)]
    width, low, high = max(gaps)
    if width < 1.1 * first.size:
        return None
    end = at + 1
    last_split = at
    splits = 1
    previous = first
    for index in range(at + 1, len(lines)):
        line = lines[index]
        if previous.y - line.y > 3.2 * max(line.size, previous.size):
            break
        left = [run for run in line.runs if (run.x0 + run.x1) / 2 < (low + high) / 2]
        right = [run for run in line.runs if (run.x0 + run.x1) / 2 >= (low + high) / 2]
        new_low = max([low, *(run.x1 for run in left)])
        new_high = min([high, *(run.x0 for run in right)])
        if new_high - new_low < 0.8 * line.size:
            break
        low, high = new_low, new_high
        previous = line
        end = index + 1
        if left and right:
            last_split = index
            splits += 1
        elif right and not left and last_split == index - 1:
            last_split = index
    if splits < 2:
        return None
    # Lines on the left alone at the end belong to what follows, unless running text fills that column.
    return (end if splits >= _COLUMN_LINES else last_split + 1), (low, high)


def _columns(lines: list[TextLine], gutter: tuple[float, float]) -> Iterator[Item]:
    middle = (gutter[0] + gutter[1]) / 2
    sides: tuple[list[TextLine], list[TextLine]] = ([], [])
    many = 0
    for line in lines:
        many += len(line.runs) > 2 and all(
            right.x0 - left.x1 > 0.8 * line.size for left, right in zip(line.runs, line.runs[1:], strict=False)
        )
        for side, wanted in ((sides[0], True), (sides[1], False)):
            runs = [run for run in line.runs if ((run.x0 + run.x1) / 2 < middle) is wanted]
            if runs:
                side.append(_line(runs, line))
    if many >= max(2, 0.6 * len(lines)):
        # Three and more columns line by line are a table without lines around its cells.
        yield from ([_line([run], line).text() for run in line.runs] for line in lines)
        return
    for side in sides:
        # Letterheads and signatures: each line stands for itself.
        yield from _paragraphs(side) if len(lines) >= _COLUMN_LINES else _single(side)


def _single(lines: list[TextLine]) -> Iterator[Paragraph]:
    group: list[TextLine] = []
    for line in lines:
        if group and not line.text()[:1].islower():
            yield _join(group)
            group = []
        group.append(line)
    if group:
        yield _join(group)


def _line(runs: list[Run], line: TextLine) -> TextLine:
    return TextLine(runs, line.y, line.size)


def _paragraphs(lines: list[TextLine]) -> Iterator[Paragraph]:
    if not lines:
        return
    left = min(line.x0 for line in lines)
    right = max(line.x1 for line in lines)
    pitches = [above.y - below.y for above, below in zip(lines, lines[1:], strict=False)]
    pitch = median(pitches) if pitches else 0.0
    group = [lines[0]]
    for above, below in zip(lines, lines[1:], strict=False):
        if _ends_paragraph(above, below, left, right, pitch):
            yield _join(group)
            group = []
        group.append(below)
    yield _join(group)


def _ends_paragraph(above: TextLine, below: TextLine, left: float, right: float, pitch: float) -> bool:
    text, last = below.text(), above.text()
    size = max(above.size, below.size)
    if abs(above.size - below.size) > 0.12 * size or above.y - below.y > max(1.45 * pitch, 1.2 * size):
        return True
    if last.endswith(("./.", "./")) or _OPENS.match(text):
        return True
    # The first word of the line below would have fitted behind the line above: the break was meant.
    word = text.split(" ", 1)[0]
    advance = (below.x1 - below.x0) / max(1, len(text))
    room = right - above.x1 - (len(word) + 1) * advance
    if room > 0.02 * (right - left):
        return True
    indented = below.x0 > left + 0.8 * size and below.x0 > above.x0 + 0.8 * size
    if indented or MARKER.match(text):
        return last[-1:] in ".;:!?…" or indented or not text[:1].islower()
    return False


def _join(lines: list[TextLine]) -> Paragraph:
    text = ""
    for line in lines:
        piece = line.text()
        if not text or (text.endswith("-") and text[-2:-1].isalnum()) or breaks_syllable(text[-12:], piece):
            text += piece
        else:
            text += " " + piece
    return Paragraph(text, lines[0].size, lines[0].y, lines[-1].y)
