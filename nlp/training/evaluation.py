"""One evaluation of one petition model: every table of the report as plain JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from nlp.petitions.encoder import Reader
from nlp.petitions.vectors import WordVectors
from nlp.registry import Version
from nlp.taxonomy import taxonomy
from nlp.training.agreement import ceiling
from nlp.training.baselines import BASELINES
from nlp.training.config import PetitionConfig
from nlp.training.corpus import PetitionCorpus, PetitionRow
from nlp.training.errors import confusion, examples, field_pairs, missed_khan, signal_table
from nlp.training.faithfulness import faithfulness
from nlp.training.judge import Judged, judge
from nlp.training.metrics import label_scores, paired_difference
from nlp.training.noise import NOISES, spoil
from nlp.training.reliability import confidence, reliability, review, risk_coverage
from nlp.training.samples import read_gold, score_samples
from nlp.training.slices import slice_tables
from nlp.training.train import digest, learned
from nlp.training.transfer import learning_curve, leave_out, redacted_training

Say = Callable[[str], None]
# What the project set itself; a figure below is discussed, not hidden.
TARGETS = {
    "field_micro_f1": 0.93, "subfield_micro_f1": 0.85, "type_accuracy": 0.92, "type_macro_f1": 0.85,
    "urgency_accuracy": 0.85, "khan_recall": 0.95, "khan_precision": 0.75, "signal_micro_f1": 0.75,
}  # fmt: skip
SAMPLE_TARGETS = {"field_micro_f1": 0.88, "field_macro_f1": 0.85, "urgency_accuracy": 0.80, "khan_recall": 1.0}
# Sections that take minutes or may be shown only once; kept from the last report while model and data are the same.
OPTIONAL = ("transfer", "curve", "redaction", "samples")
FAITHFUL_TEXTS = 150


@dataclass(frozen=True)
class Options:
    """What to include beside the standard tables."""

    split: str = "test"
    transfer: bool = False
    curve: bool = False
    redaction: bool = False
    samples: Path | None = None
    times: int = 1000


def evaluate(
    reader: Reader,
    version: Version,
    corpus: PetitionCorpus,
    vectors: WordVectors | None,
    options: Options | None = None,
    *,
    annotations: Path | None = None,
    before: dict[str, Any] | None = None,
    say: Say = lambda _: None,
) -> dict[str, Any]:
    """Judge one version on one split.

    Parameters
    ----------
    vectors : WordVectors, optional
        for the refits of `transfer`, `curve` and `redaction`.
    annotations : Path, optional
        folder of a second annotator's labels, for the agreement beside the scores.
    before : dict, optional
        the last report; its optional sections stay while model and data are the same.

    Raises
    ------
    ValueError
        If the split has no petition.
    """
    options = options or Options()
    rows = corpus.split(options.split)
    if not rows:
        raise ValueError(f"Phần chia “{options.split}” không có đơn nào.")
    train = corpus.split("train")
    say(f"Đọc {len(rows)} đơn của phần {options.split}")
    judged = read(reader, rows)
    scores = {"model": _json(judged, options.times)}
    for name, baseline in BASELINES.items():
        say(f"Mức nền: {name}")
        if train:
            scores[name] = _json(baseline(train, rows), options.times)
    out: dict[str, Any] = {
        "model": {"name": version.name, "version": version.version, "created": version.manifest.created,
                  "artefact_sha256": version.manifest.files["artefact.joblib"],
                  "config": dict(version.manifest.config)},
        "taxonomy": taxonomy().version, "split": options.split, "n": len(rows), "train_n": len(train),
        "trained_on_these": version.manifest.data.get("train") == digest(train),
        "learned_before": len(learned(version, rows)),
        "data": {"train": digest(train), options.split: digest(rows)},
        "targets": TARGETS, "scores": scores, "labels": label_tables(judged, options.times),
        "confusion": {
            "type": confusion(*judged.type, 4), "urgency": confusion(*judged.urgency, 3), "fields": field_pairs(judged),
        },
        "missed_khan": missed_khan(judged),
        "reliability": [r.to_json() for r in reliability(judged)], "review": review(judged),
        "risk_coverage": {
            task: {"points": [[round(a, 3), round(b, 4)] for a, b in points], "area": round(area, 4)}
            for task, (points, area) in ((k, risk_coverage(c, w)) for k, (c, w) in confidence(judged).items())
        },
        "slices": slice_tables(judged),
    }  # fmt: skip
    out["ceiling"] = ceiling(corpus, annotations)
    say("Chịu nhiễu")
    out["robustness"] = robustness(reader, judged)
    say("Bằng chứng có trung thực không")
    some = np.linspace(0, len(rows) - 1, min(FAITHFUL_TEXTS, len(rows))).astype(int)
    out["faithfulness"] = faithfulness(reader, judged.take(sorted(set(some.tolist()))))
    validation = corpus.split("validation") if options.split == "test" else []
    # Examples come from the validation split, so that nobody learns the test petitions by heart.
    out["examples_from"] = "validation" if validation else options.split
    out["examples"] = examples(read(reader, validation) if validation else judged)
    hard = corpus.split("hard")
    if hard and options.split != "hard":
        say("Ca khó")
        out["hard"] = _json(read(reader, hard), options.times)
    out |= _optional(reader, version, corpus, vectors, options, say)
    return kept(out, before)


def read(reader: Reader, rows: Sequence[PetitionRow]) -> Judged:
    """Read rows with the reader that serves and line the answers up with the gold labels."""
    return judge([reader.classify(r.text, id=r.id) for r in rows], rows)


def _json(judged: Judged, times: int) -> dict[str, Any]:
    return {name: interval.to_json() for name, interval in judged.scores(times).items()}


def label_tables(judged: Judged, times: int) -> dict[str, Any]:
    """Precision, recall and F1 of every label of every task."""
    t = taxonomy()
    assert judged.subfields is not None
    four, three = np.eye(4, dtype=bool), np.eye(3, dtype=bool)
    tables = {
        "fields": (t.field_codes, *judged.fields), "subfields": (t.subfield_codes, *judged.subfields),
        "type": ([x.code for x in t.types], four[judged.type[0]], four[judged.type[1]]),
        "urgency": ([u.code for u in t.urgency], three[judged.urgency[0]], three[judged.urgency[1]]),
    }  # fmt: skip
    out: dict[str, Any] = {k: [s.to_json() for s in label_scores(*v, times=times)] for k, v in tables.items()}
    return out | {"signals": signal_table(judged)}


def robustness(reader: Reader, judged: Judged) -> list[dict[str, Any]]:
    """Scores of the same petitions under each noise, and the paired difference of field micro-F1 to the clean text."""
    clean = judged.rules()["field_micro_f1"]
    shown = ("field_micro_f1", "type_accuracy", "urgency_accuracy", "khan_recall")
    rows = []
    for name in NOISES:
        noisy = judge([reader.classify(spoil(name, r.text, r.id)) for r in judged.rows], judged.rows)
        lost, p = paired_difference(clean, noisy.rules()["field_micro_f1"], judged.n, times=500)
        scores = noisy.scores(500, shown)
        rows.append(
            {"noise": name, "difference": lost.to_json(), "p": round(p, 4)}
            | {k: v.to_json() for k, v in scores.items()}
        )
    return rows


def _optional(
    reader: Reader,
    version: Version,
    corpus: PetitionCorpus,
    vectors: WordVectors | None,
    options: Options,
    say: Say,
) -> dict[str, Any]:
    known = set(PetitionConfig.__dataclass_fields__)
    config = PetitionConfig(**{k: v for k, v in version.manifest.config.items() if k in known})
    out: dict[str, Any] = {}
    linear = version.manifest.config.get("backend", "linear") == "linear"
    # Many fits: three folds of cross-validation do for the stacks.
    config = replace(config, folds=min(config.folds, 3))
    if options.transfer and linear:
        # The test split stays out, so that a researcher may choose by transfer without having seen it.
        rows = corpus.split("train", "validation")
        out["transfer"] = {
            "hand": leave_out(rows, lambda r: r.hand, vectors, config, say=say),
            "channel": leave_out(rows, lambda r: r.channel, vectors, config, say=say),
        }
    if options.curve and linear:
        out["curve"] = learning_curve(corpus.split("train"), corpus.split(options.split), vectors, config, say=say)
    if options.redaction and linear:
        # On the validation split, for the same reason.
        out["redaction"] = redacted_training(
            corpus.split("train"), corpus.split("validation"), vectors, config, say=say
        )
    if options.samples is not None and options.samples.is_dir():
        say("Đơn thật của bên thứ ba")
        out["samples"] = score_samples(reader, read_gold(options.samples), times=options.times) | {
            "targets": SAMPLE_TARGETS
        }
    return out


def kept(now: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any]:
    """Take over the optional sections of the last report if it judged the same model on the same data."""
    if not before:
        return now
    same = (
        before.get("data") == now["data"]
        and before.get("model", {}).get("artefact_sha256") == now["model"]["artefact_sha256"]
    )
    return now | {k: before[k] for k in OPTIONAL if same and k not in now and k in before}


def read_report(path: Path) -> dict[str, Any] | None:
    """The last report's JSON, or None."""
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found
