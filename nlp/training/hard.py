"""The hard-case set: petitions with a trap on purpose, which a candidate may not read worse than what is in service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nlp.petitions.encoder import Reader
from nlp.training.corpus import PetitionCorpus, PetitionRow
from nlp.training.judge import Judged, judge


def hard_rows(corpus: PetitionCorpus) -> list[PetitionRow]:
    """The hard split, and what its writers marked as hard in the validation split; never the test split."""
    return [*corpus.split("hard"), *(r for r in corpus.split("validation") if r.hard)]


@dataclass(frozen=True)
class HardCheck:
    """How two versions read the same hard cases.

    A petition is right if all fields and the type are right and the level is not below the gold level; a trap of a
    report is right if nothing was found there. `worse` names kinds of finding that the candidate reads clearly worse.
    """

    n: int
    before: int
    after: int
    regressed: tuple[str, ...]
    repaired: tuple[str, ...]
    newly_missed_khan: tuple[str, ...]
    worse: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """No fewer cases right than before, no urgent petition newly missed, no kind of finding clearly worse."""
        return self.after >= self.before and not self.newly_missed_khan and not self.worse

    def to_json(self) -> dict[str, Any]:
        return {
            "n": self.n, "before": self.before, "after": self.after, "passed": self.passed,
            "regressed": list(self.regressed), "repaired": list(self.repaired),
            "newly_missed_khan": list(self.newly_missed_khan), "worse": list(self.worse),
        }  # fmt: skip


def outcomes(judged: Judged) -> tuple[dict[str, bool], set[str]]:
    """Case → whether it was read right; and the urgent petitions that were read as less."""
    right = (
        (judged.fields[0] == judged.fields[1]).all(axis=1)
        & (judged.type[0] == judged.type[1])
        & (judged.urgency[1] >= judged.urgency[0])
    )
    missed = (judged.urgency[0] == 2) & (judged.urgency[1] < 2)
    ids = [r.id for r in judged.rows]
    return dict(zip(ids, right.tolist(), strict=True)), {i for i, m in zip(ids, missed.tolist(), strict=True) if m}


def check_hard(before: Judged, after: Judged) -> HardCheck:
    """Compare two judgements of the same hard cases (same order)."""
    (one, missed_one), (two, missed_two) = outcomes(before), outcomes(after)
    return HardCheck(
        len(one),
        sum(one.values()),
        sum(two.values()),
        tuple(i for i in one if one[i] and not two[i]),
        tuple(i for i in one if two[i] and not one[i]),
        tuple(sorted(missed_two - missed_one)),
    )


def check_readers(live: Reader, candidate: Reader, rows: Sequence[PetitionRow]) -> HardCheck:
    """Read the hard cases with both versions and compare."""
    return check_hard(*(judge([reader.classify(r.text, id=r.id) for r in rows], rows) for reader in (live, candidate)))
