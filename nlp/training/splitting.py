"""New splits for a corpus or an office's archive: by group, by group and label, or by time; always whole groups."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlp.training.corpus import PetitionRow

NAMES = ("train", "validation", "test")


@dataclass(frozen=True)
class Shares:
    """How much of the rows each split gets; the rest is for training.

    Raises
    ------
    ValueError
        If nothing would be left for training.
    """

    validation: float = 0.1
    test: float = 0.15

    def __post_init__(self) -> None:
        if min(self.validation, self.test) < 0 or self.validation + self.test >= 1:
            raise ValueError("Phần kiểm định và phần test phải không âm và còn chỗ cho phần huấn luyện.")

    @property
    def sizes(self) -> dict[str, float]:
        """Split → its share."""
        return {"train": 1 - self.validation - self.test, "validation": self.validation, "test": self.test}


def by_group(rows: Sequence[PetitionRow]) -> dict[str, list[PetitionRow]]:
    """Group → its rows; a row without a group is a group of its own."""
    groups: dict[str, list[PetitionRow]] = defaultdict(list)
    for row in rows:
        groups[row.group or row.id].append(row)
    return dict(sorted(groups.items()))


def grouped_split(rows: Sequence[PetitionRow], shares: Shares | None = None, *, seed: int = 0) -> dict[str, str]:
    """Whole groups at random: id → split."""
    groups, sizes = by_group(rows), (shares or Shares()).sizes
    order = np.random.default_rng(seed).permutation(list(groups)).tolist()
    filled: Counter[str] = Counter()
    out: dict[str, str] = {}
    for name in order:
        members = groups[name]
        # The split that lags most behind its share, counted with this group in it.
        split = min(
            (s for s in NAMES if sizes[s]), key=lambda s: (filled[s] + len(members) / 2) / (sizes[s] * len(rows))
        )
        filled[split] += len(members)
        out.update({r.id: split for r in members})
    return out


def stratified_split(rows: Sequence[PetitionRow], shares: Shares | None = None, *, seed: int = 0) -> dict[str, str]:
    """Whole groups, so that every label stands in each split in about the same share: id → split.

    Groups that hold the rarest labels are dealt first, each to the split that lags most behind in those labels
    (iterative stratification of Sechidis and others 2011, over groups instead of rows).
    """
    groups, sizes = by_group(rows), (shares or Shares()).sizes
    frequency = Counter(label for r in rows for label in _labels(r))
    chance = np.random.default_rng(seed).permutation(len(groups))
    rarity = {g: min(frequency[label] for r in m for label in _labels(r)) for g, m in groups.items()}
    order = sorted(groups, key=lambda g, tie=dict(zip(groups, chance, strict=True)): (rarity[g], tie[g]))  # type: ignore[misc]
    have: dict[str, Counter[str]] = {s: Counter() for s in NAMES}
    filled: Counter[str] = Counter()
    out: dict[str, str] = {}
    for name in order:
        members = groups[name]
        wanted = Counter(label for r in members for label in _labels(r))

        def lead(split: str, members: Sequence[PetitionRow] = members, wanted: Counter[str] = wanted) -> float:
            """How far the split is ahead of its share, in these labels and in rows."""
            labels = [(have[split][x] + n / 2) / (sizes[split] * frequency[x]) for x, n in wanted.items()]
            return float(np.mean(labels)) + (filled[split] + len(members) / 2) / (sizes[split] * len(rows))

        split = min((s for s in NAMES if sizes[s]), key=lead)
        have[split].update(wanted)
        filled[split] += len(members)
        out.update({r.id: split for r in members})
    return out


def time_split(rows: Sequence[PetitionRow], *, validation_from: int, test_from: int) -> dict[str, str]:
    """By year: what came before `validation_from` trains, what came from `test_from` on tests; no year trains.

    A group goes whole to the split of its latest row, so that a matter that went on is not on both sides.

    Raises
    ------
    ValueError
        If `validation_from` is after `test_from`.
    """
    if validation_from > test_from:
        raise ValueError("Năm bắt đầu kiểm định không được sau năm bắt đầu test.")

    def split(year: int) -> str:
        return "test" if year >= test_from else "validation" if year >= validation_from else "train"

    return {r.id: split(max(m.year or 0 for m in members)) for members in by_group(rows).values() for r in members}


def _labels(row: PetitionRow) -> list[str]:
    return [*row.fields, *row.subfields, f"type:{row.type}", f"urgency:{row.urgency}"]
