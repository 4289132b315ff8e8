"""Judging petition labels against gold labels: every score with its interval, nothing tuned here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from nlp.petitions import PetitionReader, PetitionResult
from nlp.petitions.model import PetitionModel
from nlp.petitions.results import ModelStamp
from nlp.taxonomy import taxonomy
from nlp.training.corpus import PetitionRow
from nlp.training.metrics import Interval, bootstrap, macro_f1, micro_f1

# Gold and predicted labels of the same petitions.
Pair = tuple[np.ndarray, np.ndarray]
Score = Callable[[np.ndarray], float]


@dataclass
class Judged:
    """Gold and predicted labels of the same petitions as arrays; scores are computed from them.

    Attributes
    ----------
    fields, subfields : pairs of bool arrays (texts, labels)
        `subfields` is None for an answerer that gives none.
    type, urgency : pairs of int arrays (texts,)
        positions in the taxonomy's order.
    signals : int array (texts, 3), optional
        found, spurious and missed spans.
    field_p : float array (texts, fields), optional
        the probability of every field.
    """

    rows: list[PetitionRow]
    results: list[PetitionResult]
    fields: Pair
    subfields: Pair | None
    type: Pair
    urgency: Pair
    signals: np.ndarray | None = None
    field_p: np.ndarray | None = None

    @property
    def n(self) -> int:
        return len(self.rows)

    def khan(self, index: np.ndarray) -> tuple[float, float]:
        """Recall and precision of `khan`."""
        gold, found = self.urgency[0][index] == 2, self.urgency[1][index] == 2
        hit = int((gold & found).sum())
        return hit / gold.sum() if gold.any() else float("nan"), hit / found.sum() if found.any() else float("nan")

    def rules(self) -> dict[str, Score]:
        """Name → how a score is computed over an index array (any length, with repeats)."""
        f, s, t, u, g = self.fields, self.subfields, self.type, self.urgency, self.signals
        four, three = np.eye(4, dtype=bool), np.eye(3, dtype=bool)
        rules: dict[str, Score] = {
            "field_micro_f1": lambda i: micro_f1(f[0][i], f[1][i]),
            "field_macro_f1": lambda i: macro_f1(f[0][i], f[1][i]),
            "field_exact": lambda i: float((f[0][i] == f[1][i]).all(axis=1).mean()),
        }
        if s is not None:
            pair = s
            rules["subfield_micro_f1"] = lambda i: micro_f1(pair[0][i], pair[1][i])
        rules |= {
            "type_accuracy": lambda i: float((t[0][i] == t[1][i]).mean()),
            "type_macro_f1": lambda i: macro_f1(four[t[0][i]], four[t[1][i]]),
            "urgency_accuracy": lambda i: float((u[0][i] == u[1][i]).mean()),
            "urgency_macro_f1": lambda i: macro_f1(three[u[0][i]], three[u[1][i]]),
            "khan_recall": lambda i: self.khan(i)[0],
            "khan_precision": lambda i: self.khan(i)[1],
        }
        if g is not None:
            counts = g

            def signal_f1(i: np.ndarray) -> float:
                found, spurious, missed = counts[i].sum(axis=0)
                return 2 * found / (2 * found + spurious + missed) if found + spurious + missed else float("nan")

            rules["signal_micro_f1"] = signal_f1
        return rules

    def scores(self, times: int = 1000, only: Sequence[str] | None = None) -> dict[str, Interval]:
        """Every headline score (or those named in `only`) with its bootstrap interval over petitions."""
        rules = self.rules()
        return {k: bootstrap(r, self.n, times=times) for k, r in rules.items() if only is None or k in only}

    def summary(self) -> dict[str, dict[str, float | int | None]]:
        """`scores` as JSON, with fewer bootstrap samples: for manifests."""
        return {name: interval.to_json() for name, interval in self.scores(200).items()}

    def take(self, index: Sequence[int]) -> Judged:
        """The same judgement over some of the petitions."""
        i = np.array(index, dtype=np.int64)

        def pair(p: Pair) -> Pair:
            return p[0][i], p[1][i]

        return Judged(
            [self.rows[k] for k in i], [self.results[k] for k in i] if self.results else [],
            pair(self.fields), pair(self.subfields) if self.subfields else None, pair(self.type), pair(self.urgency),
            None if self.signals is None else self.signals[i], None if self.field_p is None else self.field_p[i],
        )  # fmt: skip


@dataclass(frozen=True)
class Gold:
    """Gold labels as arrays, in the taxonomy's order."""

    fields: np.ndarray
    subfields: np.ndarray
    type: np.ndarray
    urgency: np.ndarray


def gold_of(rows: Sequence[PetitionRow]) -> Gold:
    """Gold labels of rows; an absent type or level counts as the first of the taxonomy."""
    t = taxonomy()
    types, levels = [x.code for x in t.types], [u.code for u in t.urgency]
    return Gold(
        np.array([[c in r.fields for c in t.field_codes] for r in rows], dtype=bool).reshape(len(rows), -1),
        np.array([[c in r.subfields for c in t.subfield_codes] for r in rows], dtype=bool).reshape(len(rows), -1),
        np.array([types.index(r.type or types[0]) for r in rows], dtype=np.int64),
        np.array([levels.index(r.urgency or levels[0]) for r in rows], dtype=np.int64),
    )


def judge_model(model: PetitionModel, rows: Sequence[PetitionRow]) -> Judged:
    """Read every row with the model (through the reader that serves) and line the answers up with the gold labels."""
    reader = PetitionReader(model, ModelStamp("", "", model.taxonomy))
    return judge([reader.classify(r.text, id=r.id) for r in rows], rows)


def judge(results: Sequence[PetitionResult], rows: Sequence[PetitionRow]) -> Judged:
    """Line up results with their rows (same order)."""
    t, gold = taxonomy(), gold_of(rows)
    types, levels = [x.code for x in t.types], [u.code for u in t.urgency]
    fields = np.array([[any(f.code == c for f in x.fields) for c in t.field_codes] for x in results])
    subfields = np.array(
        [[any(s.code == c for f in x.fields for s in f.subfields) for c in t.subfield_codes] for x in results]
    )
    return Judged(
        list(rows), list(results), (gold.fields, fields), (gold.subfields, subfields),
        (gold.type, np.array([types.index(x.type.code) for x in results])),
        (gold.urgency, np.array([levels.index(x.urgency.code) for x in results])),
        np.array([signal_counts([(s.code, s.span.start, s.span.end) for s in x.urgency.signals], r)
                  for x, r in zip(results, rows, strict=True)]),
        np.array([[x.field_scores.get(c, 0.0) for c in t.field_codes] for x in results]),
    )  # fmt: skip


def signal_counts(said: Sequence[tuple[str, int, int]], row: PetitionRow) -> tuple[int, int, int]:
    """(found, spurious, missed): a predicted (code, start, end) is right if it overlaps a gold span of its code."""
    gold = list(row.signals)
    hit: set[int] = set()
    right = 0
    for code, start, end in said:
        match = [k for k, g in enumerate(gold) if g.code == code and g.start < end and start < g.end]
        right += bool(match)
        hit.update(match)
    return right, len(said) - right, len(gold) - len(hit)
