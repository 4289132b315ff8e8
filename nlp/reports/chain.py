"""Units decided together: how likely one class follows another, by what stands between two neighbours.

A run of causes, a list of tasks or a paragraph that has turned to limitations goes on as it began more often than
not; how often depends on whether the two units share a sentence, a paragraph, a list or only a section, and on
whether the second one announces something itself. The answer is the forward-backward marginal of a linear chain
whose unit scores are the sentence model's probabilities.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.reports.structure import Structure
from nlp.reports.triggers import trigger_of
from nlp.reports.units import Unit

Array = NDArray[np.float64]
PLACES = ("sentence", "paragraph", "list", "section", "apart")
CONTEXTS = 2 * len(PLACES)


def contexts_of(text: str, structure: Structure, units: Sequence[Unit]) -> NDArray[np.int64]:
    """What stands between each unit and the one before it, an index below CONTEXTS; the first unit has the context
    of "apart".

    Parameters: `text`, clean; `structure` and `units` of the document.
    """
    out = np.zeros(len(units), dtype=np.int64)
    for i, unit in enumerate(units):
        place = PLACES.index("apart") if i == 0 else _place(structure, units[i - 1], unit)
        out[i] = 2 * place + int(trigger_of(text[unit.start : unit.end]) is not None)
    return out


def _place(structure: Structure, before: Unit, unit: Unit) -> int:
    first, second = structure.paragraphs[before.paragraph], structure.paragraphs[unit.paragraph]
    if before.sentence == unit.sentence:
        return 0
    if before.paragraph == unit.paragraph:
        return 1
    if first.section == second.section:
        return 2 if first.item_style is not None and first.item_style == second.item_style else 3
    return 4


@dataclass(frozen=True)
class Chain:
    """Log of how much likelier each class is after each other one than by itself, shape (CONTEXTS, classes, classes).

    `weight` is the share of these ties in the answer, `power` that of the units' own probabilities; both are chosen
    out of fold.
    """

    ties: Array
    weight: float
    power: float

    def smooth(self, probabilities: Array, contexts: NDArray[np.int64]) -> Array:
        """Marginals of the chain for one document, shape of `probabilities`; rows sum to one."""
        n = len(probabilities)
        if n < 2 or self.weight == 0.0:
            return probabilities
        own = np.log(np.clip(probabilities, 1e-6, 1.0)) * self.power
        ties = self.weight * self.ties[contexts]
        forward, backward = np.zeros_like(own), np.zeros_like(own)
        forward[0] = own[0]
        for i in range(1, n):
            forward[i] = own[i] + _log_sum(forward[i - 1][:, None] + ties[i], axis=0)
        for i in range(n - 2, -1, -1):
            backward[i] = _log_sum(ties[i + 1] + (own[i + 1] + backward[i + 1])[None, :], axis=1)
        scores = forward + backward
        scores -= scores.max(axis=1, keepdims=True)
        marginals = np.exp(scores)
        return np.asarray(marginals / marginals.sum(axis=1, keepdims=True))


def _log_sum(values: Array, axis: int) -> Array:
    top = values.max(axis=axis, keepdims=True)
    return np.asarray(np.log(np.exp(values - top).sum(axis=axis)) + top.squeeze(axis))
