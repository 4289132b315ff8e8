"""Bytes to text: which encoding they are in, legacy Vietnamese ones included."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass

from nlp.text.alignment import apply_edits
from nlp.text.clean import Repair
from nlp.text.errors import ReadError
from nlp.text.legacy import VISCII
from nlp.text.mojibake import reading_quality, tcvn3_edits, vni_edits

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_LOST = "\ufffd"
# Bytes beyond ASCII that only stand for punctuation and signs in Windows-1252: quotes, dashes, dots, degree, …
_WESTERN_SIGNS = frozenset(range(0x82, 0x98)) | {0xA0, 0xA7, 0xA9, 0xAB, 0xAE, 0xB0, 0xB1, 0xB2, 0xB3, 0xB7, 0xBB, 0x99}
_ENOUGH = 0.7
# Bytes looked at to tell encodings apart.
_SAMPLE = 200_000


@dataclass(frozen=True)
class Decoded:
    """Text as given (no byte-order mark, nothing repaired), the encoding it was in, and damage met on the way."""

    text: str
    encoding: str
    repairs: tuple[Repair, ...] = ()


def decode(data: bytes) -> Decoded:
    """Decode `data`: UTF-8, UTF-16 or UTF-32 with or without mark, else TCVN3, VNI, VISCII or Windows-1258.

    Parameters
    ----------
    data : bytes
        Content of a text file.

    Returns
    -------
    Decoded
        ``encoding`` is the Python name, or ``tcvn3``, ``vni``, ``viscii``. A few bytes that do not fit become U+FFFD
        and are counted as the repair ``bad_bytes``; a legacy encoding is counted as a repair under its name.

    Raises
    ------
    ReadError
        ``empty``: nothing in it; ``binary``: not text; ``encoding_unknown``: no known encoding gives Vietnamese text.
    """
    if not data.strip(b"\x00 \t\r\n"):
        raise ReadError("empty", "Tệp rỗng, không có nội dung.")
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _lenient(data[len(bom) :], encoding)
    wide = _wide_encoding(data)
    if wide is not None:
        return _lenient(data, wide)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _not_utf8(data)
    return _checked(text, "utf-8")


def _wide_encoding(data: bytes) -> str | None:
    """Recognise UTF-16 without a mark: of each pair, one byte is 0x00, 0x01, 0x1E or 0x20 nearly always."""
    if len(data) % 2 or len(data) < 4 or b"\x00" not in data[:_SAMPLE]:
        return None
    sample = data[:_SAMPLE]
    for encoding, high in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        usual = sum(high.count(byte) for byte in (b"\x00", b"\x01", b"\x03", b"\x1e", b"\x20"))
        if usual > 0.95 * len(high) and high.count(b"\x00") > 0.4 * len(high):
            return encoding
    return None


def _lenient(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, errors="replace")
    lost = text.count(_LOST) - data.count(_LOST.encode(encoding))
    if lost > 3 + 0.01 * len(text):
        raise _unknown()
    return _checked(text, encoding, lost)


def _not_utf8(data: bytes) -> Decoded:
    if _is_binary(data[:_SAMPLE].decode("latin-1")):
        raise _binary()
    text = data.decode("utf-8", errors="replace")
    beyond = sum(1 for char in text[:_SAMPLE] if char > "\x7f")
    lost = text[:_SAMPLE].count(_LOST)
    if lost <= 0.05 * beyond:
        return _checked(text, "utf-8", text.count(_LOST))
    best = None
    for name, reading in _LEGACY.items():
        sample = reading(data[:_SAMPLE])
        if sample is None:
            continue
        share, count = reading_quality(sample)
        if count and share >= _ENOUGH and (best is None or share > best[0]):
            best = (share, name)
    if best is not None:
        return _checked(_LEGACY[best[1]](data) or "", best[1], legacy=True)
    if {byte for byte in data if byte > 0x7F} <= _WESTERN_SIGNS:
        return _checked(data.decode("cp1252"), "cp1252")
    raise _unknown()


def _tcvn3(data: bytes) -> str | None:
    text = data.decode("latin-1")
    return apply_edits(text, tcvn3_edits(text))[0]


def _vni(data: bytes) -> str | None:
    text = data.decode("cp1252", errors="replace")
    return apply_edits(text, vni_edits(text))[0]


def _viscii(data: bytes) -> str | None:
    return data.decode("latin-1").translate(VISCII)


def _cp1258(data: bytes) -> str | None:
    try:
        return data.decode("cp1258")
    except UnicodeDecodeError:
        return None


_LEGACY: dict[str, Callable[[bytes], str | None]] = {
    "cp1258": _cp1258, "tcvn3": _tcvn3, "vni": _vni, "viscii": _viscii
}  # fmt: skip


def _checked(text: str, encoding: str, lost: int = 0, legacy: bool = False) -> Decoded:
    if _is_binary(text[:_SAMPLE]):
        raise _binary()
    if not text.strip():
        raise ReadError("empty", "Tệp không có nội dung.")
    repairs = []
    if lost > 0:
        repairs.append(Repair("bad_bytes", lost))
    if legacy:
        repairs.append(Repair(encoding, 1))
    return Decoded(text, encoding, tuple(repairs))


def _is_binary(text: str) -> bool:
    return len(_CONTROL.findall(text)) > 0.01 * len(text) + 2


def _binary() -> ReadError:
    return ReadError("binary", "Tệp không phải là văn bản.")


def _unknown() -> ReadError:
    return ReadError(
        "encoding_unknown", "Không nhận ra bảng mã của văn bản; hãy lưu lại tệp ở bảng mã UTF-8 rồi thử lại."
    )
