"""Links between findings: a cause belongs to a limitation, a recommendation addresses one; with how, and how sure."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.reports.vectors import VectorTable

HOW = ("explicit", "same_item", "same_section", "similar")
_BACK = re.compile(r"(?<!\w)(?:nêu trên|trên đây|nói trên|này|đó|trên)(?!\w)")
_NAMED = re.compile(
    r"(?:hạn chế|tồn tại|khó khăn|vướng mắc|bất cập|yếu kém|khuyết điểm|tình trạng)\s+(?:này|đó|nêu trên|nói trên|trên)"
)
_STOP = frozenset(
    [
        "và",
        "của",
        "các",
        "cho",
        "với",
        "là",
        "có",
        "trong",
        "được",
        "những",
        "một",
        "số",
        "về",
        "để",
        "không",
        "còn",
        "tại",
        "ở",
        "này",
        "theo",
        "đến",
        "từ",
        "do",
        "cần",
        "phải",
        "trên",
        "ra",
        "vào",
        "khi",
        "đã",
        "sẽ",
        "như",
        "nhiều",
        "chưa",
        "việc",
        "công",
        "tác",
        "thực",
        "hiện",
        "nguyên",
        "nhân",
        "tuy",
        "nhiên",
        "đề",
        "nghị",
        "tiếp",
        "tục",
        "tăng",
        "cường",
        "giao",
        "tổ",
        "chức",
    ]
)
_NAME = re.compile(r"(?<=[a-zà-ỹđ,(] )[A-ZĐÀ-Ỹ]\w+(?: [A-ZĐÀ-Ỹ]\w+)*")


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the linker needs of one finding.

    `words` as the segmenter cut them; `place` counts units from the start; `paragraph`, `item`, `section` are indices
    of the structure; `parents` the sections around it, innermost first; `topic_scores` the topic model's
    probabilities; `label` and `order` of its list item.
    """

    kind: str
    text: str
    words: tuple[str, ...]
    place: int
    paragraph: int
    item: int
    section: int
    parents: tuple[int, ...]
    topic_scores: tuple[float, ...]
    label: str | None
    order: int


FEATURES = (
    "cause",
    "cosine",
    "cosine_rank",
    "cosine_best",
    "cosine_rank_back",
    "shared_rare",
    "vector",
    "vector_rank",
    "vector_best",
    "aligned",
    "aligned_rank",
    "aligned_best",
    "aligned_rank_back",
    "topics",
    "topics_rank",
    "same_paragraph",
    "same_item",
    "same_section",
    "same_parent",
    "follows_directly",
    "nothing_between",
    "distance",
    "after",
    "distance_rank",
    "between",
    "back_reference",
    "same_label",
    "same_order",
    "order_gap",
    "limitations",
    "only_one",
    "shared_names",
    "shared_numbers",
    "cause_aligned",
    "cause_section",
    "cause_directly",
    "aligned_section",
)


class _Texts:
    """Likeness of the findings of one document to each other, by words, by vectors and by topics."""

    def __init__(self, findings: Sequence[Candidate], vectors: VectorTable | None) -> None:
        self.terms = [_terms(f.text) for f in findings]
        counts: dict[str, int] = {}
        for terms in self.terms:
            for term in terms:
                counts[term] = counts.get(term, 0) + 1
        self.weights = {t: math.log((1 + len(findings)) / c) for t, c in counts.items()}
        self.norms = [math.sqrt(sum(self.weights[t] ** 2 for t in terms)) or 1.0 for terms in self.terms]
        self.numbers = [frozenset(re.findall(r"\d[\d.,]*\d|\d", f.text)) for f in findings]
        self.names = [frozenset(_NAME.findall(f.text)) for f in findings]
        topics = np.array([f.topic_scores for f in findings], dtype=float).reshape(len(findings), -1)
        self.topics = topics / np.maximum(np.linalg.norm(topics, axis=1, keepdims=True), 1e-9)
        self.rows: list[NDArray[np.float32]] = []
        self.shares: list[NDArray[np.float32]] = []
        self.means: list[NDArray[np.float32]] = []
        for finding in findings:
            rows, shares = _word_rows(finding.words, vectors, self.weights)
            self.rows.append(rows)
            self.shares.append(shares)
            mean = (rows * shares[:, None]).sum(axis=0) if len(rows) else np.zeros(rows.shape[1], dtype=np.float32)
            self.means.append(mean / max(float(np.linalg.norm(mean)), 1e-9))

    def cosine(self, i: int, j: int) -> float:
        """Cosine of weighted words and word pairs."""
        shared = sum(self.weights[t] ** 2 for t in self.terms[i] & self.terms[j])
        return shared / (self.norms[i] * self.norms[j])

    def rare(self, i: int, j: int) -> float:
        """Weight of the three rarest terms in common."""
        return sum(sorted((self.weights[t] for t in self.terms[i] & self.terms[j]), reverse=True)[:3]) / 3.0

    def vector(self, i: int, j: int) -> float:
        """Cosine of the mean word vectors."""
        return float(self.means[i] @ self.means[j])

    def aligned(self, i: int, j: int) -> float:
        """Mean, over the words of each side, of the likeness of its nearest word on the other side (as BERTScore
        does, Zhang et al. 2020).
        """
        if not len(self.rows[i]) or not len(self.rows[j]):
            return 0.0
        table = self.rows[i] @ self.rows[j].T
        return float((table.max(axis=1) @ self.shares[i] + table.max(axis=0) @ self.shares[j]) / 2)


def _terms(text: str) -> frozenset[str]:
    words = [w for w in re.findall(r"[^\W_]+", text.lower()) if w not in _STOP]
    return frozenset(words) | {f"{a} {b}" for a, b in zip(words, words[1:], strict=False)}


def _word_rows(
    words: Sequence[str], vectors: VectorTable | None, weights: dict[str, float]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Unit vectors of the content words and their shares (summing to one)."""
    if vectors is None:
        return np.zeros((0, 1), dtype=np.float32), np.zeros(0, dtype=np.float32)
    index = [
        vectors.rows[w]
        for w in dict.fromkeys(words)
        if w in vectors.rows and w.replace("_", " ") not in _STOP and not w.isdigit() and w[0].isalpha()
    ]
    rows = vectors.matrix[index].astype(np.float32) * vectors.scale[index][:, None]
    rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    shares = vectors.weight[index].astype(np.float32)
    return rows, shares / max(float(shares.sum()), 1e-9)


def pair_rows(
    findings: Sequence[Candidate], vectors: VectorTable | None
) -> tuple[list[tuple[int, int]], NDArray[np.float64]]:
    """Every (cause or recommendation, limitation) pair of one document and its description.

    Parameters: `findings` in the order of the text; `vectors`, may be None. Returns pairs of indices and rows of
    shape (pairs, len(FEATURES)).
    """
    limits = [i for i, f in enumerate(findings) if f.kind == "limitation"]
    sources = [i for i, f in enumerate(findings) if f.kind in ("cause", "recommendation")]
    if not limits or not sources:
        return [], np.zeros((0, len(FEATURES)))
    texts = _Texts(findings, vectors)
    measures = {
        name: np.array([[getattr(texts, name)(i, j) for j in limits] for i in sources])
        for name in ("cosine", "vector", "aligned")
    }
    measures["topics"] = texts.topics[sources] @ texts.topics[limits].T
    distance = np.array([[abs(findings[i].place - findings[j].place) for j in limits] for i in sources], dtype=float)
    across = {name: _ranks(-table) for name, table in measures.items()}
    back = {name: _ranks(-table.T).T for name, table in measures.items()}
    near = _ranks(distance)
    pairs, rows = [], []
    for a, i in enumerate(sources):
        for b, j in enumerate(limits):
            pairs.append((i, j))
            rows.append(_pair(findings, texts, i, j, a, b, len(sources), limits, measures, across, back, near))
    return pairs, np.array(rows)


def _ranks(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 for the smallest value of each row, 1/2 for the next, and so on."""
    order = np.argsort(np.argsort(table, axis=1, kind="stable"), axis=1, kind="stable")
    return np.asarray(1.0 / (1 + order))


def _pair(
    findings: Sequence[Candidate],
    texts: _Texts,
    i: int,
    j: int,
    a: int,
    b: int,
    n_sources: int,
    limits: Sequence[int],
    measures: dict[str, NDArray[np.float64]],
    across: dict[str, NDArray[np.float64]],
    back: dict[str, NDArray[np.float64]],
    near: NDArray[np.float64],
) -> list[float]:
    x, y = findings[i], findings[j]
    best = {name: table[a, b] / (table[a].max() or 1.0) for name, table in measures.items()}
    cause = float(x.kind == "cause")
    same_section = float(x.section == y.section)
    directly = float(0 < x.place - y.place <= 1)
    between = sum(1 for k in limits if min(x.place, y.place) < findings[k].place < max(x.place, y.place))
    aligned = measures["aligned"][a, b]
    peers = [f for f in findings if f.kind == x.kind and f.section == x.section]
    fellows = [f for f in findings if f.kind == "limitation" and f.section == y.section]
    gap = (
        abs(peers.index(x) / max(1, len(peers) - 1) - fellows.index(y) / max(1, len(fellows) - 1))
        if len(peers) > 1 and len(fellows) > 1
        else 0.5
    )
    return [
        cause,
        measures["cosine"][a, b],
        across["cosine"][a, b],
        best["cosine"],
        back["cosine"][a, b],
        texts.rare(i, j),
        measures["vector"][a, b],
        across["vector"][a, b],
        best["vector"],
        aligned,
        across["aligned"][a, b],
        best["aligned"],
        back["aligned"][a, b],
        measures["topics"][a, b],
        across["topics"][a, b],
        float(x.paragraph == y.paragraph),
        float(x.item == y.item and x.item > 0),
        same_section,
        float(bool(x.parents and y.parents and x.parents[0] == y.parents[0])),
        directly,
        float(i - j == 1),
        math.log1p(abs(x.place - y.place)),
        float(y.place > x.place),
        near[a, b],
        math.log1p(between),
        float(bool(_BACK.search(x.text[:60].lower()))),
        float(x.label is not None and x.label == y.label),
        float(x.order == y.order and x.order > 0),
        gap,
        math.log1p(len(limits)),
        float(len(limits) == 1),
        float(len(texts.names[i] & texts.names[j])),
        float(len(texts.numbers[i] & texts.numbers[j])),
        cause * aligned,
        cause * same_section,
        cause * float(i - j == 1),
        aligned * same_section,
    ]


def how_linked(a: Candidate, b: Candidate) -> str:
    """How a pair is tied: by words, by item, by section, or only by likeness."""
    if (a.paragraph == b.paragraph and a.place - b.place == 1) or _NAMED.search(a.text[:120].lower()):
        return "explicit"
    if a.item == b.item and a.item > 0:
        return "same_item"
    return "same_section" if a.section == b.section else "similar"


@dataclass
class LinkModel:
    """Fitted pair classifiers, one for each kind of source; made by `nlp.training.findings`.

    `first` is the least probability of a source's best link, `further` that of its other links, both by kind of the
    source.
    """

    estimators: dict[str, Any]
    vectors: VectorTable | None
    first: dict[str, float]
    further: dict[str, float]

    def link(self, findings: Sequence[Candidate]) -> list[tuple[int, int, str, float]]:
        """Links of one document as (source, limitation, how, probability)."""
        pairs, rows = pair_rows(findings, self.vectors)
        if not pairs:
            return []
        kinds = [findings[i].kind for i, _ in pairs]
        probabilities = pair_probabilities(self.estimators, rows, kinds)
        kept = chosen_links([i for i, _ in pairs], probabilities, kinds, self.first, self.further)
        return [
            (i, j, how_linked(findings[i], findings[j]), float(p))
            for (i, j), p, keep in zip(pairs, probabilities, kept, strict=True)
            if keep
        ]


def pair_probabilities(
    estimators: dict[str, Any], rows: NDArray[np.float64], kinds: Sequence[str]
) -> NDArray[np.float64]:
    """Probability of every pair by the classifier of its source's kind; 0 for a kind without one."""
    out = np.zeros(len(rows))
    for kind, estimator in estimators.items():
        mine = np.array([k == kind for k in kinds], dtype=bool)
        if mine.any():
            out[mine] = estimator.predict_proba(rows[mine])[:, 1]
    return out


def chosen_links(
    sources: Sequence[int],
    probabilities: NDArray[np.float64],
    kinds: Sequence[str],
    first: dict[str, float],
    further: dict[str, float],
) -> NDArray[np.bool_]:
    """Which pairs are links: a source's best pair above `first`, its others above `further`."""
    best: dict[int, float] = {}
    for source, p in zip(sources, probabilities, strict=True):
        best[source] = max(best.get(source, 0.0), float(p))
    return np.array(
        [
            p >= (first if p == best[s] else further).get(kind, 0.5)
            for s, p, kind in zip(sources, probabilities, kinds, strict=True)
        ],
        dtype=bool,
    )
