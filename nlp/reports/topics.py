"""Topics and petition fields of a finding: keyword evidence, and a small linear model over it where one was trained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from scipy.special import expit

from nlp.reports.cues import Cue
from nlp.reports.lexicon import load


@cache
def codes(section: str) -> tuple[str, ...]:
    """Codes of `topics` or `fields`, in the order of the data file."""
    return tuple(load("topics")[section])


def keyword_counts(cues: Sequence[Cue], section: str) -> Counter[str]:
    """How many distinct keywords of each code a unit has."""
    seen = {(cue.group, cue.phrase) for cue in cues if cue.group.startswith(section + ":")}
    return Counter(group.partition(":")[2] for group, _ in seen)


@dataclass
class TopicModel:
    """One-against-rest linear models over the words of a finding and of its headings; made by
    `nlp.training.findings`.
    """

    words: Any
    estimators: dict[str, dict[str, Any]] = field(default_factory=dict)
    thresholds: dict[str, float] = field(default_factory=dict)

    def scores(
        self, texts: Sequence[str], headings: Sequence[str], counts: Sequence[Counter[str]], section: str
    ) -> np.ndarray:
        """Probability of every code for every text, shape (texts, codes); codes never seen in training score 0."""
        rows = topic_rows(self.words, texts, headings, counts, section)
        out = np.zeros((len(texts), len(codes(section))))
        known = [
            (n, self.estimators[section][c]) for n, c in enumerate(codes(section)) if c in self.estimators[section]
        ]
        if known and len(texts):
            # All of them in one product: asked one by one they cost more than the segmentation of a short report.
            weights = np.vstack([e.coef_[0] for _, e in known])
            bias = np.array([e.intercept_[0] for _, e in known])
            out[:, [n for n, _ in known]] = expit(rows @ weights.T + bias)
        return out


def topic_rows(
    words: Any, texts: Sequence[str], headings: Sequence[str], counts: Sequence[Counter[str]], section: str
) -> Any:
    """Design rows of the topic model: words of the text and of its headings beside the keyword counts."""
    from scipy import sparse

    joined = [f"{text} {heading}" for text, heading in zip(texts, headings, strict=True)]
    keyword = np.array([[min(c[code], 3) for code in codes(section)] for c in counts], dtype=float).reshape(
        len(texts), len(codes(section))
    )
    return sparse.hstack([words.transform(joined), sparse.csr_matrix(keyword)]).tocsr()


def choose_topics(scores: np.ndarray, section: str, threshold: float, at_most: int = 2) -> tuple[str, ...]:
    """Codes above the threshold, best first; for topics always at least the best one."""
    order = np.argsort(-scores)
    chosen = [codes(section)[i] for i in order if scores[i] >= threshold][:at_most]
    if not chosen and section == "topics":
        chosen = [codes(section)[int(order[0])]] if scores[order[0]] > 0 else ["khac"]
    return tuple(chosen)
