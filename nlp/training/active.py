"""Which petitions a person should label next, and how many labels that would have saved.

Queues work on answers of a reader; the simulation works on a labelled corpus and hides its labels until they are asked
for (Settles 2010 on uncertainty and disagreement; Sener and Savarese 2018 on covering a pool).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from nlp.petitions import PetitionResult
from nlp.registry.shadow import difference
from nlp.training.light import Light, decide, fitted_probabilities
from nlp.training.metrics import micro_f1

STRATEGIES = ("random", "uncertain", "diverse", "mixed")


@dataclass(frozen=True)
class Asked:
    """One petition of a queue: its place in the pool, its id, a score (higher first) and why it is asked for."""

    place: int
    id: str
    score: float
    why: str


def doubt(result: PetitionResult) -> tuple[float, str]:
    """How unsure a reading is, 0 to 1, and which task it is unsure of most.

    For fields it is the probability that the decided set is not exactly right, labels taken as independent.
    """
    decided = {f.code for f in result.fields}
    sure = [p if code in decided else 1 - p for code, p in result.field_scores.items()]
    doubts = {
        "lĩnh vực": 1 - float(np.prod(sure)),
        "loại đơn": 1 - result.type.probability,
        "mức khẩn": 1 - result.urgency.probability,
    }
    if result.needs_review and "abstained" in result.review_reasons:
        return 1.0, "không đọc được"
    worst = max(doubts, key=lambda k: doubts[k])
    return doubts[worst], worst


def uncertain_queue(results: Sequence[PetitionResult], most: int) -> list[Asked]:
    """The petitions that the reader is least sure of."""
    asked = [Asked(i, r.id, *doubt(r)) for i, r in enumerate(results)]
    return sorted(asked, key=lambda a: (-a.score, a.place))[:most]


def disagreeing_queue(one: Sequence[PetitionResult], other: Sequence[PetitionResult], most: int) -> list[Asked]:
    """The petitions that two readers read differently, those first on which both are sure."""
    asked = []
    for i, (a, b) in enumerate(zip(one, other, strict=True)):
        tasks = [t for t in difference(a.to_json(), b.to_json()).tasks if t in ("fields", "type", "urgency")]
        if tasks:
            sure = 1 - (doubt(a)[0] + doubt(b)[0]) / 2
            asked.append(Asked(i, a.id, len(tasks) + sure, "hai mô hình khác nhau: " + ", ".join(tasks)))
    return sorted(asked, key=lambda a: (-a.score, a.place))[:most]


def diverse_places(
    x: sparse.csr_matrix, known: Sequence[int], most: int, *, among: Sequence[int] | None = None
) -> list[int]:
    """Rows that cover the pool: each time the one that is least like all that is known (greedy k-centre).

    Parameters
    ----------
    x : csr matrix (rows, columns)
    known : sequence of int
        rows that are labelled already.
    among : sequence of int, optional
        rows to choose from; all by default.
    """
    norm = np.sqrt(np.asarray(x.multiply(x).sum(axis=1)).ravel())
    unit = sparse.diags_array(1 / np.maximum(norm, 1e-9)) @ x
    pool = np.array([i for i in (range(x.shape[0]) if among is None else among) if i not in set(known)], dtype=np.int64)
    rows = unit[pool]
    nearest = np.full(len(pool), -1.0)
    for i in known:
        nearest = np.maximum(nearest, (rows @ unit[[i]].T).toarray().ravel())
    chosen: list[int] = []
    for _ in range(min(most, len(pool))):
        best = int(nearest.argmin())
        chosen.append(int(pool[best]))
        nearest = np.maximum(nearest, (rows @ rows[[best]].T).toarray().ravel())
        nearest[best] = np.inf
    return chosen


def diverse_queue(light: Light, known: Sequence[int], most: int) -> list[Asked]:
    """The petitions that are least like those that are labelled already."""
    places = diverse_places(light.x, known, most)
    return [
        Asked(i, light.rows[i].id, 1.0 - k / max(len(places), 1), "khác những đơn đã có") for k, i in enumerate(places)
    ]


@dataclass(frozen=True)
class Curve:
    """Scores of one strategy after each round: labels asked for so far, and field micro-F1 on the test rows."""

    strategy: str
    labels: tuple[int, ...]
    scores: tuple[float, ...]

    def labels_for(self, score: float) -> float | None:
        """How many labels it takes to reach a score (linear between rounds); None if it is not reached."""
        for k, s in enumerate(self.scores):
            if s >= score:
                if k == 0:
                    return float(self.labels[0])
                before, gap = self.scores[k - 1], self.labels[k] - self.labels[k - 1]
                return self.labels[k - 1] + gap * (score - before) / max(s - before, 1e-9)
        return None


def simulate(
    light: Light,
    pool: Sequence[int],
    test: Sequence[int],
    *,
    strategies: Sequence[str] = STRATEGIES,
    start: int = 60,
    step: int = 60,
    rounds: int = 6,
    repeats: int = 3,
    seed: int = 0,
) -> list[Curve]:
    """What each strategy would have scored, had the pool's labels been asked for in its order.

    Parameters
    ----------
    pool, test : sequences of int
        row numbers of `light`; labels of pool rows are hidden until a strategy asks for them.
    repeats : int
        each strategy runs from as many random starts, and the curve is their mean.
    """
    out = []
    for strategy in strategies:
        scores: list[list[float]] = []
        labels: list[int] = []
        for repeat in range(repeats):
            rng = np.random.default_rng(seed + repeat)
            order = rng.permutation(np.array(pool)).tolist()
            known, row, labels = order[:start], [], []
            for _ in range(rounds):
                labels.append(len(known))
                row.append(_score(light, known, test))
                rest = [i for i in order if i not in set(known)]
                known = known + _ask(strategy, light, known, rest, step)
            scores.append(row)
        out.append(Curve(strategy, tuple(labels), tuple(np.mean(scores, axis=0).round(4).tolist())))
    return out


def _score(light: Light, known: Sequence[int], test: Sequence[int]) -> float:
    p = fitted_probabilities(light.x, light.gold.fields, np.array(known), np.array(test))
    return micro_f1(light.gold.fields[np.array(test)], decide(p))


def _ask(strategy: str, light: Light, known: list[int], rest: list[int], step: int) -> list[int]:
    """The next `step` rows; `rest` comes in random order."""
    if strategy == "random" or not rest:
        return rest[:step]
    if strategy == "diverse":
        return diverse_places(light.x, known, step, among=rest)
    p = fitted_probabilities(light.x, light.gold.fields, np.array(known), np.array(rest))
    doubts = 1 - np.where(decide(p), p, 1 - p).prod(axis=1)
    order = [rest[i] for i in np.argsort(-doubts, kind="stable")]
    if strategy == "uncertain":
        return order[:step]
    # The most doubtful third, thinned to rows that are unlike each other.
    return diverse_places(light.x, known, step, among=order[: max(3 * step, 1)])


def saved(curves: Sequence[Curve]) -> dict[str, Any]:
    """Labels that each strategy needs for the score that random labelling ends with, and the share saved."""
    base = next(c for c in curves if c.strategy == "random")
    goal = base.scores[-1]
    needed = {c.strategy: c.labels_for(goal) for c in curves}
    random = needed["random"] or float(base.labels[-1])
    return {
        "goal": goal,
        "labels": {k: None if v is None else round(v) for k, v in needed.items()},
        "saved": {k: None if v is None else round(1 - v / random, 3) for k, v in needed.items()},
    }
