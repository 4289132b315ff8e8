"""Two reports side by side: which limitations return, which are new, which are no longer named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nlp.reports.findings import Finding, ReportResult
from nlp.reports.similarity import Similarity

THRESHOLD = 0.30
"""Least similarity of a returning limitation; chosen on pairs of the validation reports (docs/evaluation-reports.md).
"""


@dataclass(frozen=True, slots=True)
class Change:
    """One limitation of the comparison: its text, that of the earlier report where it returns, ids in both."""

    text: str
    before: str | None
    similarity: float
    before_id: str | None
    after_id: str | None

    def to_json(self) -> dict[str, Any]:
        """The change as plain data."""
        return {
            "text": self.text,
            "before": self.before,
            "similarity": round(self.similarity, 4),
            "before_id": self.before_id,
            "after_id": self.after_id,
        }


@dataclass(frozen=True)
class Comparison:
    """Limitations of the later report that return or are new, and those of the earlier one that are gone."""

    repeated: tuple[Change, ...]
    new: tuple[Change, ...]
    gone: tuple[Change, ...]

    def to_json(self) -> dict[str, Any]:
        """The comparison as plain data."""
        return {name: [c.to_json() for c in getattr(self, name)] for name in ("repeated", "new", "gone")}


def compare_findings(before: Sequence[Finding], after: Sequence[Finding], threshold: float = THRESHOLD) -> Comparison:
    """Match limitations of two reports, each at most once, the most alike first.

    Parameters: findings of the earlier and the later report (other kinds are passed over); `threshold`, least
    similarity of a match.
    """
    old = [f for f in before if f.kind == "limitation"]
    new = [f for f in after if f.kind == "limitation"]
    measure = Similarity([f.text for f in (*old, *new)])
    pairs = sorted(
        ((measure.of(i, len(old) + j), i, j) for i in range(len(old)) for j in range(len(new))), reverse=True
    )
    taken_old: dict[int, tuple[int, float]] = {}
    taken_new: dict[int, tuple[int, float]] = {}
    for value, i, j in pairs:
        if value < threshold:
            break
        if i not in taken_old and j not in taken_new:
            taken_old[i] = (j, value)
            taken_new[j] = (i, value)
    repeated = [
        Change(new[j].text, old[i].text, value, old[i].id, new[j].id) for j, (i, value) in sorted(taken_new.items())
    ]
    fresh = [Change(f.text, None, 0.0, None, f.id) for j, f in enumerate(new) if j not in taken_new]
    gone = [Change(f.text, None, 0.0, f.id, None) for i, f in enumerate(old) if i not in taken_old]
    return Comparison(tuple(repeated), tuple(fresh), tuple(gone))


def compare_reports(before: ReportResult, after: ReportResult) -> Comparison:
    """Compare the limitations of two extracted reports."""
    return compare_findings(before.findings, after.findings)
