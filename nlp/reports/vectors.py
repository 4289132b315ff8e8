"""Word vectors of a unit: the frequency-weighted mean over its words, from a small quantised table that travels with
the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class VectorTable:
    """Vectors of the most frequent words.

    `rows` maps a word (lower case, syllables joined by "_") to its row; `matrix` is int8 of shape (words, dim) with
    one `scale` a row; `weight` is a / (a + p(word)) (Arora and others 2017, "A simple but tough-to-beat baseline for
    sentence embeddings").
    """

    rows: dict[str, int]
    matrix: NDArray[np.int8]
    scale: NDArray[np.float32]
    weight: NDArray[np.float32]

    @property
    def dim(self) -> int:
        """Number of dimensions."""
        return int(self.matrix.shape[1])

    def known(self, words: Sequence[str]) -> list[int]:
        """Rows of the words that the table knows; an unknown word falls back on its syllables."""
        index = []
        for word in words:
            row = self.rows.get(word)
            if row is not None:
                index.append(row)
            elif "_" in word:
                index += [self.rows[s] for s in word.split("_") if s in self.rows]
        return index

    def mean(self, words: Sequence[str]) -> NDArray[np.float32]:
        """Weighted mean vector of a unit's words, shape (dim,); zero where none is known."""
        index = self.known(words)
        if not index:
            return np.zeros(self.dim, dtype=np.float32)
        weight = self.weight[index]
        vectors = self.matrix[index].astype(np.float32) * (self.scale[index] * weight)[:, None]
        return np.asarray(vectors.sum(axis=0) / max(float(weight.sum()), 1e-9), dtype=np.float32)

    def means(self, units: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        """Mean vectors of many units, shape (units, dim)."""
        if not units:
            return np.zeros((0, self.dim), dtype=np.float32)
        return np.vstack([self.mean(words) for words in units])
