"""Fit the sentence model: its members, how they are weighed, temperature and thresholds out of fold."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import MaxAbsScaler
from sklearn.svm import LinearSVC

from nlp.reports.chain import CONTEXTS, Chain
from nlp.reports.features import UnitTable, dense_names
from nlp.reports.model import CLASSES, KIND_OF_CLASS, Margins, Scale, SentenceModel, Stack, soften
from nlp.reports.nearness import PhraseVectors
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
    bare_weight: float = 0.4
    margin_c: float = 1.0
    chain_weights: tuple[float, ...] = (0.0, 0.2, 0.3, 0.4, 0.5)
    chain_powers: tuple[float, ...] = (0.75, 0.85, 1.0)
    chain_prior: float = 2.0
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
    """What a fit needs besides the reports: word vectors and the cue phrases' vectors, both None without registered
    vectors.
    """

    vectors: VectorTable | None = None
    phrases: PhraseVectors | None = None

    @classmethod
    def of(cls, vectors: VectorTable | None) -> Materials:
        """Materials over a table of word vectors."""
        return cls(vectors, None if vectors is None else PhraseVectors.build(vectors))


def fit_members(reports: Sequence[LabelledReport], materials: Materials, settings: Settings) -> SentenceModel:
    """Fit the members on reports; ignored units are left out. Stack, chain, temperature and thresholds are not set."""
    keep = ~_stack(reports, lambda r: r.ignored)
    labels = _stack(reports, lambda r: r.labels)[keep]
    tables = [r.parsed.table for r in reports]
    words = word_vectorizer().fit([t for table in tables for t in table.texts])
    headings = heading_vectorizer().fit([t for table in tables for t in table.headings])
    scaler = MaxAbsScaler().fit(np.vstack([table.dense for table in tables]))
    model = SentenceModel(words, headings, scaler, None, materials.vectors, materials.phrases)
    model.by_words = fit_margins(words.transform([t for table in tables for t in table.texts])[keep], labels, settings)
    model.by_headings = fit_margins(
        headings.transform([t for table in tables for t in table.headings])[keep], labels, settings
    )
    near = [model.nearness(table) for table in tables]
    if materials.phrases is not None:
        model.near_scale = Scale.fit(np.vstack(near), settings.near_weight)
    bare = [bare_table(table) for table in tables]
    design = sparse.vstack(
        [model.design(t, n) for group in (tables, bare) for t, n in zip(group, near, strict=True)]
    ).tocsr()
    again = keep & (_stack(reports, lambda r: r.labels) != CLASSES.index("lesson"))
    chosen = np.concatenate([keep, again])
    every = np.concatenate([_stack(reports, lambda r: r.labels)] * 2)[chosen]
    weights = np.concatenate([np.ones(int(keep.sum())), np.full(int(again.sum()), settings.bare_weight)])
    model.linear = LogisticRegression(C=settings.linear_c, max_iter=400).fit(
        design[chosen], every, sample_weight=weights
    )
    if materials.phrases is not None and settings.members:
        rows = np.vstack([model.net_rows(t, n) for group in (tables, bare) for t, n in zip(group, near, strict=True)])
        model.net_scale = Scale.fit(rows[: len(keep)])
        scaled, labels = model.net_scale(rows)[chosen], every
        with warnings.catch_warnings():
            # The rounds are few on purpose, against over-fitting; the networks need not converge.
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.committee = tuple(net_member(settings, seed).fit(scaled, labels) for seed in range(settings.members))
    return model


def fit_margins(rows: sparse.csr_matrix, labels: NDArray[np.int64], settings: Settings) -> Margins:
    """One linear support-vector machine a class; a class that is not there gets a constant."""
    weights = np.zeros((rows.shape[1], len(CLASSES)), dtype=np.float32)
    bias = np.full(len(CLASSES), -1.0, dtype=np.float32)
    for k in range(len(CLASSES)):
        if len(set((labels == k).tolist())) == 2:
            fitted = LinearSVC(C=settings.margin_c, dual=True, random_state=settings.seed).fit(rows, labels == k)
            weights[:, k], bias[k] = fitted.coef_[0], fitted.intercept_[0]
    return Margins(weights, bias)


def bare_table(table: UnitTable) -> UnitTable:
    """The same units as if no heading stood above them.

    Every training report is seen a second time so, with less weight, because in many real texts a limitation stands
    where no heading announces it; lessons, which hardly differ from tasks but for their heading, are not repeated.
    """
    dense = table.dense.copy()
    dense[:, [i for i, name in enumerate(dense_names()) if name.startswith(("heading:", "inherited:", "lead:"))]] = 0.0
    return UnitTable(table.texts, tuple("" for _ in table.headings), dense, table.cues, table.words, table.contexts)


def net_member(settings: Settings, seed: int) -> Any:
    """One network of the committee, unfitted."""
    return MLPClassifier(
        (settings.hidden,),
        alpha=settings.decay,
        max_iter=settings.rounds,
        random_state=settings.seed + seed,
        learning_rate_init=2e-3,
    )


def fit_sentences(
    reports: Sequence[LabelledReport], materials: Materials, settings: Settings
) -> tuple[SentenceModel, list[Array]]:
    """Fit the sentence model; stack, chain, temperature and thresholds come from out-of-fold answers, whose
    probabilities are returned too, calibrated.
    """
    rows: list[Array] = [np.zeros((0, 3 * len(CLASSES)))] * len(reports)
    folds = folds_of(reports, settings.folds, settings.seed)
    for held in folds:
        members = fit_members([r for i, r in enumerate(reports) if i not in set(held.tolist())], materials, settings)
        for i in held:
            table = reports[i].parsed.table
            if table.texts:
                rows[i] = members.members(table)
    labels, keep = _stack(reports, lambda r: r.labels), ~_stack(reports, lambda r: r.ignored)
    alone = [np.zeros((0, len(CLASSES)))] * len(reports)
    for held in folds:
        others = [i for i in range(len(reports)) if i not in set(held.tolist())]
        stack = fit_stack([rows[i] for i in others], [reports[i] for i in others])
        for i in held:
            alone[i] = stack.apply(rows[i])
    held_out, weight, power = _best_chain(reports, alone, settings)
    temperature = best_temperature(np.vstack(held_out)[keep], labels[keep])
    calibrated = [soften(p, temperature) if len(p) else p for p in held_out]
    model = fit_members(reports, materials, settings)
    model.stack, model.temperature = fit_stack(rows, reports), temperature
    model.chain = Chain(fit_ties(reports, settings.chain_prior), weight, power)
    model.thresholds = best_thresholds(np.vstack(calibrated)[keep], labels[keep])
    return model, calibrated


def fit_stack(rows: Sequence[Array], reports: Sequence[LabelledReport]) -> Stack:
    """How much each member counts, from out-of-fold rows of `nlp.reports.model.stack_row`."""
    keep = ~_stack(reports, lambda r: r.ignored)
    fitted = LogisticRegression(max_iter=3000).fit(np.vstack(rows)[keep], _stack(reports, lambda r: r.labels)[keep])
    weights = np.zeros((rows[0].shape[1], len(CLASSES)))
    bias = np.full(len(CLASSES), -20.0)
    weights[:, fitted.classes_], bias[fitted.classes_] = fitted.coef_.T, fitted.intercept_
    return Stack(weights, bias)


def fit_ties(reports: Sequence[LabelledReport], prior: float) -> Array:
    """Ties of the chain from gold classes of neighbouring units, smoothed towards how often a class comes in that
    context.

    Parameters: `reports`; `prior`, weight of the smoothing in pseudo-counts a class. Returns logs of shape (CONTEXTS,
    classes, classes).
    """
    counts = np.zeros((CONTEXTS, len(CLASSES), len(CLASSES)))
    for report in reports:
        contexts = report.parsed.table.contexts
        if contexts is not None:
            np.add.at(counts, (contexts[1:], report.labels[:-1], report.labels[1:]), 1)
    usual = counts.sum(axis=1) + 1.0
    usual /= usual.sum(axis=1, keepdims=True)
    smoothed = counts + prior * len(CLASSES) * usual[:, None, :]
    smoothed /= smoothed.sum(axis=2, keepdims=True)
    return np.asarray(np.log(smoothed) - np.log(usual)[:, None, :])


def _best_chain(
    reports: Sequence[LabelledReport], alone: Sequence[Array], settings: Settings
) -> tuple[list[Array], float, float]:
    """Out-of-fold probabilities after the best chain, with its weight and power; ties never come from the held-out
    reports.
    """
    labels, keep = _stack(reports, lambda r: r.labels), ~_stack(reports, lambda r: r.ignored)
    ties: dict[int, Array] = {}
    for held in folds_of(reports, settings.folds, settings.seed):
        fitted = fit_ties([r for i, r in enumerate(reports) if i not in set(held.tolist())], settings.chain_prior)
        ties.update({int(i): fitted for i in held})

    def smoothed(weight: float, power: float) -> list[Array]:
        out = []
        for i, (report, p) in enumerate(zip(reports, alone, strict=True)):
            contexts = report.parsed.table.contexts
            out.append(p if contexts is None or not len(p) else Chain(ties[i], weight, power).smooth(p, contexts))
        return out

    choices = [(w, p) for w in settings.chain_weights for p in settings.chain_powers if w or p == 1.0]
    weight, power = min(choices, key=lambda c: _loss(np.vstack(smoothed(*c))[keep], labels[keep]))
    return smoothed(weight, power), weight, power


def _loss(probabilities: Array, labels: NDArray[np.int64]) -> float:
    return float(-np.log(np.clip(probabilities[np.arange(len(labels)), labels], 1e-9, 1)).mean())


def best_temperature(probabilities: Array, labels: NDArray[np.int64]) -> float:
    """The temperature with the least log loss, from a grid between 0.5 and 3."""
    return float(min(np.arange(0.5, 3.05, 0.05), key=lambda t: _loss(soften(probabilities, float(t)), labels)))


def best_thresholds(probabilities: Array, labels: NDArray[np.int64]) -> dict[str, float]:
    """For each kind the least probability that gives the best F1 out of fold, kept between 0.3 and 0.6 against
    over-fitting.
    """
    kinds = sorted(set(KIND_OF_CLASS.values()))
    table = np.column_stack(
        [sum(probabilities[:, c] for c, n in enumerate(CLASSES) if KIND_OF_CLASS.get(n) == k) for k in kinds]
    )
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
