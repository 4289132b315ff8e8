"""Petitions read by a fine-tuned encoder: int8 in ONNX Runtime, behind the same interface as `PetitionReader`.

The version's folder holds `encoder.onnx` and the tokenizer's own files beside a small artefact (codes, calibration,
limits); the registry verifies all of them before any is opened. torch is not needed here, only onnxruntime and the
tokenizer of transformers (`pip install .[transformers]`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from nlp.petitions.encoder_tokens import Encoded, EncoderError, WordTokenizer, onnx_session, runs_above, word_windows
from nlp.petitions.model import sigmoid, softmax
from nlp.petitions.prepared import Prepared, prepare
from nlp.petitions.reader import READ_LIMIT, REFUSE_LIMIT, TASK, PetitionReader, parse_day
from nlp.petitions.results import (
    Evidence,
    FieldResult,
    ModelStamp,
    PetitionResult,
    Scored,
    SignalResult,
    TypeResult,
    UrgencyResult,
)
from nlp.registry import Registry
from nlp.taxonomy import taxonomy
from nlp.text import LangNgheError, ReadError

ONNX = "encoder.onnx"
LEAST_SYLLABLES, MOST_PHRASES = 4, 4


@dataclass(frozen=True)
class Calibrated:
    """Yes-or-no labels: p = sigmoid(slope · logit + offset), decided at `threshold`; float arrays (labels,)."""

    codes: tuple[str, ...]
    slope: np.ndarray
    offset: np.ndarray
    threshold: np.ndarray

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        return sigmoid(logits * self.slope + self.offset)


@dataclass(frozen=True)
class EncoderModel:
    """The artefact of an encoder version: everything but the network and the tokenizer.

    Attributes
    ----------
    joiner : str
        what stands between the syllables of a word for this encoder: `_` for PhoBERT and its kin, else a space.
    most_tokens : int
        a longer text keeps its head and its tail (a letter's subject and its request).
    base : str
        the encoder that was fine-tuned.
    """

    taxonomy: str
    fields: Calibrated
    subfields: Calibrated
    signals: Calibrated
    types: tuple[str, ...]
    type_temperature: float
    urgency_temperature: float
    khan_threshold: float
    field_margin: float
    type_confidence: float
    urgency_confidence: float
    most_tokens: int
    joiner: str
    base: str


class EncoderReader:
    """Classifies petitions with an encoder version; the methods and results of `PetitionReader`.

    Parameters
    ----------
    run : callable
        (ids, mask) int64 arrays (texts, tokens) → the five outputs as float arrays, in the order of `encoder_tokens.OUTPUTS`.
    """

    def __init__(self, model: EncoderModel, tokenizer: WordTokenizer, run: Any, stamp: ModelStamp) -> None:
        self.model, self.tokenizer, self._run, self.stamp = model, tokenizer, run, stamp
        self._taxonomy = taxonomy()

    @classmethod
    def load(cls, registry: Registry | None = None, version: str | None = None) -> EncoderReader:
        """The named or live version, every file verified before it is opened.

        Raises
        ------
        RegistryError, EncoderError
            If it does not verify, is no encoder, or onnxruntime is not installed.
        """
        registry = registry or Registry()
        found = registry.get(version) if version else registry.live(TASK)
        model = registry.load(found)
        if not isinstance(model, EncoderModel) or ONNX not in found.manifest.files:
            raise EncoderError("not_an_encoder", f"Mô hình {found.name} không phải mô hình mã hoá.")
        return cls(
            model, WordTokenizer.load(found.path, model.joiner, model.most_tokens), onnx_session(found.path / ONNX),
            ModelStamp(found.name, found.version, model.taxonomy),
        )  # fmt: skip

    def classify(
        self, text: str, *, received_at: date | None = None, channel: str | None = None, id: str | None = None
    ) -> PetitionResult:
        """Read one petition; parameters and errors as `PetitionReader.classify`."""
        del channel
        if not text or not text.strip():
            raise ReadError("empty_text", "Đơn không có nội dung.")
        if len(text) > REFUSE_LIMIT:
            raise ReadError("text_too_long", f"Văn bản dài quá {REFUSE_LIMIT:,} ký tự.".replace(",", "."))
        reasons = ["read_partly"] if len(text) > READ_LIMIT else []
        prepared = prepare(text[:READ_LIMIT], received_at)
        if len(prepared.syllables) < LEAST_SYLLABLES:
            return self._abstain(id or "", (*reasons, "abstained"))
        encoded = self.tokenizer.encode(prepared.text, prepared.words)
        fields, subfields, kind, urgency, signals = (o[0] for o in self.outputs([encoded]))
        return self._result(id or "", prepared, encoded, fields, subfields, kind, urgency, signals, reasons)

    def classify_many(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
        """Rows → contract objects; a bad row becomes an error row."""
        for number, row in enumerate(rows, 1):
            identifier = str(row.get("id") or number)
            try:
                if not isinstance(row.get("text"), str):
                    raise ReadError("no_text", "Dòng không có trường text dạng chữ.")
                yield self.classify(row["text"], received_at=parse_day(row.get("received_at")), id=identifier).to_json()
            except LangNgheError as error:
                yield {"id": identifier, "error": {"code": error.code, "message": error.message}}

    def outputs(self, texts: Sequence[Encoded], hidden: Sequence[np.ndarray] | None = None) -> list[np.ndarray]:
        """The network's outputs for texts, padded to one length.

        Parameters
        ----------
        hidden : sequence of bool arrays (tokens,), optional
            tokens that the network must not see.
        """
        longest = max(len(t.ids) for t in texts)
        ids = np.full((len(texts), longest), self.tokenizer.pad, dtype=np.int64)
        mask = np.zeros((len(texts), longest), dtype=np.int64)
        for i, t in enumerate(texts):
            ids[i, : len(t.ids)] = t.ids
            mask[i, : len(t.ids)] = 1 if hidden is None else ~hidden[i]
        return list(self._run(ids, mask))

    # -- one text ------------------------------------------------------------------------------------------------

    def _result(
        self, identifier: str, prepared: Prepared, encoded: Encoded, fields: np.ndarray, subfields: np.ndarray,
        kind: np.ndarray, urgency: np.ndarray, signals: np.ndarray, reasons: list[str],
    ) -> PetitionResult:  # fmt: skip
        m, t = self.model, self._taxonomy
        p, sub = m.fields.probabilities(fields), m.subfields.probabilities(subfields)
        decided = np.flatnonzero(p >= m.fields.threshold)
        if not len(decided):
            decided = np.array([int(p.argmax())])
            reasons.append("no_field_certain")
        if np.abs(p - m.fields.threshold).min() < m.field_margin:
            reasons.append("field_uncertain")
        evidence = self._evidence(prepared, encoded, fields, decided)
        found = []
        for k in sorted(decided.tolist(), key=lambda k: -p[k]):
            under = [
                Scored(code, float(sub[j] * p[k]))
                for j, code in enumerate(m.subfields.codes)
                if t.field_of_subfield[code] == m.fields.codes[k] and sub[j] >= m.subfields.threshold[j]
            ]
            under.sort(key=lambda s: -s.probability)
            found.append(FieldResult(m.fields.codes[k], float(p[k]), tuple(under), evidence[k]))
        types = softmax(kind / m.type_temperature)
        order = np.argsort(-types)
        if types[order[0]] < m.type_confidence:
            reasons.append("type_uncertain")
        level = self._urgency(prepared, encoded, softmax(urgency / m.urgency_temperature), signals, reasons)
        return PetitionResult(
            identifier, tuple(found), {c: float(v) for c, v in zip(m.fields.codes, p, strict=True)},
            TypeResult(m.types[order[0]], float(types[order[0]]), tuple(Scored(m.types[k], float(types[k])) for k in order[1:])),
            level, bool(reasons), tuple(dict.fromkeys(reasons)), self.stamp,
        )  # fmt: skip

    def _evidence(
        self, prepared: Prepared, encoded: Encoded, logits: np.ndarray, decided: np.ndarray
    ) -> dict[int, tuple[Evidence, ...]]:
        """For each decided field the phrases whose hiding costs it most, measured in one batch."""
        windows = word_windows(prepared)
        hidden = [np.isin(encoded.word, w) for w in windows]
        kept = [(w, h) for w, h in zip(windows, hidden, strict=True) if h.any() and not h[1:-1].all()]
        if not kept:
            return {int(k): () for k in decided}
        without = self.outputs([encoded] * len(kept), [h for _, h in kept])[0]
        out: dict[int, tuple[Evidence, ...]] = {}
        for k in decided.tolist():
            drops = logits[k] - without[:, k]
            total = float(drops[drops > 0].sum())
            best = [i for i in np.argsort(-drops)[:MOST_PHRASES] if drops[i] > 0.12 * total]
            out[k] = tuple(self._phrase(prepared, kept[i][0], float(drops[i])) for i in best)
        return out

    def _phrase(self, prepared: Prepared, words: np.ndarray, weight: float) -> Evidence:
        given = prepared.clean.to_source(prepared.words[words[0]][1], prepared.words[words[-1]][2])
        return Evidence(given, given.quote(prepared.clean.source), weight)

    def _urgency(
        self, prepared: Prepared, encoded: Encoded, p: np.ndarray, logits: np.ndarray, reasons: list[str]
    ) -> UrgencyResult:
        """The level from the text, raised where a signal says more, never lowered."""
        m, t = self.model, self._taxonomy
        level = 2 if p[2] >= m.khan_threshold else int(p[1] + p[2] >= 0.5)
        per_token = m.signals.probabilities(logits[: len(encoded.ids)])
        words = np.zeros((len(prepared.words), len(m.signals.codes)))
        inside = encoded.word >= 0
        np.maximum.at(words, encoded.word[inside], per_token[inside])
        signals = []
        for k, code in enumerate(m.signals.codes):
            for first, last in runs_above(words[:, k], float(m.signals.threshold[k]))[:2]:
                given = prepared.clean.to_source(prepared.words[first][1], prepared.words[last - 1][2])
                strength = float(words[first:last, k].max())
                signals.append(SignalResult(code, given, given.quote(prepared.clean.source), strength))
        signals.sort(key=lambda s: (-t.urgency_rank(t.level_of_signal[s.code]), s.span.start))
        highest = max((t.urgency_rank(t.level_of_signal[s.code]) for s in signals), default=0)
        raised, level = highest > level, max(level, highest)
        if level > highest:
            reasons.append("urgency_without_signal")
        if p[level] < m.urgency_confidence:
            reasons.append("urgency_uncertain")
        names = [u.code for u in t.urgency]
        scores = {n: float(v) for n, v in zip(names, p, strict=True)}
        return UrgencyResult(names[level], float(p[level]), scores, tuple(signals), raised)

    def _abstain(self, identifier: str, reasons: tuple[str, ...]) -> PetitionResult:
        t = self._taxonomy
        return PetitionResult(
            identifier, (FieldResult("khac", 0.0, (), ()),), dict.fromkeys(t.field_codes, 0.0),
            TypeResult("kien_nghi_phan_anh", 0.0, ()),
            UrgencyResult("thuong", 0.0, {u.code: 0.0 for u in t.urgency}, (), False), True, reasons, self.stamp,
        )  # fmt: skip


# What reads petitions, whichever model is behind it.
Reader = PetitionReader | EncoderReader


def load_reader(registry: Registry | None = None, version: str | None = None) -> Reader:
    """The reader that fits the live (or named) version, linear or encoder.

    Raises
    ------
    RegistryError, EncoderError
        As the readers' own `load`.
    """
    registry = registry or Registry()
    found = registry.get(version) if version else registry.live(TASK)
    if ONNX in found.manifest.files:
        return EncoderReader.load(registry, found.name)
    return PetitionReader.load(registry, found.name)
