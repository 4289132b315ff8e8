"""From the corpus of reports to a registered candidate of the task "findings"."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from nlp.registry import Registry, RegistryError, Version
from nlp.reports.model import CLASSES
from nlp.reports.reader import FindingsModel
from nlp.reports.topics import codes
from nlp.reports.vectors import VectorTable
from nlp.taxonomy import taxonomy
from nlp.training.findings_data import LabelledReport, label_report
from nlp.training.findings_judge import judge
from nlp.training.findings_labels import fit_sorts, fit_topics
from nlp.training.findings_links import fit_links
from nlp.training.findings_sentences import Materials, Settings, fit_sentences
from nlp.training.report_corpus import GoldReport, load_reports

Say = Callable[[str], None]


def fit_findings(
    reports: Sequence[LabelledReport],
    vectors: VectorTable | None = None,
    settings: Settings | None = None,
    say: Say = lambda _: None,
) -> FindingsModel:
    """Fit every part on the given reports."""
    settings = settings or Settings()
    say("Mô hình câu")
    sentences, _ = fit_sentences(reports, Materials.of(vectors), settings)
    say("Loại con, chủ đề")
    sorts, topics = fit_sorts(reports, vectors, settings), fit_topics(reports, settings)
    say("Liên kết")
    return FindingsModel(sentences, sorts, topics, fit_links(reports, vectors, settings))


def vector_table(registry: Registry, keep: int = 20_000) -> VectorTable | None:
    """The live word vectors pruned to the most frequent words, or None where none is registered."""
    try:
        found = registry.load(registry.live("vectors"))
    except RegistryError:
        return None
    rows = {word: row for word, row in found.rows.items() if row < keep}
    return VectorTable(rows, np.array(found.matrix[:keep]), np.array(found.scale[:keep]), np.array(found.weight[:keep]))


def digest(reports: Sequence[GoldReport]) -> str:
    """SHA-256 over texts and annotations, by name."""
    total = hashlib.sha256()
    for report in sorted(reports, key=lambda r: r.name):
        total.update(report.name.encode() + report.text.encode())
        total.update(json.dumps(report.gold, ensure_ascii=False, sort_keys=True).encode())
    return total.hexdigest()


def train_findings(
    corpus: Path,
    registry: Registry,
    settings: Settings | None = None,
    *,
    say: Say = lambda _: None,
    version: str | None = None,
) -> Version:
    """Fit on the training split, judge on the validation split, register a candidate.

    Parameters: `corpus`, the folder of reports; `registry`, where word vectors are found and the candidate is saved.
    The test split is not touched: `langnghe evaluate findings` reports on it. The same corpus, settings and library
    releases give the same model.
    """
    settings = settings or Settings()
    train, validation = load_reports(corpus, "train"), load_reports(corpus, "validation")
    say(f"Đọc {len(train)} báo cáo huấn luyện, {len(validation)} báo cáo kiểm định")
    labelled = [label_report(r) for r in train]
    model = fit_findings(labelled, vector_table(registry), settings, say)
    metrics: dict[str, Any] = {
        "train_reports": len(train),
        "temperature": round(model.sentences.temperature, 2),
    }
    if validation:
        say("Chấm trên tập kiểm định")
        metrics["validation"] = judge(model, validation).summary()
    say("Ghi mô hình")
    return registry.save(
        "findings",
        model,
        labels={"classes": list(CLASSES), "topics": list(codes("topics")), "fields": list(codes("fields"))},
        metrics=metrics,
        config=asdict(settings),
        data={"train": digest(train), "validation": digest(validation)},
        taxonomy=taxonomy().version,
        version=version,
        card=model_card(metrics),
    )


def model_card(metrics: dict[str, Any]) -> str:
    """A short card in Vietnamese: what the model is for, what it learned from, what it scored on validation."""
    rows = "\n".join(
        f"| {name} | {row['f1']:.3f} | [{row['low']:.3f}; {row['high']:.3f}] | {row['gold']} |"
        for name, row in metrics.get("validation", {}).items()
    )
    return (
        "# Mô hình trích phát hiện từ báo cáo\n\n"
        "Tìm hạn chế, nguyên nhân, kiến nghị, giải pháp và bài học trong báo cáo hành chính, kèm vị trí, độ tin cậy, lý do. Kết quả là đề xuất để "
        "người đọc báo cáo xác nhận, không thay người.\n\n"
        f"Học từ {metrics['train_reports']} báo cáo do mô hình ngôn ngữ soạn theo lối văn của các cơ quan (xem corpora/reports, "
        "docs/annotation-reports.md); chưa có văn bản thật nào được dùng để học.\n\n"
        "Tập kiểm định:\n\n| Loại | F1 | Khoảng 95% | Số mẫu |\n|---|---|---|---|\n" + rows + "\n"
    )
