"""Clauses of petitions as rows of their own: which text each belongs to and which signals it carries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlp.petitions.model import clause_summary
from nlp.petitions.prepared import Prepared, clauses, part
from nlp.training.corpus import PetitionRow


@dataclass
class Clauses:
    """Clauses of many texts in one list: which text each belongs to, its labels and its matrix row."""

    texts: list[Prepared]
    owner: np.ndarray
    labels: np.ndarray


def label_clauses(prepared: Sequence[Prepared], rows: Sequence[PetitionRow], codes: Sequence[str]) -> Clauses:
    """Cut texts into clauses; a clause carries a signal if it holds at least half of its span (or the most of it)."""
    texts, owner, labels = [], [], []
    for number, (text, row) in enumerate(zip(prepared, rows, strict=True)):
        ranges = clauses(text)
        found = np.zeros((len(ranges), len(codes)), dtype=bool)
        for signal in row.signals:
            span = text.clean.from_source(signal.start, signal.end)
            overlaps = []
            for a, b in ranges:
                start, end = text.syllables[a].start, text.syllables[b - 1].end
                overlaps.append(max(0, min(end, span.end) - max(start, span.start)))
            if overlaps and max(overlaps) > 0:
                need = min(0.5 * (span.end - span.start), max(overlaps))
                for k, overlap in enumerate(overlaps):
                    if overlap >= need:
                        found[k, codes.index(signal.code)] = True
        texts += [part(text, a, b) for a, b in ranges]
        owner += [number] * len(ranges)
        labels.append(found)
    return Clauses(texts, np.array(owner), np.concatenate(labels) if labels else np.zeros((0, len(codes)), dtype=bool))


def label_fields(
    cut: Clauses, prepared: Sequence[Prepared], rows: Sequence[PetitionRow], codes: Sequence[str]
) -> Clauses:
    """Which fields each clause carries, for the clauses of petitions whose evidence somebody marked, and for petitions of
    one clause; the others are left out.

    A clause carries a field if half of it, or half of a marked phrase, lies in the other.

    Returns
    -------
    Clauses
        `labels` bool (clauses, codes); `owner` is -1 for clauses that are left out.
    """
    labels = np.zeros((len(cut.texts), len(codes)), dtype=bool)
    owner = cut.owner.copy()
    clauses_of = np.bincount(cut.owner, minlength=len(rows))
    spans = [
        [(codes.index(e.code), p.clean.from_source(e.start, e.end)) for e in r.evidence]
        for p, r in zip(prepared, rows, strict=True)
    ]
    for i, (text, number) in enumerate(zip(cut.texts, cut.owner.tolist(), strict=True)):
        start, end = text.syllables[0].start, text.syllables[-1].end
        for k, span in spans[number]:
            shared = min(end, span.end) - max(start, span.start)
            labels[i, k] |= shared > 0 and 2 * shared >= min(end - start, span.end - span.start)
        if not spans[number]:
            if clauses_of[number] == 1:
                labels[i] = [c in rows[number].fields for c in codes]
            else:
                owner[i] = -1
    return Clauses(cut.texts, owner, labels)


def field_inputs(logits: np.ndarray, owner: np.ndarray, texts: int) -> np.ndarray:
    """What the clauses of each text say of each field, as `nlp.petitions.model.clause_summary` does for one text: float
    (texts, fields, 2).
    """
    out = np.zeros((texts, logits.shape[1], 2))
    for number in range(texts):
        out[number] = clause_summary(logits[owner == number])
    return out


def strongest(p: np.ndarray, owner: np.ndarray, texts: int) -> np.ndarray:
    """Each text's highest clause logit by signal: float (texts, signals)."""
    out = np.full((texts, p.shape[1]), -8.0, dtype=np.float32)
    np.maximum.at(out, owner, p)
    return out


def pointed(p: np.ndarray, owner: np.ndarray, texts: int, labels: np.ndarray) -> np.ndarray:
    """Whether the clause with the highest logit is one that carries the signal: bool (texts, signals)."""
    out = np.zeros((texts, p.shape[1]), dtype=bool)
    for number in np.unique(owner):
        mine = np.flatnonzero(owner == number)
        out[number] = labels[mine[p[mine].argmax(axis=0)], np.arange(p.shape[1])]
    return out
