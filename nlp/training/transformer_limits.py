"""Calibration, thresholds and review limits of an encoder, fitted on the int8 network that will be served."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nlp.petitions.encoder import Calibrated, EncoderModel
from nlp.petitions.encoder_tokens import WordTokenizer
from nlp.petitions.model import softmax
from nlp.petitions.prepared import prepare
from nlp.taxonomy import taxonomy
from nlp.training.calibration import best_threshold, least_confidence, platt, temperature
from nlp.training.corpus import PetitionRow
from nlp.training.judge import gold_of

Run = Callable[[np.ndarray, np.ndarray], Any]


@dataclass(frozen=True)
class Limits:
    """What the limits aim at, and what the artefact says of its network."""

    most_tokens: int
    joiner: str
    base: str
    khan_recall: float
    review_error: float


def logits_of(rows: Sequence[PetitionRow], words: WordTokenizer, run: Run) -> list[np.ndarray]:
    """Text logits of the four text tasks and the strongest token of every signal, one array a task."""
    found: list[list[np.ndarray]] = [[] for _ in range(5)]
    for row in rows:
        prepared = prepare(row.text)
        encoded = words.encode(prepared.text, prepared.words)
        outputs = run(encoded.ids[None], np.ones((1, len(encoded.ids)), dtype=np.int64))
        for k in range(4):
            found[k].append(outputs[k][0])
        inside = outputs[4][0][encoded.word >= 0]
        found[4].append(inside.max(axis=0) if len(inside) else np.full(outputs[4].shape[-1], -8.0))
    return [np.stack(f).astype(np.float64) for f in found]


def fit_limits(rows: Sequence[PetitionRow], words: WordTokenizer, run: Run, aim: Limits) -> EncoderModel:
    """Calibrate every task on rows that training did not see."""
    t, gold = taxonomy(), gold_of(rows)
    codes = tuple(s.code for s in t.signals)
    fields, subfields, kind, urgency, signals = logits_of(rows, words, run)
    parents = [t.field_codes.index(t.field_of_subfield[s]) for s in t.subfield_codes]
    present = np.array([[any(s.code == c for s in r.signals) for c in codes] for r in rows])
    field_scale = calibrated(t.field_codes, fields, gold.fields)
    p = field_scale.probabilities(fields)
    decided = (p >= field_scale.threshold) | (p == p.max(axis=1, keepdims=True))
    type_heat, urgency_heat = temperature(kind, gold.type), temperature(urgency, gold.urgency)
    types, levels = softmax(kind / type_heat), softmax(urgency / urgency_heat)
    urgent = np.sort(levels[gold.urgency == 2, 2])
    khan = float(urgent[int(len(urgent) * (1 - aim.khan_recall))]) if len(urgent) else 0.5
    margin = np.abs(p - field_scale.threshold).min(axis=1)
    return EncoderModel(
        taxonomy=t.version,
        fields=field_scale,
        subfields=calibrated(t.subfield_codes, subfields, gold.subfields, gold.fields[:, parents]),
        signals=calibrated(codes, signals, present),
        types=tuple(x.code for x in t.types),
        type_temperature=type_heat,
        urgency_temperature=urgency_heat,
        khan_threshold=min(khan, 0.5),
        field_margin=least_confidence(margin, (decided != gold.fields).any(axis=1), aim.review_error),
        type_confidence=least_confidence(types.max(axis=1), types.argmax(axis=1) != gold.type, aim.review_error),
        urgency_confidence=least_confidence(
            levels.max(axis=1), levels.argmax(axis=1) != gold.urgency, aim.review_error
        ),
        most_tokens=aim.most_tokens,
        joiner=aim.joiner,
        base=aim.base,
    )


def calibrated(codes: Sequence[str], logits: np.ndarray, y: np.ndarray, use: np.ndarray | None = None) -> Calibrated:
    """Platt's calibration and an F1 threshold for every label; `use` says which rows a label is judged on."""
    slopes, offsets, thresholds = [], [], []
    for k in range(len(codes)):
        rows = np.ones(len(y), dtype=bool) if use is None else use[:, k]
        slope, offset = platt(logits[rows, k], y[rows, k])
        p = 1 / (1 + np.exp(-(logits[rows, k] * slope + offset)))
        slopes.append(slope)
        offsets.append(offset)
        thresholds.append(best_threshold(p, y[rows, k]))
    return Calibrated(tuple(codes), np.array(slopes), np.array(offsets), np.array(thresholds))
