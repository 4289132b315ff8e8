"""One evaluation of a findings model: held-out reports, baselines, leave-one-genre-out, errors; written for people."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nlp.registry import Registry, Version
from nlp.reports.reader import FindingsModel, ReportReader
from nlp.reports.vectors import VectorTable
from nlp.training.findings import fit_findings, vector_table
from nlp.training.findings_agreement import read_report_annotations, report_agreement
from nlp.training.findings_baselines import by_cues, by_headings, by_words, score_labels
from nlp.training.findings_data import LabelledReport, label_report
from nlp.training.findings_judge import Judged, PlainDocument, compare_report, judge
from nlp.training.findings_scoring import Counts, bootstrap_f1, total
from nlp.training.findings_sentences import Materials, Settings
from nlp.training.report_corpus import GoldReport, load_reports

Say = Callable[[str], None]
KINDS = ("limitation", "cause", "recommendation", "solution", "proposal", "lesson")
TARGETS: Mapping[str, float] = {
    "limitation": 0.90, "cause": 0.85, "recommendation": 0.90, "solution": 0.85, "proposal": 0.85, "objective": 0.85,
    "subjective": 0.85, "link:all": 0.75,
}  # fmt: skip


@dataclass
class Evaluation:
    """Everything the report shows, as plain data."""

    model: str
    test: dict[str, dict[str, float]]
    reports: int
    baselines: dict[str, dict[str, dict[str, float]]] = field(default_factory=dict)
    genres: dict[str, dict[str, dict[str, float]]] = field(default_factory=dict)
    left_out: dict[str, dict[str, dict[str, float]]] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
    errors: list[dict[str, str]] = field(default_factory=list)
    samples: dict[str, dict[str, float]] = field(default_factory=dict)
    agreement: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The evaluation as plain data."""
        return dict(self.__dict__)


def evaluate_findings(
    corpus: Path, registry: Registry, version: Version, *, leave_out: bool = False, say: Say = lambda _: None
) -> Evaluation:
    """Judge a version on the test split, with baselines fitted on the training split.

    Parameters: `corpus`, the folder of reports; `version`, the model judged; `leave_out`, also fit the model again
    without each genre (minutes). Nothing is chosen here.
    """
    model: FindingsModel = registry.load(version)
    say("Đọc tập kiểm tra")
    test = load_reports(corpus, "test")
    judged = judge(model, test)
    result = Evaluation(version.name, judged.summary(), len(test), genres=_by_genre(judged))
    result.details = details_of(judged)
    result.errors = judged.errors
    result.agreement = report_agreement(load_reports(corpus), read_report_annotations(corpus))
    vectors = vector_table(registry)
    say("Cách làm đơn giản hơn")
    train = [label_report(r) for r in load_reports(corpus, "train")]
    result.baselines = _baselines(train, [label_report(r) for r in test], vectors)
    if leave_out:
        everything = [*train, *(label_report(r) for r in load_reports(corpus) if r.split != "train")]
        result.left_out = leave_one_genre_out(everything, vectors, say)
    return result


def rows_of(documents: Sequence[Mapping[str, Counts]]) -> dict[str, dict[str, float]]:
    """F1, precision, recall, interval and gold count of every kind."""
    out = {}
    for kind, counts in total(documents).items():
        low, high = bootstrap_f1(documents, kind)
        out[kind] = {
            "f1": counts.f1, "precision": counts.precision, "recall": counts.recall, "low": low, "high": high,
            "gold": counts.gold,
        }  # fmt: skip
    return out


def _by_genre(judged: Judged) -> dict[str, dict[str, dict[str, float]]]:
    groups: dict[str, list[Mapping[str, Counts]]] = defaultdict(list)
    for report, counts in zip(judged.reports, judged.kinds, strict=True):
        groups[report.genre].append(counts)
    return {genre: rows_of(rows) for genre, rows in sorted(groups.items())}


def _baselines(
    train: Sequence[LabelledReport], test: Sequence[LabelledReport], vectors: VectorTable | None
) -> dict[str, dict[str, dict[str, float]]]:
    words = by_words(train, Materials.of(vectors), Settings())
    labellers = {"headings": by_headings, "cues": by_cues, "words": words}
    return {name: rows_of([score_labels(r, label(r)) for r in test]) for name, label in labellers.items()}


def leave_one_genre_out(
    reports: Sequence[LabelledReport], vectors: VectorTable | None, say: Say = lambda _: None
) -> dict[str, dict[str, dict[str, float]]]:
    """Scores on every genre by a model that saw none of its reports, and on all of them together ("all")."""
    out = {}
    together: list[Mapping[str, Counts]] = []
    for genre in sorted({r.report.genre for r in reports}):
        say(f"Bỏ thể loại {genre}")
        model = fit_findings([r for r in reports if r.report.genre != genre], vectors, Settings(members=2))
        judged = judge(model, [r.report for r in reports if r.report.genre == genre])
        together += judged.kinds
        out[genre] = rows_of(judged.kinds)
    out["all"] = rows_of(together)
    return out


def details_of(judged: Judged) -> dict[str, Any]:
    """Attributes, metadata, topics, embedded causes and calibration as shares with counts."""
    bins = defaultdict(list)
    for confidence, right in judged.confidence:
        bins[min(9, int(confidence * 10))].append((confidence, right))
    table = [
        {
            "from": b / 10,
            "n": len(rows),
            "said": sum(c for c, _ in rows) / len(rows),
            "right": sum(r for _, r in rows) / len(rows),
        }
        for b, rows in sorted(bins.items())
    ]
    n = max(1, len(judged.confidence))
    return {
        "attributes": {k: {"right": a, "n": b} for k, (a, b) in sorted(judged.attributes.items())},
        "metadata": {k: {"right": a, "n": b} for k, (a, b) in judged.metadata.items()},
        "topics": _micro(judged.topics),
        "embedded_causes": _micro(judged.embedded),
        "link_faults": dict(judged.link_faults),
        "calibration": table,
        "calibration_error": sum(abs(row["said"] - row["right"]) * row["n"] for row in table) / n,
        "errors": dict(Counter(f"{e['error']} {e['kind']}" for e in judged.errors)),
    }


def _micro(counts: Sequence[int]) -> dict[str, float]:
    gold, said, hit = counts
    return {"gold": gold, "said": said, "f1": 2 * hit / max(1, gold + said)}


def evaluate_samples(model: FindingsModel, folder: Path) -> dict[str, dict[str, float]]:
    """Scores on third-party documents beside the project (`NAME.txt` with `NAME.gold.json`); for the final report only.

    Parameters: `folder`, of the samples' reports. Nothing is kept of them but the figures.
    """
    judged = Judged([], [])
    reader = ReportReader(model)
    for gold_path in sorted(folder.glob("*.gold.json")):
        gold = json.loads(gold_path.read_text(encoding="utf-8"))
        with gold_path.with_name(gold_path.name.replace(".gold.json", ".txt")).open(
            encoding="utf-8", newline=""
        ) as stream:
            text = stream.read()
        report = GoldReport(gold_path.name, text, {"metadata": {}, "genre": "sample", **gold}, "samples")
        judged.reports.append(report)
        compare_report(judged, report, reader.extract(PlainDocument.of(report)))
    rows = rows_of(judged.kinds)
    hit, known = judged.known_metadata
    rows["metadata"] = {"right": float(hit), "gold": float(known)}
    return rows
