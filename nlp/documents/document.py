"""What reading a file yields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nlp.text import Repair

BlockKind = Literal["heading", "paragraph", "list_item", "table_cell", "footnote", "header", "footer", "textbox"]


@dataclass(frozen=True, slots=True)
class Page:
    """Page `number` (from 1) and the range of the document's text that stands on it."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the document as its format declares it.

    Parameters
    ----------
    kind : str
        One of `BlockKind`.
    start, end : int
        Range in the document's text, numbering included, line end excluded.
    level : int, optional
        Heading: 1 to 9, 0 for the title. List item: depth from 0. Table cell: number of its table, from 1.
    label : str, optional
        Heading or list item: the number shown ("II.", "a)", "-"). Footnote: its mark. Table cell: "row:column", from 1.
        Paragraph of a table of contents: "toc".
    """

    kind: BlockKind
    start: int
    end: int
    level: int | None = None
    label: str | None = None


@dataclass(frozen=True)
class Document:
    """The text of a file, where its pages and parts lie in it, and what was done to get it.

    Parameters
    ----------
    text : str
        Text as given: of .txt and .md the decoded file; of other formats the extracted text. All offsets count its
        code points. A page ends with a form feed where the format has pages.
    filename : str
        Name without folders; "" if unknown.
    media : str
        ``txt``, ``md``, ``html``, ``docx``, ``pdf``, ``odt``, ``doc`` or ``image``: by content, not by name.
    sha256 : str
        Digest of the bytes read, hexadecimal.
    pages, blocks : tuple
        In text order; empty where the format does not know.
    repairs : tuple[Repair, ...]
        What was met and dealt with while reading.
    quality : float
        0 (unreadable) to 1 (clean), see `nlp.documents.quality`.
    extracted : bool
        Whether `text` was extracted from a format (True) or is the file itself (False).
    """

    text: str
    filename: str
    media: str
    sha256: str
    pages: tuple[Page, ...] = ()
    blocks: tuple[Block, ...] = ()
    repairs: tuple[Repair, ...] = ()
    quality: float = 1.0
    extracted: bool = False

    def page_of(self, offset: int) -> int | None:
        """Return the number of the page that holds `offset`, or None where pages are unknown."""
        low, high = 0, len(self.pages)
        while low < high:
            middle = (low + high) // 2
            if self.pages[middle].end <= offset:
                low = middle + 1
            else:
                high = middle
        if low == len(self.pages):
            return self.pages[-1].number if self.pages else None
        return self.pages[low].number


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost before it is refused.

    Parameters
    ----------
    max_bytes : int
        Size of the file.
    max_unpacked : int
        Bytes of all parts of a packed file together, and of one part after unpacking.
    max_pages : int
        Pages of a PDF file.
    max_characters : int
        Code points of the text.
    max_scan_pages : int
        Pages read by optical recognition, which takes seconds a page.
    scans : bool
        Whether scans may be read by optical recognition where Tesseract is installed.
    macros : bool
        Whether files with macros are read (the macros never run) or refused.
    seconds : float
        Time an outside program (LibreOffice, Tesseract) may take for one call.
    """

    max_bytes: int = 50 * 1024 * 1024
    max_unpacked: int = 400 * 1024 * 1024
    max_pages: int = 2000
    max_characters: int = 5_000_000
    max_scan_pages: int = 300
    scans: bool = True
    macros: bool = False
    seconds: float = 120.0
