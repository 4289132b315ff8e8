"""One recognised thing with its place, in the manner of Presidio's results: kind, span, score, recogniser."""

from __future__ import annotations

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


def best_disjoint(found: Iterable[Entity]) -> list[Entity]:
    """Keep the surer, then the longer of any two that overlap; in order of the text."""
    kept: list[Entity] = []
    for item in sorted(found, key=lambda e: (-e.score, -(e.end - e.start), e.start)):
        if all(item.end <= k.start or k.end <= item.start for k in kept):
            kept.append(item)
    return sorted(kept, key=lambda e: e.start)
