"""Fixed splits: whole groups only, stored by id, never changed once written."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from nlp.training.corpus import SPLITS, PetitionRow


def assign_splits(
    rows: Sequence[PetitionRow],
    fixed: dict[str, str],
    *,
    whole_test_hands: Sequence[str] = (),
    hard_hands: Sequence[str] = (),
) -> dict[str, str]:
    """Give every row without a split one, by group: id → split.

    Whole hands in `whole_test_hands` go to the test split and in `hard_hands` to the hard split, so that part of the
    test was composed by somebody whom training never met. Of every other hand one group in ten (by a digest of its
    name) is for validation, and about one in seven for test.
    """
    groups: dict[str, list[PetitionRow]] = defaultdict(list)
    for row in rows:
        groups[row.group or row.id].append(row)
    out = {r.id: fixed[r.id] for r in rows if r.id in fixed}
    by_hand: dict[str, list[str]] = defaultdict(list)
    for name, members in sorted(groups.items()):
        known = {fixed[r.id] for r in members if r.id in fixed}
        if known:
            out.update({r.id: next(iter(known)) for r in members})
        else:
            by_hand[members[0].hand].append(name)
    for hand, names in by_hand.items():
        ranked = sorted(names, key=lambda n: hashlib.sha256(n.encode()).hexdigest())
        for position, name in enumerate(ranked):
            if hand in hard_hands:
                split = "hard"
            elif hand in whole_test_hands or len(ranked) >= 5 and position == 0:
                split = "test"
            elif len(ranked) >= 5 and position == 1:
                split = "validation"
            else:
                split = "train"
            out.update({r.id: split for r in groups[name]})
    return out


def write_splits(path: Path, splits: dict[str, str]) -> None:
    """Store splits as name → sorted ids."""
    stored = {name: sorted(i for i, s in splits.items() if s == name) for name in SPLITS}
    path.write_text(json.dumps(stored, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
