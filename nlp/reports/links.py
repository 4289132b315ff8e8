"""Links between findings: a cause belongs to a limitation, a recommendation addresses one; with how, and how sure."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.reports.lexicon import key

HOW = ("explicit", "same_item", "same_section", "similar")
_BACK = re.compile(r"(?<!\w)(?:nêu trên|trên đây|nói trên|này|đó|trên)(?!\w)")
_STOP = frozenset("và của các cho với là có trong được những một số về để không còn tại ở này theo đến từ do cần phải trên ra vào khi đã sẽ như nhiều".split())


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the linker needs of one finding. `place` counts units from the start; `item` and `section` are indices of the structure."""

    kind: str
    text: str
    place: int
    paragraph: int
    item: int
    section: int
    parents: tuple[int, ...]
    topics: tuple[str, ...]
    fields: tuple[str, ...]
    label: str | None
    order: int


FEATURES = (
    "bias_cause", "bias_recommendation", "cosine", "cosine_rank", "cosine_best", "shared_rare", "same_paragraph", "same_item", "same_section", "same_parent", "follows_directly",
    "distance", "before", "distance_rank", "topic", "field", "back_reference", "same_label", "same_order", "limitations", "only_one", "numbers",
    "cosine_x_section", "between",
)


def syllables(text: str) -> list[str]:
    """Content syllables of a text, lower case, for similarity."""
    return [w for w in re.findall(r"[^\W_]+", text.lower()) if w not in _STOP]


def _terms(text: str) -> set[str]:
    words = syllables(text)
    return set(words) | {f"{a} {b}" for a, b in zip(words, words[1:], strict=False)}


def _weights(texts: Sequence[set[str]]) -> dict[str, float]:
    counts: dict[str, int] = {}
    for terms in texts:
        for term in terms:
            counts[term] = counts.get(term, 0) + 1
    return {t: math.log((1 + len(texts)) / c) for t, c in counts.items()}


def _cosine(a: set[str], b: set[str], weights: dict[str, float]) -> float:
    shared = sum(weights.get(t, 0.0) ** 2 for t in a & b)
    if not shared:
        return 0.0
    norm = math.sqrt(sum(weights.get(t, 0.0) ** 2 for t in a) * sum(weights.get(t, 0.0) ** 2 for t in b))
    return shared / norm if norm else 0.0


def pair_rows(findings: Sequence[Candidate]) -> tuple[list[tuple[int, int]], NDArray[np.float64]]:
    """Every (cause or recommendation, limitation) pair of one document and its description.

    Parameters: `findings` in the order of the text. Returns pairs of indices and rows of shape (pairs, len(FEATURES)).
    """
    limits = [i for i, f in enumerate(findings) if f.kind == "limitation"]
    sources = [i for i, f in enumerate(findings) if f.kind in ("cause", "recommendation")]
    if not limits or not sources:
        return [], np.zeros((0, len(FEATURES)))
    terms = [_terms(f.text) for f in findings]
    weights = _weights(terms)
    numbers = [set(re.findall(r"\d[\d.,]*", f.text)) for f in findings]
    names = [set(re.findall(r"(?<=[a-zà-ỹđ,(] )[A-ZĐÀ-Ỹ]\w+(?: [A-ZĐÀ-Ỹ]\w+)*", f.text)) for f in findings]
    pairs, rows = [], []
    for i in sources:
        cosines = {j: _cosine(terms[i], terms[j], weights) for j in limits}
        ranked = sorted(limits, key=lambda j: -cosines[j])
        near = sorted(limits, key=lambda j: (abs(findings[i].place - findings[j].place)))
        for j in limits:
            pairs.append((i, j))
            rows.append(_pair(findings, i, j, cosines, ranked, near, limits, terms, weights, numbers, names))
    return pairs, np.array(rows)


def _pair(findings: Sequence[Candidate], i: int, j: int, cosines: dict[int, float], ranked: list[int], near: list[int], limits: list[int],
          terms: list[set[str]], weights: dict[str, float], numbers: list[set[str]], names: list[set[str]]) -> list[float]:
    a, b = findings[i], findings[j]
    shared = sorted((weights.get(t, 0.0) for t in terms[i] & terms[j]), reverse=True)
    same_section = float(a.section == b.section)
    between = sum(1 for k in limits if min(a.place, b.place) < findings[k].place < max(a.place, b.place))
    cosine = cosines[j]
    return [
        float(a.kind == "cause"), float(a.kind == "recommendation"), cosine, 1.0 / (1 + ranked.index(j)), cosine / (cosines[ranked[0]] or 1.0),
        sum(shared[:3]) / 3.0, float(a.paragraph == b.paragraph), float(a.item == b.item and a.item > 0), same_section,
        float(bool(a.parents and b.parents and a.parents[0] == b.parents[0])), float(0 < a.place - b.place <= 1),
        math.log1p(abs(a.place - b.place)), float(b.place < a.place), 1.0 / (1 + near.index(j)),
        float(bool(set(a.topics) & set(b.topics))), float(bool(set(a.fields) & set(b.fields))),
        float(bool(_BACK.search(a.text[:60].lower()))), float(a.label is not None and a.label == b.label), float(a.order == b.order),
        math.log1p(len(limits)), float(len(limits) == 1), float(len(numbers[i] & numbers[j]) + 2 * len(names[i] & names[j])),
        cosine * same_section, math.log1p(between),
    ]


def how_linked(a: Candidate, b: Candidate) -> str:
    """How a pair is tied: by words, by item, by section, or only by likeness."""
    if (a.paragraph == b.paragraph and a.place - b.place == 1) or re.search(
        r"(?:hạn chế|tồn tại|khó khăn|vướng mắc|bất cập|yếu kém|khuyết điểm|tình trạng)\s+(?:này|đó|nêu trên|nói trên|trên)", a.text[:120].lower()
    ):
        return "explicit"
    if a.item == b.item and a.item > 0:
        return "same_item"
    if a.section == b.section:
        return "same_section"
    return "similar"


@dataclass
class LinkModel:
    """A fitted pair classifier with its threshold; made by `nlp.training.findings`."""

    estimator: Any
    thresholds: dict[str, float]

    def link(self, findings: Sequence[Candidate]) -> list[tuple[int, int, str, float]]:
        """Links of one document as (source, limitation, how, probability)."""
        pairs, rows = pair_rows(findings)
        if not pairs:
            return []
        probabilities = self.estimator.predict_proba(rows)[:, 1]
        links = []
        for (i, j), p in zip(pairs, probabilities, strict=True):
            if p >= self.thresholds.get(findings[i].kind, 0.5):
                links.append((i, j, how_linked(findings[i], findings[j]), float(p)))
        return links


def document_key(text: str) -> str:
    """Key under which near-identical findings meet."""
    return key(text)
