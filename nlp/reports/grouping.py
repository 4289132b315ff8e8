"""Findings that return across reports: near-identical and similar ones in groups, with counts by place and year, and
a finding's history.

Candidates come from MinHash bands over the terms (datasketch), so that a register of many thousand findings needs no
comparison of all with all; the groups are then cut by cosine similarity.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from nlp.reports.similarity import Similarity, terms

NEAR = 0.75
SIMILAR = 0.42
_PERMUTATIONS = 96
_ALL_PAIRS = 1500


@dataclass(frozen=True, slots=True)
class Entry:
    """A finding as grouping needs it: id, clean text, document id, place (issuer or province) and year where known."""

    id: str
    text: str
    document_id: str
    place: str | None = None
    year: int | None = None


@dataclass(frozen=True)
class Group:
    """Findings that say the same: members with the most typical first, near-identical or only similar, counts by
    place and year.
    """

    members: tuple[Entry, ...]
    near_identical: bool
    documents: int
    places: tuple[tuple[str, int], ...]
    years: tuple[tuple[int, int], ...]


def group_findings(entries: Sequence[Entry], threshold: float = SIMILAR) -> list[Group]:
    """Group findings of one kind that say the same.

    Parameters: `entries`; `threshold`, least cosine similarity to the group's most typical member. Returns groups of
    two or more, largest first; every entry is in at most one group. Deterministic.
    """
    measure = Similarity([e.text for e in entries])
    near: dict[int, dict[int, float]] = {i: {} for i in range(len(entries))}
    for i, j in _candidates([e.text for e in entries]):
        value = measure.of(i, j)
        if value >= threshold:
            near[i][j] = near[j][i] = value
    taken: set[int] = set()
    groups = []
    # The finding with the most neighbours gathers them first: groups form around what is typical, without long chains.
    for centre in sorted(near, key=lambda i: (-len(near[i]), -sum(near[i].values()), i)):
        if centre in taken:
            continue
        members = [centre, *sorted((j for j in near[centre] if j not in taken), key=lambda j: (-near[centre][j], j))]
        if len(members) < 2:
            continue
        taken.update(members)
        groups.append(_group([entries[i] for i in members], min(near[centre][j] for j in members[1:]) >= NEAR))
    return sorted(groups, key=lambda g: (-g.documents, -len(g.members), g.members[0].id))


def _group(members: list[Entry], near_identical: bool) -> Group:
    places = Counter(e.place for e in members if e.place)
    years = Counter(e.year for e in members if e.year)
    return Group(
        tuple(members),
        near_identical,
        len({e.document_id for e in members}),
        tuple(places.most_common()),
        tuple(sorted(years.items())),
    )


def _candidates(texts: Sequence[str]) -> list[tuple[int, int]]:
    if len(texts) <= _ALL_PAIRS:
        return [(i, j) for i in range(len(texts)) for j in range(i + 1, len(texts))]
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(num_perm=_PERMUTATIONS, params=(32, 3))
    hashes = []
    for number, text in enumerate(texts):
        sketch = MinHash(num_perm=_PERMUTATIONS, seed=7)
        sketch.update_batch([term.encode() for term in sorted(terms(text))] or [b""])
        hashes.append(sketch)
        index.insert(str(number), sketch)
    pairs = {
        (min(i, int(j)), max(i, int(j))) for i, sketch in enumerate(hashes) for j in index.query(sketch) if int(j) != i
    }
    return sorted(pairs)


def history(entry: Entry, others: Sequence[Entry], threshold: float = SIMILAR) -> list[tuple[Entry, float]]:
    """Earlier and later findings of other documents that say the same, oldest first ("đã nêu năm 2022, 2023").

    Parameters: `entry`; `others`, findings of the same kind (those of the entry's own document are passed over).
    Returns (finding, similarity).
    """
    pool = [o for o in others if o.document_id != entry.document_id]
    measure = Similarity([entry.text, *(o.text for o in pool)])
    found = [(o, measure.of(0, i)) for i, o in enumerate(pool, start=1)]
    return sorted(((o, v) for o, v in found if v >= threshold), key=lambda row: (row[0].year or 0, -row[1], row[0].id))


def history_in_words(entry: Entry, found: Sequence[tuple[Entry, float]]) -> str | None:
    """The history in words: "đã nêu năm 2022, 2023"; None where nothing earlier is known."""
    years = sorted({o.year for o, _ in found if o.year and (entry.year is None or o.year < entry.year)})
    return f"đã nêu năm {', '.join(str(y) for y in years)}" if years else None
