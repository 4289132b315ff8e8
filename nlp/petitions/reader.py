"""The one entry point for petitions: text in, labels with evidence out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np

from nlp.petitions.members import Views
from nlp.petitions.model import FORMAT, Cut, PetitionModel, clause_summary, sigmoid
from nlp.petitions.phrases import best_phrases, syllable_scores
from nlp.petitions.prepared import Prepared, part, prepare
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
from nlp.registry import Registry, RegistryError
from nlp.taxonomy import taxonomy
from nlp.text import LangNgheError, ReadError, Span, warm_up

TASK = "petitions"
# A petition is read up to this many code points; what follows is not judged and the result says so.
READ_LIMIT = 20_000
REFUSE_LIMIT = 2_000_000
SIGNAL_LONGEST = 12
# What annotators mark is 7 syllables long in the middle (training split).
SIGNAL_SHORTEST = 7


class PetitionReader:
    """Classifies petitions with one version of the model.

    Parameters
    ----------
    model : PetitionModel
    stamp : ModelStamp
        what the results say produced them.
    """

    def __init__(self, model: PetitionModel, stamp: ModelStamp) -> None:
        self.model, self.stamp = model, stamp
        self._taxonomy = taxonomy()

    @classmethod
    def load(cls, registry: Registry | None = None, version: str | None = None) -> PetitionReader:
        """The live version of the registry (or a named one), verified before it is loaded.

        Raises
        ------
        RegistryError
            If there is none, or its files do not match their digests.
        """
        registry = registry or Registry()
        found = registry.get(version) if version else registry.live(TASK)
        model = registry.load(found)
        if getattr(model, "format", None) != FORMAT:
            raise RegistryError("model_format", f"Mô hình {found.name} thuộc định dạng cũ; hãy huấn luyện lại.")
        warm_up()
        return cls(model, ModelStamp(found.name, found.version, model.taxonomy))

    def classify(
        self, text: str, *, received_at: date | None = None, channel: str | None = None, id: str | None = None
    ) -> PetitionResult:
        """Read one petition.

        Parameters
        ----------
        text : str
            as given; every span of the result counts code points of it.
        received_at : date, optional
            the day from which days are counted; else the petition's own date.
        channel : str, optional
            kept for callers; the model does not use it.
        id : str, optional

        Raises
        ------
        ReadError
            `empty_text` or `text_too_long`.
        """
        del channel
        if not text or not text.strip():
            raise ReadError("empty_text", "Đơn không có nội dung.")
        if len(text) > REFUSE_LIMIT:
            raise ReadError("text_too_long", f"Văn bản dài quá {REFUSE_LIMIT:,} ký tự.".replace(",", "."))
        reasons: list[str] = []
        source = text
        if len(text) > READ_LIMIT:
            source = text[:READ_LIMIT]
            reasons.append("read_partly")
        prepared = prepare(source, received_at)
        if self._unreadable(prepared):
            return self._abstain(id or "", (*reasons, "abstained"))
        return self._read(id or "", prepared, reasons)

    def classify_many(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
        """Rows `{"id", "text", "received_at"?, "channel"?}` → contract objects; a bad row becomes an error row."""
        for number, row in enumerate(rows, 1):
            identifier = str(row.get("id") or number)
            try:
                text = row.get("text")
                if not isinstance(text, str):
                    raise ReadError("no_text", "Dòng không có trường text dạng chữ.")
                yield self.classify(text, received_at=parse_day(row.get("received_at")), id=identifier).to_json()
            except LangNgheError as error:
                yield {"id": identifier, "error": {"code": error.code, "message": error.message}}

    # -- one text ------------------------------------------------------------------------------------------------

    def _unreadable(self, prepared: Prepared) -> bool:
        limits, spans = self.model.review, prepared.syllables
        if len(spans) < limits.least_syllables:
            return True
        known = sum(prepared.folded[s.start : s.end] in self.model.syllables for s in spans)
        return known < limits.known_share * len(spans)

    def _read(self, identifier: str, prepared: Prepared, reasons: list[str]) -> PetitionResult:
        model = self.model
        vector = model.features.transform(prepared)
        views = model.members.read(vector, prepared.unaccented)
        group = model.members.of
        cut = model.clause_logits(prepared)
        p = model.fields.probabilities(np.concatenate([group(views.scores, "fields"), clause_summary(cut[3])], axis=1))
        codes = model.fields.codes
        decided = np.flatnonzero(p >= model.fields.threshold)
        if not len(decided):
            decided = np.array([int(p.argmax())])
            reasons.append("no_field_certain")
        chosen = np.isin(np.arange(len(codes)), decided)
        if np.where(chosen, p, 1 - p).min() < model.review.field_confidence:
            reasons.append("field_uncertain")
        sub = model.subfields.probabilities(group(views.scores, "subfields"))
        fields = []
        for k in sorted(decided.tolist(), key=lambda k: -p[k]):
            direction = model.members.direction(views, k, model.fields.weights[k])
            scores = syllable_scores(model.features, direction, prepared, vector)
            evidence = tuple(self._evidence(prepared, span, weight) for span, weight in best_phrases(prepared, scores))
            fields.append(FieldResult(codes[k], float(p[k]), self._subfields(codes[k], float(p[k]), sub), evidence))
        kind = model.type.probabilities(group(views.scores, "type"))
        order = np.argsort(-kind)
        types = model.type.codes
        if kind[order[0]] < model.review.type_confidence:
            reasons.append("type_uncertain")
        urgency = self._urgency(prepared, views, cut, reasons)
        return PetitionResult(
            identifier, tuple(fields), {c: float(v) for c, v in zip(codes, p, strict=True)},
            TypeResult(types[order[0]], float(kind[order[0]]), tuple(Scored(types[k], float(kind[k])) for k in order[1:])),
            urgency, bool(reasons), tuple(dict.fromkeys(reasons)), self.stamp,
        )  # fmt: skip

    def _subfields(self, field: str, p_field: float, p: np.ndarray) -> tuple[Scored, ...]:
        model = self.model.subfields
        parents = self._taxonomy.field_of_subfield
        found = [
            Scored(code, float(p[k]) * p_field)
            for k, code in enumerate(model.codes)
            if parents[code] == field and p[k] >= model.threshold[k]
        ]
        return tuple(sorted(found, key=lambda s: -s.probability))

    def _urgency(self, prepared: Prepared, views: Views, cut: Cut, reasons: list[str]) -> UrgencyResult:
        model, t = self.model, self._taxonomy
        ranges, rows, logits, _ = cut
        codes = model.signals.head.codes
        strongest = logits.max(axis=0) if len(logits) else np.full(len(codes), -8.0)
        text, hints, fields = (model.members.of(views.scores, g) for g in ("urgency", "signals", "fields"))
        present = model.presence.probabilities(strongest, hints, text, fields)
        probabilities = model.urgency.probabilities(text, present)
        level = model.urgency.decide(probabilities)
        ranks = np.array([t.urgency_rank(t.level_of_signal[c]) for c in codes])
        shown = present >= model.presence.threshold
        # The decided level shows its words: its likeliest signal is named even a little below its own threshold.
        if level and not (shown & (ranks >= level)).any():
            best = int(np.where(ranks == level, present / model.presence.threshold, -1).argmax())
            shown[best] = present[best] >= 0.25 * model.presence.threshold[best]
        signals: list[SignalResult] = []
        for k in np.flatnonzero(shown).tolist():
            signals += self._signal_spans(prepared, ranges, rows, logits[:, k], codes[k], float(present[k]))
        signals.sort(key=lambda s: (-t.urgency_rank(t.level_of_signal[s.code]), s.span.start))
        highest = max((t.urgency_rank(t.level_of_signal[s.code]) for s in signals), default=0)
        raised = highest > level
        level = max(level, highest)
        if level and not any(t.urgency_rank(t.level_of_signal[s.code]) >= level for s in signals):
            reasons.append("urgency_without_signal")
        if probabilities[level] < model.review.urgency_confidence:
            reasons.append("urgency_uncertain")
        names = [u.code for u in t.urgency]
        return UrgencyResult(
            names[level], float(probabilities[level]), {n: float(v) for n, v in zip(names, probabilities, strict=True)},
            tuple(signals), raised,
        )  # fmt: skip

    def _signal_spans(
        self,
        prepared: Prepared,
        ranges: list[tuple[int, int]],
        rows: list[Any],
        logits: np.ndarray,
        code: str,
        present: float,
    ) -> list[SignalResult]:
        """The phrase of the strongest clause, and of a second clause that is nearly as strong."""
        found: list[SignalResult] = []
        p = sigmoid(logits)
        head = self.model.signals.head
        weights = head.weights[:, head.codes.index(code)]
        for k in np.argsort(-p)[:2]:
            if found and (p[k] < self.model.presence.clause_share * p.max() or p[k] < 0.5):
                break
            clause = part(prepared, *ranges[k])
            scores = syllable_scores(self.model.clause_features, weights, clause, rows[k])
            phrases = best_phrases(clause, scores, most=1, longest=SIGNAL_LONGEST, share=0.0, shortest=SIGNAL_SHORTEST)
            span = phrases[0][0] if phrases else Span(clause.syllables[0].start, clause.syllables[-1].end)
            given = prepared.clean.to_source(span.start, span.end)
            if not any(given.start < f.span.end and f.span.start < given.end for f in found):
                found.append(SignalResult(code, given, given.quote(prepared.clean.source), present))
        return found

    def _evidence(self, prepared: Prepared, span: Span, weight: float) -> Evidence:
        given = prepared.clean.to_source(span.start, span.end)
        return Evidence(given, given.quote(prepared.clean.source), weight)

    def _abstain(self, identifier: str, reasons: tuple[str, ...]) -> PetitionResult:
        t = self._taxonomy
        return PetitionResult(
            identifier, (FieldResult("khac", 0.0, (), ()),), dict.fromkeys(t.field_codes, 0.0),
            TypeResult("kien_nghi_phan_anh", 0.0, ()),
            UrgencyResult("thuong", 0.0, {u.code: 0.0 for u in t.urgency}, (), False), True, reasons, self.stamp,
        )  # fmt: skip


@lru_cache(maxsize=512)
def parse_day(value: str | date | None) -> date | None:
    """An ISO day, or None.

    Raises
    ------
    ReadError
        `bad_received_at`.
    """
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise ReadError("bad_received_at", "Ngày nhận (received_at) phải có dạng YYYY-MM-DD.") from None
