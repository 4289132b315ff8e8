"""The sentence model that serves: three members look at every unit and decide together.

A small committee of neural networks sees the unit's dense description (roles of the section, cues, triggers, place, the
neighbours' cues), how near its words stand to the cue groups, and the mean word vector, so that a role and a wording
count together; one linear machine sees the words of the unit, another the words of the headings around it. How much each
counts is learned from answers to reports they never saw. Headings and cues are evidence here, never a verdict.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.reports.chain import Chain
from nlp.reports.features import UnitTable
from nlp.reports.nearness import PhraseVectors
from nlp.reports.vectors import VectorTable

CLASSES = ("none", "limitation", "cause", "solution", "proposal", "lesson")
KIND_OF_CLASS = {
    "limitation": "limitation",
    "cause": "cause",
    "solution": "recommendation",
    "proposal": "recommendation",
    "lesson": "lesson",
}
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Scale:
    """Centre and factor of dense columns: `(rows - centre) * factor`."""

    centre: NDArray[np.float32]
    factor: NDArray[np.float32]

    @classmethod
    def fit(cls, rows: NDArray[Any], weight: float = 1.0) -> Scale:
        """Standard deviation `weight` for every column; constant columns become zero."""
        deviation = rows.std(axis=0)
        factor = np.where(deviation > 1e-6, weight / np.maximum(deviation, 1e-6), 0.0)
        return cls(rows.mean(axis=0).astype(np.float32), factor.astype(np.float32))

    def __call__(self, rows: NDArray[Any]) -> NDArray[np.float32]:
        """Scaled rows."""
        return np.asarray((rows - self.centre) * self.factor, dtype=np.float32)


@dataclass(frozen=True)
class Margins:
    """Linear machines over one kind of words, one a class: float arrays (columns, classes) and (classes,)."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def scores(self, rows: sparse.csr_matrix) -> Array:
        """Shape (units, classes)."""
        return np.asarray(rows @ self.weights + self.bias, dtype=np.float64)


@dataclass(frozen=True)
class Stack:
    """How much each member counts: float arrays (3 · classes, classes) and (classes,)."""

    weights: Array
    bias: Array

    def apply(self, members: Array) -> Array:
        """Probabilities from what the members say, (units, 3 · classes) → (units, classes)."""
        logits = members @ self.weights + self.bias
        if not len(logits):
            return np.zeros((0, len(self.bias)))
        logits -= logits.max(axis=1, keepdims=True)
        p = np.exp(logits)
        return np.asarray(p / p.sum(axis=1, keepdims=True))


@dataclass
class SentenceModel:
    """Fitted parts and thresholds; made by `nlp.training.findings`, loaded through the registry.

    `stack` weighs the members; `chain` decides neighbours together; `temperature` softens or sharpens the answer;
    `thresholds` is the least probability of each kind. `linear` sees everything at once: the reasons shown are read
    from it, and without word vectors it stands in for the committee.
    """

    words: Any
    headings: Any
    scaler: Any
    linear: Any
    vectors: VectorTable | None = None
    phrases: PhraseVectors | None = None
    near_scale: Scale | None = None
    net_scale: Scale | None = None
    committee: tuple[Any, ...] = ()
    by_words: Margins | None = None
    by_headings: Margins | None = None
    stack: Stack | None = None
    chain: Chain | None = None
    temperature: float = 1.0
    thresholds: dict[str, float] = field(default_factory=dict)
    version: str = "0"

    def nearness(self, table: UnitTable) -> NDArray[np.float32]:
        """Nearness of each unit to the cue groups, shape (units, columns); no columns without vectors."""
        if self.vectors is None or self.phrases is None:
            return np.zeros((len(table.texts), 0), dtype=np.float32)
        return self.phrases.columns(self.vectors, table.words)

    def design(self, table: UnitTable, near: NDArray[np.float32] | None = None) -> sparse.csr_matrix:
        """Sparse design matrix of the linear model, one row a unit: words, headings, dense columns, nearness."""
        near = self.nearness(table) if near is None else near
        blocks = [
            self.words.transform(table.texts),
            self.headings.transform(table.headings),
            sparse.csr_matrix(self.scaler.transform(table.dense)),
        ]
        if self.near_scale is not None:
            blocks.append(sparse.csr_matrix(self.near_scale(near)))
        return sparse.hstack(blocks).tocsr()

    def net_rows(self, table: UnitTable, near: NDArray[np.float32]) -> NDArray[np.float32]:
        """Unscaled rows of the committee: dense columns, nearness, mean word vector."""
        means = (
            self.vectors.means(table.words)
            if self.vectors is not None
            else np.zeros((len(table.texts), 0), dtype=np.float32)
        )
        return np.hstack([table.dense, near, means])

    def predict(self, table: UnitTable, design: sparse.csr_matrix | None = None) -> Array:
        """Calibrated probabilities of one document's units, shape (units, len(CLASSES)); rows sum to one.

        Parameters: `table`; `design`, its design matrix where the caller has it already.
        """
        answer = self.alone(table, design)
        if self.chain is not None and table.contexts is not None:
            answer = self.chain.smooth(answer, table.contexts)
        return soften(answer, self.temperature) if len(answer) else answer

    def alone(self, table: UnitTable, design: sparse.csr_matrix | None = None) -> Array:
        """Probabilities of every unit looked at by itself, before the chain and the calibration."""
        if not table.texts:
            return np.zeros((0, len(CLASSES)))
        if self.stack is None:
            return self.committee_of(table, design)
        return self.stack.apply(self.members(table, design))

    def members(self, table: UnitTable, design: sparse.csr_matrix | None = None) -> Array:
        """What every member says of every unit, shape (units, 3 · classes): log probabilities of the committee, scores
        of the two machines.
        """
        answer = np.log(np.clip(self.committee_of(table, design), 1e-6, 1.0))
        words = self.by_words.scores(self.words.transform(table.texts)) if self.by_words else 0.0 * answer
        headings = self.by_headings.scores(self.headings.transform(table.headings)) if self.by_headings else 0.0 * answer
        return np.hstack([answer, words, headings])

    def committee_of(self, table: UnitTable, design: sparse.csr_matrix | None = None) -> Array:
        """The committee's probabilities, or the linear model's where there is no committee."""
        near = self.nearness(table)
        if self.committee and self.net_scale is not None:
            return committee_answer(self.committee, self.net_scale(self.net_rows(table, near)))
        return spread(self.linear, self.design(table, near) if design is None else design)

    def decide(self, probabilities: Array) -> list[tuple[str, float] | None]:
        """(kind, probability) of every unit, None for units that are no finding."""
        return [decide_row(row, self.thresholds) for row in probabilities]


def committee_answer(committee: Sequence[Any], rows: NDArray[np.float32]) -> Array:
    """Mean of the members' probabilities over all CLASSES."""
    total = np.zeros((len(rows), len(CLASSES)))
    for member in committee:
        total += spread(member, rows)
    return total / len(committee)


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
