"""Likeness of the findings of one document to each other: by words, by word vectors, by topics, by names and numbers."""

from __future__ import annotations

import math
import re
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
        self._rows = [_word_rows(f.words, vectors) for f in findings]
        means = [(rows * shares[:, None]).sum(axis=0) for rows, shares in self._rows]
        self._means = [mean / max(float(np.linalg.norm(mean)), 1e-9) for mean in means]

    def table(self, measure: str, left: Sequence[int], right: Sequence[int]) -> Array:
        """One measure between two lists of findings, shape (left, right).

        Parameters: `measure`, one of cosine (weighted words and word pairs), rare (weight of the three rarest terms in
        common), names, numbers (how many in common), vector (cosine of mean word vectors), aligned, topics.
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


def _word_rows(words: Sequence[str], vectors: VectorTable | None) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
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
