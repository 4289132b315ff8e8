"""Fitting the petition model: features once, heads by cross-validation over hands, calibration out of fold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from joblib import Parallel, delayed
from scipy import sparse
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.svm import SVC

from nlp.petitions.features import LinearHead, TextFeatures
from nlp.petitions.kernel import KernelHead
from nlp.petitions.model import (
    Binary,
    Head,
    Multinomial,
    PetitionModel,
    PresenceStack,
    ReviewLimits,
    UrgencyStack,
    softmax,
    stack_inputs,
)
from nlp.petitions.prepared import Prepared, clauses, part, prepare
from nlp.petitions.vectors import WordVectors
from nlp.taxonomy import taxonomy
from nlp.text import clean, fold
from nlp.training.corpus import PetitionRow
from nlp.training.vectorize import count_blocks, fit_features, matrix


@dataclass(frozen=True)
class PetitionConfig:
    """How a petition model is fitted; every number was chosen by cross-validation on the training split."""

    blocks: dict[str, float] = field(
        default_factory=lambda: {
            "word": 1.2,
            "syllable": 1.0,
            "char": 1.0,
            "cue": 1.5,
            "type_cue": 1.0,
            "signal_cue": 1.0,
            "date": 0.7,
            "vector": 2.0,
        }  # fmt: skip
    )
    clause_blocks: dict[str, float] = field(
        default_factory=lambda: {
            "word": 1.0,
            "syllable": 1.0,
            "signal_cue": 1.0,
            "neighbour": 0.5,
            "date": 0.7,
            "vector": 1.5,
        }  # fmt: skip
    )
    # How much each block counts in the kernels (on top of `blocks`); a block left out counts nothing.
    field_emphasis: dict[str, float] = field(
        default_factory=lambda: {"word": 1.0, "syllable": 1.0, "cue": 1.0, "type_cue": 1.0, "vector": 1.0}
    )
    whole_emphasis: dict[str, float] = field(
        default_factory=lambda: {
            "word": 0.7,
            "syllable": 1.0,
            "cue": 0.22,
            "signal_cue": 4.0,
            "date": 2.0,
            "vector": 0.56,
        }
    )
    max_features: dict[str, int] | int = field(
        default_factory=lambda: {"word": 50_000, "syllable": 70_000, "char": 25_000}
    )
    clause_max_features: dict[str, int] | int = field(default_factory=lambda: {"word": 40_000, "syllable": 50_000})
    c_kernel: float = 5.0
    c_fields: float = 3.0
    c_type: float = 3.0
    c_urgency: float = 3.0
    c_signals: float = 5.0
    folds: int = 5
    unaccented_share: float = 0.25
    khan_recall: float = 0.95
    review_error: float = 0.10
    seed: int = 20261121


@dataclass
class OutOfFold:
    """Answers of models that never saw the row, for calibration, limits and honest exploration."""

    rows: list[PetitionRow]
    fields: np.ndarray
    subfields: np.ndarray
    type: np.ndarray
    urgency: np.ndarray
    signals: np.ndarray


Progress = Callable[[str], None]


def unaccented(row: PetitionRow) -> PetitionRow:
    """The same petition typed without diacritics; offsets stay, since folding keeps lengths (case is kept too)."""
    text = clean(row.text).text
    if text != row.text:
        return row
    plain = "".join(f.upper() if c.isupper() else f for c, f in zip(text, fold(text), strict=True))
    return replace(row, id=row.id + "~", text=plain)


def logistic(x: sparse.csr_matrix, y: np.ndarray, c: float, weight: np.ndarray) -> tuple[np.ndarray, float]:
    """One L2 logistic regression: weights (columns,), bias. A label without both classes gets a constant."""
    if len(set(y.tolist())) < 2:
        return np.zeros(x.shape[1]), 8.0 if y.any() else -8.0
    fitted = LogisticRegression(C=c, solver="liblinear", dual=True, tol=3e-3, class_weight="balanced", random_state=0)
    fitted.fit(x, y, sample_weight=weight)
    return fitted.coef_[0], float(fitted.intercept_[0])


def fit_head(
    x: sparse.csr_matrix,
    y: np.ndarray,
    codes: Sequence[str],
    c: float,
    weight: np.ndarray,
    use: np.ndarray | None = None,
) -> LinearHead:
    """One-versus-rest logistic regressions.

    Parameters
    ----------
    y : bool array (rows, codes)
    use : bool array (rows, codes), optional
        which rows a label learns from (sub-fields learn within their field).
    """
    rows = [np.ones(len(y), dtype=bool) if use is None else use[:, k] for k in range(len(codes))]
    found = Parallel(n_jobs=2, prefer="threads")(
        delayed(logistic)(x[rows[k]], y[rows[k], k], c, weight[rows[k]]) for k in range(len(codes))
    )
    return LinearHead(
        tuple(codes),
        np.stack([w for w, _ in found], axis=1).astype(np.float32),
        np.array([b for _, b in found], np.float32),
    )


def emphasis(features: TextFeatures, share: dict[str, float]) -> np.ndarray:
    """A factor for every column from a factor for every block: float32 (columns + dense columns,)."""
    blocks = np.array([share.get(b, 0.0) for b in features.blocks], dtype=np.float32)[features.block_of]
    return np.append(blocks, np.full(features.dense_columns, share.get("vector", 0.0), dtype=np.float32))


def drop_blocks(x: sparse.csr_matrix, features: TextFeatures, names: tuple[str, ...]) -> sparse.csr_matrix:
    """The same rows with the columns of the named blocks empty."""
    kept = emphasis(features, {b: float(b not in names) for b in (*features.blocks, "vector")})
    out = (x @ sparse.diags(kept)).tocsr().astype(np.float32)
    out.eliminate_zeros()
    out.sort_indices()
    return out


def fit_kernel(
    x: sparse.csr_matrix,
    y: np.ndarray,
    codes: Sequence[str],
    c: float,
    weight: np.ndarray,
    columns: np.ndarray,
    offset: float = 0.3,
    degree: int = 3,
) -> KernelHead:
    """One-versus-rest support-vector machines that share one polynomial kernel; `columns` is its emphasis."""
    products = (x @ sparse.diags(columns) @ x.T).toarray()
    scale = float(np.median(np.diag(products)))
    gram = (offset + products / scale) ** degree

    def one(k: int) -> tuple[np.ndarray, float]:
        alpha = np.zeros(len(y), dtype=np.float32)
        if len(set(y[:, k].tolist())) < 2:
            return alpha, 2.0 if y[:, k].any() else -2.0
        fitted = SVC(kernel="precomputed", C=c, class_weight="balanced").fit(gram, y[:, k], sample_weight=weight)
        alpha[fitted.support_] = fitted.dual_coef_[0]
        return alpha, float(fitted.intercept_[0])

    # libsvm is repeatable in threads, and the kernel is too large to hand to processes.
    found = Parallel(n_jobs=2, require="sharedmem")(delayed(one)(k) for k in range(len(codes)))
    alpha = np.stack([a for a, _ in found], axis=1)
    return KernelHead(
        tuple(codes), x, columns, alpha, np.array([b for _, b in found], np.float32), scale, offset, degree
    )


def kernel_scores(head: KernelHead, x: sparse.csr_matrix) -> np.ndarray:
    """Logits of many rows: float array (rows, codes)."""
    return head.scores(head.offset + (x @ sparse.diags(head.emphasis) @ head.support.T).toarray() / head.scale)


def scores(head: LinearHead, x: sparse.csr_matrix) -> np.ndarray:
    """Logits of many rows: float32 (rows, codes)."""
    return np.asarray(x @ head.weights + head.bias, dtype=np.float32)


def platt(logits: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Slope and offset of Platt's calibration; the identity where a label is too rare to tell."""
    if y.sum() < 5 or (~y).sum() < 5:
        return 1.0, 0.0
    fitted = LogisticRegression(C=10.0, solver="lbfgs").fit(logits[:, None], y)
    return max(float(fitted.coef_[0, 0]), 0.05), float(fitted.intercept_[0])


def temperature(logits: np.ndarray, y: np.ndarray) -> float:
    """The temperature that minimises log loss of softmax(logits / T)."""

    def loss(t: float) -> float:
        p = softmax(logits / np.exp(t))
        return float(-np.log(np.clip(p[np.arange(len(y)), y], 1e-9, 1)).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-2.5, 2.5), method="bounded").x))


def best_threshold(p: np.ndarray, y: np.ndarray, low: float = 0.2, high: float = 0.7) -> float:
    """The threshold with the best F1, shrunk towards 0.5 where a label is rare."""
    if y.sum() < 5:
        return 0.5
    grid = np.arange(low, high + 1e-9, 0.02)
    f1 = [2 * ((p >= t) & y).sum() / max((p >= t).sum() + y.sum(), 1) for t in grid]
    best = float(grid[int(np.argmax(np.convolve(np.pad(f1, 2, mode="edge"), np.ones(5) / 5, mode="valid")))])
    trust = y.sum() / (y.sum() + 20)
    return float(trust * best + (1 - trust) * 0.45)


@dataclass
class Clauses:
    """Clauses of many texts in one list: which text each belongs to, its labels and its matrix row."""

    texts: list[Prepared]
    owner: np.ndarray
    labels: np.ndarray


def label_clauses(prepared: Sequence[Prepared], rows: Sequence[PetitionRow], codes: Sequence[str]) -> Clauses:
    """Cut texts into clauses; a clause carries a signal if it holds at least half of its span (or the most of it)."""
    texts, owner, labels = [], [], []
    for number, (text, row) in enumerate(zip(prepared, rows, strict=True)):
        ranges = clauses(text)
        found = np.zeros((len(ranges), len(codes)), dtype=bool)
        for signal in row.signals:
            span = text.clean.from_source(signal.start, signal.end)
            overlaps = []
            for a, b in ranges:
                start, end = text.syllables[a].start, text.syllables[b - 1].end
                overlaps.append(max(0, min(end, span.end) - max(start, span.start)))
            if overlaps and max(overlaps) > 0:
                need = min(0.5 * (span.end - span.start), max(overlaps))
                for k, overlap in enumerate(overlaps):
                    if overlap >= need:
                        found[k, codes.index(signal.code)] = True
        texts += [part(text, a, b) for a, b in ranges]
        owner += [number] * len(ranges)
        labels.append(found)
    return Clauses(texts, np.array(owner), np.concatenate(labels) if labels else np.zeros((0, len(codes)), dtype=bool))


def strongest(p: np.ndarray, owner: np.ndarray, texts: int) -> np.ndarray:
    """Each text's highest clause logit by signal: float (texts, signals)."""
    out = np.full((texts, p.shape[1]), -8.0, dtype=np.float32)
    np.maximum.at(out, owner, p)
    return out


def fit_petitions(
    rows: Sequence[PetitionRow], vectors: WordVectors | None, config: PetitionConfig, say: Progress = lambda _: None
) -> tuple[PetitionModel, OutOfFold]:
    """Fit the whole model on labelled rows and return it with its out-of-fold answers.

    Folds are by hand (who composed the petition) where there are enough hands, else by group, so that limits and
    calibration reflect petitions of somebody new.
    """
    t = taxonomy()
    codes, subs, types, levels = t.field_codes, t.subfield_codes, [x.code for x in t.types], [u.code for u in t.urgency]
    signal_codes = [s.code for s in t.signals]
    own = len(rows)
    copies = [u for u in (unaccented(r) for r in rows) if u.id.endswith("~")] if config.unaccented_share > 0 else []
    of = {r.id: i for i, r in enumerate(rows)}
    every = [*rows, *copies]
    source = np.array([*range(own), *(of[c.id[:-1]] for c in copies)])
    weight = np.array([1.0] * own + [config.unaccented_share] * len(copies))

    say("Tách từ và đếm đặc trưng")
    texts = [prepare(r.text) for r in every]
    sparse_blocks = [b for b in config.blocks if b != "vector"]
    counts = [count_blocks(p, sparse_blocks) for p in texts]
    features = fit_features(counts[:own], blocks=config.blocks, max_features=config.max_features, vectors=vectors)
    # Copies without accents bring n-grams of their own only in the accent-free blocks, which the originals have too.
    x = matrix(features, texts, counts)
    del counts
    # Kernels compare whole words, cues and vectors; runs of characters add nothing there and would treble the artefact.
    support = drop_blocks(x, features, ("char",))
    plain = drop_blocks(x, features, ("signal_cue", "date"))

    y_fields = np.array([[c in r.fields for c in codes] for r in every])
    y_subs = np.array([[c in r.subfields for c in subs] for r in every])
    parents = [codes.index(t.field_of_subfield[s]) for s in subs]
    use_subs = np.stack([y_fields[:, p] for p in parents], axis=1)
    y_type = np.array([types.index(r.type or types[0]) for r in every])
    y_urgency = np.array([levels.index(r.urgency or levels[0]) for r in every])
    y_signals = np.array([[any(s.code == c for s in r.signals) for c in signal_codes] for r in every])
    one_hot = np.eye(4, dtype=bool)[y_type]
    y_whole = np.concatenate([np.eye(3, dtype=bool)[y_urgency], y_signals], axis=1)

    say("Cắt mệnh đề và đếm đặc trưng dấu hiệu")
    third = [i for i in range(len(every)) if i < own or i % 3 == 0]
    cut = label_clauses([texts[i] for i in third], [every[i] for i in third], signal_codes)
    clause_source = np.array([source[third[o]] for o in cut.owner])
    clause_own = np.array([third[o] < own for o in cut.owner])
    clause_blocks = [b for b in config.clause_blocks if b != "vector"]
    clause_counts = [count_blocks(p, clause_blocks) for p in cut.texts]
    clause_features = fit_features(
        [c for c, o in zip(clause_counts, clause_own, strict=True) if o],
        blocks=config.clause_blocks, max_features=config.clause_max_features, vectors=vectors,
    )  # fmt: skip
    z = matrix(clause_features, cut.texts, clause_counts)
    del clause_counts
    clause_weight = np.where(clause_own, 1.0, config.unaccented_share)

    def heads(
        train: np.ndarray, clause_train: np.ndarray
    ) -> tuple[KernelHead, KernelHead, LinearHead, LinearHead, LinearHead]:
        w = weight[train]
        rows_of = support if len(train) == support.shape[0] else support[train]
        return (
            fit_kernel(rows_of, y_fields[train], codes, config.c_kernel, w, emphasis(features, config.field_emphasis)),
            fit_kernel(
                rows_of,
                y_whole[train],
                [*levels, *signal_codes],
                config.c_kernel,
                w,
                emphasis(features, config.whole_emphasis),
                degree=2,
            ),
            fit_head(plain[train], y_subs[train], subs, config.c_fields, w, use_subs[train]),
            fit_head(plain[train], one_hot[train], types, config.c_type, w),
            fit_head(
                z[clause_train], cut.labels[clause_train], signal_codes, config.c_signals, clause_weight[clause_train]
            ),
        )

    hands = [r.hand for r in rows]
    keys = np.array(hands if len(set(hands)) >= config.folds else [r.group or r.id for r in rows])
    out = OutOfFold(
        list(rows), *(np.zeros((own, n), dtype=np.float32) for n in (len(codes), len(subs), 4, 3, len(signal_codes)))
    )
    whole_out = np.zeros((own, 3 + len(signal_codes)), dtype=np.float32)
    clause_out = np.zeros((len(cut.texts), len(signal_codes)), dtype=np.float32)
    splits = GroupKFold(n_splits=min(config.folds, len(set(keys)))).split(np.zeros(own), groups=keys)
    for number, (train_ids, test_ids) in enumerate(splits, 1):
        say(f"Kiểm tra chéo, phần {number}/{config.folds}")
        train = np.flatnonzero(np.isin(source, train_ids))
        clause_train = np.flatnonzero(np.isin(clause_source, train_ids))
        f, u, s, ty, g = heads(train, clause_train)
        out.fields[test_ids] = kernel_scores(f, support[test_ids])
        whole_out[test_ids] = kernel_scores(u, support[test_ids])
        out.subfields[test_ids] = scores(s, plain[test_ids])
        out.type[test_ids] = scores(ty, plain[test_ids])
        mine = np.flatnonzero(np.isin(clause_source, test_ids))
        clause_out[mine] = scores(g, z[mine])

    say("Huấn luyện lần cuối trên toàn bộ tập huấn luyện")
    out.urgency = whole_out[:, :3]
    f, u, s, ty, g = heads(np.arange(len(every)), np.arange(len(cut.texts)))
    fields = calibrate(f, out.fields, y_fields[:own], 0.25, 0.65)
    subfields = calibrate(s, out.subfields, y_subs[:own], 0.3, 0.65, use_subs[:own])
    first = np.flatnonzero(clause_own)
    signals = calibrate(g, clause_out[first], cut.labels[first], 0.2, 0.6)
    strong = strongest(clause_out[first] * signals.slope + signals.offset, cut.owner[first], own)
    presence, out.signals = stack_presence(
        signal_codes, strong, whole_out[:, 3:], out.urgency, out.fields, y_signals[:own], keys, config
    )
    urgency = stack_urgency(out.urgency, out.signals, y_urgency[:own], keys, config)
    kind = Multinomial(ty, temperature(out.type, y_type[:own]))
    known: dict[str, int] = {}
    for p in texts[:own]:
        for span in p.syllables:
            known[p.folded[span.start : span.end]] = known.get(p.folded[span.start : span.end], 0) + 1
    subfields, signals = replace(subfields, head=halved(s)), replace(signals, head=halved(g))
    kind = replace(kind, head=halved(ty))
    model = PetitionModel(
        features, fields, subfields, kind, u, clause_features, signals, presence, urgency,
        review_limits(fields, kind, out, y_fields[:own], y_type[:own], config), t.version,
        {k: v for k, v in known.items() if v > 1},
    )  # fmt: skip
    return model, out


def halved(head: LinearHead) -> LinearHead:
    """The head with its weights in float16, as it is stored: half the size, the same decisions."""
    return replace(head, weights=head.weights.astype(np.float16))


def calibrate(
    head: Head, logits: np.ndarray, y: np.ndarray, low: float, high: float, use: np.ndarray | None = None
) -> Binary[Head]:
    """Platt's calibration and an F1 threshold for every label, from out-of-fold logits."""
    slope, offset, threshold = [], [], []
    for k in range(len(head.codes)):
        rows = np.ones(len(y), dtype=bool) if use is None else use[:, k]
        a, b = platt(logits[rows, k], y[rows, k])
        p = 1 / (1 + np.exp(-(logits[rows, k] * a + b)))
        slope.append(a)
        offset.append(b)
        threshold.append(best_threshold(p, y[rows, k], low, high))
    return Binary(head, np.array(slope), np.array(offset), np.array(threshold))


def stack_presence(
    codes: Sequence[str], clause: np.ndarray, text: np.ndarray, urgency: np.ndarray, fields: np.ndarray, y: np.ndarray,
    groups: np.ndarray, config: PetitionConfig,
) -> tuple[PresenceStack, np.ndarray]:  # fmt: skip
    """Learn, for each signal, how its strongest clause and the whole text combine; with out-of-fold probabilities."""
    inputs = 3 + 3 + fields.shape[1]
    weights, bias = np.zeros((len(codes), inputs)), np.full(len(codes), -6.0)
    limit, out = np.full(len(codes), 0.5), np.zeros(y.shape, dtype=np.float32)
    folds = list(GroupKFold(n_splits=min(config.folds, len(set(groups)))).split(y, groups=groups))
    for k in range(len(codes)):
        if y[:, k].sum() < 5:
            continue
        row = np.concatenate(
            [clause[:, [k]], text[:, [k]], np.maximum(clause[:, [k]], text[:, [k]]), urgency, np.tanh(fields / 4)],
            axis=1,
        )
        for train, test in folds:
            if y[train, k].any():
                out[test, k] = LogisticRegression(C=0.1).fit(row[train], y[train, k]).predict_proba(row[test])[:, 1]
        fitted = LogisticRegression(C=0.1).fit(row, y[:, k])
        weights[k], bias[k] = fitted.coef_[0], fitted.intercept_[0]
        limit[k] = best_threshold(out[:, k], y[:, k], 0.2, 0.6)
    return PresenceStack(weights, bias, limit), out


def stack_urgency(
    text_logits: np.ndarray, signals: np.ndarray, y: np.ndarray, groups: np.ndarray, config: PetitionConfig
) -> UrgencyStack:
    """Learn how text and signals combine, and the least threshold of `khan` that reaches the recall asked for."""
    row = np.concatenate([text_logits, stack_inputs(signals)], axis=1)
    out = np.zeros((len(y), 3))
    folds = GroupKFold(n_splits=min(config.folds, len(set(groups))))
    for train, test in folds.split(row, groups=groups):
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
    return UrgencyStack(
        fitted.coef_.T.astype(np.float32),
        fitted.intercept_.astype(np.float32),
        heat,
        limit,
        float(grid[int(np.argmax(accuracy))]),
    )


def review_limits(
    fields: Binary, kind: Multinomial, out: OutOfFold, y_fields: np.ndarray, y_type: np.ndarray, config: PetitionConfig
) -> ReviewLimits:
    """The least confidences at which out-of-fold answers err no more than `review_error`."""
    p = fields.probabilities(out.fields)
    decided = (p >= fields.threshold) | (p == p.max(axis=1, keepdims=True))
    wrong = (decided != y_fields).any(axis=1)
    certain = np.where(decided, p, 1 - p).min(axis=1)
    t = kind.probabilities(out.type)
    return ReviewLimits(
        least_confidence(certain, wrong, config.review_error),
        least_confidence(t.max(axis=1), t.argmax(axis=1) != y_type, config.review_error / 2),
        0.5,
    )


def least_confidence(confidence: np.ndarray, wrong: np.ndarray, target: float) -> float:
    """The least confidence above which the error rate stays within `target` (selective risk control).

    The upper Clopper–Pearson-like bound is replaced by (errors + 1) / (n + 1), which holds in expectation
    (Angelopoulos and others 2022, conformal risk control).
    """
    order = np.argsort(-confidence)
    errors = np.cumsum(wrong[order])
    risk = (errors + 1) / (np.arange(1, len(order) + 1) + 1)
    good = np.flatnonzero(risk <= target)
    return float(confidence[order[good[-1]]]) if len(good) else float(confidence.max(initial=1.0))
