"""Score findings against gold spans, with bootstrap intervals by document.

The rule: a gold span is found when at least half of its characters lie in predicted spans of its kind; a prediction
is right when at least half of its characters lie in gold spans of that kind; predictions mostly in ignored spans are
left out; a prediction that takes in more than three gold spans is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

SCORED: Mapping[str, tuple[str, ...]] = {
    "limitation": ("limitation",),
    "cause": ("cause",),
    "recommendation": ("solution", "proposal"),
    "solution": ("solution",),
    "proposal": ("proposal",),
    "lesson": ("lesson",),
}


@dataclass(frozen=True, slots=True)
class Predicted:
    """A predicted span: its gold-style kind (solution and proposal instead of recommendation) and offsets in the
    source.
    """

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of one kind in one document."""

    gold: int
    found: int
    right: int
    wrong: int

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.gold + other.gold, self.found + other.found, self.right + other.right, self.wrong + other.wrong
        )

    @property
    def recall(self) -> float:
        """Share of the gold spans found; 0 where there are none."""
        return self.found / self.gold if self.gold else 0.0

    @property
    def precision(self) -> float:
        """Share of the predictions that are right; 0 where there are none."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def score_document(predicted: Sequence[Predicted], gold: Sequence[Mapping[str, Any]], length: int) -> dict[str, Counts]:
    """Counts of every kind for one document.

    Parameters: `predicted`; `gold`, spans with kind, start, end; `length` of the text in code points.
    """
    ignored = _mask([(s["start"], s["end"]) for s in gold if s["kind"] == "ignore"], length)
    out = {}
    for kind, names in SCORED.items():
        wanted = [(s["start"], s["end"]) for s in gold if s["kind"] in names]
        said = [(p.start, p.end) for p in predicted if p.kind in names]
        in_gold, in_said = _mask(wanted, length), _mask(said, length)
        found = sum(int(in_said[a:b].sum()) * 2 >= b - a for a, b in wanted)
        right = wrong = 0
        for a, b in said:
            taken_in = sum(max(0, min(b, y) - max(a, x)) * 2 >= y - x for x, y in wanted)
            if taken_in > 3:
                wrong += 1
            elif int(in_gold[a:b].sum()) * 2 >= b - a:
                right += 1
            elif int(ignored[a:b].sum()) * 2 < b - a:
                wrong += 1
        out[kind] = Counts(len(wanted), found, right, wrong)
    return out


def _mask(spans: Sequence[tuple[int, int]], length: int) -> np.ndarray:
    mask = np.zeros(length, dtype=bool)
    for start, end in spans:
        mask[start:end] = True
    return mask


def total(documents: Sequence[Mapping[str, Counts]]) -> dict[str, Counts]:
    """Counts summed over documents."""
    out = {kind: Counts(0, 0, 0, 0) for kind in SCORED}
    for document in documents:
        for kind, counts in document.items():
            out[kind] = out[kind] + counts
    return out


def bootstrap_f1(
    documents: Sequence[Mapping[str, Counts]], kind: str, draws: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """95% interval of the F1 of one kind when documents are drawn again with replacement (percentile bootstrap)."""
    if not documents:
        return 0.0, 0.0
    rng = np.random.default_rng(seed)
    rows = np.array([[d[kind].gold, d[kind].found, d[kind].right, d[kind].wrong] for d in documents])
    sums = np.array([rows[rng.integers(0, len(rows), len(rows))].sum(axis=0) for _ in range(draws)])
    values = [Counts(*(int(v) for v in row)).f1 for row in sums]
    return float(np.quantile(values, 0.025)), float(np.quantile(values, 0.975))


@dataclass(frozen=True, slots=True)
class LinkCounts:
    """Links: gold, predicted, right. A predicted link is right when both ends match gold findings that the gold
    links.
    """

    gold: int
    predicted: int
    right: int

    def __add__(self, other: LinkCounts) -> LinkCounts:
        return LinkCounts(self.gold + other.gold, self.predicted + other.predicted, self.right + other.right)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall of links."""
        return 2 * self.right / (self.gold + self.predicted) if self.gold + self.predicted else 0.0
