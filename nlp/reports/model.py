"""The sentence model that serves: two passes over the units of a document, then a decision for each.

First pass: a linear model over the words of the unit, its mean word vector, the words of the headings around it and the dense description.
Second pass: trees over the dense description and the first pass's probabilities of the unit and its neighbours, so that a list or a run of
sentences is decided together; how much it counts is chosen out of fold. Headings and cues are evidence here, never a verdict.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.reports.features import UnitTable
from nlp.reports.structure import Structure
from nlp.reports.units import Unit
from nlp.reports.vectors import VectorTable

CLASSES = ("none", "limitation", "cause", "solution", "proposal", "lesson")
KIND_OF_CLASS = {"limitation": "limitation", "cause": "cause", "solution": "recommendation", "proposal": "recommendation", "lesson": "lesson"}
Array = NDArray[np.float64]


@dataclass
class SentenceModel:
    """Fitted parts and thresholds; made by `nlp.training.findings`, loaded through the registry.

    `spread_of` has the mean and the scale of each vector column, shape (2, dim); `mix` is the share of the second pass in the answer, chosen
    out of fold; `temperature` softens or sharpens the answer; `thresholds` is the least probability of each kind.
    """

    words: Any
    headings: Any
    scaler: Any
    vectors: VectorTable | None
    spread_of: NDArray[np.float32] | None
    first: Any
    second: Any = None
    mix: float = 0.0
    temperature: float = 1.0
    thresholds: dict[str, float] = field(default_factory=dict)
    version: str = "0"

    def design(self, table: UnitTable) -> sparse.csr_matrix:
        """Sparse design matrix of the first pass, one row a unit."""
        blocks = [self.words.transform(table.texts), self.headings.transform(table.headings), sparse.csr_matrix(self.scaler.transform(table.dense))]
        if self.vectors is not None and self.spread_of is not None:
            blocks.append(sparse.csr_matrix((self.vectors.means(table.words) - self.spread_of[0]) * self.spread_of[1]))
        return sparse.hstack(blocks).tocsr()

    def design_row(self, table: UnitTable, index: int) -> sparse.csr_matrix:
        """Row of one unit in the first pass's design matrix."""
        return self.design(table.row(index))

    def first_pass(self, table: UnitTable) -> Array:
        """Probabilities of the first pass, shape (units, classes)."""
        return spread(self.first, self.design(table))

    def predict(self, table: UnitTable, units: Sequence[Unit], structure: Structure) -> Array:
        """Calibrated probabilities, shape (units, len(CLASSES)); rows sum to one."""
        if not units:
            return np.zeros((0, len(CLASSES)))
        first = self.first_pass(table)
        if self.second is None or self.mix == 0.0:
            return soften(first, self.temperature)
        second = spread(self.second, np.hstack([table.dense, sequence_columns(first, units, structure)]))
        return soften((1 - self.mix) * first + self.mix * second, self.temperature)

    def decide(self, probabilities: Array) -> list[tuple[str, float] | None]:
        """(kind, probability) of every unit, None for units that are no finding."""
        return [decide_row(row, self.thresholds) for row in probabilities]


def decide_row(row: Array, thresholds: dict[str, float]) -> tuple[str, float] | None:
    """The kind of one unit: solution and proposal count together against the other kinds and against none."""
    by_kind: dict[str, float] = {}
    for name, probability in zip(CLASSES, row, strict=True):
        kind = KIND_OF_CLASS.get(name)
        if kind:
            by_kind[kind] = by_kind.get(kind, 0.0) + float(probability)
    kind, probability = max(by_kind.items(), key=lambda item: item[1])
    return (kind, probability) if probability >= thresholds.get(kind, 0.5) else None


def spread(estimator: Any, rows: Any) -> Array:
    """Probabilities over all CLASSES from an estimator that may have seen only some of them."""
    out = np.zeros((rows.shape[0], len(CLASSES)))
    out[:, np.asarray(estimator.classes_, dtype=int)] = estimator.predict_proba(rows)
    return out


def soften(probabilities: Array, temperature: float) -> Array:
    """Temperature scaling of probabilities (Guo et al., 2017, "On calibration of modern neural networks")."""
    logits = np.log(np.clip(probabilities, 1e-6, 1.0)) / temperature
    logits -= logits.max(axis=1, keepdims=True)
    scaled = np.exp(logits)
    return np.asarray(scaled / scaled.sum(axis=1, keepdims=True))


def sequence_columns(first: Array, units: Sequence[Unit], structure: Structure) -> Array:
    """Columns that carry the first pass across the document.

    Parameters: `first`, shape (units, classes). Returns the unit's own row, those of two units on either side, and the means over its
    paragraph, over the items of its list and over its section, shape (units, 8 · classes).
    """
    n, k = first.shape
    logs = np.log(np.clip(first, 1e-4, 1.0))
    padded = np.vstack([np.zeros((2, k)), logs, np.zeros((2, k))])
    near = [padded[2 + shift:2 + shift + n] for shift in (-2, -1, 0, 1, 2)]
    paragraph = [u.paragraph for u in units]
    section = [structure.paragraphs[p].section for p in paragraph]
    listed = [(s, structure.paragraphs[p].item_style) for s, p in zip(section, paragraph, strict=True)]
    return np.hstack([*near, _means(first, paragraph), _means(first, listed), _means(first, section)])


def _means(first: Array, keys: Sequence[Any]) -> Array:
    """Mean of the other rows with the same key; the row itself where it stands alone."""
    places: dict[Any, list[int]] = {}
    for i, key in enumerate(keys):
        places.setdefault(key, []).append(i)
    out = np.empty_like(first)
    for rows in places.values():
        total = first[rows].sum(axis=0)
        for i in rows:
            out[i] = (total - first[i]) / (len(rows) - 1) if len(rows) > 1 else first[i]
    return out
