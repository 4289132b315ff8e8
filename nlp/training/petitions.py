"""Fitting the petition model: features once, heads by cross-validation over hands, calibration out of fold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from joblib import Parallel, delayed
from scipy import sparse

from nlp.petitions.features import LinearHead
from nlp.petitions.kernel import KernelHead
from nlp.petitions.members import GROUPS, BlockHead, Members
from nlp.petitions.model import BinaryStack, PetitionModel, ReviewLimits
from nlp.petitions.prepared import Prepared, prepare
from nlp.petitions.vectors import WordVectors
from nlp.taxonomy import taxonomy
from nlp.text import clean, fold
from nlp.training.calibration import calibrate, least_confidence
from nlp.training.clause_rows import field_inputs, label_clauses, label_fields, pointed, strongest
from nlp.training.config import PetitionConfig
from nlp.training.corpus import PetitionRow
from nlp.training.heads import (
    block_scores,
    emphasis,
    fit_block,
    fit_kernel,
    fit_margins,
    halved,
    kernel_scores,
    scores,
)
from nlp.training.stacks import folds_by, stack_choice, stack_labels, stack_presence, stack_urgency
from nlp.training.vectorize import Counted, fit_features, matrix


@dataclass
class OutOfFold:
    """Probabilities from models that never saw the row, for limits and honest exploration; only of judged rows."""

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


def prepared(texts: Sequence[str], share: int = 400) -> list[Prepared]:
    """`prepare` for many texts, on as many processes as joblib is told to use."""
    parts = Parallel()(delayed(_prepare_all)(texts[i : i + share]) for i in range(0, len(texts), share))
    return [p for part in parts for p in part]


def _prepare_all(texts: Sequence[str]) -> list[Prepared]:
    return [prepare(t) for t in texts]


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
    copies = [c for c in copies if c.text.count(" ") >= config.judged_syllables]
    of = {r.id: i for i, r in enumerate(rows)}
    every = [*rows, *copies]
    source = np.array([*range(own), *(of[c.id[:-1]] for c in copies)])

    say("Tách từ và đếm đặc trưng")
    texts = prepared([r.text for r in every])
    sparse_blocks = [b for b in config.blocks if b != "vector"]
    counts = Counted(texts, sparse_blocks)
    features = fit_features(
        counts.some(range(own)), blocks=config.blocks, max_features=config.max_features, vectors=vectors
    )
    # Copies without accents bring n-grams of their own only in the accent-free blocks, which the originals have too.
    x = matrix(features, texts, counts)
    del counts
    typed_plain = np.array([i for i, p in enumerate(texts) if p.unaccented], dtype=int)
    support, plain_support = x[:own], x[typed_plain]
    del x

    y_fields = np.array([[c in r.fields for c in codes] for r in every])
    y_subs = np.array([[c in r.subfields for c in subs] for r in every])
    y_type = np.array([types.index(r.type or types[0]) for r in every])
    y_urgency = np.array([levels.index(r.urgency or levels[0]) for r in every])
    y_signals = np.array([[any(s.code == c for s in r.signals) for c in signal_codes] for r in every])
    y = np.concatenate(
        [y_fields, y_subs, np.eye(len(types), dtype=bool)[y_type], np.eye(3, dtype=bool)[y_urgency], y_signals], axis=1
    )
    edges = np.cumsum([0, len(codes), len(subs), len(types), len(levels), len(signal_codes)]).tolist()
    groups = {name: (edges[i], edges[i + 1]) for i, name in enumerate(GROUPS)}
    topics = edges[3]
    labels = [*codes, *subs, *types, *levels, *signal_codes]
    # Sub-fields learn within their field.
    parents = {len(codes) + k: codes.index(t.field_of_subfield[s]) for k, s in enumerate(subs)}

    say("Cắt mệnh đề và đếm đặc trưng dấu hiệu")
    third = [i for i in range(len(every)) if i < own or i % 3 == 0]
    cut = label_clauses([texts[i] for i in third], [every[i] for i in third], signal_codes)
    clause_source = np.array([source[third[o]] for o in cut.owner])
    clause_own = np.array([third[o] < own for o in cut.owner])
    clause_blocks = [b for b in config.clause_blocks if b != "vector"]
    clause_counts = Counted(cut.texts, clause_blocks)
    clause_features = fit_features(
        clause_counts.some(np.flatnonzero(clause_own).tolist()),
        blocks=config.clause_blocks, max_features=config.clause_max_features, vectors=vectors,
    )  # fmt: skip
    z = matrix(clause_features, cut.texts, clause_counts)
    del clause_counts
    clause_weight = np.where(clause_own, 1.0, config.unaccented_share)
    carried = label_fields(cut, [texts[i] for i in third], [every[i] for i in third], codes)

    def kernels(rows_of: sparse.csr_matrix, of: np.ndarray) -> tuple[KernelHead, KernelHead]:
        return (
            fit_kernel(
                rows_of, y[of, :topics], labels[:topics], config.c_kernel, emphasis(features, config.field_emphasis)
            ),
            fit_kernel(
                rows_of,
                y[of, topics:],
                labels[topics:],
                config.c_kernel,
                emphasis(features, config.whole_emphasis),
                degree=2,
            ),
        )

    def blocks(train: np.ndarray) -> tuple[BlockHead, BlockHead]:
        use = [y[train, parents[k]] if k in parents else None for k in range(len(labels))]
        words, syllables = (
            fit_block(support[train], y[train], features, name, config.c_linear, use) for name in ("word", "syllable")
        )
        return words, syllables

    def clause_heads(train: np.ndarray) -> tuple[LinearHead, LinearHead]:
        known = train[carried.owner[train] >= 0]
        return (
            fit_margins(z[train], cut.labels[train], signal_codes, config.c_signals, clause_weight[train]),
            fit_margins(z[known], carried.labels[known], codes, config.c_clause),
        )

    hands = [r.hand for r in rows]
    keys = np.array(hands if len(set(hands)) >= config.folds else [r.group or r.id for r in rows])
    scores_out = np.zeros((own, len(labels), 3))
    clause_out = np.zeros((len(cut.texts), len(signal_codes)), dtype=np.float32)
    carried_out = np.zeros((len(cut.texts), len(codes)), dtype=np.float32)
    for number, (train, test) in enumerate(folds_by(keys, config), 1):
        say(f"Kiểm tra chéo, phần {number}/{config.folds}")
        topic, whole = kernels(support[train], train)
        words, syllables = blocks(train)
        scores_out[test, :topics, 0] = kernel_scores(topic, support[test])
        scores_out[test, topics:, 0] = kernel_scores(whole, support[test])
        scores_out[test, :, 1] = block_scores(words, support[test])
        scores_out[test, :, 2] = block_scores(syllables, support[test])
        mine = np.isin(clause_source, test)
        signal_head, field_head = clause_heads(np.flatnonzero(np.isin(clause_source, train)))
        clause_out[mine], carried_out[mine] = scores(signal_head, z[mine]), scores(field_head, z[mine])

    say("Huấn luyện lần cuối trên toàn bộ tập huấn luyện")
    everyone = np.arange(own)
    kernel = kernels(support, everyone)
    plain_kernel = kernels(plain_support, typed_plain) if len(typed_plain) >= config.folds else kernel
    members = Members(groups, *kernel, *plain_kernel, *blocks(everyone))
    signal_head, field_head = clause_heads(np.arange(len(cut.texts)))
    first = np.flatnonzero(clause_own)
    signals = calibrate(signal_head, clause_out[first], cut.labels[first], 0.2, 0.6)
    said_of_clauses = clause_out[first] * signals.slope + signals.offset
    strong = strongest(said_of_clauses, cut.owner[first], own)
    right = pointed(said_of_clauses, cut.owner[first], own, cut.labels[first])

    say("Học cách kết hợp")
    judged = np.array(
        [
            len(p.syllables) >= config.judged_syllables and r.hand not in config.unjudged_hands
            for p, r in zip(texts[:own], rows, strict=True)
        ]
    )
    if judged.sum() < own / 4 or len(set(keys[judged].tolist())) < 2:
        judged[:] = True
    part_of = members.of
    seen, truth, folds = scores_out[judged], y[:own][judged], folds_by(keys[judged], config)
    by_clause = field_inputs(carried_out[first], cut.owner[first], own)[judged]
    said = np.concatenate([part_of(seen, "fields"), by_clause], axis=2)
    fields, p_fields = stack_labels(codes, said, truth[:, : len(codes)], folds, 0.25, 0.65)
    within = np.stack([truth[:, parents[len(codes) + k]] for k in range(len(subs))], axis=1)
    subfields, p_subs = stack_labels(
        subs, part_of(seen, "subfields"), truth[:, len(codes) : edges[2]], folds, 0.25, 0.65, within
    )
    kind, p_type = stack_choice(types, part_of(seen, "type"), y_type[:own][judged], folds)
    presence, p_signals = stack_presence(
        signal_codes, strong[judged], part_of(seen, "signals"), part_of(seen, "urgency"), part_of(seen, "fields"),
        truth[:, edges[4] :], right[judged], folds,
    )  # fmt: skip
    urgency, p_urgency = stack_urgency(part_of(seen, "urgency"), p_signals, y_urgency[:own][judged], folds, config)
    out = OutOfFold([r for r, j in zip(rows, judged, strict=True) if j], p_fields, p_subs, p_type, p_urgency, p_signals)
    known: dict[str, int] = {}
    for p in texts[:own]:
        for span in p.syllables:
            known[p.folded[span.start : span.end]] = known.get(p.folded[span.start : span.end], 0) + 1
    model = PetitionModel(
        features, members, fields, subfields, kind, clause_features, halved(field_head),
        replace(signals, head=halved(signal_head)), presence,
        urgency, review_limits(fields, out, truth[:, : len(codes)], y_type[:own][judged], config), t.version,
        {k: v for k, v in known.items() if v > 1},
    )  # fmt: skip
    return model, out


def review_limits(
    fields: BinaryStack, out: OutOfFold, y_fields: np.ndarray, y_type: np.ndarray, config: PetitionConfig
) -> ReviewLimits:
    """The least confidences at which out-of-fold answers err no more than `review_error`."""
    p, t = out.fields, out.type
    decided = (p >= fields.threshold) | (p == p.max(axis=1, keepdims=True))
    wrong = (decided != y_fields).any(axis=1)
    certain = np.where(decided, p, 1 - p).min(axis=1)
    return ReviewLimits(
        least_confidence(certain, wrong, config.review_error),
        least_confidence(t.max(axis=1), t.argmax(axis=1) != y_type, config.review_error / 2),
        0.5,
    )
