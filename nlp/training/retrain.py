"""The findings model again, from the corpus and from what people reviewed in the register."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from nlp.registry import Registry, Version
from nlp.reports.model import CLASSES
from nlp.reports.reader import FindingsModel
from nlp.reports.topics import codes
from nlp.taxonomy import taxonomy
from nlp.training.findings import Say, digest, model_card, vector_table
from nlp.training.findings_data import label_report
from nlp.training.findings_judge import judge
from nlp.training.findings_labels import fit_sorts, fit_topics
from nlp.training.findings_links import fit_links
from nlp.training.findings_sentences import Materials, Settings, fit_sentences
from nlp.training.report_corpus import GoldReport, load_reports
from nlp.training.train import vectors_digest


def retrain_findings(
    corpus: Path,
    reviewed: Sequence[GoldReport],
    registry: Registry,
    settings: Settings | None = None,
    *,
    say: Say = lambda _: None,
    version: str | None = None,
) -> Version:
    """Fit on the training split and on reviewed reports, judge on the validation split, register a candidate.

    People review what a finding is, not its topics and links: sentences and sorts learn from both sources, topics and
    links from the corpus alone, since the register's are the machine's own.
    """
    settings = settings or Settings()
    own, validation = load_reports(corpus, "train"), load_reports(corpus, "validation")
    say(f"Đọc {len(own)} báo cáo ngữ liệu, {len(reviewed)} báo cáo đã rà soát, {len(validation)} báo cáo kiểm định")
    labelled, office = [label_report(r) for r in own], [label_report(r) for r in reviewed]
    vectors = vector_table(registry)
    say("Mô hình câu")
    sentences, _ = fit_sentences([*labelled, *office], Materials.of(vectors), settings)
    say("Loại con, chủ đề, liên kết")
    sorts, topics = fit_sorts([*labelled, *office], vectors, settings), fit_topics(labelled, settings)
    model = FindingsModel(sentences, sorts, topics, fit_links(labelled, vectors, settings))
    metrics: dict[str, Any] = {
        "train_reports": len(own), "reviewed_reports": len(reviewed),
        "reviewed_findings": sum(s["kind"] != "ignore" for r in reviewed for s in r.spans),
        "temperature": round(sentences.temperature, 2),
    }  # fmt: skip
    if validation:
        say("Chấm trên tập kiểm định")
        metrics["validation"] = judge(model, validation).summary()
    say("Ghi mô hình")
    card = model_card(metrics) + (
        f"\nHọc thêm từ {len(reviewed)} báo cáo của cơ quan với {metrics['reviewed_findings']} phát hiện đã rà soát, "
        "đã che thông tin cá nhân.\n"
    )
    return registry.save(
        "findings", model, metrics=metrics, config=asdict(settings), taxonomy=taxonomy().version, version=version,
        labels={"classes": list(CLASSES), "topics": list(codes("topics")), "fields": list(codes("fields"))},
        data={"train": digest(own), "reviewed": digest(reviewed), "validation": digest(validation)}
        | vectors_digest(registry), card=card,
    )  # fmt: skip
