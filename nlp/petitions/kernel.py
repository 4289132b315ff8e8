"""A support-vector head with a polynomial kernel over feature rows, and the linear model that it is around one text.

A cubic kernel sees which cues stand *together*; in cross-validation over hands it beat the linear head by three points
of field micro-F1. Its gradient at a text is a linear model again, so evidence is read from it as from any linear head.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from nlp.petitions.features import Vector


@dataclass(frozen=True)
class KernelHead:
    """Scores f(x) = Σ alpha_i (offset + x·E·x_i / scale)^degree + bias, with E = diag(emphasis).

    Attributes
    ----------
    codes : tuple of str
    support : float32 csr matrix (rows, columns + dense columns)
        shared by the heads of one model.
    emphasis : float32 array (columns + dense columns,)
        how much each column counts for these labels; 0 leaves it out.
    alpha : float32 array (rows, len(codes))
    bias : float32 array (len(codes),)
    scale : float
        the median squared length of a training row, so that a text's kernel with itself is about (offset + 1)^degree.
    """

    codes: tuple[str, ...]
    support: sparse.csr_matrix
    emphasis: np.ndarray
    alpha: np.ndarray
    bias: np.ndarray
    scale: float
    offset: float = 0.3
    degree: int = 3

    def similarities(self, vector: Vector) -> np.ndarray:
        """offset + x·E·x_i / scale for every support row: float array (rows,)."""
        row = np.zeros(self.support.shape[1], dtype=np.float32)
        row[vector.index] = vector.value
        if len(vector.dense):
            row[-len(vector.dense) :] = vector.dense
        return np.asarray(self.offset + (self.support @ (row * self.emphasis)) / self.scale)

    def logits(self, vector: Vector) -> np.ndarray:
        """float array (len(codes),)."""
        return self.scores(self.similarities(vector))

    def scores(self, similarities: np.ndarray) -> np.ndarray:
        return np.asarray(similarities**self.degree @ self.alpha + self.bias)

    def local_weights(self, similarities: np.ndarray, position: int) -> np.ndarray:
        """The gradient of one label's score at a text: float array (columns + dense columns,)."""
        slope = self.degree * similarities ** (self.degree - 1) * self.alpha[:, position] / self.scale
        return np.asarray((self.support.T @ slope) * self.emphasis)
