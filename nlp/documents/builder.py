"""Collects extracted text with its blocks and pages while a reader walks through a file."""

from __future__ import annotations

from collections import Counter

from nlp.documents.document import Block, BlockKind, Limits, Page
from nlp.text import ReadError


class TextBuilder:
    """Appends text and remembers where each block and page lies; one builder a file."""

    def __init__(self, limits: Limits) -> None:
        self._pieces: list[str] = []
        self._limits = limits
        self._page_start = 0
        self.length = 0
        self.blocks: list[Block] = []
        self.pages: list[Page] = []
        self.repairs: Counter[str] = Counter()
        # What a recogniser believes of its own reading; 1 where none was needed.
        self.confidence = 1.0

    def add(self, text: str) -> tuple[int, int]:
        """Append `text`; return its range.

        Raises
        ------
        ReadError
            ``too_large`` when the text grows beyond the limit.
        """
        start = self.length
        self._pieces.append(text)
        self.length += len(text)
        if self.length > self._limits.max_characters:
            raise ReadError("too_large", "Văn bản trong tệp quá dài so với giới hạn cho phép.")
        return start, self.length

    def block(self, kind: BlockKind, start: int, end: int, level: int | None = None, label: str | None = None) -> None:
        """Record that ``[start, end)`` is a block."""
        if end > start:
            self.blocks.append(Block(kind, start, end, level, label))

    def line(self, kind: BlockKind, text: str, level: int | None = None, label: str | None = None) -> None:
        """Append one line of text with its line end as a block of its own."""
        start, end = self.add(text)
        self.add("\n")
        self.block(kind, start, end, level, label)

    def end_page(self) -> None:
        """Close the current page with a form feed."""
        self.add("\f")
        self.pages.append(Page(len(self.pages) + 1, self._page_start, self.length))
        self._page_start = self.length

    def close_pages(self) -> None:
        """Let the last page end where the text ends; without page breaks there are no pages."""
        if self.pages and self.length > self._page_start:
            self.pages.append(Page(len(self.pages) + 1, self._page_start, self.length))

    def text(self) -> str:
        """Return everything appended so far."""
        return "".join(self._pieces)
