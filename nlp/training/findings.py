"""Fit the finding models: sentence model in two passes, sorts, topics, links; thresholds and calibration out of fold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import MaxAbsScaler

from nlp.reports.links import LinkModel, pair_rows
from nlp.reports.model import CLASSES, KIND_OF_CLASS, SentenceModel, sequence_columns, soften, spread
from nlp.reports.reader import FindingsModel, candidate
from nlp.reports.sorts import CAUSE, POSITIVE, RECOMMENDATION, SortModel, sort_rows
from nlp.registry import Registry, RegistryError
from nlp.reports.topics import TopicModel, choose_topics, codes, keyword_counts, topic_rows
from nlp.reports.vectors import VectorTable
from nlp.training.findings_data import LabelledReport, folds_of

Array = NDArray[np.float64]
WORD = r"[^\W_]+|[%:;]"


@dataclass(frozen=True)
class Settings:
    """Choices of the fit; the shipped values were chosen on the validation split (docs/evaluation-reports.md)."""

    folds: int = 5
    seed: int = 20
    first_c: float = 2.0
    vector_weight: float = 0.3
    trees: int = 300
    leaf: int = 2
    columns: float = 0.15
    mixes: tuple[float, ...] = (0.0, 0.15, 0.3, 0.45)
    sort_c: float = 1.0
    topic_c: float = 3.0


def word_vectorizer() -> TfidfVectorizer:
    """Words and word pairs of a unit."""
    return TfidfVectorizer(token_pattern=WORD, ngram_range=(1, 2), min_df=2, sublinear_tf=True, dtype=np.float64)


def heading_vectorizer() -> TfidfVectorizer:
    """Words and word pairs of the headings around a unit."""
    return TfidfVectorizer(token_pattern=r"\S+", ngram_range=(1, 2), min_df=2, sublinear_tf=True, dtype=np.float64)


def _stack(reports: Sequence[LabelledReport], part: Callable[[LabelledReport], Any]) -> Any:
    return np.concatenate([part(r) for r in reports])


def fit_first(reports: Sequence[LabelledReport], vectors: VectorTable | None, settings: Settings) -> SentenceModel:
    """Fit the first pass on reports; ignored units are left out."""
    keep = ~_stack(reports, lambda r: r.ignored)
    labels = _stack(reports, lambda r: r.labels)[keep]
    texts = [t for r in reports for t in r.parsed.table.texts]
    titles = [t for r in reports for t in r.parsed.table.headings]
    dense = np.vstack([r.parsed.table.dense for r in reports])
    words, headings, scaler = word_vectorizer(), heading_vectorizer(), MaxAbsScaler()
    blocks = [words.fit_transform(texts), headings.fit_transform(titles), sparse.csr_matrix(scaler.fit_transform(dense))]
    spread_of = None
    if vectors is not None:
        means = np.vstack([vectors.means(r.parsed.table.words) for r in reports])
        spread_of = np.vstack([means.mean(axis=0), settings.vector_weight / np.maximum(means.std(axis=0), 1e-6)]).astype(np.float32)
        blocks.append(sparse.csr_matrix((means - spread_of[0]) * spread_of[1]))
    estimator = LogisticRegression(C=settings.first_c, max_iter=400)
    estimator.fit(sparse.hstack(blocks).tocsr()[keep], labels)
    return SentenceModel(words, headings, scaler, vectors, spread_of, estimator)


def second_estimator(settings: Settings) -> Any:
    """The second pass, unfitted."""
    return ExtraTreesClassifier(settings.trees, min_samples_leaf=settings.leaf, max_features=settings.columns, random_state=settings.seed)


def fit_second(reports: Sequence[LabelledReport], first: Sequence[Array], settings: Settings) -> Any:
    """Fit the second pass on the reports' out-of-fold first-pass probabilities."""
    keep = ~_stack(reports, lambda r: r.ignored)
    labels = _stack(reports, lambda r: r.labels)[keep]
    rows = np.vstack([second_rows(r, p) for r, p in zip(reports, first, strict=True)])[keep]
    return second_estimator(settings).fit(rows, labels)


def second_rows(report: LabelledReport, first: Array) -> Array:
    """Rows of the second pass for one report."""
    return np.hstack([report.parsed.table.dense, sequence_columns(first, report.parsed.units, report.parsed.structure)])


def out_of_fold_first(reports: Sequence[LabelledReport], vectors: VectorTable | None, settings: Settings) -> list[Array]:
    """First-pass probabilities of every report from models that did not see it or its siblings."""
    out: list[Array] = [np.zeros((0, len(CLASSES)))] * len(reports)
    for held in folds_of(reports, settings.folds, settings.seed):
        fitted = fit_first([r for i, r in enumerate(reports) if i not in set(held.tolist())], vectors, settings)
        for i in held:
            out[i] = fitted.first_pass(reports[i].parsed.table) if reports[i].parsed.units else out[i]
    return out


def fit_sentences(reports: Sequence[LabelledReport], vectors: VectorTable | None, settings: Settings) -> tuple[SentenceModel, list[Array]]:
    """Fit both passes; mix, temperature and thresholds come from out-of-fold probabilities, which are returned too, calibrated."""
    first = out_of_fold_first(reports, vectors, settings)
    second: list[Array] = [np.zeros((0, len(CLASSES)))] * len(reports)
    wanted = max(settings.mixes) > 0
    for held in folds_of(reports, settings.folds, settings.seed) if wanted else []:
        rest = [i for i in range(len(reports)) if i not in set(held.tolist())]
        fitted = fit_second([reports[i] for i in rest], [first[i] for i in rest], settings)
        for i in held:
            second[i] = spread(fitted, second_rows(reports[i], first[i])) if len(first[i]) else first[i]
    labels, keep = _stack(reports, lambda r: r.labels), ~_stack(reports, lambda r: r.ignored)
    mix = min(settings.mixes, key=lambda m: _loss(np.vstack(_mixed(first, second, m))[keep], labels[keep]))
    held_out = _mixed(first, second, mix)
    temperature = best_temperature(np.vstack(held_out)[keep], labels[keep])
    calibrated = [soften(p, temperature) if len(p) else p for p in held_out]
    model = fit_first(reports, vectors, settings)
    model.second = fit_second(reports, first, settings) if mix else None
    model.mix, model.temperature = mix, temperature
    model.thresholds = best_thresholds(np.vstack(calibrated)[keep], labels[keep])
    return model, calibrated


def _mixed(first: Sequence[Array], second: Sequence[Array], mix: float) -> list[Array]:
    return [(1 - mix) * a + mix * b if mix else a for a, b in zip(first, second, strict=True)]


def _loss(probabilities: Array, labels: NDArray[np.int64]) -> float:
    return float(-np.log(np.clip(probabilities[np.arange(len(labels)), labels], 1e-9, 1)).mean())


def best_temperature(probabilities: Array, labels: NDArray[np.int64]) -> float:
    """The temperature with the least log loss, from a grid between 0.5 and 3."""
    return float(min(np.arange(0.5, 3.05, 0.05), key=lambda t: _loss(soften(probabilities, float(t)), labels)))


def best_thresholds(probabilities: Array, labels: NDArray[np.int64]) -> dict[str, float]:
    """For each kind the least probability that gives the best F1 out of fold, kept between 0.3 and 0.6 against over-fitting."""
    kinds = sorted(set(KIND_OF_CLASS.values()))
    table = np.column_stack([sum(probabilities[:, c] for c, n in enumerate(CLASSES) if KIND_OF_CLASS.get(n) == k) for k in kinds])
    truth = np.array([kinds.index(KIND_OF_CLASS[CLASSES[y]]) if y else -1 for y in labels])
    top = table.argmax(axis=1)
    thresholds = {}
    for column, kind in enumerate(kinds):
        best = (-1.0, 0.5)
        for t in np.arange(0.30, 0.61, 0.02):
            said = (top == column) & (table[:, column] >= t)
            hit = int((said & (truth == column)).sum())
            f1 = 2 * hit / max(1, int(said.sum()) + int((truth == column).sum()))
            # Of equal values the one nearest to one half generalises best.
            if (round(f1, 4), -abs(t - 0.46)) > (round(best[0], 4), -abs(best[1] - 0.46)):
                best = (f1, float(t))
        thresholds[kind] = round(best[1], 2)
    return thresholds


def fit_sorts(reports: Sequence[LabelledReport], settings: Settings) -> SortModel:
    """Fit both sort decisions on gold findings; causes that the annotators left without a sort are left out."""
    texts = [t for r in reports for t in r.parsed.table.texts]
    titles = [t for r in reports for t in r.parsed.table.headings]
    dense = np.vstack([np.hstack([r.parsed.table.dense, r.columns]) for r in reports])
    words, headings, scaler = word_vectorizer().fit(texts), heading_vectorizer().fit(titles), MaxAbsScaler().fit(dense)
    estimators = {}
    for kind in (CAUSE, RECOMMENDATION):
        blocks, truth = [], []
        for report in reports:
            chosen, wanted = sorted_units(report, kind)
            if chosen:
                blocks.append(sort_rows(words, headings, scaler, report.parsed.table, report.columns, chosen))
                truth += wanted
        estimators[kind] = LogisticRegression(C=settings.sort_c, max_iter=400).fit(sparse.vstack(blocks).tocsr(), truth)
    return SortModel(words, headings, scaler, estimators)


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
                estimators[section][code] = LogisticRegression(C=settings.topic_c, max_iter=300, class_weight="balanced").fit(design, truth)
    return TopicModel(words, estimators, {"topics": 0.5, "fields": 0.6})


def predicted_topics(model: TopicModel, report: LabelledReport, units: Sequence[int]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """(topics, fields) of the given units by a topic model."""
    if not units:
        return []
    texts = [report.parsed.table.texts[i] for i in units]
    titles = [report.parsed.table.headings[i] for i in units]
    both = []
    for section in ("topics", "fields"):
        counts = [keyword_counts(report.parsed.table.cues[i], section) for i in units]
        scores = model.scores(texts, titles, counts, section)
        both.append([choose_topics(row, section, model.thresholds[section]) for row in scores])
    return list(zip(*both, strict=True))


def link_rows(report: LabelledReport, topics: TopicModel) -> tuple[Array, NDArray[np.int64], list[str]]:
    """Pairs of gold findings of one report: rows, 1 where the gold links them, kind of the source."""
    units = finding_units(report)
    labels = predicted_topics(topics, report, units)
    candidates = [candidate(report.parsed, i, KIND_OF_CLASS[CLASSES[report.labels[i]]], t, f) for i, (t, f) in zip(units, labels, strict=True)]
    pairs, rows = pair_rows(candidates)
    wanted = []
    for a, b in pairs:
        source, target = report.gold(units[a]) or {}, report.gold(units[b]) or {}
        wanted.append(int(any(link["to"] == target.get("id") for link in source.get("links", ()))))
    return rows, np.array(wanted, dtype=np.int64), [candidates[a].kind for a, _ in pairs]


def link_estimator() -> Any:
    """The pair classifier, unfitted."""
    return HistGradientBoostingClassifier(max_iter=120, learning_rate=0.06, min_samples_leaf=15, l2_regularization=2.0, max_leaf_nodes=10,
                                          random_state=0, early_stopping=False)


def fit_links(reports: Sequence[LabelledReport], settings: Settings) -> LinkModel:
    """Fit the linker on pairs of gold findings, topics predicted out of fold, thresholds out of fold."""
    data: list[tuple[Array, NDArray[np.int64], list[str]]] = [(np.zeros((0, 1)), np.zeros(0, dtype=np.int64), [])] * len(reports)
    folds = folds_of(reports, settings.folds, settings.seed)
    for held in folds:
        topics = fit_topics([r for i, r in enumerate(reports) if i not in set(held.tolist())], settings)
        for i in held:
            data[i] = link_rows(reports[i], topics)
    scores: list[Array] = [np.zeros(0)] * len(reports)
    for held in folds:
        rest = [i for i in range(len(reports)) if i not in set(held.tolist()) and len(data[i][1])]
        fitted = link_estimator().fit(np.vstack([data[i][0] for i in rest]), np.concatenate([data[i][1] for i in rest]))
        for i in held:
            if len(data[i][1]):
                scores[i] = fitted.predict_proba(data[i][0])[:, 1]
    used = [i for i in range(len(reports)) if len(data[i][1])]
    p, y = np.concatenate([scores[i] for i in used]), np.concatenate([data[i][1] for i in used])
    kinds = np.array([k for i in used for k in data[i][2]])
    thresholds = {}
    for kind in ("cause", "recommendation"):
        mine = kinds == kind
        thresholds[kind] = max((round(float(t), 2) for t in np.arange(0.15, 0.7, 0.02)),
                               key=lambda t: (round(_f1(p[mine] >= t, y[mine]), 3), -abs(t - 0.4)))  # noqa: B023
    estimator = link_estimator().fit(np.vstack([data[i][0] for i in used]), np.concatenate([data[i][1] for i in used]))
    return LinkModel(estimator, thresholds)


def _f1(said: NDArray[np.bool_], truth: NDArray[np.int64]) -> float:
    hit = int((said & (truth == 1)).sum())
    return 2 * hit / max(1, int(said.sum()) + int(truth.sum()))


def fit_findings(reports: Sequence[LabelledReport], vectors: VectorTable | None = None, settings: Settings | None = None) -> FindingsModel:
    """Fit every part on the given reports."""
    settings = settings or Settings()
    sentences, _ = fit_sentences(reports, vectors, settings)
    return FindingsModel(sentences, fit_sorts(reports, settings), fit_topics(reports, settings), fit_links(reports, settings))


def vector_table(registry: Registry, keep: int = 20_000) -> VectorTable | None:
    """The live word vectors pruned to the most frequent words, or None where none is registered."""
    try:
        found = registry.load(registry.live("vectors"))
    except RegistryError:
        return None
    rows = {word: row for word, row in found.rows.items() if row < keep}
    return VectorTable(rows, np.array(found.matrix[:keep]), np.array(found.scale[:keep]), np.array(found.weight[:keep]))
