"""What simpler ways reach: headings only, cue words only, the words of the sentence only. They stand beside the model in every report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from nlp.reports.model import CLASSES, decide_row, spread
from nlp.training.findings_data import LabelledReport
from nlp.training.findings_scoring import Counts, Predicted, score_document
from nlp.training.findings_sentences import Materials, Settings, best_thresholds, word_vectorizer

Labeller = Callable[[LabelledReport], list[str | None]]
_ROLE_CLASS = (
    ("limitation", "limitation"),
    ("cause", "cause"),
    ("recommendation", "proposal"),
    ("task", "solution"),
    ("lesson", "lesson"),
)
_CUE_CLASS = (
    ("cause_opener", "cause"),
    ("request_opener", "proposal"),
    ("contrast_opener", "limitation"),
    ("limitation_predicate", "limitation"),
    ("solution_opener", "solution"),
)


def by_headings(report: LabelledReport) -> list[str | None]:
    """Every unit takes the kind that the nearest heading with a role names; of several roles the first in reading order."""
    structure = report.parsed.structure
    out: list[str | None] = []
    for unit in report.parsed.units:
        section = structure.paragraphs[unit.paragraph].section
        roles = structure.sections[section].inherited if section >= 0 else frozenset()
        out.append(next((name for role, name in _ROLE_CLASS if role in roles), None))
    return out


def by_cues(report: LabelledReport) -> list[str | None]:
    """Every unit takes the kind of the first cue group that it has, openers first."""
    out: list[str | None] = []
    for cues in report.parsed.table.cues:
        groups = {cue.group for cue in cues}
        out.append(next((name for group, name in _CUE_CLASS if group in groups), None))
    return out


def by_words(train: Sequence[LabelledReport], materials: Materials, settings: Settings) -> Labeller:
    """A linear model that sees nothing but the unit's own words and their nearness to the cues; no headings, no neighbours."""
    words = word_vectorizer().fit([t for r in train for t in r.parsed.table.texts])

    def rows(report: LabelledReport) -> sparse.csr_matrix:
        blocks = [words.transform(report.parsed.table.texts)]
        if materials.vectors is not None and materials.phrases is not None:
            blocks.append(sparse.csr_matrix(materials.phrases.columns(materials.vectors, report.parsed.table.words)))
        return sparse.hstack(blocks).tocsr()

    keep = np.concatenate([~r.ignored for r in train])
    labels = np.concatenate([r.labels for r in train])[keep]
    design = sparse.vstack([rows(r) for r in train]).tocsr()[keep]
    fitted = LogisticRegression(C=settings.linear_c, max_iter=400).fit(design, labels)
    # Thresholds on the training reports flatter this baseline if anything.
    thresholds = best_thresholds(spread(fitted, design), labels)

    def label(report: LabelledReport) -> list[str | None]:
        if not report.parsed.units:
            return []
        out: list[str | None] = []
        for row in spread(fitted, rows(report)):
            decided = decide_row(row, thresholds)
            name = None if decided is None else decided[0]
            if name == "recommendation":
                name = "solution" if row[CLASSES.index("solution")] >= row[CLASSES.index("proposal")] else "proposal"
            out.append(name)
        return out

    return label


def score_labels(report: LabelledReport, names: Sequence[str | None]) -> Mapping[str, Counts]:
    """Counts of every kind for units labelled with class names."""
    said = [Predicted(n, *span) for n, span in zip(names, report.source, strict=True) if n is not None]
    return score_document(said, report.report.spans, len(report.report.text))
