"""Reports of the corpus as the finding models see them: parsed documents with a gold class for every unit."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.reports.findings import Metadata
from nlp.reports.model import CLASSES
from nlp.reports.pipeline import Parsed, parse
from nlp.reports.sorts import Issuer, sort_columns
from nlp.training.report_corpus import GoldReport


@dataclass(frozen=True)
class LabelledReport:
    """A parsed report with what the annotators said about its units.

    `labels` holds an index into CLASSES a unit, `ignored` marks units that count neither way, `gold_of` gives the
    index of the gold span that a unit mostly lies in (-1: none), `source` the unit's span in the text as given.
    """

    report: GoldReport
    parsed: Parsed
    metadata: Metadata
    labels: NDArray[np.int64]
    ignored: NDArray[np.bool_]
    gold_of: NDArray[np.int64]
    source: tuple[tuple[int, int], ...]
    columns: NDArray[np.float64]

    def gold(self, unit: int) -> Mapping[str, Any] | None:
        """The gold span of a unit, or None."""
        index = int(self.gold_of[unit])
        return self.report.spans[index] if index >= 0 else None


def label_report(report: GoldReport) -> LabelledReport:
    """Parse one report and give every unit its gold class.

    Parameters: `report`. A unit has the class of the gold span that covers at least half of it; the rule is that of
    the scoring.
    """
    parsed = parse(report.text)
    owner = np.full(len(report.text), -1, dtype=np.int64)
    skip = np.zeros(len(report.text), dtype=bool)
    for number, span in enumerate(report.spans):
        if span["kind"] in CLASSES:
            owner[span["start"] : span["end"]] = number
        elif span["kind"] == "ignore":
            skip[span["start"] : span["end"]] = True
    labels, ignored, gold_of, source = [], [], [], []
    for unit in parsed.units:
        place = parsed.clean.to_source(unit.start, unit.end)
        inside = owner[place.start : place.end]
        counts = np.bincount(inside + 1, minlength=len(report.spans) + 1)
        best = int(counts[1:].argmax()) if len(report.spans) else -1
        mine = best if best >= 0 and counts[1 + best] * 2 >= len(inside) else -1
        gold_of.append(mine)
        labels.append(CLASSES.index(report.spans[mine]["kind"]) if mine >= 0 else 0)
        ignored.append(bool(skip[place.start : place.end].mean() > 0.5))
        source.append((place.start, place.end))
    metadata = parsed.metadata
    columns = sort_columns(parsed.clean.text, parsed.structure, parsed.units, Issuer.of(metadata))
    return LabelledReport(
        report,
        parsed,
        metadata,
        np.array(labels, dtype=np.int64),
        np.array(ignored, dtype=bool),
        np.array(gold_of, dtype=np.int64),
        tuple(source),
        columns,
    )


def folds_of(reports: Sequence[LabelledReport], count: int, seed: int = 0) -> list[NDArray[np.int64]]:
    """Held-out report indices of each fold; reports of one hand and genre share a fold.

    Parameters: `count`, the number of folds (fewer where there are fewer groups). Deterministic in `seed`.
    """

    def place(report: LabelledReport) -> int:
        group = f"{seed}|{report.report.gold.get('hand', '')}|{report.report.genre}"
        return int(hashlib.sha256(group.encode()).hexdigest(), 16)

    # By digest, not by order: a new report leaves the others' folds as they are, so that figures of two days compare.
    groups = {place(r) for r in reports}
    count = max(2, min(count, len(groups)))
    where = np.array([place(r) % count for r in reports])
    if len(set(where.tolist())) < 2:
        ranked = {group: i for i, group in enumerate(sorted(groups))}
        where = np.array([ranked[place(r)] % count for r in reports])
    return [held for held in (np.flatnonzero(where == fold) for fold in range(count)) if len(held)]
