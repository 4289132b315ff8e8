"""The second look at pairs: what the other sources were answered, those of the other kind and those of the same.

Sources are not linked one by one: a recommendation often mends what a cause names; a limitation that one cause explains
well leaves less to the others; and parallel lists keep their order, so that a source's neighbours say where it points.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.reports.link_features import SOURCES, Pairs

Array = NDArray[np.float64]
_AT_ONCE = 32
CONTEXT = 17
"""How many columns the second look adds."""


def context(pairs: Pairs, answers: Array) -> Array:
    """Columns of the second look, shape (sources, limits, CONTEXT).

    Parameters: `answers`, first probabilities of all pairs. A model of an earlier release takes the first columns.
    """
    same = np.equal.outer(np.array(pairs.kinds), np.array(pairs.kinds))
    blocks = [hearsay(pairs, answers), _rivals(same, answers), _neighbours(same, answers), _order(same, answers)]
    return np.concatenate([*blocks, np.broadcast_to(answers.sum(axis=1)[:, None, None], (*answers.shape, 1))], axis=2)


def hearsay(pairs: Pairs, answers: Array) -> Array:
    """What the sources of the other kind say about each pair, shape (sources, limits, 3).

    A recommendation often mends what a cause names: where the two are alike, the limitation of one is the limitation
    of the other. Parameters: `answers`, first probabilities of all pairs. Columns: the mean of the others' answers
    weighed by likeness, the strongest such answer, the strongest answer at all.
    """
    out = np.zeros((*answers.shape, 3))
    for kind, other in (SOURCES, SOURCES[::-1]):
        mine, theirs = pairs.of(kind), pairs.of(other)
        if not len(mine) or not len(theirs):
            continue
        akin = pairs.akin[np.ix_(mine, theirs)]
        akin = np.maximum(akin - akin.mean(axis=1, keepdims=True), 0.0)
        said = answers[theirs]
        out[mine, :, 0] = (akin / np.maximum(akin.sum(axis=1, keepdims=True), 1e-9)) @ said
        out[mine, :, 1] = (akin[:, :, None] * said[None]).max(axis=1)
        out[mine, :, 2] = said.max(axis=0)
    return out


def _logit(answers: Array) -> Array:
    kept = np.clip(answers, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(kept / (1 - kept)) / 3)


def _rivals(same: NDArray[np.bool_], answers: Array) -> Array:
    """The answer itself, its lead over the source's other limitations and over the limitation's other sources of the
    kind, the best and the sum of those; shape (sources, limits, 5).
    """
    ordered = np.sort(answers, axis=1)[:, ::-1]
    second = ordered[:, 1:2] if answers.shape[1] > 1 else np.zeros((len(answers), 1))
    other = np.where(answers == ordered[:, :1], second, ordered[:, :1])
    best, total = np.zeros_like(answers), np.zeros_like(answers)
    for n in range(len(answers)):
        fellows = np.flatnonzero(same[n] & (np.arange(len(answers)) != n))
        if len(fellows):
            best[n], total[n] = answers[fellows].max(axis=0), answers[fellows].sum(axis=0)
    own = _logit(answers)
    return np.stack([own, own - _logit(other), own - _logit(best), best, np.minimum(total, 3.0)], axis=2)


def _neighbours(same: NDArray[np.bool_], answers: Array) -> Array:
    """What the sources before and after, of the same kind, say of the limitations before, at and after; shape
    (sources, limits, 6).
    """

    def moved(source: int, limit: int) -> Array:
        out = np.zeros_like(answers)
        for n in range(len(answers)):
            if 0 <= n + source < len(answers) and same[n, n + source]:
                row = np.roll(answers[n + source], -limit)
                if limit:
                    row[-limit if limit > 0 else 0 : None if limit > 0 else -limit] = 0.0
                out[n] = row
        return out

    return np.stack(
        [
            moved(-1, -1),
            moved(1, 1),
            moved(-1, 0),
            moved(1, 0),
            np.maximum(moved(-1, -2), moved(1, 2)),
            np.maximum(moved(-1, 1), moved(1, -1)),
        ],
        axis=2,
    )


def _order(same: NDArray[np.bool_], answers: Array) -> Array:
    """How much of the others' answers a link would cross, and how much would run beside it, were both lists in one
    order; shape (sources, limits, 2).
    """
    crossed, beside = np.zeros_like(answers), np.zeros_like(answers)
    places = np.arange(len(answers))
    for n in places:
        fellows = max(1, int(same[n].sum()) - 1)
        for group, earlier in ((same[n] & (places < n), True), (same[n] & (places > n), False)):
            mass = answers[group].sum(axis=0)
            up = np.cumsum(mass)
            after, before = up[-1] - up, up - mass
            crossed[n] += (after if earlier else before) / fellows
            beside[n] += (up if earlier else after + mass) / fellows
    return np.stack([crossed, beside], axis=2)


def with_context(rows: NDArray[np.float32], more: Array | None) -> NDArray[np.float32]:
    """Rows of the second look: those of the first, and `context`."""
    return rows if more is None else np.concatenate([rows, more.astype(np.float32)], axis=2)


def probabilities(
    estimators: Mapping[str, Any], pairs: Pairs, more: Array | None = None, seen: Mapping[str, int] | None = None
) -> Array:
    """Probability of every pair by the classifier of its source's kind, shape (sources, limitations); 0 without one.

    Parameters: `estimators`; `pairs`; `more`, columns of `context` for the second look; `seen`, how many columns of a
    pair's row the first look had, by kind (all of them where not given). A few sources at a time, so that a file of
    hundreds of pages stays small.
    """
    out = np.zeros(pairs.rows.shape[:2])
    for kind, estimator in estimators.items():
        mine = pairs.of(kind)
        for first in range(0, len(mine), _AT_ONCE):
            some = mine[first : first + _AT_ONCE]
            own = pairs.rows[some][:, :, : seen[kind] if seen else None]
            rows = with_context(own, None if more is None else more[some])
            flat = rows.reshape(-1, rows.shape[2])[:, : estimator.n_features_in_]
            out[some] = estimator.predict_proba(flat)[:, 1].reshape(len(some), -1)
    return out
