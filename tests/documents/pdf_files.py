"""Writes small PDF files by hand, so that tests know where each word stands.

Every character is half an em wide. The font is not embedded; its ToUnicode map gives the characters back.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

WIDTH, HEIGHT = 595.0, 842.0
LEFT, TOP, BOTTOM = 71.0, 770.0, 71.0


@dataclass
class PdfPage:
    """Drawing operations of one page; the origin is the lower left corner, units are points."""

    operations: list[str] = field(default_factory=list)
    rotation: int = 0
    images: bool = False

    def text(self, x: float, y: float, text: str, size: float = 12) -> None:
        """Draw `text` with its baseline at `y`."""
        codes = "".join(f"{ord(char):04X}" for char in text)
        self.operations.append(f"BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm <{codes}> Tj ET")

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Draw a thin line."""
        self.operations.append(f"0.5 w {x0} {y0} m {x1} {y1} l S")

    def picture(self) -> None:
        """Draw a picture over the page, as a scanner does."""
        self.images = True
        self.operations.append(f"q {WIDTH} 0 0 {HEIGHT} 0 0 cm /I1 Do Q")

    def column(self, lines: list[str], x: float = LEFT, y: float = TOP, size: float = 12, pitch: float = 1.35) -> float:
        """Draw `lines` one below the other; return the baseline after the last."""
        for line in lines:
            if line:
                self.text(x, y, line, size)
            y -= size * pitch
        return y


def write_pdf(pages: list[PdfPage]) -> bytes:
    """Return the bytes of a PDF file."""
    used = sorted({chr(int(code, 16)) for page in pages for op in page.operations for code in _codes(op)})
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    font = len(pages) * 2 + 3
    kids = []
    for page in pages:
        kids.append(len(objects) + 1)
        images = f"/XObject << /I1 {font + 4} 0 R >>" if page.images else ""
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Rotate {page.rotation} "
            f"/Resources << /Font << /F1 {font} 0 R >> {images} >> /Contents {len(objects) + 2} 0 R >>".encode()
        )
        objects.append(_stream("\n".join(page.operations).encode()))
    objects[1] = f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] >>".encode()
    objects += [
        f"<< /Type /Font /Subtype /Type0 /BaseFont /Test /Encoding /Identity-H /DescendantFonts [{font + 1} 0 R] "
        f"/ToUnicode {font + 3} 0 R >>".encode(),
        f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Test /CIDSystemInfo << /Registry (Adobe) "
        f"/Ordering (Identity) /Supplement 0 >> /DW 500 /FontDescriptor {font + 2} 0 R >>".encode(),
        b"<< /Type /FontDescriptor /FontName /Test /Flags 4 /FontBBox [0 -200 500 800] /ItalicAngle 0 /Ascent 800 "
        b"/Descent -200 /CapHeight 700 /StemV 80 >>",
        _stream(_to_unicode(used)),
        b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 "
        b"/Length 1 >>\nstream\n\x99\nendstream",
    ]
    return _assemble(objects)


def _codes(operation: str) -> list[str]:
    start, end = operation.find("<"), operation.find(">")
    text = operation[start + 1 : end] if operation.startswith("BT") else ""
    return [text[at : at + 4] for at in range(0, len(text), 4)]


def _to_unicode(used: list[str]) -> bytes:
    head = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
    )
    body = ""
    for first in range(0, len(used), 100):
        part = used[first : first + 100]
        body += f"{len(part)} beginbfchar\n" + "".join(f"<{ord(c):04X}> <{ord(c):04X}>\n" for c in part) + "endbfchar\n"
    return (head + body + "endcmap CMapName currentdict /CMap defineresource pop end end").encode()


def _stream(data: bytes) -> bytes:
    packed = zlib.compress(data)
    return b"<< /Filter /FlateDecode /Length %d >>\nstream\n" % len(packed) + packed + b"\nendstream"


def _assemble(objects: list[bytes]) -> bytes:
    out = b"%PDF-1.5\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
