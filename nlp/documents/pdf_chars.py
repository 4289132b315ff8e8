"""Characters of a PDF page as runs, through PDFium's text interface."""

from __future__ import annotations

import ctypes
import math
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from nlp.documents.page_runs import Run, Stroke
from nlp.text.joining import breaks_syllable

# A gap wider than this many times the type size separates columns, cells and tab stops.
_WIDE = 1.1
# A gap this wide is a space: in lines that draw no spaces of their own, and in lines that do.
_SPACE, _SPACE_BESIDE = 0.17, 0.32
# Where PDFium takes a gap for a space too, less is enough: some programs leave out single spaces of a line.
_SPACE_GUESSED = 0.22
_GAP = "\ue000"
Turn = Callable[[float, float, float, float, float, float], tuple[float, float, float]]
_HYPHENS = {0x02, 0xFFFE, 0xAD}


@dataclass(slots=True)
class _Char:
    left: float
    right: float
    base: float
    size: float
    text: str
    guessed: bool = False
    """PDFium guesses a space before it."""


def runs_of(page: pypdfium2.PdfPage, most: int, rules: Sequence[Stroke] = ()) -> list[Run]:
    """Return the runs of `page` in upright coordinates, from the top down.

    Parameters
    ----------
    page : pypdfium2.PdfPage
        Page; its rotation is undone.
    most : int
        Characters read at most.
    rules : sequence of strokes
        Vertical lines as (x, y0, y1); a run never crosses one.
    """
    text_page = page.get_textpage()
    try:
        return _read(text_page, min(text_page.count_chars(), most), _upright(page), sorted(rules))
    finally:
        text_page.close()


def _read(text_page: pypdfium2.PdfTextPage, count: int, upright: Turn, rules: list[Stroke]) -> list[Run]:
    """Return runs from where characters stand, not from the order they are drawn in: that order is often broken."""
    raw = text_page.raw
    box, matrix = pdfium.FS_RECTF(), pdfium.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    lines: dict[int, list[_Char]] = {}
    guessed = False
    for index in range(count):
        code = pdfium.FPDFText_GetUnicode(raw, index)
        # Generated characters are PDFium's guesses at spaces and line ends.
        if code in (0, 10, 13) or pdfium.FPDFText_IsGenerated(raw, index) == 1:
            guessed = code == 32
            continue
        pdfium.FPDFText_GetCharOrigin(raw, index, x, y)
        pdfium.FPDFText_GetLooseCharBox(raw, index, box)
        pdfium.FPDFText_GetMatrix(raw, index, matrix)
        size = abs(pdfium.FPDFText_GetFontSize(raw, index)) * (math.hypot(matrix.c, matrix.d) or 1.0)
        left, right, base = upright(x.value, y.value, box.left, box.bottom, box.right, box.top)
        if right <= left:
            right = left + 0.4 * size
        # Half points: characters of one line differ by less, raised ones by more.
        lines.setdefault(round(base * 2), []).append(_Char(left, right, base, size, _char(code), guessed))
        guessed = False
    merged = list(_merged(lines))
    _take_raised(merged)
    return [run for line in merged if line for run in _runs_of_line(line, rules)]


def _merged(lines: dict[int, list[_Char]]) -> Iterator[list[_Char]]:
    """Yield the characters of each baseline; neighbouring half points are one."""
    line: list[_Char] = []
    before = None
    for key in sorted(lines, reverse=True):
        if before is not None and before - key > 1:
            yield line
            line = []
        line += lines[key]
        before = key
    if line:
        yield line


def _take_raised(lines: list[list[_Char]]) -> None:
    """Move raised and lowered small characters into the line they belong to, so that they stand in their place."""
    for above, below in zip(lines, lines[1:], strict=False):
        if not above or not below:
            continue
        for line, other in ((below, above), (above, below)):
            size = median(char.size for char in line)
            distance = abs(other[0].base - line[0].base) if other else 0.0
            if not 0.08 * size <= distance <= 0.6 * size:
                continue
            small = [char for char in other if char.size <= 0.82 * size and _beside(char, line)]
            if small:
                moved = {id(char) for char in small}
                other[:] = [char for char in other if id(char) not in moved]
                line += small
                break


def _beside(char: _Char, line: list[_Char]) -> bool:
    return any(-0.5 * other.size <= char.left - other.right <= 2.5 * other.size for other in line)


def _runs_of_line(line: list[_Char], rules: list[Stroke]) -> Iterator[Run]:
    line.sort(key=lambda char: char.left)
    spaced = sum(char.text == " " for char in line) * 15 >= len(line)
    space = _SPACE_BESIDE if spaced else _SPACE
    letters: list[str] = []
    sizes: list[float] = []
    first = last = line[0]
    end = 0.0
    for char in line:
        if letters:
            gap = char.left - end
            if char.text == last.text and abs(char.left - last.left) < 0.12 * char.size and char.text != " ":
                # Drawn twice to look bold.
                continue
            wide = gap > _WIDE * char.size or abs(char.base - last.base) > 0.08 * max(char.size, last.size)
            if wide or (rules and _crosses(rules, last.left, (char.left + char.right) / 2, char.base)):
                yield from _run(letters, first, end, sizes)
                letters, sizes = [], []
            elif (
                gap > (min(space, _SPACE_GUESSED) if char.guessed else space) * char.size
                and letters[-1] not in (" ", _GAP)
                and char.text != " "
            ):
                letters.append(_GAP)
        if not letters:
            first, end = char, char.left
        letters.append(char.text)
        sizes.append(char.size)
        end = max(end, char.right)
        last = char
    yield from _run(letters, first, end, sizes)


def _run(letters: list[str], first: _Char, end: float, sizes: list[float]) -> Iterator[Run]:
    text = "".join(letters)
    if _GAP in text:
        # A gap between letters that only together are a syllable is bad setting, not a space.
        joined, *others = text.split(_GAP)
        for other in others:
            joined += other if breaks_syllable(joined[-12:], other) else " " + other
        text = joined
    if text.strip():
        yield Run(text, first.left, end, first.base, median(sizes))


def _char(code: int) -> str:
    if code in _HYPHENS:
        return "-"
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def _crosses(rules: list[Stroke], start: float, middle: float, y: float) -> bool:
    """Say whether a vertical line stands between `start` and `middle` at height `y`."""
    first = bisect_left(rules, (start + 1.0,))
    last = bisect_left(rules, (middle,))
    return any(low <= y + 2 <= high for _, low, high in rules[first:last])


def _upright(page: pypdfium2.PdfPage) -> Turn:
    rotation = page.get_rotation()
    x0, y0, x1, y1 = page.get_cropbox()
    width, height = x1 - x0, y1 - y0

    def turn(x: float, y: float, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float]:
        """Return start, end and baseline of a character as a reader sees the page."""
        x, right, y, top, left, bottom = x - x0, right - x0, y - y0, top - y0, left - x0, bottom - y0
        if rotation == 90:
            return y, top, width - x
        if rotation == 270:
            return height - y, height - bottom, x
        if rotation == 180:
            return width - x, width - left, height - y
        return x, right, y

    return turn


def has_pictures(page: pypdfium2.PdfPage) -> bool:
    """Say whether the page holds a picture, as scans do."""
    objects: Any = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3)
    return next(iter(objects), None) is not None


def strokes_of(page: pypdfium2.PdfPage, most: int = 5_000) -> tuple[list[Stroke], list[Stroke]]:
    """Return the ruling lines of a page: horizontal ones as (y, x0, x1), vertical ones as (x, y0, y1).

    Empty for rotated pages: their tables are read as lines.
    """
    flat: list[Stroke] = []
    upright: list[Stroke] = []
    if page.get_rotation():
        return flat, upright
    x0, y0, _, _ = page.get_cropbox()
    for number, path in enumerate(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=3)):
        if number >= most:
            break
        left, bottom, right, top = path.get_bounds()
        left, right, bottom, top = left - x0, right - x0, bottom - y0, top - y0
        wide, high = right - left, top - bottom
        if high <= 3 and wide > 6:
            flat.append(((bottom + top) / 2, left, right))
        elif wide <= 3 and high > 4:
            upright.append(((left + right) / 2, bottom, top))
        elif wide > 12 and high > 8 and wide < 2000:
            # A box: each side is a line.
            flat += [(bottom, left, right), (top, left, right)]
            upright += [(left, bottom, top), (right, bottom, top)]
    return flat, upright
