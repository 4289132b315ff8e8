"""The petition model as it is served: fitted features, linear heads, calibration and decision limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from nlp.petitions.features import LinearHead, TextFeatures, Vector
from nlp.petitions.kernel import KernelHead
from nlp.petitions.prepared import Prepared, clauses, part

# Raised whenever the attributes below change; the reader refuses an artefact of another format with a clear message.
FORMAT = 4

Head = TypeVar("Head", LinearHead, KernelHead)


def sigmoid(x: np.ndarray) -> np.ndarray:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(x, -40, 40))))


def softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


@dataclass(frozen=True)
class Binary(Generic[Head]):
    """Independent yes-or-no labels: p = sigmoid(slope · logit + offset), fitted on out-of-fold logits (Platt 1999).

    Attributes
    ----------
    head : LinearHead or KernelHead
    slope, offset : float arrays (labels,)
    threshold : float array (labels,)
        a label is decided at or above it.
    """

    head: Head
    slope: np.ndarray
    offset: np.ndarray
    threshold: np.ndarray

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        return sigmoid(logits * self.slope + self.offset)


@dataclass(frozen=True)
class Multinomial:
    """One label of several: p = softmax(logits / temperature) (Guo and others 2017)."""

    head: LinearHead
    temperature: float

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        return softmax(logits / self.temperature)


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
        """Strongest clause logits and text logits (…, signals), urgency and field logits → (…, signals)."""
        shared = np.concatenate([urgency, np.tanh(fields / 4)], axis=-1)
        own = np.stack([clause, text, np.maximum(clause, text)], axis=-1)
        fixed = np.broadcast_to(shared[..., None, :], (*own.shape[:-1], shared.shape[-1]))
        return sigmoid((np.concatenate([own, fixed], axis=-1) * self.weights).sum(axis=-1) + self.bias)


@dataclass(frozen=True)
class UrgencyStack:
    """Urgency from the text's own logits and the strongest clause of each signal.

    Attributes
    ----------
    weights : float array (3 + 2 · signals, 3)
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

    def probabilities(self, text_logits: np.ndarray, signals: np.ndarray) -> np.ndarray:
        """`text_logits` (…, 3), `signals` (…, signals) as probabilities → (…, 3)."""
        row = np.concatenate([text_logits, stack_inputs(signals)], axis=-1)
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


@dataclass(frozen=True)
class PetitionModel:
    """Everything that an artefact of the task `petitions` holds.

    `whole_text` scores the three levels of urgency and then every signal from the text as a whole.
    """

    features: TextFeatures
    fields: Binary[KernelHead]
    subfields: Binary[LinearHead]
    type: Multinomial
    whole_text: KernelHead
    clause_features: TextFeatures
    signals: Binary[LinearHead]
    presence: PresenceStack
    urgency: UrgencyStack
    review: ReviewLimits
    taxonomy: str
    syllables: Mapping[str, int]
    format: int = FORMAT

    def clause_logits(self, prepared: Prepared) -> tuple[list[tuple[int, int]], list[Vector], np.ndarray]:
        """The clauses of a text, their rows, and calibrated signal logits: float array (clauses, signals)."""
        ranges = clauses(prepared)
        parts = [(part(prepared, a, b), a, b) for a, b in ranges]
        rows = self.clause_features.transform_parts(prepared, parts)
        if not rows:
            return [], [], np.zeros((0, len(self.signals.head.codes)), dtype=np.float32)
        logits = np.stack([self.signals.head.logits(r) for r in rows])
        return ranges, rows, logits * self.signals.slope + self.signals.offset
