"""Scores with their uncertainty: F1 over label sets, calibration, agreement, and the bootstrap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest


@dataclass(frozen=True)
class Interval:
    """A score with its 95% bootstrap interval and the number of texts that it stands on."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}; {self.high:.3f}]"

    def to_json(self) -> dict[str, float | int | None]:
        """Rounded numbers; None where there was nothing to count."""
        return {"value": number(self.value), "low": number(self.low), "high": number(self.high), "n": self.n}


def number(value: float) -> float | None:
    """Four decimals for JSON, which knows no NaN: None instead."""
    return None if np.isnan(value) else round(float(value), 4)


@dataclass(frozen=True)
class LabelScore:
    """Precision, recall and F1 of one label; `n` texts of the gold carry it."""

    code: str
    n: int
    precision: float
    recall: float
    f1: Interval

    def to_json(self) -> dict[str, object]:
        return {
            "code": self.code, "n": self.n, "precision": number(self.precision), "recall": number(self.recall),
            "f1": self.f1.to_json(),
        }  # fmt: skip


def micro_f1(gold: np.ndarray, found: np.ndarray) -> float:
    """2·TP / (2·TP + FP + FN) over all labels of all texts: bool arrays (texts, labels). NaN with nothing to find."""
    total = int(gold.sum() + found.sum())
    return 2 * int((gold & found).sum()) / total if total else float("nan")


def per_label_f1(gold: np.ndarray, found: np.ndarray) -> np.ndarray:
    """F1 of each label: float array (labels,), NaN for a label that neither side has."""
    return np.array([micro_f1(gold[:, k], found[:, k]) for k in range(gold.shape[1])])


def macro_f1(gold: np.ndarray, found: np.ndarray) -> float:
    """The mean F1 of the labels that stand in `gold`."""
    present = gold.any(axis=0)
    scores = per_label_f1(gold[:, present], found[:, present])
    return float(np.nanmean(scores)) if len(scores) else float("nan")


def bootstrap(score: Callable[[np.ndarray], float], n: int, *, times: int = 1000, seed: int = 7) -> Interval:
    """A percentile bootstrap over texts (Efron and Tibshirani 1993).

    Parameters
    ----------
    score : callable
        index array (any length, with repeats) → score.
    n : int
        number of texts.
    """
    rng = np.random.default_rng(seed)
    everything = np.arange(n)
    drawn = np.array([score(rng.integers(0, n, n)) for _ in range(times)]) if n else np.array([np.nan])
    drawn = drawn[~np.isnan(drawn)]
    low, high = np.percentile(drawn, [2.5, 97.5]) if len(drawn) else (float("nan"), float("nan"))
    return Interval(score(everything) if n else float("nan"), float(low), float(high), n)


def resamples(n: int, *, times: int = 1000, seed: int = 7) -> np.ndarray:
    """How often each of `n` texts is drawn in each of `times` bootstrap samples: int32 array (times, n)."""
    return np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=times).astype(np.int32)


def label_scores(codes: Sequence[str], gold: np.ndarray, found: np.ndarray, *, times: int = 1000) -> list[LabelScore]:
    """A row for every label that gold or prediction has: bool arrays (texts, labels)."""
    drawn = resamples(len(gold), times=times) if len(gold) else np.zeros((0, 0), dtype=np.int32)
    rows = []
    for k, code in enumerate(codes):
        hit, said, there = gold[:, k] & found[:, k], found[:, k], gold[:, k]
        if not (said.any() or there.any()):
            continue
        total = drawn @ said + drawn @ there
        f1 = 2 * (drawn @ hit)[total > 0] / total[total > 0]
        low, high = np.percentile(f1, [2.5, 97.5]) if len(f1) else (float("nan"), float("nan"))
        rows.append(LabelScore(
            code, int(there.sum()), hit.sum() / said.sum() if said.any() else float("nan"),
            hit.sum() / there.sum() if there.any() else float("nan"),
            Interval(2 * float(hit.sum()) / float(said.sum() + there.sum()), float(low), float(high), int(there.sum())),
        ))  # fmt: skip
    return rows


def paired_difference(
    one: Callable[[np.ndarray], float],
    other: Callable[[np.ndarray], float],
    n: int,
    *,
    times: int = 1000,
    seed: int = 7,
) -> tuple[Interval, float]:
    """`other` minus `one` over the same texts: its bootstrap interval, and a two-sided p-value.

    Parameters
    ----------
    one, other : callable
        index array (any length, with repeats) → score.

    Notes
    -----
    p is twice the smaller share of bootstrap differences on either side of zero, with one added to both counts
    (Davison and Hinkley 1997, 4.2).
    """
    rng = np.random.default_rng(seed)
    everything = np.arange(n)
    drawn = []
    for _ in range(times):
        index = rng.integers(0, n, n)
        drawn.append(other(index) - one(index))
    differences = np.array(drawn)
    differences = differences[~np.isnan(differences)]
    if not len(differences):
        nan = float("nan")
        return Interval(nan, nan, nan, n), nan
    low, high = np.percentile(differences, [2.5, 97.5])
    tail = min((differences <= 0).sum(), (differences >= 0).sum()) + 1
    return (
        Interval(other(everything) - one(everything), float(low), float(high), n),
        min(1.0, 2 * float(tail) / (len(differences) + 1)),
    )


def mcnemar(one: np.ndarray, other: np.ndarray) -> tuple[int, int, float]:
    """McNemar's exact test over the same items (McNemar 1947; binomial form).

    Parameters
    ----------
    one, other : bool arrays (items,)
        whether each of the two was right.

    Returns
    -------
    only one right, only the other right, two-sided p (1.0 where they never differ).
    """
    a, b = int((one & ~other).sum()), int((other & ~one).sum())
    return a, b, float(binomtest(min(a, b), a + b, 0.5).pvalue) if a + b else 1.0


def calibration_error(p: np.ndarray, y: np.ndarray, bins: int = 10) -> tuple[float, list[tuple[float, float, int]]]:
    """Expected calibration error over equal-width bins, and (mean p, observed share, count) of each bin in use."""
    edges = np.clip((p * bins).astype(int), 0, bins - 1)
    rows = []
    error = 0.0
    for b in range(bins):
        inside = edges == b
        if inside.any():
            mean, share = float(p[inside].mean()), float(y[inside].mean())
            rows.append((mean, share, int(inside.sum())))
            error += abs(mean - share) * inside.mean()
    return float(error), rows


def cohen_kappa(a: Sequence[object], b: Sequence[object]) -> float:
    """Cohen's kappa of two annotators over the same items; NaN if both always say the same one thing."""
    values = sorted({*map(str, a), *map(str, b)})
    one = np.array([values.index(str(x)) for x in a])
    two = np.array([values.index(str(x)) for x in b])
    observed = float((one == two).mean())
    expected = sum(float((one == k).mean() * (two == k).mean()) for k in range(len(values)))
    return (observed - expected) / (1 - expected) if expected < 1 else float("nan")


def krippendorff_alpha(a: Sequence[frozenset[str]], b: Sequence[frozenset[str]]) -> float:
    """Krippendorff's alpha of two annotators over label sets, with Jaccard distance (Passonneau 2006's simpler kin)."""

    def distance(x: frozenset[str], y: frozenset[str]) -> float:
        return 1 - len(x & y) / len(x | y) if x | y else 0.0

    observed = float(np.mean([distance(x, y) for x, y in zip(a, b, strict=True)]))
    pool = [*a, *b]
    expected = float(np.mean([distance(x, y) for i, x in enumerate(pool) for y in pool[i + 1 :]]))
    return 1 - observed / expected if expected else float("nan")
