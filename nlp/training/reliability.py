"""Are the probabilities true, and what does sending doubtful petitions to a person buy?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from nlp.training.judge import Judged
from nlp.training.metrics import Interval, bootstrap, calibration_error, number


@dataclass(frozen=True)
class Reliability:
    """Expected calibration error with its interval; (mean probability, observed share, count) of each bin in use."""

    name: str
    error: Interval
    bins: list[tuple[float, float, int]]

    def to_json(self) -> dict[str, object]:
        return {
            "name": self.name, "ece": self.error.to_json(),
            "bins": [{"p": number(p), "share": number(s), "n": n} for p, s, n in self.bins],
        }  # fmt: skip


def reliability(judged: Judged) -> list[Reliability]:
    """Reliability of every field probability, of the decided fields, of the type and of the urgency level.

    An ECE over few texts is biased upwards: with perfect probabilities it would still be above zero.
    """
    if judged.field_p is None or not judged.results:
        return []
    gold, said = judged.fields
    p = judged.field_p
    tables: list[tuple[str, np.ndarray, np.ndarray, np.ndarray]] = []
    every = np.repeat(np.arange(judged.n), p.shape[1])
    tables.append(("fields", p.ravel(), gold.ravel(), every))
    at = np.argwhere(said)
    tables.append(("decided_fields", p[said], gold[said], at[:, 0]))
    texts = np.arange(judged.n)
    tables.append(
        ("type", np.array([r.type.probability for r in judged.results]), judged.type[0] == judged.type[1], texts)
    )
    levels = np.array([r.urgency.probability for r in judged.results])
    tables.append(("urgency", levels, judged.urgency[0] == judged.urgency[1], texts))
    out = []
    for name, probability, right, owner in tables:
        order = [np.flatnonzero(owner == i) for i in range(judged.n)]

        def score(index: np.ndarray, probability=probability, right=right, order=order) -> float:  # type: ignore[no-untyped-def]
            rows = np.concatenate([order[i] for i in index])
            return calibration_error(probability[rows], right[rows])[0] if len(rows) else float("nan")

        interval = bootstrap(score, judged.n, times=200)
        out.append(Reliability(name, interval, calibration_error(probability, right)[1]))
    return out


def confidence(judged: Judged) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Task → (confidence of each answer, whether it was wrong).

    The confidence of a set of fields is that of its least certain member: min over fields of max(p, 1 − p).
    """
    assert judged.field_p is not None
    p = judged.field_p
    return {
        "fields": (np.maximum(p, 1 - p).min(axis=1), (judged.fields[0] != judged.fields[1]).any(axis=1)),
        "type": (np.array([r.type.probability for r in judged.results]), judged.type[0] != judged.type[1]),
        "urgency": (np.array([r.urgency.probability for r in judged.results]), judged.urgency[0] != judged.urgency[1]),
    }


def risk_coverage(confidences: np.ndarray, wrong: np.ndarray) -> tuple[list[tuple[float, float]], float]:
    """Error rate among the most confident share of answers, and the area under that curve (lower is better).

    Returns
    -------
    points (coverage, risk) at every tenth, area (Geifman and El-Yaniv 2017).
    """
    if not len(wrong):
        return [], float("nan")
    order = np.argsort(-confidences, kind="stable")
    risk = np.cumsum(wrong[order]) / np.arange(1, len(order) + 1)
    at = [max(1, round(share * len(order))) for share in np.arange(0.1, 1.01, 0.1)]
    return [(k / len(order), float(risk[k - 1])) for k in at], float(risk.mean())


def review(judged: Judged) -> dict[str, object]:
    """How much passes without `needs_review`, how often that is wrong, and why the rest was held back."""
    held = np.array([r.needs_review for r in judged.results], dtype=bool)
    wrong = {task: w for task, (_, w) in confidence(judged).items()}
    wrong["any"] = wrong["fields"] | wrong["type"] | wrong["urgency"]

    def rate(mask: np.ndarray, flags: np.ndarray) -> dict[str, float | int | None]:
        chosen = flags[mask]
        return bootstrap(lambda i: float(chosen[i].mean()), len(chosen), times=500).to_json()

    reasons = Counter(reason for r in judged.results for reason in r.review_reasons)
    return {
        "coverage": bootstrap(lambda i: float((~held[i]).mean()), judged.n, times=500).to_json() if judged.n else None,
        "error_without_review": {task: rate(~held, flags) for task, flags in wrong.items()},
        "error_with_review": {task: rate(held, flags) for task, flags in wrong.items()},
        "reasons": dict(reasons.most_common()),
    }
