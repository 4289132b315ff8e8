"""Exact maps between a text before and after a set of edits.

Each repair step is a list of edits in ascending order; everything between two edits is unchanged. Keeping the edits
instead of one number a character makes the common case (nothing to repair) free and a look-up a binary search.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from nlp.text.spans import Span


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace ``before[start:end]`` (never empty) by `new` (possibly empty)."""

    start: int
    end: int
    new: str


@dataclass(frozen=True, slots=True)
class Alignment:
    """Positions of edits in the text before and after them; four parallel tuples, ascending."""

    before_start: tuple[int, ...] = field(default=(), repr=False)
    before_end: tuple[int, ...] = field(default=(), repr=False)
    after_start: tuple[int, ...] = field(default=(), repr=False)
    after_end: tuple[int, ...] = field(default=(), repr=False)

    def to_before(self, start: int, end: int) -> Span:
        """Map a range of the edited text to the original; an edit that the range touches is covered whole."""
        if end <= start:
            at = self._start_before(start)
            return Span(at, at)
        return Span(self._start_before(start), self._end_before(end))

    def to_after(self, start: int, end: int) -> Span:
        """Map a range of the original to the edited text; empty where all of it was deleted."""
        if end <= start:
            at = self._start_after(start)
            return Span(at, at)
        first = self._start_after(start)
        return Span(first, max(first, self._end_after(end)))

    def _start_before(self, at: int) -> int:
        # The last edit whose result ends at or before `at` sets the shift; an edit around `at` is taken from its start.
        index = bisect_right(self.after_end, at)
        if index < len(self.after_start) and self.after_start[index] <= at:
            return self.before_start[index]
        return at if index == 0 else at + self.before_end[index - 1] - self.after_end[index - 1]

    def _end_before(self, at: int) -> int:
        index = bisect_left(self.after_end, at)
        if index < len(self.after_start) and self.after_start[index] < at:
            return self.before_end[index]
        return at if index == 0 else at + self.before_end[index - 1] - self.after_end[index - 1]

    def _start_after(self, at: int) -> int:
        index = bisect_right(self.before_end, at)
        if index < len(self.before_start) and self.before_start[index] <= at:
            return self.after_start[index]
        return at if index == 0 else at + self.after_end[index - 1] - self.before_end[index - 1]

    def _end_after(self, at: int) -> int:
        index = bisect_left(self.before_end, at)
        if index < len(self.before_start) and self.before_start[index] < at:
            return self.after_end[index]
        return at if index == 0 else at + self.after_end[index - 1] - self.before_end[index - 1]


def apply_edits(text: str, edits: Iterable[Edit]) -> tuple[str, Alignment]:
    """Apply non-overlapping edits in ascending order.

    Returns
    -------
    tuple[str, Alignment]
        The edited text and the map between both.

    Raises
    ------
    ValueError
        If an edit is empty, out of order or overlaps the one before it.
    """
    pieces: list[str] = []
    before_start: list[int] = []
    before_end: list[int] = []
    after_start: list[int] = []
    after_end: list[int] = []
    done = 0
    length = 0
    for edit in edits:
        if edit.start < done or edit.end <= edit.start:
            raise ValueError("edits must be non-empty, ascending and disjoint")
        length += edit.start - done
        pieces.append(text[done : edit.start])
        pieces.append(edit.new)
        done = edit.end
        if edit.end - edit.start == 1 == len(edit.new):
            # One character for one: nothing to remember.
            length += 1
            continue
        before_start.append(edit.start)
        before_end.append(edit.end)
        after_start.append(length)
        length += len(edit.new)
        after_end.append(length)
    pieces.append(text[done:])
    return "".join(pieces), Alignment(tuple(before_start), tuple(before_end), tuple(after_start), tuple(after_end))
