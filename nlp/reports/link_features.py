"""What the linker sees of a pair: a cause or recommendation on one side, a limitation on the other.

Every measure is a table of shape (sources, limitations), so that a report of hundreds of findings stays quick.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.reports.link_texts import Likeness
from nlp.reports.vectors import VectorTable

Array = NDArray[np.float64]
SOURCES = ("cause", "recommendation")
_BACK = re.compile(r"(?<!\w)(?:nêu trên|trên đây|nói trên|này|đó|trên)(?!\w)")
_MEASURES = ("cosine", "vector", "aligned", "topics")
TOPIC_WEIGHT = 3.0
"""Factor of the products of topic probabilities, which are not scaled: many and weak, they count together."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the linker needs of one finding.

    `words` as the segmenter cut them; `place` counts units from the start; `paragraph`, `item`, `section` are indices
    of the structure; `parents` the sections around it, innermost first; `topic_scores` the topic model's
    probabilities; `label` and `order` of its list item.
    """

    kind: str
    text: str
    words: tuple[str, ...]
    place: int
    paragraph: int
    item: int
    section: int
    parents: tuple[int, ...]
    topic_scores: tuple[float, ...]
    label: str | None
    order: int


FEATURES = (
    "cause",
    "cosine",
    "cosine_rank",
    "cosine_best",
    "cosine_rank_back",
    "shared_rare",
    "vector",
    "vector_rank",
    "vector_best",
    "aligned",
    "aligned_rank",
    "aligned_best",
    "aligned_rank_back",
    "topics",
    "topics_rank",
    "same_paragraph",
    "same_item",
    "same_section",
    "same_parent",
    "follows_directly",
    "nothing_between",
    "distance",
    "after",
    "distance_rank",
    "between",
    "back_reference",
    "same_label",
    "same_order",
    "order_gap",
    "limitations",
    "only_one",
    "shared_names",
    "shared_numbers",
    "cause_aligned",
    "cause_section",
    "cause_directly",
    "aligned_section",
    "in_block",
    "block_end",
    "block_gap",
    "block_size",
    "none_before",
    "list_gap",
    "list_gap_squared",
    "same_rank",
)
"""Names of the first columns of a pair's row; the products of topics follow, then MORE."""

MORE = (
    "covers_source",
    "covers_limit",
    "covered",
    "covered_rank",
    "covered_rank_back",
    "covered_best",
    "nearest",
    "nearest_three",
    "centred",
    "centred_rank",
    "centred_rank_back",
    "opening",
    "phrases",
)
"""Names of the columns behind the products of topics. A model of an earlier release takes the columns that it was
fitted on, so new ones stand behind."""


@dataclass(frozen=True)
class Pairs:
    """Every pair of one document.

    `sources` and `limits` index the findings; `rows` has shape (sources, limits, columns); `kinds` of the sources;
    `akin` is the likeness of each source to those of the other kind, shape (sources, sources), 0 within a kind.
    """

    sources: tuple[int, ...]
    limits: tuple[int, ...]
    kinds: tuple[str, ...]
    rows: NDArray[np.float32]
    akin: Array

    def of(self, kind: str) -> NDArray[np.int64]:
        """Rows of the sources of one kind."""
        return np.flatnonzero(np.array([k == kind for k in self.kinds], dtype=bool))


def pairs_of(findings: Sequence[Candidate], vectors: VectorTable | None) -> Pairs | None:
    """Describe every pair of one document, or None where there is none.

    Parameters: `findings` in the order of the text; `vectors`, may be None.
    """
    limits = [i for i, f in enumerate(findings) if f.kind == "limitation"]
    sources = [i for i, f in enumerate(findings) if f.kind in SOURCES]
    if not limits or not sources:
        return None
    likeness = Likeness(findings, vectors)
    columns = _likeness_columns(likeness, sources, limits)
    columns |= _place_columns(findings, sources, limits)
    columns |= _list_columns(findings, sources, limits)
    cause = columns["cause"]
    columns["cause_aligned"] = cause * columns["aligned"]
    columns["cause_section"] = cause * columns["same_section"]
    columns["cause_directly"] = cause * columns["nothing_between"]
    columns["aligned_section"] = columns["aligned"] * columns["same_section"]
    scores = np.array([f.topic_scores for f in findings], dtype=np.float32).reshape(len(findings), -1)
    width = scores.shape[1]
    more = _word_columns(likeness, sources, limits)
    rows = np.empty((len(sources), len(limits), len(FEATURES) + width * width + len(MORE)), dtype=np.float32)
    for at, name in enumerate(FEATURES):
        rows[:, :, at] = columns[name]
    for at in range(width):
        first = len(FEATURES) + at * width
        rows[:, :, first : first + width] = (TOPIC_WEIGHT * scores[sources, at])[:, None, None] * scores[limits]
    for at, name in enumerate(MORE, start=len(FEATURES) + width * width):
        rows[:, :, at] = more[name]
    kinds = tuple(findings[i].kind for i in sources)
    return Pairs(tuple(sources), tuple(limits), kinds, rows, _akin(likeness, sources, kinds))


def _akin(likeness: Likeness, sources: Sequence[int], kinds: Sequence[str]) -> Array:
    out = np.zeros((len(sources), len(sources)))
    one, other = ([n for n, k in enumerate(kinds) if k == kind] for kind in SOURCES)
    table = likeness.table("aligned", [sources[n] for n in one], [sources[n] for n in other])
    if table.size:
        out[np.ix_(one, other)] = table
        out[np.ix_(other, one)] = table.T
    return out


def _ranks(table: Array) -> Array:
    """1 for the smallest value of each row, 1/2 for the next, and so on."""
    order = np.argsort(np.argsort(table, axis=1, kind="stable"), axis=1, kind="stable")
    return np.asarray(1.0 / (1 + order))


def _likeness_columns(likeness: Likeness, sources: Sequence[int], limits: Sequence[int]) -> dict[str, Array]:
    out = {}
    for name in _MEASURES:
        table = likeness.table(name, sources, limits)
        top = table.max(axis=1, keepdims=True)
        out[name] = table
        out[f"{name}_rank"] = _ranks(-table)
        out[f"{name}_best"] = table / np.where(top == 0.0, 1.0, top)
        out[f"{name}_rank_back"] = _ranks(-table.T).T
    for name, column in (("rare", "shared_rare"), ("names", "shared_names"), ("numbers", "shared_numbers")):
        out[column] = likeness.table(name, sources, limits)
    return out


def _word_columns(likeness: Likeness, sources: Sequence[int], limits: Sequence[int]) -> dict[str, Array]:
    """Word-by-word likeness, in both directions and on the whole (columns of MORE)."""
    covered, nearest, nearest_three = likeness.coverage(sources, limits)
    out = {"covers_source": covered, "nearest": nearest, "nearest_three": nearest_three}
    out["covers_limit"] = likeness.coverage(limits, sources)[0].T
    out["covered"] = (out["covers_source"] + out["covers_limit"]) / 2
    top = out["covered"].max(axis=1, keepdims=True)
    out["covered_best"] = out["covered"] / np.where(top == 0.0, 1.0, top)
    out["centred"] = likeness.table("centred", sources, limits)
    for name in ("covered", "centred"):
        out[f"{name}_rank"] = _ranks(-out[name])
        out[f"{name}_rank_back"] = _ranks(-out[name].T).T
    for name in ("opening", "phrases"):
        out[name] = likeness.table(name, sources, limits)
    return out


def _place_columns(findings: Sequence[Candidate], sources: Sequence[int], limits: Sequence[int]) -> dict[str, Array]:
    left, right = [findings[i] for i in sources], [findings[j] for j in limits]
    shape = (len(left), len(right))

    def same(name: str) -> NDArray[np.bool_]:
        return np.equal.outer([getattr(f, name) for f in left], [getattr(f, name) for f in right])

    places = np.array([f.place for f in right])
    gap = np.subtract.outer(np.array([f.place for f in left]), places)
    nearest = np.array([f.parents[0] if f.parents else -1 - n for n, f in enumerate(left)])
    parents = np.array([f.parents[0] if f.parents else -1 - len(left) - n for n, f in enumerate(right)])
    low, high = np.minimum.outer([f.place for f in left], places), np.maximum.outer([f.place for f in left], places)
    between = np.searchsorted(places, high, "left") - np.searchsorted(places, low, "right")
    items = np.array([f.item > 0 for f in left])[:, None]
    labelled = np.array([f.label is not None for f in left])[:, None]
    ordered = np.array([f.order > 0 for f in left])[:, None]
    labels = np.array([[a.label == b.label for b in right] for a in left]).reshape(shape)
    out = {
        "cause": np.broadcast_to(np.array([f.kind == "cause" for f in left])[:, None], shape),
        "same_paragraph": same("paragraph"),
        "same_item": same("item") & items,
        "same_section": same("section"),
        "same_parent": np.equal.outer(nearest, parents),
        "follows_directly": gap == 1,
        "nothing_between": np.subtract.outer(np.array(sources), np.array(limits)) == 1,
        "distance": np.log1p(np.abs(gap)),
        "after": gap < 0,
        "distance_rank": _ranks(np.abs(gap)),
        "between": np.log1p(np.maximum(between, 0)),
        "back_reference": np.broadcast_to(
            np.array([bool(_BACK.search(f.text[:60].lower())) for f in left])[:, None], shape
        ),
        "same_label": labels & labelled,
        "same_order": same("order") & ordered,
        "limitations": np.full(shape, np.log1p(len(right))),
        "only_one": np.full(shape, len(right) == 1),
    }
    return {name: np.asarray(table, dtype=float) for name, table in out.items()}


def _shares(groups: Sequence[object]) -> tuple[Array, NDArray[np.int64]]:
    """Place of each element among those of its group, from 0 to 1, and the sizes of the groups."""
    members: dict[object, list[int]] = {}
    for n, group in enumerate(groups):
        members.setdefault(group, []).append(n)
    share, size = np.zeros(len(groups)), np.zeros(len(groups), dtype=np.int64)
    for numbers in members.values():
        share[numbers] = np.arange(len(numbers)) / max(1, len(numbers) - 1)
        size[numbers] = len(numbers)
    return share, size


def _list_columns(findings: Sequence[Candidate], sources: Sequence[int], limits: Sequence[int]) -> dict[str, Array]:
    """Parallel lists: how far apart a source and a limitation stand in theirs, by section, by the run of limitations
    last before the source, and over the whole document.
    """
    shape = (len(sources), len(limits))
    own, own_size = _shares([(findings[i].kind, findings[i].section) for i in sources])
    fellow, fellow_size = _shares([findings[j].section for j in limits])
    known = np.logical_and.outer(own_size > 1, fellow_size > 1)
    whole, _ = _shares([findings[i].kind for i in sources])
    every = np.arange(len(limits)) / max(1, len(limits) - 1)
    rank = np.zeros(len(sources))
    for kind in SOURCES:
        mine = [n for n, i in enumerate(sources) if findings[i].kind == kind]
        rank[mine] = np.arange(len(mine))
    block = {name: np.zeros(shape) for name in ("in_block", "block_end", "block_gap", "block_size", "none_before")}
    for a, i in enumerate(sources):
        last = int(np.searchsorted(limits, i)) - 1
        if last < 0:
            block["none_before"][a] = 1.0
            continue
        first = last
        while first > 0 and findings[limits[first - 1]].section == findings[limits[last]].section:
            first -= 1
        size = last - first + 1
        run = slice(first, last + 1)
        block["in_block"][a, run] = 1.0
        block["block_end"][a, last] = 1.0
        block["block_gap"][a, run] = np.abs(np.arange(size) / max(1, size - 1) - own[a])
        block["block_size"][a, run] = np.log1p(size)
    return {
        "order_gap": np.where(known, np.abs(np.subtract.outer(own, fellow)), 0.5),
        "list_gap": np.abs(np.subtract.outer(whole, every)),
        "list_gap_squared": np.subtract.outer(whole, every) ** 2,
        "same_rank": np.equal.outer(rank, np.arange(len(limits))).astype(float),
        **block,
    }
