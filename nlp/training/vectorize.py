"""Choosing a vocabulary and turning prepared texts into one sparse matrix."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from scipy import sparse

from nlp.petitions.features import BLOCKS, TextFeatures, Vector
from nlp.petitions.prepared import Prepared
from nlp.petitions.vectors import WordVectors

# block name → feature → how often it stands in one text
Counts = Mapping[str, Mapping[str, int]]


class Counted:
    """The n-grams of many texts by block, counted once so that fitting and transforming share the work.

    Every distinct n-gram is kept once and a text's counts as two arrays: a tenth of the memory of counters. What a
    text holds is put together when it is asked for.
    """

    def __init__(self, texts: Iterable[Prepared], blocks: Sequence[str]) -> None:
        self._number: dict[str, int] = {}
        self._rows: list[dict[str, tuple[np.ndarray, np.ndarray]]] = []
        for text in texts:
            row = {}
            for block in blocks:
                found = Counter(name for name, _, _ in BLOCKS[block](text))
                numbers = [self._number.setdefault(name, len(self._number)) for name in found]
                row[block] = np.array(numbers, dtype=np.uint32), np.array(list(found.values()), dtype=np.uint32)
            self._rows.append(row)
        self._names = list(self._number)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, place: int) -> Counts:
        names = self._names
        return {
            block: {names[i]: n for i, n in zip(numbers.tolist(), counts.tolist(), strict=True)}
            for block, (numbers, counts) in self._rows[place].items()
        }

    def __iter__(self) -> Iterator[Counts]:
        return (self[i] for i in range(len(self)))

    def some(self, places: Iterable[int]) -> Iterator[Counts]:
        """The counts of some of the texts."""
        return (self[i] for i in places)


def fit_features(
    counts: Iterable[Counts],
    *,
    blocks: Mapping[str, float],
    min_df: Mapping[str, int] | None = None,
    max_features: Mapping[str, int] | int | None = None,
    vectors: WordVectors | None = None,
) -> TextFeatures:
    """Learn the vocabulary and IDF of each block from the counted training texts.

    Parameters
    ----------
    blocks : mapping
        block name (a key of `nlp.petitions.features.BLOCKS`, and `vector` for the word vectors) → weight.
    min_df : mapping, optional
        block name → in how many texts a feature must stand (2; 3 for `char`).
    max_features : mapping or int, optional
        block name → how many features at most, the most frequent first; one number for every block.
    """
    limits = {"char": 3} | dict(min_df or {})
    names = tuple(b for b in blocks if b in BLOCKS)
    found: list[tuple[int, str, int]] = []
    df: dict[str, Counter[str]] = {block: Counter() for block in names}
    total = 0
    for text in counts:
        total += 1
        for block in names:
            df[block].update(text[block].keys())
    most = max(0.6 * total, 50)
    for position, block in enumerate(names):
        kept = [(c, n, position) for n, c in df[block].items() if limits.get(block, 2) <= c <= most]
        kept.sort(key=lambda item: (-item[0], item[1]))
        limit = max_features if isinstance(max_features, int) else (max_features or {}).get(block)
        found += kept[:limit]
    found.sort(key=lambda item: (item[2], item[1]))
    if len({n for _, n, _ in found}) < len(found):
        raise ValueError("two blocks share the name of a feature")
    idf = np.array([math.log((1 + total) / (1 + c)) + 1 for c, _, _ in found], dtype=np.float32)
    return TextFeatures(
        {n: i for i, (_, n, _) in enumerate(found)}, idf, np.array([p for _, _, p in found], dtype=np.int8),
        names, dict(blocks), vectors if "vector" in blocks else None,
    )  # fmt: skip


def to_matrix(rows: Iterable[Vector], columns: int, dim: int) -> sparse.csr_matrix:
    """Rows as one matrix, the dense tail of `dim` after the sparse columns: float32 (rows, columns + dim)."""
    tail = np.arange(columns, columns + dim, dtype=np.int32)
    index, value, lengths = [np.zeros(0, np.int32)], [np.zeros(0, np.float32)], [0]
    for row in rows:
        index += [row.index.astype(np.int32), tail]
        value += [row.value, row.dense.astype(np.float32)]
        lengths.append(len(row.index) + dim)
    shape = (len(lengths) - 1, columns + dim)
    return sparse.csr_matrix((np.concatenate(value), np.concatenate(index), np.cumsum(lengths)), shape=shape)


def matrix(features: TextFeatures, texts: Sequence[Prepared], counts: Iterable[Counts]) -> sparse.csr_matrix:
    """Counted texts through fitted features: float32 (len(texts), columns + dim)."""
    rows = (features.row(t, c) for t, c in zip(texts, counts, strict=True))
    return to_matrix(rows, features.columns, features.dense_columns)
