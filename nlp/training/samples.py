"""Third-party petitions beside the project: scored at the end, never learned from, never chosen on.

The rules are those of the scorer that comes with the samples: `fields_maybe` codes are left out, a null type or level
is not scored, macro-F1 is over fields with at least five gold petitions.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nlp.petitions import PetitionResult
from nlp.petitions.encoder import Reader
from nlp.registry.locate import CHECKOUT
from nlp.taxonomy import taxonomy
from nlp.text import LangNgheError
from nlp.training.metrics import bootstrap

LEAST = 5


def samples_folder() -> Path:
    """`LANGNGHE_SAMPLES`, else `shared/samples/petitions` beside the checkout; it need not exist."""
    chosen = os.environ.get("LANGNGHE_SAMPLES")
    return Path(chosen) if chosen else CHECKOUT.parent / "shared" / "samples" / "petitions"


def read_gold(folder: Path) -> list[dict[str, Any]]:
    """The rows of every `*.jsonl` of the folder, in file order."""
    return [
        json.loads(line)
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


def score_samples(reader: Reader, gold: Sequence[dict[str, Any]], *, times: int = 1000) -> dict[str, Any]:
    """Field micro- and macro-F1, type and urgency accuracy, recall and precision of `khan`: intervals and n."""
    results = [_read(reader, row) for row in gold]
    t = taxonomy()
    maybe = np.array([[c in (r.get("fields_maybe") or ()) for c in t.field_codes] for r in gold])
    there = np.array([[c in r["fields"] for c in t.field_codes] for r in gold]) & ~maybe
    said = np.array([[_has(x, c) for c in t.field_codes] for x in results]) & ~maybe

    def per_field(i: np.ndarray) -> np.ndarray:
        hit, total = (there[i] & said[i]).sum(axis=0), there[i].sum(axis=0) + said[i].sum(axis=0)
        return 2 * hit / np.maximum(total, 1)

    def micro(i: np.ndarray) -> float:
        total = there[i].sum() + said[i].sum()
        return 2 * float((there[i] & said[i]).sum()) / float(total) if total else float("nan")

    often = there.sum(axis=0) >= LEAST

    def macro(i: np.ndarray) -> float:
        return float(per_field(i)[often].mean()) if often.any() else float("nan")

    n = len(gold)
    typed = [k for k, r in enumerate(gold) if r.get("type")]
    right_type = np.array([bool(results[k]) and results[k].type.code == gold[k]["type"] for k in typed])  # type: ignore[union-attr]
    rated = [k for k, r in enumerate(gold) if r.get("urgency")]
    level = np.array([t.urgency_rank(gold[k]["urgency"]) for k in rated])
    found = np.array([_rank(results[k]) for k in rated])
    # Few petitions are `khan`, so intervals of its recall and precision are over those petitions alone.
    khan, called = level == 2, found == 2
    return {
        "n": n,
        "unreadable": sum(r is None for r in results),
        "field_micro_f1": bootstrap(micro, n, times=times).to_json(),
        "field_macro_f1": bootstrap(macro, n, times=times).to_json(),
        "type_accuracy": bootstrap(lambda i: float(right_type[i].mean()), len(typed), times=times).to_json(),
        "urgency_accuracy": bootstrap(lambda i: float((level == found)[i].mean()), len(rated), times=times).to_json(),
        "urgency_too_low": int((found < level).sum()),
        "khan_recall": bootstrap(lambda i: float(called[khan][i].mean()), int(khan.sum()), times=times).to_json(),
        "khan_precision": bootstrap(lambda i: float(khan[called][i].mean()), int(called.sum()), times=times).to_json(),
        "majority": {
            "type_accuracy": _share([gold[k]["type"] for k in typed]),
            "urgency_accuracy": _share([gold[k]["urgency"] for k in rated]),
        },
        "per_field": [
            {"code": c, "n": int(there[:, k].sum()), "f1": round(float(per_field(np.arange(n))[k]), 4)}
            for k, c in enumerate(t.field_codes)
            if there[:, k].any() or said[:, k].any()
        ],
    }


def _read(reader: Reader, row: dict[str, Any]) -> PetitionResult | None:
    try:
        return reader.classify(row["text"], id=str(row["id"]))
    except LangNgheError:
        return None


def _has(result: PetitionResult | None, code: str) -> bool:
    return result is not None and any(f.code == code for f in result.fields)


def _rank(result: PetitionResult | None) -> int:
    return taxonomy().urgency_rank(result.urgency.code) if result else -1


def _share(values: Sequence[str]) -> float:
    """The share of the most frequent value: what always saying it would score."""
    return round(max(values.count(v) for v in set(values)) / len(values), 4) if values else float("nan")
