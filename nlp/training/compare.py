"""Is one version better than another on the same petitions, and could the difference be chance?"""

from __future__ import annotations

from typing import Any

import numpy as np

from nlp.taxonomy import taxonomy
from nlp.training.judge import Judged, Pair
from nlp.training.metrics import mcnemar, number, paired_difference, per_label_f1, resamples


def compare(one: Judged, other: Judged, *, times: int = 1000) -> dict[str, Any]:
    """`other` against `one` over the same petitions (same order).

    Returns
    -------
    dict
        `scores`: name → both values, the difference with its paired bootstrap interval and p;
        `mcnemar`: task → how many petitions only one of the two read right, and the exact p;
        `labels`: the difference of F1 of every field, type and level with its interval;
        `changed`: ids whose answers differ, by task, with which of the two was right.

    Raises
    ------
    ValueError
        If the two did not judge the same petitions.
    """
    if [r.id for r in one.rows] != [r.id for r in other.rows]:
        raise ValueError("Hai mô hình phải được chấm trên cùng các đơn.")
    rules, theirs = one.rules(), other.rules()
    everything = np.arange(one.n)
    scores: dict[str, dict[str, Any]] = {}
    for name, rule in rules.items():
        if name in theirs:
            gap, p = paired_difference(rule, theirs[name], one.n, times=times)
            scores[name] = {
                "one": number(rule(everything)),
                "other": number(theirs[name](everything)),
                "difference": gap.to_json(),
                "p": number(p),
            }
    tests: dict[str, Any] = {}
    changed: dict[str, Any] = {}
    for task, (a, b) in _right(one, other).items():
        only_one, only_other, p = mcnemar(a, b)
        tests[task] = {"only_one": only_one, "only_other": only_other, "p": round(p, 4)}
        changed[task] = {
            "lost": [one.rows[i].id for i in np.flatnonzero(a & ~b)],
            "won": [one.rows[i].id for i in np.flatnonzero(b & ~a)],
        }
    return {"n": one.n, "scores": scores, "mcnemar": tests, "labels": label_differences(one, other), "changed": changed}


def _right(one: Judged, other: Judged) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Task → which petitions each of the two read right."""

    def exact(p: Pair) -> np.ndarray:
        same = p[0] == p[1]
        return same.all(axis=1) if same.ndim > 1 else same

    return {task: (exact(getattr(one, task)), exact(getattr(other, task))) for task in ("fields", "type", "urgency")}


def label_differences(one: Judged, other: Judged, *, times: int = 500) -> list[dict[str, Any]]:
    """F1 of every label by both, and the difference with its paired bootstrap interval."""
    t = taxonomy()
    four, three = np.eye(len(t.types), dtype=bool), np.eye(len(t.urgency), dtype=bool)
    tables = (
        ("fields", t.field_codes, one.fields, other.fields),
        ("type", [x.code for x in t.types], *_hot(four, one.type, other.type)),
        ("urgency", [u.code for u in t.urgency], *_hot(three, one.urgency, other.urgency)),
    )
    drawn = resamples(one.n, times=times)
    rows: list[dict[str, Any]] = []
    for task, codes, a, b in tables:
        values = per_label_f1(*a), per_label_f1(*b)
        spread = _drawn_f1(drawn, *b) - _drawn_f1(drawn, *a)
        for k, code in enumerate(codes):
            if a[0][:, k].any():
                low, high = np.nanpercentile(spread[:, k], [2.5, 97.5])
                rows.append({
                    "task": task, "code": code, "n": int(a[0][:, k].sum()), "one": number(values[0][k]),
                    "other": number(values[1][k]), "low": number(low), "high": number(high),
                })  # fmt: skip
    return rows


def _hot(eye: np.ndarray, a: Pair, b: Pair) -> tuple[Pair, Pair]:
    return (eye[a[0]], eye[a[1]]), (eye[b[0]], eye[b[1]])


def _drawn_f1(drawn: np.ndarray, gold: np.ndarray, said: np.ndarray) -> np.ndarray:
    """F1 of every label in every bootstrap sample: float array (times, labels), NaN with nothing to find."""
    total = drawn @ gold.astype(np.int32) + drawn @ said.astype(np.int32)
    hit = 2 * (drawn @ (gold & said).astype(np.int32))
    return np.where(total > 0, hit / np.maximum(total, 1), np.nan)
