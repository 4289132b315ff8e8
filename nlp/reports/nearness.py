"""How near a unit's words stand to the phrases of each cue group, by word vectors: a cue that the table does not list
is still felt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.reports.lexicon import cue_groups
from nlp.reports.vectors import VectorTable

GROUPS = (
    "limitation_predicate",
    "problem",
    "partial",
    "no_problem",
    "achievement",
    "fixed",
    "cause",
    "objective",
    "subjective",
    "solution_opener",
    "request",
    "assignment",
    "citizen_petition",
    "world",
    "lesson",
    "past",
    "future",
)
_COMMON_WORDS = 2000
_LONGEST = 3
_BEST = 4


@dataclass(frozen=True)
class PhraseVectors:
    """Unit vectors of the cue phrases, stacked; `bounds` gives each group's rows; `common` is the direction all words
    share.
    """

    matrix: NDArray[np.float32]
    bounds: tuple[tuple[int, int], ...]
    common: NDArray[np.float32]

    @classmethod
    def build(cls, table: VectorTable) -> PhraseVectors:
        """Vectors of the shipped cue phrases from a table of word vectors; a phrase is a word of the table or the sum
        of its words.
        """
        frequent = _plain(table, np.arange(min(_COMMON_WORDS, len(table.matrix))))
        common = (frequent * table.weight[: len(frequent), None]).mean(axis=0)
        common = common / max(float(np.linalg.norm(common)), 1e-9)
        rows: list[NDArray[np.float32]] = []
        bounds = []
        for group in GROUPS:
            first = len(rows)
            for phrase in cue_groups()[group]:
                words = phrase.text.replace(",", "").split()
                whole = table.rows.get("_".join(words))
                index = [whole] if whole is not None else table.known(words)
                if index:
                    vector = (_away(_plain(table, np.array(index)), common) * table.weight[index][:, None]).sum(axis=0)
                    rows.append(vector / max(float(np.linalg.norm(vector)), 1e-9))
            bounds.append((first, len(rows)))
        return cls(
            np.array(rows, dtype=np.float32).reshape(len(rows), table.dim), tuple(bounds), common.astype(np.float32)
        )

    def columns(self, table: VectorTable, units: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        """Nearness of every unit to every group, shape (units, 3 · groups).

        Parameters: `units`, the words of each unit. For each group: the best window of one to three words, the mean
        of the four best, and the mean over single words; cosine, 0 where no word is known.
        """
        out = np.zeros((len(units), len(GROUPS), 3), dtype=np.float32)
        filled = [n for n, (first, last) in enumerate(self.bounds) if last > first]
        if not filled:
            return out.reshape(len(units), -1)
        starts = [self.bounds[n][0] for n in filled]
        for row, words in enumerate(units):
            index = table.known(words)
            if not index:
                continue
            weighted = _away(_plain(table, np.array(index)), self.common) * table.weight[index][:, None]
            windows = [weighted]
            for size in range(2, min(_LONGEST, len(weighted)) + 1):
                windows.append(sum(weighted[i : len(weighted) - size + 1 + i] for i in range(size)))  # type: ignore[arg-type]
            stacked = np.vstack(windows)
            stacked = stacked / np.maximum(np.linalg.norm(stacked, axis=1, keepdims=True), 1e-9)
            # The groups' rows follow one another, so one pass gives the best phrase of every group for each window.
            best = np.maximum.reduceat(stacked @ self.matrix.T, starts, axis=1)
            top = -np.sort(-best, axis=0)[:_BEST]
            out[row, filled] = np.stack([top[0], top.mean(axis=0), best[: len(weighted)].mean(axis=0)], axis=1)
        return out.reshape(len(units), -1)


def _plain(table: VectorTable, index: NDArray[np.int64]) -> NDArray[np.float32]:
    rows = table.matrix[index].astype(np.float32) * table.scale[index][:, None]
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def _away(rows: NDArray[np.float32], common: NDArray[np.float32]) -> NDArray[np.float32]:
    """The rows without their share of the common direction (Arora and others 2017), unit length again."""
    rows = rows - np.outer(rows @ common, common)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), dtype=np.float32)
