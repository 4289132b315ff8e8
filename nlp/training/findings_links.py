"""Fit the linker: which limitation a cause explains, which one a recommendation addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from nlp.reports.links import LinkModel, chosen_links, pair_probabilities, pair_rows
from nlp.reports.model import CLASSES, KIND_OF_CLASS
from nlp.reports.reader import candidate
from nlp.reports.topics import TopicModel
from nlp.reports.vectors import VectorTable
from nlp.training.findings_data import LabelledReport, folds_of
from nlp.training.findings_labels import finding_units, fit_topics, topic_scores
from nlp.training.findings_sentences import Settings

Array = NDArray[np.float64]
SOURCES = ("cause", "recommendation")


@dataclass(frozen=True)
class LinkRows:
    """Pairs of gold findings of one report: description, 1 where the gold links them, index and kind of the source."""

    rows: Array
    wanted: NDArray[np.int64]
    sources: list[int]
    kinds: list[str]


def link_rows(report: LabelledReport, topics: TopicModel, vectors: VectorTable | None) -> LinkRows:
    """Describe the pairs of one report's gold findings."""
    units = finding_units(report)
    scores = topic_scores(topics, report, units)
    candidates = [
        candidate(report.parsed, i, KIND_OF_CLASS[CLASSES[report.labels[i]]], s)
        for i, s in zip(units, scores, strict=True)
    ]
    pairs, rows = pair_rows(candidates, vectors)
    wanted = []
    for a, b in pairs:
        source, target = report.gold(units[a]) or {}, report.gold(units[b]) or {}
        wanted.append(int(any(link["to"] == target.get("id") for link in source.get("links", ()))))
    return LinkRows(
        rows, np.array(wanted, dtype=np.int64), [a for a, _ in pairs], [candidates[a].kind for a, _ in pairs]
    )


def link_estimator() -> Any:
    """The pair classifier of one kind of source, unfitted."""
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))


def fit_links(reports: Sequence[LabelledReport], vectors: VectorTable | None, settings: Settings) -> LinkModel:
    """Fit the linker on pairs of gold findings, topics predicted out of fold, thresholds chosen out of fold."""
    data: dict[int, LinkRows] = {}
    folds = folds_of(reports, settings.folds, settings.seed)
    for held in folds:
        topics = fit_topics([r for i, r in enumerate(reports) if i not in set(held.tolist())], settings)
        data.update({int(i): link_rows(reports[i], topics, vectors) for i in held})
    used = [i for i in sorted(data) if len(data[i].wanted)]
    scores: dict[int, Array] = {}
    for held in folds:
        rest = [i for i in used if i not in set(held.tolist())]
        fitted = _fit_pairs([data[i] for i in rest])
        scores.update({int(i): pair_probabilities(fitted, data[i].rows, data[i].kinds) for i in held if i in used})
    first, further = {}, {}
    for kind in SOURCES:
        first[kind], further[kind] = best_link_thresholds([data[i] for i in used], [scores[i] for i in used], kind)
    return LinkModel(_fit_pairs([data[i] for i in used]), vectors, first, further)


def _fit_pairs(data: Sequence[LinkRows]) -> dict[str, Any]:
    rows, wanted = np.vstack([d.rows for d in data]), np.concatenate([d.wanted for d in data])
    kinds = np.array([k for d in data for k in d.kinds])
    return {
        kind: link_estimator().fit(rows[kinds == kind], wanted[kinds == kind])
        for kind in SOURCES
        if len(set(wanted[kinds == kind].tolist())) == 2
    }


def best_link_thresholds(data: Sequence[LinkRows], scores: Sequence[Array], kind: str) -> tuple[float, float]:
    """The pair of thresholds with the best F1 for one kind of source."""
    best = (-1.0, 0.5, 0.5)
    mine = [np.array([k == kind for k in d.kinds]) for d in data]
    for first in np.arange(0.08, 0.6, 0.04):
        for further in np.arange(max(0.2, first), 0.75, 0.05):
            hit = said = truth = 0
            for d, p, m in zip(data, scores, mine, strict=True):
                kept = chosen_links(d.sources, p, d.kinds, {kind: float(first)}, {kind: float(further)}) & m
                hit, said, truth = (
                    hit + int((kept & (d.wanted == 1)).sum()),
                    said + int(kept.sum()),
                    truth + int((m & (d.wanted == 1)).sum()),
                )
            f1 = 2 * hit / max(1, said + truth)
            if f1 > best[0] + 1e-9:
                best = (f1, float(first), float(further))
    return round(best[1], 2), round(best[2], 2)
