"""Is the evidence what carried the label? Delete it, look at the probability, and compare with other words deleted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np

from nlp.petitions import PetitionResult
from nlp.petitions.encoder import Reader
from nlp.petitions.prepared import SYLLABLE
from nlp.text import LangNgheError, Span
from nlp.training.judge import Judged
from nlp.training.metrics import bootstrap

DRAWS = 3


def without(text: str, spans: Sequence[Span]) -> str:
    """The text with the given spans taken out (a space stands for each)."""
    out, position = [], 0
    for span in sorted(spans, key=lambda s: s.start):
        if span.start >= position:
            out += [text[position : span.start], " "]
            position = span.end
    return "".join([*out, text[position:]])


def random_spans(text: str, spans: Sequence[Span], rng: np.random.Generator) -> list[Span]:
    """For each span, another run of as many syllables that touches none of them (fewer where the text is too short)."""
    syllables = [Span(m.start(), m.end()) for m in SYLLABLE.finditer(text)]
    taken = np.array([any(s.start < e.end and e.start < s.end for e in spans) for s in syllables], dtype=bool)
    found = []
    for span in spans:
        size = sum(span.start < s.end and s.start < span.end for s in syllables)
        free = [i for i in range(len(syllables) - size + 1) if size and not taken[i : i + size].any()]
        if free:
            at = free[int(rng.integers(len(free)))]
            taken[at : at + size] = True
            found.append(Span(syllables[at].start, syllables[at + size - 1].end))
    return found


def faithfulness(reader: Reader, judged: Judged) -> dict[str, dict[str, object]]:
    """How much probability the evidence of fields and the signals of urgency carry, against as many random words.

    Returns
    -------
    dict
        for `fields` and `urgency`: mean drop without the evidence, mean drop without random words, their difference,
        and the share of labels whose evidence carries more than random words (each with a 95% interval), `n` labels.
    """
    fields = [
        (row.text, [e.span for e in field.evidence], field.probability, _field(field.code))
        for row, result in zip(judged.rows, judged.results, strict=True)
        for field in result.fields
        if field.evidence
    ]
    urgency = [
        (row.text, [s.span for s in result.urgency.signals], _raised(result), _raised)
        for row, result in zip(judged.rows, judged.results, strict=True)
        if result.urgency.signals and result.urgency.code != "thuong"
    ]
    return {"fields": _drops(reader, fields), "urgency": _drops(reader, urgency)}


def _field(code: str) -> Callable[[PetitionResult], float]:
    return lambda result: result.field_scores.get(code, 0.0)


def _raised(result: PetitionResult) -> float:
    """The probability of being above `thuong`."""
    return 1.0 - result.urgency.scores.get("thuong", 0.0)


def _drops(
    reader: Reader, cases: Sequence[tuple[str, list[Span], float, Callable[[PetitionResult], float]]]
) -> dict[str, object]:
    evidence, chance = [], []
    for text, spans, before, probability in cases:
        rng = np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"))

        def after(
            chosen: Sequence[Span], text: str = text, probability: Callable[[PetitionResult], float] = probability
        ) -> float:
            try:
                return probability(reader.classify(without(text, chosen)))
            except LangNgheError:
                return 0.0

        evidence.append(before - after(spans))
        chance.append(float(np.mean([before - after(random_spans(text, spans, rng)) for _ in range(DRAWS)])))
    a, b = np.array(evidence), np.array(chance)
    n = len(cases)
    return {
        "n": n,
        "evidence": bootstrap(lambda i: float(a[i].mean()), n, times=500).to_json(),
        "random": bootstrap(lambda i: float(b[i].mean()), n, times=500).to_json(),
        "difference": bootstrap(lambda i: float((a - b)[i].mean()), n, times=500).to_json(),
        "share_larger": bootstrap(lambda i: float((a > b)[i].mean()), n, times=500).to_json(),
    }
