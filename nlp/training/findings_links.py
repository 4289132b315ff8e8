"""Fit the linker: which limitation a cause explains, which one a recommendation addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from nlp.reports.link_context import context, probabilities, with_context
from nlp.reports.link_features import FEATURES, MORE, SOURCES, Pairs, pairs_of
from nlp.reports.links import LinkModel, chosen_links
from nlp.reports.model import CLASSES, KIND_OF_CLASS
from nlp.reports.reader import candidate
from nlp.reports.topics import TopicModel
from nlp.reports.vectors import VectorTable
from nlp.training.findings_data import LabelledReport, folds_of
from nlp.training.findings_labels import finding_units, fit_topics, topic_scores
from nlp.training.findings_sentences import Settings

Array = NDArray[np.float64]
More = dict[int, Array] | None
"""Context of the second look by report; None for the first look."""
STRENGTH, STRENGTH_AGAIN = 0.03, 0.01
"""Inverse of the penalty on the weights of the pair classifiers, first and second look: few reports, many columns."""


@dataclass(frozen=True)
class GoldPairs:
    """Pairs of gold findings of one report; `wanted` of shape (sources, limitations) is true where the gold links."""

    pairs: Pairs
    wanted: NDArray[np.bool_]


def gold_pairs(report: LabelledReport, topics: TopicModel, vectors: VectorTable | None) -> GoldPairs | None:
    """Describe the pairs of one report's gold findings; None where it has none."""
    units = finding_units(report)
    scores = topic_scores(topics, report, units)
    candidates = [
        candidate(report.parsed, i, KIND_OF_CLASS[CLASSES[report.labels[i]]], s)
        for i, s in zip(units, scores, strict=True)
    ]
    pairs = pairs_of(candidates, vectors)
    if pairs is None:
        return None
    names = [(report.gold(units[j]) or {}).get("id") for j in pairs.limits]
    linked = [{link["to"] for link in (report.gold(units[i]) or {}).get("links", ())} for i in pairs.sources]
    return GoldPairs(pairs, np.array([[name in to for name in names] for to in linked], dtype=bool))


def link_estimator(topics: int, strength: float = STRENGTH) -> Any:
    """The pair classifier of one kind of source, unfitted.

    Parameters: `topics`, how many products of topic probabilities stand behind the named columns. They are left as
    they are: scaled to one, each would count as much as the likeness of the words.
    """
    products = slice(len(FEATURES), len(FEATURES) + topics)
    columns = ColumnTransformer([("products", "passthrough", products)], remainder=StandardScaler())
    return make_pipeline(columns, LogisticRegression(C=strength, max_iter=1000))


def fit_links(reports: Sequence[LabelledReport], vectors: VectorTable | None, settings: Settings) -> LinkModel:
    """Fit the linker on pairs of gold findings; topics, first answers and thresholds all come from held-out folds."""
    data: dict[int, GoldPairs] = {}
    folds = [set(held.tolist()) for held in folds_of(reports, settings.folds, settings.seed)]
    for held in folds:
        topics = fit_topics([r for i, r in enumerate(reports) if i not in held], settings)
        for i in held:
            found = gold_pairs(reports[i], topics, vectors)
            if found is not None:
                data[i] = found
    more = {i: context(data[i].pairs, answers) for i, answers in _held_out(data, None, folds).items()}
    answers = _held_out(data, more, folds)
    first, further = {}, {}
    for kind in SOURCES:
        first[kind], further[kind] = best_link_thresholds([(data[i], answers[i]) for i in sorted(data)], kind)
    return LinkModel(_fit(data, None), vectors, first, further, _fit(data, more))


def _held_out(data: dict[int, GoldPairs], more: More, folds: Sequence[set[int]]) -> dict[int, Array]:
    """Answers for every report by classifiers that did not see its fold."""
    out = {}
    for held in folds:
        fitted = _fit({i: d for i, d in data.items() if i not in held}, more)
        for i in held & set(data):
            out[i] = probabilities(fitted, data[i].pairs, None if more is None else more[i])
    return out


def _fit(data: dict[int, GoldPairs], more: More) -> dict[str, Any]:
    fitted = {}
    for kind in SOURCES:
        design, wanted = [], []
        for i in sorted(data):
            own = data[i].pairs.of(kind)
            rows = with_context(data[i].pairs.rows[own], None if more is None else more[i][own])
            design.append(rows.reshape(-1, rows.shape[2]))
            wanted.append(data[i].wanted[own].ravel())
        truth = np.concatenate(wanted)
        if truth.any() and not truth.all():
            topics = data[min(data)].pairs.rows.shape[2] - len(FEATURES) - len(MORE)
            strength = STRENGTH if more is None else STRENGTH_AGAIN
            fitted[kind] = link_estimator(topics, strength).fit(np.vstack(design), truth.astype(np.int64))
    return fitted


def best_link_thresholds(answers: Sequence[tuple[GoldPairs, Array]], kind: str) -> tuple[float, float]:
    """The pair of thresholds (best link, further links) with the best F1 for one kind of source."""
    best = (-1.0, 0.5, 0.5)
    mine = [(d.wanted[d.pairs.of(kind)], a[d.pairs.of(kind)]) for d, a in answers]
    for first in np.arange(0.08, 0.6, 0.04):
        for further in np.arange(max(0.2, first), 0.75, 0.05):
            hit = total = 0
            for wanted, p in mine:
                kept = chosen_links(p, [kind] * len(p), {kind: float(first)}, {kind: float(further)})
                hit += int((kept & wanted).sum())
                total += int(kept.sum() + wanted.sum())
            f1 = 2 * hit / max(1, total)
            if f1 > best[0] + 1e-9:
                best = (f1, float(first), float(further))
    return round(best[1], 2), round(best[2], 2)
