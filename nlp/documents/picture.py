"""Pictures of letters and reports: photographs and scans as files of their own."""

from __future__ import annotations

import struct

from nlp.documents.builder import TextBuilder
from nlp.documents.document import Limits
from nlp.documents.pages_text import write_pages
from nlp.documents.scan import can_recognise, recognise
from nlp.text import ReadError

# Points on the page are of no importance here; a usual page height makes the margins come out right.
_HEIGHT = 842.0
_MOST_DOTS = 120_000_000


def read_picture(data: bytes, builder: TextBuilder, limits: Limits) -> None:
    """Recognise the text of a picture.

    Raises
    ------
    ReadError
        ``scanned`` where no recogniser is installed, ``too_large``, ``damaged``, ``too_slow`` or ``empty``.
    """
    if not limits.scans or not can_recognise():
        raise ReadError("scanned", "Tệp là ảnh, chưa có lớp chữ; cần nhận dạng chữ (OCR) trước khi đọc.")
    wide, high = _dots(data)
    if wide * high > _MOST_DOTS:
        raise ReadError("too_large", "Ảnh quá lớn so với giới hạn cho phép.")
    scale = high / _HEIGHT if high else 300 / 72
    pages, confidence = recognise(data, scale, _HEIGHT, limits.seconds)
    if not any(page.lines for page in pages):
        raise ReadError("empty", "Không nhận ra chữ nào trong ảnh.")
    builder.repairs["page_recognised"] += len(pages)
    builder.confidence = confidence
    write_pages(pages, builder)


def _dots(data: bytes) -> tuple[int, int]:
    """Return width and height of a PNG or JPEG picture from its header, (0, 0) for others."""
    if data.startswith(b"\x89PNG") and len(data) >= 24:
        wide, high = struct.unpack(">II", data[16:24])
        return wide, high
    at = 2
    while data.startswith(b"\xff\xd8") and at + 9 < len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            high, wide = struct.unpack(">HH", data[at + 5 : at + 9])
            return wide, high
        at += 2 + length
    return 0, 0
