"""Links between findings: a cause belongs to a limitation, a recommendation addresses one; with how, and how sure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.reports.link_context import context, probabilities
from nlp.reports.link_features import Candidate, pairs_of
from nlp.reports.vectors import VectorTable

__all__ = ["HOW", "Candidate", "LinkModel", "chosen_links", "how_linked"]

HOW = ("explicit", "same_item", "same_section", "similar")
_NAMED = re.compile(
    r"(?:hạn chế|tồn tại|khó khăn|vướng mắc|bất cập|yếu kém|khuyết điểm|tình trạng)\s+(?:này|đó|nêu trên|nói trên|trên)"
)


def how_linked(a: Candidate, b: Candidate) -> str:
    """How a pair is tied: by words, by item, by section, or only by likeness."""
    if (a.paragraph == b.paragraph and a.place - b.place == 1) or _NAMED.search(a.text[:120].lower()):
        return "explicit"
    if a.item == b.item and a.item > 0:
        return "same_item"
    return "same_section" if a.section == b.section else "similar"


@dataclass
class LinkModel:
    """Fitted pair classifiers, one for each kind of source; made by `nlp.training.findings_links`.

    `estimators` look at each pair by itself; `second`, where fitted, look again knowing what the other sources were
    answered (`link_context`). `first` is the least probability of a source's best link, `further` that of its
    other links, both by kind of the source.
    """

    estimators: dict[str, Any]
    vectors: VectorTable | None
    first: dict[str, float]
    further: dict[str, float]
    second: dict[str, Any] | None = None

    def link(self, findings: Sequence[Candidate]) -> list[tuple[int, int, str, float]]:
        """Links of one document as (source, limitation, how, probability)."""
        pairs = pairs_of(findings, self.vectors)
        if pairs is None:
            return []
        answers = probabilities(self.estimators, pairs)
        if self.second:
            seen = {kind: estimator.n_features_in_ for kind, estimator in self.estimators.items()}
            answers = probabilities(self.second, pairs, context(pairs, answers), seen)
        kept = chosen_links(answers, pairs.kinds, self.first, self.further)
        found = []
        for a, b in np.argwhere(kept):
            i, j = pairs.sources[a], pairs.limits[b]
            found.append((i, j, how_linked(findings[i], findings[j]), float(answers[a, b])))
        return found


def chosen_links(
    answers: NDArray[np.float64], kinds: Sequence[str], first: Mapping[str, float], further: Mapping[str, float]
) -> NDArray[np.bool_]:
    """Which pairs are links: a source's best pair above `first`, its others above `further`.

    Parameters: `answers`, probabilities of shape (sources, limitations); `kinds` of the sources.
    """
    least = np.array([[first.get(k, 0.5), further.get(k, 0.5)] for k in kinds]).reshape(-1, 2)
    best = answers == answers.max(axis=1, keepdims=True)
    return np.asarray(answers >= np.where(best, least[:, :1], least[:, 1:]))
