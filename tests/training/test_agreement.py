"""The second annotator's signals: who marked what, and whether the words meet."""

from __future__ import annotations

from nlp.training.agreement import signal_agreement
from nlp.training.corpus import PetitionRow, SignalSpan


def row(*signals: tuple[str, int, int]) -> PetitionRow:
    spans = tuple(SignalSpan(*s) for s in signals)
    return PetitionRow("x", "x" * 60, ("khac",), (), "to_cao", "uu_tien", spans)


def other(*signals: tuple[str, int, int]) -> dict[str, object]:
    return {"signals": [{"code": c, "start": a, "end": b} for c, a, b in signals]}


def test_a_signal_agrees_where_both_gave_it_and_its_words_where_they_overlap() -> None:
    found = signal_agreement(
        [
            (row(("dong_nguoi", 0, 10)), other(("dong_nguoi", 8, 20))),
            (row(("dong_nguoi", 0, 10)), other(("dong_nguoi", 10, 20))),
            (row(("dong_nguoi", 0, 10)), other()),
            (row(), other(("vuot_cap", 3, 9))),
        ]
    )
    assert found["dong_nguoi"] == {"one": 3, "two": 2, "f1": 0.8, "span_f1": 0.4}
    assert found["vuot_cap"] == {"one": 0, "two": 1, "f1": 0.0, "span_f1": 0.0}
    assert list(found) == ["dong_nguoi", "vuot_cap", "all"]
    assert (found["all"]["one"], found["all"]["two"]) == (3, 3)


def test_signals_that_nobody_marked_and_missing_ones_are_left_out() -> None:
    assert signal_agreement([(row(), {"fields": ["khac"]})]) == {}
