"""A light linear model over the petition features, for work that fits many models: simulations, label errors, neighbours.

It shares features with the petition model but has no clauses, calibration or thresholds of its own, so it takes seconds
where the whole model takes minutes. It serves nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from nlp.petitions.prepared import prepare
from nlp.petitions.vectors import WordVectors
from nlp.training.corpus import PetitionRow
from nlp.training.judge import Gold, gold_of
from nlp.training.vectorize import Counted, fit_features, matrix

BLOCKS = {"word": 1.0, "syllable": 1.0}
C = 10.0


@dataclass(frozen=True)
class Light:
    """Rows as one matrix with their gold labels: `x` float32 (rows, columns), every row about unit length a block."""

    rows: tuple[PetitionRow, ...]
    x: sparse.csr_matrix
    gold: Gold


def lighten(
    rows: Sequence[PetitionRow], vectors: WordVectors | None = None, *, blocks: Mapping[str, float] | None = None
) -> Light:
    """Turn rows into a matrix; the vocabulary is that of all rows, labelled or not.

    Parameters
    ----------
    vectors : WordVectors, optional
        add the mean word vector of each text.
    blocks : mapping, optional
        kinds of features (keys of `nlp.petitions.features.BLOCKS`) with their weights; words and syllables by default.
    """
    prepared = [prepare(r.text) for r in rows]
    chosen = dict(BLOCKS if blocks is None else blocks)
    counts = Counted(prepared, list(chosen))
    features = fit_features(counts, blocks=chosen | ({"vector": 1.0} if vectors else {}), vectors=vectors)
    return Light(tuple(rows), matrix(features, prepared, counts), gold_of(rows))


def fitted_probabilities(
    x: sparse.csr_matrix, y: np.ndarray, train: np.ndarray, test: np.ndarray, *, c: float = C
) -> np.ndarray:
    """Probabilities of every label for the test rows, one regression a label: float (test, labels).

    Parameters
    ----------
    y : bool array (rows, labels)
    train, test : int arrays
        row numbers.
    """
    out = np.zeros((len(test), y.shape[1]))
    for k in range(y.shape[1]):
        own = y[train, k]
        if own.all() or not own.any():
            out[:, k] = float(own.mean())
            continue
        fitted = LogisticRegression(C=c, solver="liblinear", dual=True, tol=1e-2, random_state=0).fit(x[train], own)
        out[:, k] = fitted.predict_proba(x[test])[:, 1]
    return out


def out_of_fold(light: Light, y: np.ndarray, *, folds: int = 5) -> np.ndarray:
    """Probabilities of every row by models that saw nothing of its hand (or group): float (rows, labels)."""
    hands = [r.hand for r in light.rows]
    keys = np.array(hands if len(set(hands)) >= folds else [r.group or r.id for r in light.rows])
    out = np.zeros(y.shape)
    for train, test in GroupKFold(n_splits=min(folds, len(set(keys)))).split(light.x, groups=keys):
        out[test] = fitted_probabilities(light.x, y, train, test)
    return out


def decide(p: np.ndarray, threshold: float = 0.4) -> np.ndarray:
    """Labels at or above the threshold, and always the likeliest: bool (rows, labels)."""
    return np.asarray((p >= threshold) | (p == p.max(axis=1, keepdims=True)))
