"""Why a unit became a finding, in words for the person who checks it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from nlp.reports.cues import Cue
from nlp.reports.features import UnitTable, dense_names
from nlp.reports.model import CLASSES, KIND_OF_CLASS, SentenceModel
from nlp.reports.outline import Section
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
    first, last = design.indptr[index], design.indptr[index + 1]
    n_words, n_headings = len(model.words.vocabulary_), len(model.headings.vocabulary_)
    present, values = design.indices[first:last], design.data[first:last]
    named = present >= n_words
    present, values = present[named], values[named]
    coefficients = np.asarray(model.linear.coef_[:, present], dtype=float)
    weighed = (coefficients[usable].max(axis=0) - coefficients[classes.index(0)]) * values
    chain = list(structure.ancestors(structure.paragraphs[units[index].paragraph].section))
    scores: dict[str, float] = {}
    for column, score in zip(present.tolist(), weighed.tolist(), strict=True):
        reason = _name(chain, table.cues[index], column - n_words, n_headings)
        if reason:
            scores[reason] = scores.get(reason, 0.0) + score
    ranked = sorted(((s, r) for r, s in scores.items() if s > 0.15), reverse=True)
    return tuple(reason for _, reason in ranked[:_MOST])


def _name(chain: Sequence[Section], cues: Sequence[Cue], column: int, n_headings: int) -> str | None:
    """What a column behind those of the words stands for; None where it is nothing to tell a person."""
    title = next((s.title for s in chain if s.kind != "lead"), None)
    if column < n_headings:
        return None if title is None else f"vì nằm dưới mục “{title}”"
    if column >= n_headings + len(_names()):
        return None
    name = _names()[column - n_headings]
    family, _, rest = name.partition(":")
    if family in ("heading", "inherited"):
        return None if title is None else f"vì nằm dưới mục “{title}”"
    if family == "lead":
        lead = next((s.title for s in chain if s.kind == "lead"), None)
        return None if lead is None else f"vì nằm trong danh sách sau câu “{_short(lead)}”"
    if family == "cue":
        phrases = sorted({c.phrase for c in cues if c.group == rest}, key=len, reverse=True)
        return None if not phrases else "vì có cụm " + ", ".join(f"“{p}”" for p in phrases[:2])
    if family in ("before", "after"):
        return "vì câu bên cạnh có dấu hiệu cùng loại"
    if name == "opened_contrast":
        return "vì đoạn đã chuyển ý bằng “tuy nhiên” hoặc lời tương tự"
    return None


@cache
def _names() -> tuple[str, ...]:
    return tuple(dense_names())


def _short(text: str) -> str:
    words = text.split()
    return text if len(words) <= 14 else "… " + " ".join(words[-12:])
