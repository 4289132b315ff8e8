"""The petition model as it is served: fitted features, members, how they are weighed, and decision limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nlp.petitions.features import LinearHead, TextFeatures, Vector
from nlp.petitions.members import Members
from nlp.petitions.prepared import Prepared, clauses, part

# Raised whenever the attributes below change; the reader refuses an artefact of another format with a clear message.
FORMAT = 5


def sigmoid(x: np.ndarray) -> np.ndarray:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(x, -40, 40))))


def softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


@dataclass(frozen=True)
class Binary:
    """Independent yes-or-no labels: p = sigmoid(slope · logit + offset), fitted on out-of-fold logits (Platt 1999).

    Attributes
    ----------
    head : LinearHead
    slope, offset : float arrays (labels,)
    threshold : float array (labels,)
        a label is decided at or above it.
    """

    head: LinearHead
    slope: np.ndarray
    offset: np.ndarray
    threshold: np.ndarray

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        return sigmoid(logits * self.slope + self.offset)


@dataclass(frozen=True)
class BinaryStack:
    """Independent yes-or-no labels, each from what the members say of it; fitted on out-of-fold scores.

    Attributes
    ----------
    codes : tuple of str
    weights : float array (labels, members)
    bias : float array (labels,)
    threshold : float array (labels,)
        a label is decided at or above it.
    """

    codes: tuple[str, ...]
    weights: np.ndarray
    bias: np.ndarray
    threshold: np.ndarray

    def probabilities(self, scores: np.ndarray) -> np.ndarray:
        """(…, labels, members) → (…, labels)."""
        return sigmoid((scores * self.weights).sum(axis=-1) + self.bias)


@dataclass(frozen=True)
class ChoiceStack:
    """One label of several, from what the members say of all of them.

    Attributes
    ----------
    codes : tuple of str
    weights : float array (labels · members, labels)
    bias : float array (labels,)
    """

    codes: tuple[str, ...]
    weights: np.ndarray
    bias: np.ndarray

    def probabilities(self, scores: np.ndarray) -> np.ndarray:
        """(…, labels, members) → (…, labels); rows sum to one."""
        return softmax(scores.reshape(*scores.shape[:-2], -1) @ self.weights + self.bias)


@dataclass(frozen=True)
class PresenceStack:
    """Whether a text carries each signal, from its strongest clause and from the whole text.

    Attributes
    ----------
    weights : float array (signals, inputs)
    bias : float array (signals,)
    threshold : float array (signals,)
        the text carries the signal at or above it.
    clause_share : float
        a further clause is shown too if its probability is at least this share of the strongest clause's.
    """

    weights: np.ndarray
    bias: np.ndarray
    threshold: np.ndarray
    clause_share: float = 0.8

    def probabilities(
        self, clause: np.ndarray, text: np.ndarray, urgency: np.ndarray, fields: np.ndarray
    ) -> np.ndarray:
        """Strongest clause logits (…, signals) and what the members say of signals, urgency and fields (…, labels,
        members) → (…, signals).
        """
        own, shared = presence_inputs(clause, text, urgency, fields)
        fixed = np.broadcast_to(shared[..., None, :], (*own.shape[:-1], shared.shape[-1]))
        return sigmoid((np.concatenate([own, fixed], axis=-1) * self.weights).sum(axis=-1) + self.bias)


def presence_inputs(
    clause: np.ndarray, text: np.ndarray, urgency: np.ndarray, fields: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """What a signal is judged by: its own inputs (…, signals, 5) and those that all share (…, 3 + fields)."""
    kernel = text[..., 0]
    own = np.stack([clause, kernel, np.maximum(clause, kernel), text[..., 1], text[..., 2]], axis=-1)
    return own, np.concatenate([urgency[..., 0], np.tanh(fields[..., 0] / 4)], axis=-1)


@dataclass(frozen=True)
class UrgencyStack:
    """Urgency from what the members say of the text and from the signals.

    Attributes
    ----------
    weights : float array (levels · members + 2 · signals, 3)
    bias : float array (3,)
    temperature : float
    khan_threshold : float
        `khan` is decided at or above this probability, even where another level is likelier: a missed emergency costs
        more than a false alarm.
    """

    weights: np.ndarray
    bias: np.ndarray
    temperature: float
    khan_threshold: float
    priority_threshold: float

    def probabilities(self, scores: np.ndarray, signals: np.ndarray) -> np.ndarray:
        """`scores` (…, levels, members), `signals` (…, signals) as probabilities → (…, levels)."""
        row = np.concatenate([scores.reshape(*scores.shape[:-2], -1), stack_inputs(signals)], axis=-1)
        return softmax((row @ self.weights + self.bias) / self.temperature)

    def decide(self, probabilities: np.ndarray) -> int:
        """Index of the level: 0 thuong, 1 uu_tien, 2 khan."""
        if probabilities[2] >= self.khan_threshold:
            return 2
        return int(probabilities[1] + probabilities[2] >= self.priority_threshold)


def stack_inputs(signals: np.ndarray) -> np.ndarray:
    """Signal probabilities and their log odds: (…, signals) → (…, 2 · signals)."""
    p = np.clip(signals, 1e-4, 1 - 1e-4)
    return np.concatenate([signals, np.log(p / (1 - p)) / 4], axis=-1)


def clause_summary(logits: np.ndarray) -> np.ndarray:
    """The strongest clause of each field and how many clauses carry it, on a log scale: (clauses, fields) → (fields, 2)."""
    if not len(logits):
        return np.stack([np.full(logits.shape[1], -2.0), np.zeros(logits.shape[1])], axis=1)
    return np.stack([logits.max(axis=0), np.log1p(sigmoid(4 * logits).sum(axis=0))], axis=1)


@dataclass(frozen=True)
class ReviewLimits:
    """When a person must look: limits found on out-of-fold answers for a target error rate.

    Attributes
    ----------
    field_confidence : float
        the least probability of any field's own decision (carried or not).
    type_confidence, urgency_confidence : float
        the least probability of the decided type and urgency.
    least_syllables : int
        a shorter text is not decided at all.
    known_share : float
        the least share of syllables that the model has met; below it the text is not of this language or register.
    """

    field_confidence: float
    type_confidence: float
    urgency_confidence: float
    least_syllables: int = 4
    known_share: float = 0.5


# The clauses of a text as syllable ranges, their rows, signal logits (clauses, signals), field logits (clauses, fields).
Cut = tuple[list[tuple[int, int]], list[Vector], np.ndarray, np.ndarray]


@dataclass(frozen=True)
class PetitionModel:
    """Everything that an artefact of the task `petitions` holds."""

    features: TextFeatures
    members: Members
    fields: BinaryStack
    subfields: BinaryStack
    type: ChoiceStack
    clause_features: TextFeatures
    clause_fields: LinearHead
    signals: Binary
    presence: PresenceStack
    urgency: UrgencyStack
    review: ReviewLimits
    taxonomy: str
    syllables: Mapping[str, int]
    format: int = FORMAT

    def clause_logits(self, prepared: Prepared) -> Cut:
        """The clauses of a text with their calibrated signal logits and their field logits."""
        ranges = clauses(prepared)
        parts = [(part(prepared, a, b), a, b) for a, b in ranges]
        rows = self.clause_features.transform_parts(prepared, parts)
        if not rows:
            return [], [], np.zeros((0, len(self.signals.head.codes))), np.zeros((0, len(self.fields.codes)))
        logits = np.stack([self.signals.head.logits(r) for r in rows])
        fields = np.stack([self.clause_fields.logits(r) for r in rows])
        return ranges, rows, logits * self.signals.slope + self.signals.offset, fields
