"""Which words carried a label: a score shared out over syllables, and the phrases that hold most of it."""

from __future__ import annotations

import numpy as np

from nlp.petitions.features import TextFeatures, Vector
from nlp.petitions.prepared import Prepared
from nlp.text import Span


def syllable_scores(features: TextFeatures, weights: np.ndarray, prepared: Prepared, vector: Vector) -> np.ndarray:
    """How much each syllable carries towards one label: float array (syllables,), logit units.

    Every n-gram's contribution (value · weight) is shared equally among its occurrences and their syllables, the word
    vectors' contribution goes to their words, so the scores sum to the logit without its bias.

    Parameters
    ----------
    weights : float array (columns + dense columns,)
        a linear head's column for the label, or a kernel head's gradient at this text.
    """
    carried = vector.value * weights[vector.index].astype(np.float32)
    which, first, last = vector.places
    each = (carried / np.bincount(which, minlength=len(carried)))[which] / np.maximum(last - first, 1)
    steps = np.zeros(len(prepared.syllables) + 1)
    np.add.at(steps, first, each)
    np.add.at(steps, last, -each)
    scores = np.cumsum(steps)[:-1]
    if features.vectors is not None:
        direction = weights[-features.vectors.dim :].astype(np.float32)
        scale = features.block_weight.get("vector", 1.0)
        for amount, begin, end in features.vectors.shares(prepared, direction):
            scores[begin:end] += scale * amount / max(end - begin, 1)
    return scores


def best_phrases(
    prepared: Prepared,
    scores: np.ndarray,
    *,
    most: int = 4,
    longest: int = 8,
    share: float = 0.12,
    shortest: int = 1,
) -> list[tuple[Span, float]]:
    """The phrases that carry most of a positive score, as spans of the repaired text, best first.

    Parameters
    ----------
    scores : float array (syllables,)
    most : int
        how many phrases at most.
    longest : int
        syllables in a phrase at most.
    share : float
        a phrase counts if it carries at least this share of all positive score.
    shortest : int
        a phrase of fewer syllables grows over its better neighbours, within its sentence.
    """
    total = float(scores[scores > 0].sum())
    if total <= 0:
        return []
    # Only what stands out of the text counts, so that a phrase does not grow over words that say nothing.
    centred = scores - max(float(np.mean(scores)), 0.0)
    taken = np.zeros(len(scores), dtype=bool)
    found: list[tuple[Span, float]] = []
    words, walls = _word_edges(prepared), _walls(prepared)
    for _ in range(most):
        best = _best_run(centred, taken, longest, walls)
        if best is None:
            break
        first, last = best
        while last - first < shortest:
            left = first > 0 and first not in walls and not taken[first - 1]
            right = last < len(scores) and last not in walls and not taken[last]
            if not (left or right):
                break
            if right and (not left or centred[last] >= centred[first - 1]):
                last += 1
            else:
                first -= 1
        while first > 0 and first not in words and first not in walls and not taken[first - 1]:
            first -= 1
        while last < len(scores) and last not in words and last not in walls and not taken[last]:
            last += 1
        taken[first:last] = True
        weight = float(scores[first:last].sum())
        if weight < share * total and found:
            break
        found.append((Span(prepared.syllables[first].start, prepared.syllables[last - 1].end), weight))
    return sorted(found, key=lambda item: -item[1])


def _word_edges(prepared: Prepared) -> set[int]:
    """Syllable positions at which a word begins (and the end of the text), so that no word is cut in two."""
    starts = {start for _, start, _ in prepared.words}
    edges = {i for i, s in enumerate(prepared.syllables) if s.start in starts}
    return edges | {len(prepared.syllables)}


def _walls(prepared: Prepared) -> set[int]:
    """Syllable positions that no phrase may cross: what stands before them ends a sentence or a line."""
    spans = prepared.syllables
    return {
        i for i in range(1, len(spans)) if any(c in "\n.;!?" for c in prepared.text[spans[i - 1].end : spans[i].start])
    }


def _best_run(scores: np.ndarray, taken: np.ndarray, longest: int, walls: set[int]) -> tuple[int, int] | None:
    best, where = 0.0, None
    values = scores.tolist()
    for first in range(len(values)):
        if taken[first] or values[first] <= 0:
            continue
        total = 0.0
        for last in range(first, min(first + longest, len(values))):
            if taken[last] or (last > first and last in walls):
                break
            total += values[last]
            if total > best:
                best, where = total, (first, last + 1)
    return where
