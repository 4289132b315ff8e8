"""What a file is, by its first bytes; what its name claims it is."""

from __future__ import annotations

import re
from pathlib import PurePath

_NAMES = {
    ".txt": "txt",
    ".text": "txt",
    ".md": "md",
    ".markdown": "md",
    ".htm": "html",
    ".html": "html",
    ".xhtml": "html",
    ".docx": "docx",
    ".docm": "docx",
    ".dotx": "docx",
    ".pdf": "pdf",
    ".odt": "odt",
    ".doc": "doc",
    ".rtf": "rtf",
    ".ott": "odt",
    ".dot": "doc",
    ".png": "image",
    ".jpg": "image",
    ".jpeg": "image",
    ".tif": "image",
    ".tiff": "image",
}
_TITLES = {
    "txt": "văn bản thuần",
    "md": "Markdown",
    "html": "trang web (HTML)",
    "docx": "Word (.docx)",
    "pdf": "PDF",
    "odt": "OpenDocument (.odt)",
    "doc": "Word 97-2003 (.doc)",
    "rtf": "RTF",
    "image": "ảnh",
    "zip": "tệp nén (ZIP)",
    "xlsx": "bảng tính Excel",
    "pptx": "trình chiếu PowerPoint",
    "program": "chương trình máy tính",
    "ole": "tệp Office cũ không phải Word",
    "unknown": "dạng không rõ",
}
_HTML = re.compile(
    rb"\s*(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body|\?xml[^>]{0,200}\?>\s*<(?:!doctype\s+)?html)",
    re.I | re.S,
)


def media_of_name(filename: str) -> str | None:
    """Return the media that the extension of `filename` stands for, None where it says nothing."""
    return _NAMES.get(PurePath(filename).suffix.lower())


def media_of_bytes(data: bytes) -> str:
    """Return the media of `data`; ``txt`` where nothing speaks against text, packed files as ``zip``."""
    head = data[:1024]
    if b"%PDF-" in head:
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return "zip"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _ole_media(data)
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if head.startswith((b"\x89PNG\r\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")):
        return "image"
    if head.startswith((b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")) and b"\x00" in head:
        return "program"
    start = data[:4096].removeprefix(b"\xef\xbb\xbf")
    if start[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        start = start.decode("utf-16", errors="ignore").encode()
    if _HTML.match(start):
        return "html"
    return "txt"


def _ole_media(data: bytes) -> str:
    """Tell compound files apart by the names in their directory, which are stored as UTF-16."""

    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in data

    if holds("EncryptedPackage"):
        return "encrypted"
    if holds("WordDocument"):
        # The first block of a Word document: 0xA5EC, and bit 8 of its flags where it is encrypted (MS-DOC 2.5.2).
        start = data.find(b"\xec\xa5")
        locked = start >= 0 and len(data) > start + 11 and data[start + 11] & 0x01
        return "encrypted" if locked else "doc"
    return "ole"


def has_macros(data: bytes) -> bool:
    """Say whether a compound file (.doc) holds macros."""
    return any(name.encode("utf-16-le") in data for name in ("_VBA_PROJECT", "VBA", "Macros"))


def title_of(media: str) -> str:
    """Return what people call `media`, in Vietnamese."""
    return _TITLES.get(media, _TITLES["unknown"])
