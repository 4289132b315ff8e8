"""Why a unit became a finding, in words for the person who checks it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nlp.reports.features import UnitTable, dense_names
from nlp.reports.model import CLASSES, KIND_OF_CLASS, SentenceModel
from nlp.reports.structure import Structure
from nlp.reports.units import Unit

_MOST = 4


def explain(
    model: SentenceModel,
    design: Any,
    table: UnitTable,
    structure: Structure,
    units: Sequence[Unit],
    index: int,
    kind: str,
) -> tuple[str, ...]:
    """Up to four reasons, the weightiest first.

    Parameters: the model, its design matrix and what it saw; `index` of the unit; `kind` decided. A reason is a
    contribution to the linear model (coefficient times value, against "none") named after what it stands for: the
    heading, the lead into the list, a cue phrase, a word.
    """
    columns = [i for i, name in enumerate(CLASSES) if KIND_OF_CLASS.get(name) == kind]
    classes = list(np.asarray(model.linear.classes_, dtype=int))
    usable = [classes.index(c) for c in columns if c in classes]
    if not usable:
        return ()
    row = design[index]
    weights = model.linear.coef_[usable].max(axis=0) - model.linear.coef_[classes.index(0)]
    scores: dict[str, float] = {}
    n_words, n_headings = len(model.words.vocabulary_), len(model.headings.vocabulary_)
    for column, value in zip(row.indices, row.data, strict=True):
        reason = _name(model, table, structure, units, index, int(column), n_words, n_headings)
        if reason:
            scores[reason] = scores.get(reason, 0.0) + float(weights[column]) * float(value)
    ranked = sorted(((s, r) for r, s in scores.items() if s > 0.15), reverse=True)
    return tuple(reason for _, reason in ranked[:_MOST])


def _name(
    model: SentenceModel,
    table: UnitTable,
    structure: Structure,
    units: Sequence[Unit],
    index: int,
    column: int,
    n_words: int,
    n_headings: int,
) -> str | None:
    if column < n_words:
        return None
    chain = list(structure.ancestors(structure.paragraphs[units[index].paragraph].section))
    title = next((s.title for s in chain if s.kind != "lead"), None)
    if column < n_words + n_headings:
        return None if title is None else f"vì nằm dưới mục “{title}”"
    if column >= n_words + n_headings + len(dense_names()):
        return None
    name = dense_names()[column - n_words - n_headings]
    family, _, rest = name.partition(":")
    if family in ("heading", "inherited"):
        return None if title is None else f"vì nằm dưới mục “{title}”"
    if family == "lead":
        lead = next((s.title for s in chain if s.kind == "lead"), None)
        return None if lead is None else f"vì nằm trong danh sách sau câu “{_short(lead)}”"
    if family == "cue":
        phrases = sorted({c.phrase for c in table.cues[index] if c.group == rest}, key=len, reverse=True)
        return None if not phrases else "vì có cụm " + ", ".join(f"“{p}”" for p in phrases[:2])
    if family in ("before", "after"):
        return "vì câu bên cạnh có dấu hiệu cùng loại"
    if name == "opened_contrast":
        return "vì đoạn đã chuyển ý bằng “tuy nhiên” hoặc lời tương tự"
    return None


def _short(text: str) -> str:
    words = text.split()
    return text if len(words) <= 14 else "… " + " ".join(words[-12:])
