"""Fit what a finding is besides its kind: sorts, topics and petition fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import MaxAbsScaler

from nlp.reports.model import CLASSES, KIND_OF_CLASS, Scale
from nlp.reports.sorts import CAUSE, POSITIVE, RECOMMENDATION, SortModel
from nlp.reports.topics import TopicModel, codes, keyword_counts, topic_rows
from nlp.reports.vectors import VectorTable
from nlp.training.findings_data import LabelledReport
from nlp.training.findings_sentences import Settings, heading_vectorizer, word_vectorizer


def fit_sorts(reports: Sequence[LabelledReport], vectors: VectorTable | None, settings: Settings) -> SortModel:
    """Fit both sort decisions on gold findings; causes that the annotators left without a sort are left out."""
    texts = [t for r in reports for t in r.parsed.table.texts]
    titles = [t for r in reports for t in r.parsed.table.headings]
    dense = np.vstack([np.hstack([r.parsed.table.dense, r.columns]) for r in reports])
    scale = (
        None
        if vectors is None
        else Scale.fit(np.vstack([vectors.means(r.parsed.table.words) for r in reports]), settings.vector_weight)
    )
    model = SortModel(
        word_vectorizer().fit(texts), heading_vectorizer().fit(titles), MaxAbsScaler().fit(dense), vectors, scale, {}
    )
    for kind in (CAUSE, RECOMMENDATION):
        blocks, truth = [], []
        for report in reports:
            chosen, wanted = sorted_units(report, kind)
            if chosen:
                blocks.append(model.rows(report.parsed.table, report.columns, chosen))
                truth += wanted
        model.estimators[kind] = LogisticRegression(C=settings.sort_c, max_iter=400).fit(
            sparse.vstack(blocks).tocsr(), truth
        )
    return model


def sorted_units(report: LabelledReport, kind: str) -> tuple[list[int], list[int]]:
    """Units of one kind whose gold has a sort, and 1 where it is the positive one (objective, proposal)."""
    chosen, wanted = [], []
    for i, label in enumerate(report.labels):
        name = CLASSES[label]
        gold = report.gold(i)
        if KIND_OF_CLASS.get(name) != kind or gold is None:
            continue
        sort = gold.get("sort") if kind == CAUSE else name
        if sort is None:
            continue
        chosen.append(i)
        wanted.append(int(sort == POSITIVE[kind]))
    return chosen, wanted


def finding_units(report: LabelledReport) -> list[int]:
    """Units that are findings in the gold."""
    return [i for i, label in enumerate(report.labels) if label]


def fit_topics(reports: Sequence[LabelledReport], settings: Settings) -> TopicModel:
    """Fit topics and fields on gold findings; thresholds are fixed by `choose_topics`."""
    rows = [(r, i) for r in reports for i in finding_units(r) if r.gold(i) and (r.gold(i) or {}).get("topics")]
    texts = [r.parsed.table.texts[i] for r, i in rows]
    titles = [r.parsed.table.headings[i] for r, i in rows]
    words = word_vectorizer().fit([f"{a} {b}" for a, b in zip(texts, titles, strict=True)])
    estimators: dict[str, dict[str, Any]] = {}
    for section in ("topics", "fields"):
        counts = [keyword_counts(r.parsed.table.cues[i], section) for r, i in rows]
        design = topic_rows(words, texts, titles, counts, section)
        estimators[section] = {}
        for code in codes(section):
            truth = np.array([code in (r.gold(i) or {}).get(section, ()) for r, i in rows])
            if 3 <= truth.sum() < len(truth):
                estimators[section][code] = LogisticRegression(
                    C=settings.topic_c, max_iter=300, class_weight="balanced"
                ).fit(design, truth)
    return TopicModel(words, estimators, {"topics": 0.5, "fields": 0.6})


def topic_scores(model: TopicModel, report: LabelledReport, units: Sequence[int]) -> list[tuple[float, ...]]:
    """Topic probabilities of the given units."""
    if not units:
        return []
    texts = [report.parsed.table.texts[i] for i in units]
    titles = [report.parsed.table.headings[i] for i in units]
    counts = [keyword_counts(report.parsed.table.cues[i], "topics") for i in units]
    return [tuple(float(v) for v in row) for row in model.scores(texts, titles, counts, "topics")]
