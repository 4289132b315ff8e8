"""Word vectors as a small, quantised table, and the frequency-weighted mean vector of a text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from nlp.petitions.prepared import Prepared
from nlp.text import fold

# A known word of a text: its row, its share (less than 1 for one of several readings), and its syllables.
Found = tuple[int, float, int, int]


@dataclass(frozen=True)
class WordVectors:
    """Unit-length word vectors in int8 with one scale a row.

    Parameters
    ----------
    rows : dict
        word (lower case, syllables joined by `_`) → row; most frequent first.
    folded : dict
        word without accents → rows of its accented forms, most frequent first; serves texts typed without diacritics.
    matrix : int8 array (n, dim)
    scale : float32 array (n,)
    weight : float32 array (n,)
        a / (a + p(word)) with p from the word's rank (Arora and others 2017; Zipf's law for p).
    """

    rows: dict[str, int]
    folded: dict[str, tuple[int, ...]]
    matrix: np.ndarray
    scale: np.ndarray
    weight: np.ndarray
    common: np.ndarray

    @property
    def dim(self) -> int:
        return int(self.matrix.shape[1])

    @classmethod
    def build(cls, words: Sequence[str], vectors: np.ndarray, keep: int = 30_000, a: float = 1e-3) -> WordVectors:
        """Prune to the `keep` most frequent words and quantise to int8.

        Parameters
        ----------
        words : sequence of str, most frequent first
        vectors : float array (len(words), dim)
        """
        words, vectors = list(words[:keep]), np.asarray(vectors[:keep], dtype=np.float32)
        vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        scale = np.abs(vectors).max(axis=1) / 127
        matrix = np.round(vectors / np.maximum(scale, 1e-9)[:, None]).astype(np.int8)
        rank = np.arange(1, len(words) + 1)
        p = (1 / rank) / np.log(len(words) + 1)
        weight = (a / (a + p)).astype(np.float32)
        folded: dict[str, list[int]] = {}
        for i, word in enumerate(words):
            forms = folded.setdefault(fold(word), [])
            if len(forms) < 3:
                forms.append(i)
        common = (vectors * weight[:, None] * p[:, None]).sum(axis=0)
        return cls(
            {w: i for i, w in enumerate(words)}, {k: tuple(v) for k, v in folded.items()},
            matrix, scale.astype(np.float32), weight, (common / max(float(np.linalg.norm(common)), 1e-9)).astype(np.float32),
        )  # fmt: skip

    def lookup(self, prepared: Prepared) -> list[Found]:
        """Each known word of a text; an unknown word falls back on its syllables."""
        if prepared.unaccented:
            return list(self._unaccented([prepared.folded[s.start : s.end] for s in prepared.syllables]))
        found: list[Found] = []
        position = 0
        spans = prepared.syllables
        for word, start, _ in prepared.words:
            while position < len(spans) and spans[position].start < start:
                position += 1
            size = word.count("_") + 1
            row = self.rows.get(word)
            if row is not None:
                found.append((row, 1.0, position, position + size))
            elif size > 1:
                for k, syllable in enumerate(word.split("_")):
                    if syllable in self.rows:
                        found.append((self.rows[syllable], 0.5, position + k, position + k + 1))
        return found

    def _unaccented(self, syllables: list[str]) -> Iterable[Found]:
        i = 0
        while i < len(syllables):
            for size in (3, 2, 1):
                forms = self.folded.get("_".join(syllables[i : i + size]))
                if forms and i + size <= len(syllables):
                    total = sum(1 / (k + 1) for k in range(len(forms)))
                    yield from ((row, 1 / (k + 1) / total, i, i + size) for k, row in enumerate(forms))
                    i += size
                    break
            else:
                i += 1

    def mean(self, prepared: Prepared) -> np.ndarray:
        """The weighted mean vector of a text, less the common direction: float32 array (dim,), unit length or zero."""
        found = self.lookup(prepared)
        if not found:
            return np.zeros(self.dim, dtype=np.float32)
        vector = self._weighted(found).sum(axis=0)
        vector -= self.common * float(vector @ self.common)
        norm = float(np.linalg.norm(vector))
        return np.asarray(vector / norm if norm > 1e-9 else vector, dtype=np.float32)

    def shares(self, prepared: Prepared, direction: np.ndarray) -> list[tuple[float, int, int]]:
        """How much each word adds to `mean(prepared) @ direction`: (amount, first syllable, past the last)."""
        found = self.lookup(prepared)
        if not found:
            return []
        weighted = self._weighted(found)
        vector = weighted.sum(axis=0)
        norm = float(np.linalg.norm(vector - self.common * float(vector @ self.common)))
        if norm <= 1e-9:
            return []
        amounts = weighted @ (direction - self.common * float(direction @ self.common)) / norm
        return [(float(a), f[2], f[3]) for a, f in zip(amounts, found, strict=True)]

    def _weighted(self, found: list[Found]) -> np.ndarray:
        index = np.fromiter((f[0] for f in found), dtype=np.int64, count=len(found))
        share = np.fromiter((f[1] for f in found), dtype=np.float32, count=len(found))
        matrix, scale, weight = np.asarray(self.matrix), np.asarray(self.scale), np.asarray(self.weight)
        return matrix[index].astype(np.float32) * (scale[index] * weight[index] * share)[:, None]
