"""Fit the finding models: sentence model in two passes, sorts, topics, links; thresholds and calibration out of fold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, StandardScaler

from nlp.reports.links import LinkModel, chosen_links, pair_rows
from nlp.reports.model import CLASSES, KIND_OF_CLASS, Scale, SentenceModel, committee_answer, soften, spread
from nlp.reports.nearness import PhraseVectors
from nlp.reports.reader import FindingsModel, candidate
from nlp.reports.sorts import CAUSE, POSITIVE, RECOMMENDATION, SortModel
from nlp.registry import Registry, RegistryError
from nlp.reports.topics import TopicModel, codes, keyword_counts, topic_rows
from nlp.reports.vectors import VectorTable
from nlp.training.findings_data import LabelledReport, folds_of

Array = NDArray[np.float64]
WORD = r"[^\W_]+|[%:;]"


@dataclass(frozen=True)
class Settings:
    """Choices of the fit; the shipped values were chosen on the validation split (docs/evaluation-reports.md)."""

    folds: int = 5
    seed: int = 20
    linear_c: float = 2.0
    near_weight: float = 0.3
    vector_weight: float = 0.3
    members: int = 3
    hidden: int = 48
    decay: float = 3.0
    rounds: int = 50
    mixes: tuple[float, ...] = (0.0, 0.3, 0.4, 0.5, 0.6)
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


@dataclass(frozen=True)
class Materials:
    """What a fit needs besides the reports: word vectors and the cue phrases' vectors, both None without registered vectors."""

    vectors: VectorTable | None = None
    phrases: PhraseVectors | None = None

    @classmethod
    def of(cls, vectors: VectorTable | None) -> Materials:
        """Materials over a table of word vectors."""
        return cls(vectors, None if vectors is None else PhraseVectors.build(vectors))


def fit_members(reports: Sequence[LabelledReport], materials: Materials, settings: Settings) -> SentenceModel:
    """Fit the linear model and the committee on reports; ignored units are left out. Mix, temperature and thresholds are not set."""
    keep = ~_stack(reports, lambda r: r.ignored)
    labels = _stack(reports, lambda r: r.labels)[keep]
    tables = [r.parsed.table for r in reports]
    words = word_vectorizer().fit([t for table in tables for t in table.texts])
    headings = heading_vectorizer().fit([t for table in tables for t in table.headings])
    scaler = MaxAbsScaler().fit(np.vstack([table.dense for table in tables]))
    model = SentenceModel(words, headings, scaler, None, materials.vectors, materials.phrases)
    near = [model.nearness(table) for table in tables]
    if materials.phrases is not None:
        model.near_scale = Scale.fit(np.vstack(near), settings.near_weight)
    design = sparse.vstack([model.design(table, n) for table, n in zip(tables, near, strict=True)]).tocsr()
    model.linear = LogisticRegression(C=settings.linear_c, max_iter=400).fit(design[keep], labels)
    if materials.phrases is not None and settings.members:
        rows = np.vstack([model.net_rows(table, n) for table, n in zip(tables, near, strict=True)])
        model.net_scale = Scale.fit(rows)
        scaled = model.net_scale(rows)[keep]
        model.committee = tuple(net_member(settings, seed).fit(scaled, labels) for seed in range(settings.members))
    return model


def net_member(settings: Settings, seed: int) -> Any:
    """One network of the committee, unfitted."""
    return MLPClassifier((settings.hidden,), alpha=settings.decay, max_iter=settings.rounds, random_state=settings.seed + seed, learning_rate_init=2e-3)


def fit_sentences(reports: Sequence[LabelledReport], materials: Materials, settings: Settings) -> tuple[SentenceModel, list[Array]]:
    """Fit the sentence model; mix, temperature and thresholds come from out-of-fold probabilities, which are returned too, calibrated."""
    linear: list[Array] = [np.zeros((0, len(CLASSES)))] * len(reports)
    committee = list(linear)
    for held in folds_of(reports, settings.folds, settings.seed):
        members = fit_members([r for i, r in enumerate(reports) if i not in set(held.tolist())], materials, settings)
        for i in held:
            table = reports[i].parsed.table
            if table.texts:
                near = members.nearness(table)
                linear[i] = spread(members.linear, members.design(table, near))
                if members.committee and members.net_scale is not None:
                    committee[i] = committee_answer(members.committee, members.net_scale(members.net_rows(table, near)))
    labels, keep = _stack(reports, lambda r: r.labels), ~_stack(reports, lambda r: r.ignored)
    mixes = settings.mixes if materials.phrases is not None and settings.members else (0.0,)
    mix = min(mixes, key=lambda m: _loss(np.vstack(_mixed(linear, committee, m))[keep], labels[keep]))
    held_out = _mixed(linear, committee, mix)
    temperature = best_temperature(np.vstack(held_out)[keep], labels[keep])
    calibrated = [soften(p, temperature) if len(p) else p for p in held_out]
    model = fit_members(reports, materials, settings)
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


def fit_sorts(reports: Sequence[LabelledReport], vectors: VectorTable | None, settings: Settings) -> SortModel:
    """Fit both sort decisions on gold findings; causes that the annotators left without a sort are left out."""
    texts = [t for r in reports for t in r.parsed.table.texts]
    titles = [t for r in reports for t in r.parsed.table.headings]
    dense = np.vstack([np.hstack([r.parsed.table.dense, r.columns]) for r in reports])
    scale = None if vectors is None else Scale.fit(np.vstack([vectors.means(r.parsed.table.words) for r in reports]), settings.vector_weight)
    model = SortModel(word_vectorizer().fit(texts), heading_vectorizer().fit(titles), MaxAbsScaler().fit(dense), vectors, scale, {})
    for kind in (CAUSE, RECOMMENDATION):
        blocks, truth = [], []
        for report in reports:
            chosen, wanted = sorted_units(report, kind)
            if chosen:
                blocks.append(model.rows(report.parsed.table, report.columns, chosen))
                truth += wanted
        model.estimators[kind] = LogisticRegression(C=settings.sort_c, max_iter=400).fit(sparse.vstack(blocks).tocsr(), truth)
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
                estimators[section][code] = LogisticRegression(C=settings.topic_c, max_iter=300, class_weight="balanced").fit(design, truth)
    return TopicModel(words, estimators, {"topics": 0.5, "fields": 0.6})


def topic_scores(model: TopicModel, report: LabelledReport, units: Sequence[int]) -> list[tuple[float, ...]]:
    """Topic probabilities of the given units."""
    if not units:
        return []
    texts = [report.parsed.table.texts[i] for i in units]
    titles = [report.parsed.table.headings[i] for i in units]
    counts = [keyword_counts(report.parsed.table.cues[i], "topics") for i in units]
    return [tuple(float(v) for v in row) for row in model.scores(texts, titles, counts, "topics")]


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
    candidates = [candidate(report.parsed, i, KIND_OF_CLASS[CLASSES[report.labels[i]]], s) for i, s in zip(units, scores, strict=True)]
    pairs, rows = pair_rows(candidates, vectors)
    wanted = []
    for a, b in pairs:
        source, target = report.gold(units[a]) or {}, report.gold(units[b]) or {}
        wanted.append(int(any(link["to"] == target.get("id") for link in source.get("links", ()))))
    return LinkRows(rows, np.array(wanted, dtype=np.int64), [a for a, _ in pairs], [candidates[a].kind for a, _ in pairs])


def link_estimator() -> Any:
    """The pair classifier, unfitted."""
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
        scores.update({int(i): fitted.predict_proba(data[i].rows)[:, 1] for i in held if i in used})
    first, further = {}, {}
    for kind in ("cause", "recommendation"):
        first[kind], further[kind] = best_link_thresholds([data[i] for i in used], [scores[i] for i in used], kind)
    return LinkModel(_fit_pairs([data[i] for i in used]), vectors, first, further)


def _fit_pairs(data: Sequence[LinkRows]) -> Any:
    return link_estimator().fit(np.vstack([d.rows for d in data]), np.concatenate([d.wanted for d in data]))


def best_link_thresholds(data: Sequence[LinkRows], scores: Sequence[Array], kind: str) -> tuple[float, float]:
    """The pair of thresholds with the best F1 for one kind of source."""
    best = (-1.0, 0.5, 0.5)
    mine = [np.array([k == kind for k in d.kinds]) for d in data]
    for first in np.arange(0.08, 0.6, 0.04):
        for further in np.arange(max(0.2, first), 0.75, 0.05):
            hit = said = truth = 0
            for d, p, m in zip(data, scores, mine, strict=True):
                kept = chosen_links(d.sources, p, d.kinds, {kind: float(first)}, {kind: float(further)}) & m
                hit, said, truth = hit + int((kept & (d.wanted == 1)).sum()), said + int(kept.sum()), truth + int((m & (d.wanted == 1)).sum())
            f1 = 2 * hit / max(1, said + truth)
            if f1 > best[0] + 1e-9:
                best = (f1, float(first), float(further))
    return round(best[1], 2), round(best[2], 2)


def fit_findings(reports: Sequence[LabelledReport], vectors: VectorTable | None = None, settings: Settings | None = None) -> FindingsModel:
    """Fit every part on the given reports."""
    settings = settings or Settings()
    sentences, _ = fit_sentences(reports, Materials.of(vectors), settings)
    return FindingsModel(sentences, fit_sorts(reports, vectors, settings), fit_topics(reports, settings),
                         fit_links(reports, vectors, settings))


def vector_table(registry: Registry, keep: int = 20_000) -> VectorTable | None:
    """The live word vectors pruned to the most frequent words, or None where none is registered."""
    try:
        found = registry.load(registry.live("vectors"))
    except RegistryError:
        return None
    rows = {word: row for word, row in found.rows.items() if row < keep}
    return VectorTable(rows, np.array(found.matrix[:keep]), np.array(found.scale[:keep]), np.array(found.weight[:keep]))
