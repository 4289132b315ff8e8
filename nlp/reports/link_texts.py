"""Likeness of the findings of one document to each other: by words, by word vectors, by topics, by names and numbers."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nlp.reports.vectors import VectorTable

Array = NDArray[np.float64]
_STOP = frozenset(
    re.findall(
        r"\w+",
        "và của các cho với là có trong được những một số về để không còn tại ở này theo đến từ do cần phải trên ra vào "
        "khi đã sẽ như nhiều chưa việc công tác thực hiện nguyên nhân tuy nhiên đề nghị tiếp tục tăng cường giao tổ chức",
    )
)
_NAME = re.compile(r"(?<=[a-zà-ỹđ,(] )[A-ZĐÀ-Ỹ]\w+(?: [A-ZĐÀ-Ỹ]\w+)*")
_NEAR = 0.35
"""Cosine of word vectors under which two words say nothing about each other."""
_OPENING = 9
"""How many words at the head of a finding name what it is about."""
_SHARED = 4
_NUMBER = re.compile(r"\d[\d.,]*\d|\d")


class Written(Protocol):
    """What is compared of a finding."""

    @property
    def text(self) -> str:
        """As printed."""
        ...

    @property
    def words(self) -> tuple[str, ...]:
        """As the segmenter cut it."""
        ...

    @property
    def topic_scores(self) -> tuple[float, ...]:
        """Probability of every topic."""
        ...


def terms(text: str) -> frozenset[str]:
    """Content syllables and their neighbouring pairs, lower case."""
    words = [w for w in re.findall(r"[^\W_]+", text.lower()) if w not in _STOP]
    return frozenset(words) | {f"{a} {b}" for a, b in zip(words, words[1:], strict=False)}


class Likeness:
    """Compares findings; rarer terms of the document count more."""

    def __init__(self, findings: Sequence[Written], vectors: VectorTable | None) -> None:
        self._terms = [terms(f.text) for f in findings]
        counts: dict[str, int] = {}
        for own in self._terms:
            for term in own:
                counts[term] = counts.get(term, 0) + 1
        self._weights = {t: math.log((1 + len(findings)) / c) for t, c in counts.items()}
        self._norms = [math.sqrt(sum(self._weights[t] ** 2 for t in own)) or 1.0 for own in self._terms]
        self._numbers = [frozenset(_NUMBER.findall(f.text)) for f in findings]
        self._names = [frozenset(_NAME.findall(f.text)) for f in findings]
        scores = np.array([f.topic_scores for f in findings], dtype=float).reshape(len(findings), -1)
        self._topics = scores / np.maximum(np.linalg.norm(scores, axis=1, keepdims=True), 1e-9)
        self._openings = [terms(" ".join(f.text.split()[:_OPENING])) for f in findings]
        self._phrases = _rare_phrases([f.text for f in findings])
        known = [_known(f.words, vectors) for f in findings]
        self._rows = [_word_rows(index, vectors) for index in known]
        self._rarity = _rarity(known, vectors)
        means = [(rows * shares[:, None]).sum(axis=0) for rows, shares in self._rows]
        self._means = [mean / max(float(np.linalg.norm(mean)), 1e-9) for mean in means]
        self._centred = _centred([r for r, _ in self._rows], self._rarity)

    def table(self, measure: str, left: Sequence[int], right: Sequence[int]) -> Array:
        """One measure between two lists of findings, shape (left, right).

        Parameters: `measure`, one of cosine (weighted words and word pairs), rare (weight of the three rarest terms in
        common), names, numbers (how many in common), vector (cosine of mean word vectors), aligned, topics; centred
        (cosine of mean vectors less what all findings of the document have in common), opening (cosine of the first
        words), phrases (runs of three words that few findings have).
        """
        if measure == "topics":
            return np.asarray(self._topics[list(left)] @ self._topics[list(right)].T)
        compare = getattr(self, f"_{measure}_of")
        return np.array([[compare(i, j) for j in right] for i in left], dtype=float)

    def _cosine_of(self, i: int, j: int) -> float:
        shared = sum(self._weights[t] ** 2 for t in self._terms[i] & self._terms[j])
        return shared / (self._norms[i] * self._norms[j])

    def _rare_of(self, i: int, j: int) -> float:
        return sum(sorted((self._weights[t] for t in self._terms[i] & self._terms[j]), reverse=True)[:3]) / 3.0

    def _names_of(self, i: int, j: int) -> int:
        return len(self._names[i] & self._names[j])

    def _numbers_of(self, i: int, j: int) -> int:
        return len(self._numbers[i] & self._numbers[j])

    def _vector_of(self, i: int, j: int) -> float:
        return float(self._means[i] @ self._means[j])

    def _aligned_of(self, i: int, j: int) -> float:
        """Mean, over the words of each side, of the likeness of its nearest word on the other side (as BERTScore
        does, Zhang et al. 2020).
        """
        (rows, shares), (others, theirs) = self._rows[i], self._rows[j]
        if not len(rows) or not len(others):
            return 0.0
        table = rows @ others.T
        return float((table.max(axis=1) @ shares + table.max(axis=0) @ theirs) / 2)

    def coverage(self, left: Sequence[int], right: Sequence[int]) -> tuple[Array, Array, Array]:
        """How much of each left finding the right ones say too, three tables of shape (left, right): the share of its
        words, each counted by its rarity, that come near a word there; the weight of its best such word; of its best
        three.
        """
        share, best, three = (np.zeros((len(left), len(right))) for _ in range(3))
        filled = [b for b, j in enumerate(right) if len(self._rows[j][0])]
        if not filled:
            return share, best, three
        others = np.concatenate([self._rows[right[b]][0] for b in filled])
        starts = np.cumsum([0, *(len(self._rows[right[b]][0]) for b in filled[:-1])])
        for a, i in enumerate(left):
            rows, rarity = self._rows[i][0], self._rarity[i]
            if len(rows):
                near = np.maximum.reduceat(rows @ others.T, starts, axis=1)
                near = np.sort(np.maximum(near - _NEAR, 0.0) / (1.0 - _NEAR) * rarity[:, None], axis=0)
                share[a, filled] = near.sum(axis=0) / max(float(rarity.sum()), 1e-6)
                best[a, filled], three[a, filled] = near[-1], near[-3:].sum(axis=0)
        return share, best, three

    def _centred_of(self, i: int, j: int) -> float:
        return float(self._centred[i] @ self._centred[j])

    def _opening_of(self, i: int, j: int) -> float:
        own, other = self._openings[i], self._openings[j]
        shared, left, right = (sum(self._weights[t] ** 2 for t in group) for group in (own & other, own, other))
        return shared / (math.sqrt(left * right) or 1.0)

    def _phrases_of(self, i: int, j: int) -> int:
        return min(3, len(self._phrases[i] & self._phrases[j]))


def _known(words: Sequence[str], vectors: VectorTable | None) -> list[int]:
    """Rows of the table for the content words, each once."""
    if vectors is None:
        return []
    return [
        vectors.rows[w]
        for w in dict.fromkeys(words)
        if w in vectors.rows and w.replace("_", " ") not in _STOP and not w.isdigit() and w[0].isalpha()
    ]


def _word_rows(index: list[int], vectors: VectorTable | None) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Unit vectors of the content words and their shares (summing to one)."""
    if vectors is None:
        return np.zeros((0, 1), dtype=np.float32), np.zeros(0, dtype=np.float32)
    rows = vectors.matrix[index].astype(np.float32) * vectors.scale[index][:, None]
    rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    shares = vectors.weight[index].astype(np.float32)
    return rows, shares / max(float(shares.sum()), 1e-9)


def _rarity(known: Sequence[list[int]], vectors: VectorTable | None) -> list[Array]:
    """How much each content word counts: more where the language and this document have it seldom."""
    counts = Counter(row for index in known for row in index)
    return [
        np.array([float(vectors.weight[r]) * math.log((1 + len(known)) / counts[r]) for r in index])
        if vectors is not None
        else np.zeros(0)
        for index in known
    ]


def _centred(rows: Sequence[NDArray[np.float32]], rarity: Sequence[Array]) -> Array:
    """Unit mean vectors of the findings after the document's own mean is taken away, shape (findings, dim)."""
    if not rows:
        return np.zeros((0, 1))
    means = np.array(
        [(r * w[:, None]).sum(axis=0) / max(float(w.sum()), 1e-6) for r, w in zip(rows, rarity, strict=True)]
    )
    means = means - means.mean(axis=0)
    return np.asarray(means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-6))


def _rare_phrases(texts: Sequence[str]) -> list[frozenset[tuple[str, ...]]]:
    """Runs of three words of each text that at most `_SHARED` of the texts have."""
    words = [re.findall(r"[^\W_]+", text.lower()) for text in texts]
    runs = [frozenset(zip(w, w[1:], w[2:], strict=False)) for w in words]
    counts = Counter(run for own in runs for run in own)
    return [frozenset(run for run in own if counts[run] <= _SHARED) for own in runs]
