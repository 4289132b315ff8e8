"""What a petition reading says, as frozen types with the names of the JSON contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nlp.text import Span


def _round(value: float) -> float:
    return round(float(value), 4)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A phrase of the text as given and how much it carried (logit units)."""

    span: Span
    text: str
    weight: float

    def to_json(self) -> dict[str, Any]:
        return {"start": self.span.start, "end": self.span.end, "text": self.text, "weight": _round(self.weight)}


@dataclass(frozen=True, slots=True)
class Scored:
    """A code with its calibrated probability."""

    code: str
    probability: float

    def to_json(self) -> dict[str, Any]:
        return {"code": self.code, "probability": _round(self.probability)}


@dataclass(frozen=True, slots=True)
class FieldResult:
    """One decided field with its sub-fields and the phrases that carried it."""

    code: str
    probability: float
    subfields: tuple[Scored, ...]
    evidence: tuple[Evidence, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code, "probability": _round(self.probability),
            "subfields": [s.to_json() for s in self.subfields], "evidence": [e.to_json() for e in self.evidence],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class SignalResult:
    """A sign of urgency with its place in the text as given."""

    code: str
    span: Span
    text: str
    probability: float

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code, "start": self.span.start, "end": self.span.end, "text": self.text,
            "probability": _round(self.probability),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class TypeResult:
    """The type of a petition and the others that were weighed."""

    code: str
    probability: float
    alternatives: tuple[Scored, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code, "probability": _round(self.probability),
            "alternatives": [a.to_json() for a in self.alternatives],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class UrgencyResult:
    """The urgency, each level's probability and the signals; `raised_by_rule` if a signal lifted the model's level."""

    code: str
    probability: float
    scores: Mapping[str, float]
    signals: tuple[SignalResult, ...]
    raised_by_rule: bool

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code, "probability": _round(self.probability),
            "scores": {k: _round(v) for k, v in self.scores.items()},
            "signals": [s.to_json() for s in self.signals], "raised_by_rule": self.raised_by_rule,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class ModelStamp:
    """What produced an answer."""

    name: str
    version: str
    taxonomy: str

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "version": self.version, "taxonomy": self.taxonomy}


@dataclass(frozen=True, slots=True)
class PetitionResult:
    """Everything that one reading of a petition says; spans are code points of the text as given."""

    id: str
    fields: tuple[FieldResult, ...]
    field_scores: Mapping[str, float]
    type: TypeResult
    urgency: UrgencyResult
    needs_review: bool
    review_reasons: tuple[str, ...]
    model: ModelStamp

    def to_json(self) -> dict[str, Any]:
        """The contract's object: `{"id", "fields", "field_scores", "type", "urgency", "needs_review", …}`."""
        return {
            "id": self.id, "fields": [f.to_json() for f in self.fields],
            "field_scores": {k: _round(v) for k, v in self.field_scores.items()},
            "type": self.type.to_json(), "urgency": self.urgency.to_json(),
            "needs_review": self.needs_review, "review_reasons": list(self.review_reasons),
            "model": self.model.to_json(),
        }  # fmt: skip
