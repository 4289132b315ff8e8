"""From out-of-fold logits to probabilities, thresholds and limits."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression

from nlp.petitions.features import LinearHead
from nlp.petitions.model import Binary, softmax


def platt(logits: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Slope and offset of Platt's calibration; the identity where a label is too rare to tell."""
    if y.sum() < 5 or (~y).sum() < 5:
        return 1.0, 0.0
    fitted = LogisticRegression(C=10.0, solver="lbfgs").fit(logits[:, None], y)
    return max(float(fitted.coef_[0, 0]), 0.05), float(fitted.intercept_[0])


def temperature(logits: np.ndarray, y: np.ndarray) -> float:
    """The temperature that minimises log loss of softmax(logits / T)."""

    def loss(t: float) -> float:
        p = softmax(logits / np.exp(t))
        return float(-np.log(np.clip(p[np.arange(len(y)), y], 1e-9, 1)).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-2.5, 2.5), method="bounded").x))


def best_threshold(
    p: np.ndarray, y: np.ndarray, low: float = 0.2, high: float = 0.7, right: np.ndarray | None = None
) -> float:
    """The threshold with the best F1, shrunk towards 0.5 where a label is rare.

    Parameters
    ----------
    right : bool array (rows,), optional
        which rows are right if decided, where the label alone (`y`) is not enough: its words must be found too.
    """
    right = y if right is None else right
    if y.sum() < 5:
        return 0.5
    grid = np.arange(low, high + 1e-9, 0.02)
    f1 = [2 * ((p >= t) & right).sum() / max((p >= t).sum() + y.sum(), 1) for t in grid]
    best = float(grid[int(np.argmax(np.convolve(np.pad(f1, 2, mode="edge"), np.ones(5) / 5, mode="valid")))])
    trust = y.sum() / (y.sum() + 20)
    return float(trust * best + (1 - trust) * 0.45)


def calibrate(head: LinearHead, logits: np.ndarray, y: np.ndarray, low: float, high: float) -> Binary:
    """Platt's calibration and an F1 threshold for every label, from out-of-fold logits."""
    slope, offset, threshold = [], [], []
    for k in range(len(head.codes)):
        a, b = platt(logits[:, k], y[:, k])
        p = 1 / (1 + np.exp(-(logits[:, k] * a + b)))
        slope.append(a)
        offset.append(b)
        threshold.append(best_threshold(p, y[:, k], low, high))
    return Binary(head, np.array(slope), np.array(offset), np.array(threshold))


def least_confidence(confidence: np.ndarray, wrong: np.ndarray, target: float) -> float:
    """The least confidence above which the error rate stays within `target` (selective risk control).

    The upper Clopper–Pearson-like bound is replaced by (errors + 1) / (n + 1), which holds in expectation
    (Angelopoulos and others 2022, conformal risk control).
    """
    order = np.argsort(-confidence)
    errors = np.cumsum(wrong[order])
    risk = (errors + 1) / (np.arange(1, len(order) + 1) + 1)
    good = np.flatnonzero(risk <= target)
    return float(confidence[order[good[-1]]]) if len(good) else float(confidence.max(initial=1.0))
