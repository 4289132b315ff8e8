"""One recognised thing with its place, in the manner of Presidio's results: kind, span, score, recogniser."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entity:
    """Something recognised in clean text.

    Attributes
    ----------
    kind : str
        code of what it is, e.g. `ho_ten`, `so_dien_thoai`, `dia_chi`.
    start, end : int
        half-open range in code points of the clean text.
    score : float
        0 to 1, how sure the rule is; not a calibrated probability.
    recogniser : str
        name of the rule that found it.
    value : str
        the text in a comparable form (digits only, folded name, ISO date).
    """

    kind: str
    start: int
    end: int
    score: float
    recogniser: str
    value: str = ""


class Taken:
    """Ranges that do not overlap, with a fast question whether a new one would; built up one by one."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def overlaps(self, start: int, end: int) -> bool:
        """Whether `start` to `end` touches a range that was added."""
        at = bisect_right(self._starts, start)
        return (at > 0 and self._ends[at - 1] > start) or (at < len(self._starts) and self._starts[at] < end)

    def add(self, start: int, end: int) -> None:
        """Add a range that overlaps none."""
        at = bisect_right(self._starts, start)
        self._starts.insert(at, start)
        self._ends.insert(at, end)


def best_disjoint(found: Iterable[Entity]) -> list[Entity]:
    """Keep the surer, then the longer of any two that overlap; in order of the text."""
    taken = Taken()
    kept: list[Entity] = []
    for item in sorted(found, key=lambda e: (-e.score, e.start - e.end, e.start)):
        if not taken.overlaps(item.start, item.end):
            taken.add(item.start, item.end)
            kept.append(item)
    return sorted(kept, key=lambda e: e.start)
