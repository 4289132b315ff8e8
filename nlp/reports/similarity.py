"""How alike two findings are: cosine over weighted content words and word pairs, offices' names and numbers
discounted.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from nlp.reports.lexicon import key

_NAME = re.compile(r"(?<=[a-zà-ỹđ,(;] )[A-ZĐÀ-Ỹ][\w'’]*(?:[ -][A-ZĐÀ-Ỹ][\w'’]*)*")
_STOP = frozenset(
    [
        "va",
        "cua",
        "cac",
        "cho",
        "voi",
        "la",
        "co",
        "trong",
        "duoc",
        "nhung",
        "mot",
        "so",
        "ve",
        "de",
        "con",
        "tai",
        "o",
        "nay",
        "theo",
        "den",
        "tu",
        "do",
        "can",
        "phai",
        "tren",
        "ra",
        "vao",
        "khi",
        "da",
        "se",
        "nhu",
        "nhieu",
        "van",
        "chua",
        "khong",
    ]
)


def terms(text: str) -> dict[str, int]:
    """Content words and pairs of a finding, folded; proper names and figures left out so that two districts can meet.

    Parameters: `text`, clean. Returns term → count.
    """
    plain = key(re.sub(r"\d+", " ", _NAME.sub(" ", text)))
    words = [w for w in plain.split() if w not in _STOP]
    out: dict[str, int] = {}
    pairs = zip(plain.split(), plain.split()[1:], strict=False)
    for term in [*words, *(f"{a} {b}" for a, b in pairs)]:
        out[term] = out.get(term, 0) + 1
    return out


class Similarity:
    """Cosine similarity within one collection of texts; weights are inverse document frequencies of that collection."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._terms = [terms(t) for t in texts]
        counts: dict[str, int] = {}
        for row in self._terms:
            for term in row:
                counts[term] = counts.get(term, 0) + 1
        total = len(texts) + 1
        self._weights = {t: 1.0 + math.log(total / c) for t, c in counts.items()}
        self._norms = [
            math.sqrt(sum((n * self._weights[t]) ** 2 for t, n in row.items())) or 1.0 for row in self._terms
        ]

    def of(self, a: int, b: int) -> float:
        """Similarity of the texts at two places, 0 to 1."""
        first, second = self._terms[a], self._terms[b]
        if len(second) < len(first):
            first, second = second, first
        dot = sum(n * second[t] * self._weights[t] ** 2 for t, n in first.items() if t in second)
        return dot / (self._norms[a] * self._norms[b])
