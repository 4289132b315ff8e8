"""A stretch of text, counted in Unicode code points."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open range ``[start, end)`` in code points of the text it belongs to."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def quote(self, text: str) -> str:
        """Return the characters this span covers in `text`."""
        return text[self.start : self.end]
