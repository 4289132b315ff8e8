"""Judging: gold against itself is perfect, every figure can be recomputed, and a report says all of it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nlp.petitions import PetitionReader, PetitionResult
from nlp.petitions.results import FieldResult, ModelStamp, Scored, SignalResult, TypeResult, UrgencyResult
from nlp.registry import Registry, Version
from nlp.taxonomy import taxonomy
from nlp.text import Span
from nlp.training import transfer
from nlp.training.baselines import BASELINES
from nlp.training.compare import compare
from nlp.training.config import PetitionConfig
from nlp.training.corpus import PetitionCorpus, PetitionRow
from nlp.training.errors import field_pairs, missed_khan
from nlp.training.evaluation import Options, evaluate, kept
from nlp.training.evaluation_text import report_blocks
from nlp.training.faithfulness import random_spans, without
from nlp.training.hard import check_hard
from nlp.training.judge import Judged, judge
from nlp.training.reliability import reliability, review, risk_coverage
from nlp.training.samples import score_samples
from nlp.training.slices import slice_tables
from nlp.training.writeup import to_html, to_markdown


def answer(row: PetitionRow, *, fields: tuple[str, ...] | None = None, urgency: str | None = None) -> PetitionResult:
    """What a reader would say that reads like the gold labels (or as given instead)."""
    t = taxonomy()
    chosen = row.fields if fields is None else fields
    level = urgency or str(row.urgency)
    parents = t.field_of_subfield
    return PetitionResult(
        row.id,
        tuple(FieldResult(c, 0.9, tuple(Scored(s, 0.8) for s in row.subfields if parents[s] == c), ()) for c in chosen),
        {c: 0.9 if c in chosen else 0.05 for c in t.field_codes},
        TypeResult(str(row.type), 0.9, ()),
        UrgencyResult(
            level, 0.8, {u.code: 0.8 if u.code == level else 0.1 for u in t.urgency},
            tuple(SignalResult(s.code, Span(s.start, s.end), row.text[s.start : s.end], 0.9) for s in row.signals),
            False,
        ),
        False, (), ModelStamp("giả", "0", t.version),
    )  # fmt: skip


@pytest.fixture
def rows(corpus: PetitionCorpus) -> list[PetitionRow]:
    return list(corpus.rows)


@pytest.fixture
def perfect(rows: list[PetitionRow]) -> Judged:
    return judge([answer(r) for r in rows], rows)


@pytest.fixture
def worse(rows: list[PetitionRow]) -> Judged:
    """Every third field set is wrong and nothing is urgent."""
    found = [answer(r, fields=("khac",) if i % 3 == 0 else None, urgency="thuong") for i, r in enumerate(rows)]
    return judge(found, rows)


def test_gold_against_itself_scores_one_everywhere(perfect: Judged) -> None:
    for name, score in perfect.scores(20).items():
        assert score.value == 1.0 or np.isnan(score.value), name


def test_a_part_is_judged_like_the_whole(worse: Judged) -> None:
    index = [0, 3, 5, 7]
    part = worse.take(index)
    assert part.rules()["field_micro_f1"](np.arange(4)) == worse.rules()["field_micro_f1"](np.array(index))


def test_what_was_missed_is_listed_with_its_signals(worse: Judged, rows: list[PetitionRow]) -> None:
    urgent = [r for r in rows if r.urgency == "khan"]
    listed = missed_khan(worse)
    assert [m["id"] for m in listed] == [r.id for r in urgent]
    assert all(s["text"] in rows[[r.id for r in rows].index(m["id"])].text for m in listed for s in m["signals"])


def test_confusion_pairs_count_every_wrong_petition(worse: Judged) -> None:
    wrong = {worse.rows[i].id for i in np.flatnonzero((worse.fields[0] != worse.fields[1]).any(axis=1))}
    assert {i for p in field_pairs(worse) for i in p["ids"]} == wrong


def test_slices_cover_every_petition_of_a_hand(worse: Judged) -> None:
    hands = slice_tables(worse, least=1, times=20)["hand"]
    assert sum(int(str(r["n"])) for r in hands) == worse.n


def test_deciding_only_the_surest_lowers_the_risk_where_confidence_tells_something() -> None:
    rng = np.random.default_rng(0)
    confidence = rng.random(500)
    wrong = rng.random(500) > confidence
    points, area = risk_coverage(confidence, wrong)
    assert points[-1] == (1.0, pytest.approx(wrong.mean()))
    assert points[0][1] < wrong.mean() / 2
    assert area < wrong.mean()


def test_reliability_and_review_cover_every_answer(perfect: Judged) -> None:
    tables = {r.name: r for r in reliability(perfect)}
    assert sum(n for _, _, n in tables["fields"].bins) == perfect.n * len(taxonomy().field_codes)
    assert sum(n for _, _, n in tables["type"].bins) == perfect.n
    assert review(perfect)["coverage"]["value"] == 1.0  # type: ignore[index]


def test_deleting_spans_takes_out_those_words_and_no_other() -> None:
    text = "một hai ba bốn năm"
    assert without(text, [Span(4, 7), Span(11, 14)]).split() == ["một", "ba", "năm"]


def test_random_words_are_as_many_and_touch_no_evidence() -> None:
    text = " ".join(f"từ{i}" for i in range(40))
    evidence = [Span(0, 11), Span(20, 28)]
    for seed in range(20):
        found = random_spans(text, evidence, np.random.default_rng(seed))
        assert [len(f.quote(text).split()) for f in found] == [len(text[e.start : e.end].split()) for e in evidence]
        assert not any(f.start < e.end and e.start < f.end for f in found for e in evidence)


@pytest.mark.parametrize("name", BASELINES)
def test_every_baseline_answers_every_petition(name: str, corpus: PetitionCorpus) -> None:
    judged = BASELINES[name](corpus.split("train"), corpus.split("test"))
    assert judged.n == len(corpus.split("test"))
    assert judged.fields[1].any(axis=1).all()
    assert 0 <= judged.scores(10)["type_accuracy"].value <= 1


def test_a_comparison_names_who_won_what(perfect: Judged, worse: Judged) -> None:
    found = compare(worse, perfect, times=200)
    assert found["scores"]["field_micro_f1"]["difference"]["value"] > 0
    assert found["scores"]["field_micro_f1"]["p"] < 0.05
    assert found["mcnemar"]["fields"]["only_one"] == 0
    assert found["changed"]["fields"]["lost"] == []
    back = compare(perfect, worse, times=200)
    assert back["changed"]["fields"]["lost"] == found["changed"]["fields"]["won"]
    with pytest.raises(ValueError, match="cùng các đơn"):
        compare(perfect, perfect.take([0]))


def test_hard_cases_may_not_get_worse(perfect: Judged, worse: Judged) -> None:
    assert check_hard(worse, perfect).passed
    check = check_hard(perfect, worse)
    assert not check.passed
    assert set(check.newly_missed_khan) == {r.id for r in perfect.rows if r.urgency == "khan"}
    assert check.before == perfect.n


def test_leaving_one_hand_out_never_trains_on_it(rows: list[PetitionRow], monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[set[str]] = []

    def fit(train: list[PetitionRow], *_: object) -> tuple[None, None]:
        seen.append({r.hand for r in train})
        return None, None

    def score(model: None, test: list[PetitionRow]) -> Judged:
        assert not seen[-1] & {r.hand for r in test}
        return judge([answer(r) for r in test], test)

    monkeypatch.setattr(transfer, "fit_petitions", fit)
    monkeypatch.setattr(transfer, "judge_model", score)
    found = transfer.leave_out(rows, lambda r: r.hand, None, PetitionConfig(), least=5, parts=2, where="one")
    assert {str(r["value"]) for r in found} == {r.hand for r in rows}
    assert len(found) == len({r.hand for r in rows})
    assert len(seen) == min(2, len(found))


def test_each_step_of_a_learning_curve_holds_the_one_before(
    rows: list[PetitionRow], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[set[str]] = []

    def fit(train: list[PetitionRow], *_: object) -> tuple[None, None]:
        seen.append({r.id for r in train})
        return None, None

    monkeypatch.setattr(transfer, "fit_petitions", fit)
    monkeypatch.setattr(transfer, "judge_model", lambda model, test: judge([answer(r) for r in test], test))
    transfer.learning_curve(rows, rows, None, PetitionConfig(), where="one")
    assert all(a < b for a, b in zip(seen, seen[1:], strict=False))
    assert seen[-1] == {r.id for r in rows}


def test_a_model_that_learned_from_masked_text_is_tested_on_whole_text(rows: list[PetitionRow]) -> None:
    named = [
        replace(r, text=f"Tôi là Nguyễn Văn Hùng, điện thoại 0912345678, xin trình bày: {r.text}", signals=())
        for r in rows
    ]
    learned: list[bool] = []
    read: list[bool] = []

    def fit(train: list[PetitionRow], *_: object) -> tuple[None, None]:
        learned.append(any("0912345678" in r.text for r in train))
        return None, None

    def score(model: None, test: list[PetitionRow]) -> Judged:
        read.append(any("0912345678" in r.text for r in test))
        return judge([answer(r) for r in test], test)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transfer, "fit_petitions", fit)
        patch.setattr(transfer, "judge_model", score)
        found = transfer.redacted_training(named, named[:4], None, PetitionConfig(), where="one")
    assert learned == [True, False]
    assert read == [True, True, False]
    assert [(r["learned"], r["read"]) for r in found] == [("raw", "raw"), ("redacted", "raw"), ("redacted", "redacted")]


class Parrot:
    """A reader that gives prepared answers."""

    def __init__(self, results: dict[str, PetitionResult]) -> None:
        self.results = results

    def classify(self, text: str, *, id: str | None = None, **_: Any) -> PetitionResult:
        return self.results[str(id)]


def test_samples_are_scored_as_their_scorer_does(rows: list[PetitionRow]) -> None:
    chosen = [r for r in rows if len(r.fields) == 1][:6]
    gold: list[dict[str, Any]] = [
        {"id": r.id, "text": r.text, "fields": list(r.fields), "fields_maybe": [], "type": r.type, "urgency": r.urgency}
        for r in chosen
    ]
    results = {r.id: answer(r) for r in chosen}
    # A wrong field that the annotators left open, a type that is not scored, and a level that is too low.
    results[chosen[0].id] = answer(chosen[0], fields=(chosen[0].fields[0], "tu_phap"))
    gold[0]["fields_maybe"] = ["tu_phap"]
    gold[1]["type"] = None
    gold[2]["urgency"] = "khan"
    results[chosen[2].id] = answer(chosen[2], urgency="thuong")
    found = score_samples(Parrot(results), gold, times=20)  # type: ignore[arg-type]
    assert found["field_micro_f1"]["value"] == 1.0
    assert found["type_accuracy"]["n"] == 5
    assert found["urgency_too_low"] == 1
    assert found["khan_recall"]["n"] == sum(g["urgency"] == "khan" for g in gold)


@pytest.fixture(scope="module")
def report(reader: PetitionReader, version: Version, corpus: PetitionCorpus) -> dict[str, Any]:
    return evaluate(reader, version, corpus, None, Options(times=30))


def test_the_report_has_every_table_and_is_plain_json(report: dict[str, Any]) -> None:
    again = json.loads(json.dumps(report, allow_nan=False))
    assert set(again["scores"]) == {"model", *BASELINES}
    assert {r["noise"] for r in again["robustness"]} >= {"no_diacritics", "nfd", "thread"}
    assert again["robustness"][1]["difference"]["value"] == pytest.approx(0, abs=0.02), "NFD is repaired on reading"
    assert again["trained_on_these"]


def test_a_model_judged_on_what_it_learned_is_said_so(
    reader: PetitionReader, version: Version, corpus: PetitionCorpus, report: dict[str, Any]
) -> None:
    assert report["learned_before"] == 0
    assert "Rò rỉ" not in to_markdown(report_blocks(report))
    leaky = report | {"learned_before": 3}
    assert "đã học 3 đơn của chính phần chấm" in to_markdown(report_blocks(leaky))
    mixed = PetitionCorpus(corpus.rows, {i: "test" if s == "train" else s for i, s in corpus.splits.items()})
    assert evaluate(reader, version, mixed, None, Options(times=5))["learned_before"] == len(corpus.split("train"))


def test_the_written_report_stands_alone(report: dict[str, Any]) -> None:
    markdown = to_markdown(report_blocks(report))
    for heading in ("Điểm chung", "Nhầm lẫn", "Rủi ro theo độ bao phủ", "Chịu nhiễu", "Bằng chứng", "Theo từng lát"):
        assert heading in markdown
    pytest.importorskip("matplotlib")
    page = to_html(report_blocks(report, figures=True), "Đánh giá")
    assert page.count("<svg") >= 6
    assert not re.search(r'(?:src|href)="(?!#|data:)', page), "the page loads nothing"


def test_test_petitions_are_not_quoted_as_examples(report: dict[str, Any], corpus: PetitionCorpus) -> None:
    assert report["examples_from"] == "validation"
    assert {x["id"] for x in report["examples"]} <= {r.id for r in corpus.split("validation")}


def test_long_sections_stay_until_model_or_data_change(report: dict[str, Any]) -> None:
    before = report | {"curve": [1], "samples": {"n": 2}}
    assert kept(dict(report), before)["curve"] == [1]
    other = before | {"data": {"train": "khác"}}
    assert "curve" not in kept(dict(report), other)


def test_the_command_writes_the_report_three_ways(
    corpora: Path, registry: Registry, version: Version, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from api.cli import app, judging

    def quick(*args: Any, **named: Any) -> dict[str, Any]:
        return evaluate(*args[:4], Options(args[4].split, times=10), **named)

    monkeypatch.setenv("LANGNGHE_MODELS", str(registry.root))
    monkeypatch.setattr("nlp.training.evaluation.evaluate", quick)
    done = CliRunner().invoke(app, ["evaluate", "petitions", "--corpora", str(corpora), "--to", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert judging.OPTIONS
    assert {p.name for p in tmp_path.iterdir()} == {f"evaluation-petitions.{e}" for e in ("md", "json", "html")}
    wrong = CliRunner().invoke(app, ["evaluate", "petitions", "--corpora", str(corpora), "--split", "không có"])
    assert wrong.exit_code == 2
