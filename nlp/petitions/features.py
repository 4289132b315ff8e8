"""Sparse features of a text in named blocks, each n-gram with the syllables it covers.

Fitting chooses the vocabulary (in `nlp.training`); serving is this module alone: dictionaries and arrays, no estimator
object, so an artefact written by one release of scikit-learn loads under another.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from nlp.petitions.cues import cue_table
from nlp.petitions.prepared import Prepared, number_shape
from nlp.petitions.quantities import quantities
from nlp.petitions.vectors import WordVectors

# One feature occurrence: its name and the range of syllables (first, past the last) that it covers.
Occurrence = tuple[str, int, int]


def word_ngrams(prepared: Prepared) -> Iterator[Occurrence]:
    """Words and pairs of words, accents kept; nothing for text typed without diacritics."""
    if prepared.unaccented:
        return
    starts = {span.start: i for i, span in enumerate(prepared.syllables)}
    row: list[Occurrence] = []
    for word, start, end in prepared.words:
        first = starts.get(start)
        if first is None:
            continue
        last = first
        while last < len(prepared.syllables) and prepared.syllables[last].start < end:
            last += 1
        row.append((number_shape(word), first, last))
    for i, (word, first, last) in enumerate(row):
        yield f"w {word}", first, last
        if i + 1 < len(row):
            yield f"w {word}|{row[i + 1][0]}", first, row[i + 1][2]


def syllable_ngrams(prepared: Prepared, longest: int = 3) -> Iterator[Occurrence]:
    """Runs of one to three syllables without accents, numbers by their size."""
    folded = [number_shape(prepared.folded[s.start : s.end]) for s in prepared.syllables]
    for i in range(len(folded)):
        for size in range(1, longest + 1):
            if i + size <= len(folded):
                yield "s " + " ".join(folded[i : i + size]), i, i + size


def char_ngrams(prepared: Prepared, shortest: int = 3, longest: int = 5) -> Iterator[Occurrence]:
    """Runs of three to five characters over each pair of neighbouring syllables; they survive slips and OCR."""
    folded = [prepared.folded[s.start : s.end] for s in prepared.syllables]
    for i, syllable in enumerate(folded):
        following = folded[i + 1] if i + 1 < len(folded) else ""
        piece = f" {syllable} {following}"
        for size in range(shortest, longest + 1):
            # Runs that begin inside this syllable (or at its left edge), so that none is counted twice.
            for start in range(len(syllable) + 1):
                if start + size <= len(piece):
                    yield (
                        "c" + piece[start : start + size],
                        i,
                        min(i + 1 + (start + size > len(syllable) + 2), len(folded)),
                    )


def field_cues(prepared: Prepared) -> Iterator[Occurrence]:
    """Groups of cue phrases of the fields."""
    for group, first, last in cue_table("field_cues").hits(prepared):
        yield f"q {group}", first, last


def type_cues(prepared: Prepared) -> Iterator[Occurrence]:
    """Groups of cue phrases of the types, and pairs of groups: a mixed petition shows two kinds side by side."""
    yield from _with_pairs("y", cue_table("type_cues").hits(prepared), prepared)


def _with_pairs(prefix: str, found: list[Occurrence], prepared: Prepared) -> Iterator[Occurrence]:
    for group, first, last in found:
        yield f"{prefix} {group}", first, last
    names = sorted({g for g, _, _ in found})
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            yield f"{prefix} {one}+{other}", 0, len(prepared.syllables)


def signal_cues(prepared: Prepared) -> Iterator[Occurrence]:
    """Groups of cue phrases of the signals, and pairs of groups in one clause."""
    yield from _with_pairs("g", cue_table("signal_cues").hits(prepared), prepared)
    for group, first, last in cue_table("field_cues").hits(prepared):
        yield f"f {group}", first, last


def neighbours(prepared: Prepared) -> Iterator[Occurrence]:
    """Syllables and pairs before and after a clause."""
    for name, spans in (("b", prepared.before), ("a", prepared.after)):
        folded = [number_shape(prepared.folded[s.start : s.end]) for s in spans]
        for i, syllable in enumerate(folded):
            yield f"{name} {syllable}", 0, len(prepared.syllables)
            if i + 1 < len(folded):
                yield f"{name} {syllable} {folded[i + 1]}", 0, len(prepared.syllables)


def date_distances(prepared: Prepared) -> Iterator[Occurrence]:
    """How far each date and year lies from the day the petition was received (or was dated)."""
    if not prepared.syllables:
        return
    begin, end = prepared.syllables[0].start, prepared.syllables[-1].end
    starts = [s.start for s in prepared.syllables]
    for name, span in prepared.distances:
        if begin <= span.start < end:
            first = max(i for i, s in enumerate(starts) if s <= span.start)
            yield f"t {name}", first, first + 1


BLOCKS: dict[str, Callable[[Prepared], Iterator[Occurrence]]] = {
    "word": word_ngrams, "syllable": syllable_ngrams, "char": char_ngrams, "cue": field_cues, "type_cue": type_cues,
    "signal_cue": signal_cues, "neighbour": neighbours, "date": date_distances,
    "quantity": quantities,
}  # fmt: skip

# Blocks whose n-grams do not depend on what stands around a clause.
LOCAL_BLOCKS = frozenset({"word", "syllable", "char", "date", "quantity"})


@dataclass(frozen=True)
class Vector:
    """A text as a row: sorted column indices, their values, and the dense tail (mean word vector).

    `places` holds every known n-gram of the text, int64 (3, occurrences): its position in `index`, its first syllable
    and the one past its last; it is empty for rows that only training uses.
    """

    index: np.ndarray
    value: np.ndarray
    dense: np.ndarray
    places: np.ndarray


@dataclass
class TextFeatures:
    """A fitted vocabulary with IDF weights, one block of unit length (times its weight) for each kind of n-gram.

    Attributes
    ----------
    vocabulary : dict
        feature name → column, over all blocks.
    idf : float32 array (columns,)
    block_of : int8 array (columns,)
        position of the column's block in `blocks`.
    blocks : tuple of str
    block_weight : dict
        block name → weight.
    vectors : WordVectors or None
        the dense tail of `vectors.dim` columns, times `block_weight["vector"]`.
    """

    vocabulary: dict[str, int]
    idf: np.ndarray
    block_of: np.ndarray
    blocks: tuple[str, ...]
    block_weight: dict[str, float]
    vectors: WordVectors | None = None
    dense_columns: int = field(init=False)

    def __post_init__(self) -> None:
        self.dense_columns = self.vectors.dim if self.vectors else 0

    @property
    def columns(self) -> int:
        """Number of sparse columns; the dense tail comes after them."""
        return len(self.idf)

    def transform(self, prepared: Prepared) -> Vector:
        """One text as a row: (1 + log tf) · idf, each block scaled to its weight; with the place of every n-gram."""
        return self._gather(prepared, self._occurrences(prepared, self.blocks))

    def transform_parts(self, prepared: Prepared, parts: Sequence[tuple[Prepared, int, int]]) -> list[Vector]:
        """Rows of a text's clauses, each given as its part, first syllable and the one past its last.

        The same as `transform` on every part; n-grams that do not look beyond themselves are made once for the text
        and shared out.
        """
        shared = self._occurrences(prepared, tuple(b for b in self.blocks if b in LOCAL_BLOCKS))
        shared = shared[:, np.argsort(shared[1], kind="stable")]
        own = tuple(b for b in self.blocks if b not in LOCAL_BLOCKS)
        rows = []
        for text, first, last in parts:
            begin, end = np.searchsorted(shared[1], (first, last))
            mine = shared[:, begin:end]
            mine = mine[:, mine[2] <= last] - np.array([[0], [first], [first]])
            rows.append(self._gather(text, np.concatenate([mine, self._occurrences(text, own)], axis=1)))
        return rows

    def _occurrences(self, prepared: Prepared, blocks: Sequence[str]) -> np.ndarray:
        """Column, first syllable and the one past the last of every known n-gram: int64 (3, occurrences)."""
        get = self.vocabulary.get
        found = [
            (column, first, last)
            for block in blocks
            for name, first, last in BLOCKS[block](prepared)
            if (column := get(name)) is not None
        ]
        return np.array(found, dtype=np.int64).T if found else np.zeros((3, 0), dtype=np.int64)

    def _gather(self, prepared: Prepared, occurrences: np.ndarray) -> Vector:
        index, inverse, counts = np.unique(occurrences[0], return_inverse=True, return_counts=True)
        return self._weigh(prepared, index, counts, np.concatenate([inverse[None], occurrences[1:]]))

    def row(self, prepared: Prepared, counted: Mapping[str, Mapping[str, int]]) -> Vector:
        """`transform` for a text whose n-grams are counted already (block → feature → count), without places."""
        counts: dict[int, int] = {}
        for block in self.blocks:
            for name, count in counted[block].items():
                column = self.vocabulary.get(name)
                if column is not None:
                    counts[column] = count
        index = np.array(sorted(counts), dtype=np.int64)
        return self._weigh(
            prepared, index, np.array([counts[i] for i in index.tolist()]), np.zeros((3, 0), dtype=np.int64)
        )

    def _weigh(self, prepared: Prepared, index: np.ndarray, counts: np.ndarray, places: np.ndarray) -> Vector:
        dense: np.ndarray = np.zeros(0, dtype=np.float32)
        if self.vectors is not None:
            dense = self.vectors.mean(prepared) * self.block_weight.get("vector", 1.0)
        if not len(index):
            return Vector(index, np.zeros(0, dtype=np.float32), dense, places)
        value = ((1.0 + np.log(counts)) * self.idf[index]).astype(np.float32)
        # A text without diacritics has no words to look up: its other blocks grow, so that it stays as long a row.
        whole = sum(w * w for w in self.block_weight.values())
        missing = self.block_weight.get("word", 0.0) ** 2 if prepared.unaccented else 0.0
        grow = math.sqrt(whole / max(whole - missing, 1e-9))
        dense = dense * grow
        # Columns of a block are next to each other, so each block is one slice of the sorted row.
        edges = np.searchsorted(self.block_of[index], np.arange(len(self.blocks) + 1))
        for block, start, end in zip(self.blocks, edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            norm = float(np.linalg.norm(value[start:end]))
            if norm > 0:
                value[start:end] *= grow * self.block_weight.get(block, 1.0) / norm
        return Vector(index, value, dense, places)


@dataclass(frozen=True)
class LinearHead:
    """Linear scores over a row: logits = row @ weights + bias.

    Attributes
    ----------
    codes : tuple of str
        one for each column of `weights`.
    weights : float32 or float16 array (columns + dense columns, len(codes))
    bias : float32 array (len(codes),)
    """

    codes: tuple[str, ...]
    weights: np.ndarray
    bias: np.ndarray

    def logits(self, vector: Vector) -> np.ndarray:
        """float32 array (len(codes),)."""
        weights = np.asarray(self.weights)
        scores = vector.value @ weights[vector.index].astype(np.float32) + self.bias
        if len(vector.dense):
            scores = scores + vector.dense @ weights[-len(vector.dense) :].astype(np.float32)
        return np.asarray(scores, dtype=np.float32)
