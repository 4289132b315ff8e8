"""Scans through Tesseract with its Vietnamese model, where both are installed (Debian: tesseract-ocr-vie)."""

from __future__ import annotations

import shutil
from functools import cache
from statistics import median

import pypdfium2

from nlp.documents.page_margins import PageText
from nlp.documents.page_runs import Run, lines_of
from nlp.documents.programs import run_program
from nlp.text import ReadError

# Dots per inch that Tesseract's models were trained for.
_RESOLUTION = 300
_LARGEST_SIDE = 6_000
_WIDE = 1.6


@cache
def can_recognise() -> bool:
    """Say whether Tesseract and its Vietnamese model are installed."""
    program = shutil.which("tesseract")
    if program is None:
        return False
    try:
        listed = run_program([program, "--list-langs"], 20.0)
    except (ReadError, OSError):
        return False
    return b"vie" in listed.split()


def picture_of(page: pypdfium2.PdfPage) -> tuple[bytes, float]:
    """Return a page as a grey picture (PGM) and its dots per point."""
    scale = min(_RESOLUTION / 72, _LARGEST_SIDE / max(1.0, *page.get_size()))
    bitmap = page.render(scale=scale, grayscale=True)
    try:
        width, height, stride = bitmap.width, bitmap.height, bitmap.stride
        data = bytes(bitmap.buffer)
    finally:
        bitmap.close()
    rows = data if stride == width else b"".join(data[at * stride : at * stride + width] for at in range(height))
    return b"P5 %d %d 255\n" % (width, height) + rows, scale


def recognise(picture: bytes, scale: float, height: float, seconds: float) -> tuple[list[PageText], float]:
    """Read a picture.

    Parameters
    ----------
    picture : bytes
        File of any kind Tesseract reads; several pages are possible (TIFF).
    scale : float
        Dots per point.
    height : float
        Height of a page in points.
    seconds : float
        Time limit.

    Returns
    -------
    tuple[list[PageText], float]
        Lines of each page and the mean confidence of the words, 0 to 1.
    """
    program = shutil.which("tesseract") or "tesseract"
    resolution = str(round(72 * scale))
    table = run_program(
        [program, "stdin", "stdout", "-l", "vie", "--psm", "3", "--dpi", resolution, "tsv"], seconds, picture
    )
    pages: dict[int, dict[tuple[str, ...], list[_Word]]] = {}
    confidences: list[float] = []
    for row in table.decode("utf-8", errors="replace").split("\n")[1:]:
        cells = row.rstrip("\r").split("\t")
        if len(cells) < 12 or cells[0] not in {"1", "5"}:
            continue
        lines = pages.setdefault(int(cells[1]), {})
        if cells[0] == "5" and cells[11].strip():
            left, top, width, tall = (float(cell) / scale for cell in cells[6:10])
            lines.setdefault(tuple(cells[2:5]), []).append((left, left + width, height - top - tall, tall, cells[11]))
            confidences.append(max(0.0, float(cells[10])) / 100)
    read = [PageText(lines_of(_runs(list(lines.values()))), [], height) for _, lines in sorted(pages.items())]
    return read, sum(confidences) / len(confidences) if confidences else 0.0


_Word = tuple[float, float, float, float, str]


def _runs(lines: list[list[_Word]]) -> list[Run]:
    heights = [max(word[3] for word in line) for line in lines]
    if not heights:
        return []
    usual = median(heights)
    runs = []
    for line, tall in zip(lines, heights, strict=True):
        # Heights of recognised lines scatter; only plainly smaller or larger ones are another type size.
        size = usual if 0.72 * usual <= tall <= 1.4 * usual else tall
        base = median(word[2] for word in line)
        current: list[_Word] = []
        for word in line:
            if current and word[0] - current[-1][1] > _WIDE * size:
                runs.append(_run(current, base, size))
                current = []
            current.append(word)
        runs.append(_run(current, base, size))
    return runs


def _run(words: list[_Word], base: float, size: float) -> Run:
    return Run(" ".join(word[4] for word in words), words[0][0], words[-1][1], base, size)
