"""Labels that are probably wrong, by confident learning over out-of-fold probabilities (Northcutt and others 2021)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nlp.petitions.vectors import WordVectors
from nlp.taxonomy import taxonomy
from nlp.text import LangNgheError
from nlp.training.corpus import PetitionRow
from nlp.training.light import lighten, out_of_fold


class CleanlabMissingError(LangNgheError):
    """cleanlab is part of the training extra and is not installed."""


@dataclass(frozen=True)
class Suspect:
    """A label that a person should look at again: what stands there, what the models say, and how sure they are."""

    id: str
    task: str
    given: str
    suggested: str
    score: float

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id, "task": self.task, "given": self.given, "suggested": self.suggested,
            "score": round(self.score, 4),
        }  # fmt: skip


def find_label_errors(
    rows: Sequence[PetitionRow], vectors: WordVectors | None = None, *, folds: int = 5
) -> list[Suspect]:
    """Suspicious fields, types and levels, the most suspicious first (the lower the score, the likelier an error).

    Raises
    ------
    CleanlabMissingError
        If the training extra is not installed.
    """
    try:
        from cleanlab.filter import find_label_issues
        from cleanlab.rank import get_label_quality_scores
    except ImportError as error:
        raise CleanlabMissingError("cleanlab_missing", "Chưa cài cleanlab (pip install .[train]).") from error
    light, t = lighten(rows, vectors), taxonomy()
    found: list[Suspect] = []
    single = (
        ("type", [x.code for x in t.types], light.gold.type),
        ("urgency", [u.code for u in t.urgency], light.gold.urgency),
    )
    for task, codes, gold in single:
        present = sorted(set(gold.tolist()))
        if len(present) < 2:
            continue
        p = out_of_fold(light, np.eye(len(codes), dtype=bool)[gold][:, present], folds=folds) + 1e-6
        p /= p.sum(axis=1, keepdims=True)
        labels = np.array([present.index(g) for g in gold])
        flagged = find_label_issues(labels, p, n_jobs=1, filter_by="both")
        quality = get_label_quality_scores(labels, p)
        for i in np.flatnonzero(flagged).tolist():
            best = codes[present[int(p[i].argmax())]]
            found.append(Suspect(rows[i].id, task, codes[gold[i]], best, float(quality[i])))
    # A set of fields is one yes or no a field: each is judged on its own.
    each = out_of_fold(light, light.gold.fields, folds=folds)
    for k, code in enumerate(t.field_codes):
        labels = light.gold.fields[:, k].astype(int)
        if labels.sum() < 2 * folds:
            continue
        p = np.clip(np.stack([1 - each[:, k], each[:, k]], axis=1), 1e-6, 1)
        flagged = find_label_issues(labels, p, n_jobs=1, filter_by="both")
        quality = get_label_quality_scores(labels, p)
        for i in np.flatnonzero(flagged).tolist():
            given, suggested = (code, f"không {code}") if labels[i] else (f"không {code}", code)
            found.append(Suspect(rows[i].id, "fields", given, suggested, float(quality[i])))
    return sorted(found, key=lambda s: (s.score, s.id))
