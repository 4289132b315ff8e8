"""Choosing a vocabulary and turning prepared texts into one sparse matrix."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from scipy import sparse

from nlp.petitions.features import BLOCKS, TextFeatures, Vector
from nlp.petitions.prepared import Prepared
from nlp.petitions.vectors import WordVectors

# block name → feature → how often it stands in one text
Counts = dict[str, Counter[str]]


def count_blocks(text: Prepared, blocks: Sequence[str]) -> Counts:
    """The n-grams of one text by block, counted once so that fitting and transforming share the work."""
    return {block: Counter(name for name, _, _ in BLOCKS[block](text)) for block in blocks}


def fit_features(
    counts: Sequence[Counts],
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
    for position, block in enumerate(names):
        df: Counter[str] = Counter()
        for text in counts:
            df.update(text[block].keys())
        most = max(0.6 * len(counts), 50)
        kept = [(c, n, position) for n, c in df.items() if limits.get(block, 2) <= c <= most]
        kept.sort(key=lambda item: (-item[0], item[1]))
        limit = max_features if isinstance(max_features, int) else (max_features or {}).get(block)
        found += kept[:limit]
    found.sort(key=lambda item: (item[2], item[1]))
    if len({n for _, n, _ in found}) < len(found):
        raise ValueError("two blocks share the name of a feature")
    idf = np.array([math.log((1 + len(counts)) / (1 + c)) + 1 for c, _, _ in found], dtype=np.float32)
    return TextFeatures(
        {n: i for i, (_, n, _) in enumerate(found)}, idf, np.array([p for _, _, p in found], dtype=np.int8),
        names, dict(blocks), vectors if "vector" in blocks else None,
    )  # fmt: skip


def to_matrix(rows: Sequence[Vector], columns: int) -> sparse.csr_matrix:
    """Rows as one matrix, the dense tail after the sparse columns: float32 (len(rows), columns + dim)."""
    dim = len(rows[0].dense) if rows else 0
    tail = np.arange(columns, columns + dim, dtype=np.int64)
    indptr = np.cumsum([0] + [len(r.index) + dim for r in rows])
    if not rows:
        return sparse.csr_matrix((0, columns + dim), dtype=np.float32)
    index = np.concatenate([np.concatenate([r.index, tail]) for r in rows])
    value = np.concatenate([np.concatenate([r.value, r.dense]) for r in rows]).astype(np.float32)
    return sparse.csr_matrix((value, index, indptr), shape=(len(rows), columns + dim))


def matrix(features: TextFeatures, texts: Sequence[Prepared], counts: Sequence[Counts]) -> sparse.csr_matrix:
    """Counted texts through fitted features: float32 (len(texts), columns + dim)."""
    rows = [features.row(t, c) for t, c in zip(texts, counts, strict=True)]
    return to_matrix(rows, features.columns)
