"""Judging a petition model on labelled petitions: every score with its interval, nothing tuned here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlp.petitions import PetitionReader, PetitionResult
from nlp.petitions.model import PetitionModel
from nlp.petitions.results import ModelStamp
from nlp.taxonomy import taxonomy
from nlp.training.corpus import PetitionRow
from nlp.training.metrics import Interval, bootstrap, macro_f1, micro_f1


@dataclass
class Judged:
    """Gold and predicted labels of the same petitions as arrays; scores are computed from them."""

    rows: list[PetitionRow]
    results: list[PetitionResult | None]
    fields: tuple[np.ndarray, np.ndarray]
    subfields: tuple[np.ndarray, np.ndarray]
    type: tuple[np.ndarray, np.ndarray]
    urgency: tuple[np.ndarray, np.ndarray]
    signals: np.ndarray
    field_p: np.ndarray

    @property
    def n(self) -> int:
        return len(self.rows)

    def khan(self, index: np.ndarray) -> tuple[float, float]:
        """Recall and precision of `khan`."""
        gold, found = self.urgency[0][index] == 2, self.urgency[1][index] == 2
        hit = int((gold & found).sum())
        return hit / gold.sum() if gold.any() else float("nan"), hit / found.sum() if found.any() else float("nan")

    def scores(self, times: int = 1000) -> dict[str, Interval]:
        """Every headline score with its bootstrap interval over petitions."""
        f, s, t, u, g = self.fields, self.subfields, self.type, self.urgency, self.signals
        four = np.eye(4, dtype=bool)

        def signal_f1(i: np.ndarray) -> float:
            found, spurious, missed = g[i].sum(axis=0)
            return 2 * found / (2 * found + spurious + missed) if found + spurious + missed else float("nan")

        rules = {
            "field_micro_f1": lambda i: micro_f1(f[0][i], f[1][i]),
            "field_macro_f1": lambda i: macro_f1(f[0][i], f[1][i]),
            "field_exact": lambda i: float((f[0][i] == f[1][i]).all(axis=1).mean()),
            "subfield_micro_f1": lambda i: micro_f1(s[0][i], s[1][i]),
            "type_accuracy": lambda i: float((t[0][i] == t[1][i]).mean()),
            "type_macro_f1": lambda i: macro_f1(four[t[0][i]], four[t[1][i]]),
            "urgency_accuracy": lambda i: float((u[0][i] == u[1][i]).mean()),
            "khan_recall": lambda i: self.khan(i)[0],
            "khan_precision": lambda i: self.khan(i)[1],
            "signal_micro_f1": signal_f1,
        }
        return {name: bootstrap(rule, self.n, times=times) for name, rule in rules.items()}

    def summary(self) -> dict[str, dict[str, float | int]]:
        return {name: interval.to_json() for name, interval in self.scores(200).items()}


def judge_model(model: PetitionModel, rows: Sequence[PetitionRow]) -> Judged:
    """Read every row with the model (through the reader that serves) and line the answers up with the gold labels."""
    reader = PetitionReader(model, ModelStamp("", "", model.taxonomy))
    return judge([reader.classify(r.text, id=r.id) for r in rows], rows)


def judge(results: Sequence[PetitionResult], rows: Sequence[PetitionRow]) -> Judged:
    """Line up results with their rows (same order)."""
    t = taxonomy()
    types, levels = [x.code for x in t.types], [u.code for u in t.urgency]
    fields = (
        np.array([[c in r.fields for c in t.field_codes] for r in rows]),
        np.array([[any(f.code == c for f in x.fields) for c in t.field_codes] for x in results]),
    )
    subfields = (
        np.array([[c in r.subfields for c in t.subfield_codes] for r in rows]),
        np.array([[any(s.code == c for f in x.fields for s in f.subfields) for c in t.subfield_codes] for x in results]),
    )
    return Judged(
        list(rows), list(results), fields, subfields,
        (np.array([types.index(r.type or types[0]) for r in rows]), np.array([types.index(x.type.code) for x in results])),
        (np.array([levels.index(r.urgency or levels[0]) for r in rows]),
         np.array([levels.index(x.urgency.code) for x in results])),
        np.array([signal_counts(x, r) for x, r in zip(results, rows, strict=True)]),
        np.array([[x.field_scores.get(c, 0.0) for c in t.field_codes] for x in results]),
    )  # fmt: skip


def signal_counts(result: PetitionResult, row: PetitionRow) -> tuple[int, int, int]:
    """(found, spurious, missed): a predicted signal is right if it overlaps a gold span of the same code."""
    gold = list(row.signals)
    hit: set[int] = set()
    right = 0
    for s in result.urgency.signals:
        match = [k for k, g in enumerate(gold) if g.code == s.code and g.start < s.span.end and s.span.start < g.end]
        right += bool(match)
        hit.update(match)
    return right, len(result.urgency.signals) - right, len(gold) - len(hit)
