"""Second-stage models over out-of-fold scores: how much each member counts, whether a signal is there, how urgent it is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from nlp.petitions.model import (
    BinaryStack,
    ChoiceStack,
    PresenceStack,
    UrgencyStack,
    presence_inputs,
    softmax,
    stack_inputs,
)
from nlp.training.calibration import best_threshold, temperature
from nlp.training.config import PetitionConfig

Folds = list[tuple[np.ndarray, np.ndarray]]


def folds_by(groups: np.ndarray, config: PetitionConfig) -> Folds:
    """Rows to learn from and rows to answer for, by group."""
    count = min(config.folds, len(set(groups.tolist())))
    return list(GroupKFold(n_splits=count).split(groups, groups=groups))


def stack_labels(
    codes: Sequence[str],
    scores: np.ndarray,
    y: np.ndarray,
    folds: Folds,
    low: float,
    high: float,
    use: np.ndarray | None = None,
) -> tuple[BinaryStack, np.ndarray]:
    """Learn how much each member counts for each label, and the label's threshold; with out-of-fold probabilities.

    Parameters
    ----------
    scores : float array (rows, labels, members)
    y : bool array (rows, labels)
    use : bool array (rows, labels), optional
        which rows a label learns from.
    """
    members = scores.shape[2]
    weights, bias = np.full((len(codes), members), 1.0 / members), np.zeros(len(codes))
    threshold, out = np.full(len(codes), 0.5), np.zeros(y.shape)
    for k in range(len(codes)):
        mine = np.ones(len(y), dtype=bool) if use is None else use[:, k]
        if min(y[mine, k].sum(), (~y[mine, k]).sum()) < 5:
            out[:, k] = 1 / (1 + np.exp(-scores[:, k].mean(axis=1)))
            continue
        for train, test in folds:
            rows = train[mine[train]]
            if len(set(y[rows, k].tolist())) == 2:
                out[test, k] = (
                    LogisticRegression().fit(scores[rows, k], y[rows, k]).predict_proba(scores[test, k])[:, 1]
                )
        fitted = LogisticRegression().fit(scores[mine, k], y[mine, k])
        weights[k], bias[k] = fitted.coef_[0], fitted.intercept_[0]
        threshold[k] = best_threshold(out[mine, k], y[mine, k], low, high)
    return BinaryStack(tuple(codes), weights, bias, threshold), out


def stack_choice(
    codes: Sequence[str], scores: np.ndarray, y: np.ndarray, folds: Folds
) -> tuple[ChoiceStack, np.ndarray]:
    """Learn which one of several labels the members mean; with out-of-fold probabilities.

    Parameters
    ----------
    scores : float array (rows, labels, members)
    y : int array (rows,)
    """
    row = scores.reshape(len(scores), -1)
    weights, bias = np.zeros((row.shape[1], len(codes))), np.full(len(codes), -20.0)
    out = np.zeros((len(row), len(codes)))
    for train, test in folds:
        fitted = LogisticRegression(max_iter=2000).fit(row[train], y[train])
        out[np.ix_(test, fitted.classes_)] = fitted.predict_proba(row[test])
    fitted = LogisticRegression(max_iter=2000).fit(row, y)
    if len(fitted.classes_) == 2:
        weights[:, fitted.classes_[1]], bias[fitted.classes_] = fitted.coef_[0], [0.0, fitted.intercept_[0]]
    else:
        weights[:, fitted.classes_], bias[fitted.classes_] = fitted.coef_.T, fitted.intercept_
    return ChoiceStack(tuple(codes), weights, bias), out


def stack_presence(
    codes: Sequence[str], clause: np.ndarray, text: np.ndarray, urgency: np.ndarray, fields: np.ndarray, y: np.ndarray,
    found: np.ndarray, folds: Folds,
) -> tuple[PresenceStack, np.ndarray]:  # fmt: skip
    """Learn, for each signal, how its strongest clause and the whole text combine; with out-of-fold probabilities.

    Parameters
    ----------
    clause : float array (rows, signals)
        calibrated logits of the strongest clause.
    text, urgency, fields : float arrays (rows, labels, members)
    y : bool array (rows, signals)
    found : bool array (rows, signals)
        whether the strongest clause is one that carries the signal: a signal shown at the wrong words is no success.
    """
    own, shared = presence_inputs(clause, text, urgency, fields)
    inputs = own.shape[2] + shared.shape[1]
    weights, bias = np.zeros((len(codes), inputs)), np.full(len(codes), -6.0)
    limit, out = np.full(len(codes), 0.5), np.zeros(y.shape, dtype=np.float32)
    for k in range(len(codes)):
        if y[:, k].sum() < 5:
            continue
        row = np.concatenate([own[:, k], shared], axis=1)
        for train, test in folds:
            if y[train, k].any():
                out[test, k] = LogisticRegression(C=0.1).fit(row[train], y[train, k]).predict_proba(row[test])[:, 1]
        fitted = LogisticRegression(C=0.1).fit(row, y[:, k])
        weights[k], bias[k] = fitted.coef_[0], fitted.intercept_[0]
        limit[k] = best_threshold(out[:, k], y[:, k], 0.2, 0.65, found[:, k])
    return PresenceStack(weights, bias, limit), out


def stack_urgency(
    scores: np.ndarray, signals: np.ndarray, y: np.ndarray, folds: Folds, config: PetitionConfig
) -> tuple[UrgencyStack, np.ndarray]:
    """Learn how text and signals combine, and the least threshold of `khan` that reaches the recall asked for; with
    out-of-fold probabilities.

    Parameters
    ----------
    scores : float array (rows, levels, members)
    signals : float array (rows, signals)
        probabilities.
    """
    row = np.concatenate([scores.reshape(len(scores), -1), stack_inputs(signals)], axis=1)
    out = np.zeros((len(y), 3))
    for train, test in folds:
        fitted = LogisticRegression(C=0.3, max_iter=2000).fit(row[train], y[train])
        out[test] = fitted.decision_function(row[test])
    fitted = LogisticRegression(C=0.3, max_iter=2000).fit(row, y)
    heat = temperature(out, y)
    p = softmax(out / heat)
    khan = np.sort(p[y == 2, 2])
    limit = float(khan[int(len(khan) * (1 - config.khan_recall))]) if len(khan) else 0.5
    limit = min(limit, 0.5)
    rest = p[:, 2] < limit
    grid = np.arange(0.3, 0.71, 0.02)
    accuracy = [float(((p[rest, 1] + p[rest, 2] >= g) == (y[rest] > 0)).mean()) for g in grid]
    stack = UrgencyStack(
        fitted.coef_.T.astype(np.float32),
        fitted.intercept_.astype(np.float32),
        heat,
        limit,
        float(grid[int(np.argmax(accuracy))]),
    )
    return stack, p
