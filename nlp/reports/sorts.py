"""Sorts: is a cause objective or subjective; does a recommendation ask a body outside, or is it the issuer's own
task.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.reports.attributes import addressee_of, opening_organ, request_target
from nlp.reports.features import UnitTable
from nlp.reports.findings import Metadata
from nlp.reports.model import Scale
from nlp.reports.organs import Organ, level_of
from nlp.reports.structure import Structure
from nlp.reports.units import Unit
from nlp.reports.vectors import VectorTable
from nlp.text import fold

CAUSE, RECOMMENDATION = "cause", "recommendation"
POSITIVE = {CAUSE: "objective", RECOMMENDATION: "proposal"}
SURE = 0.95
"""Probability given to a sort that follows from its definition."""

NEGATIVE = {CAUSE: "subjective", RECOMMENDATION: "solution"}
_OWN = re.compile(
    r"(?:^|\s)(?:tôi|bản thân|tác giả|đoàn giám sát|ban|thường trực hđnd|đoàn|chúng tôi)\s+(?:\S+\s+){0,2}?(?:sẽ|tiếp tục|giám sát)"
)
_KINDS = ("bao cao", "chi thi", "thong bao", "nghi quyet", "bien ban", "sang kien", "ket luan")
NAMES = (
    "target_known",
    "target_level",
    "issuer_level",
    "target_above",
    "target_below",
    "target_same",
    "from_heading",
    "council_to_committee",
    "opens_with_body",
    "issuer_known",
    "council",
    "own_task",
    *(f"kind:{k}" for k in _KINDS),
    "earlier_objective",
    "earlier_subjective",
    "says_objective",
    "says_subjective",
    "own_body",
)


@dataclass(frozen=True, slots=True)
class Issuer:
    """Level and group of the body that issues the document."""

    level: int | None
    group: str
    kind: str

    @classmethod
    def of(cls, metadata: Metadata) -> Issuer:
        """Read from the metadata; level None where the issuer is not known."""
        level, group = level_of(metadata.issuer) if metadata.issuer else (None, "")
        return cls(level, group, fold(metadata.kind or ""))


def target_of(text: str, structure: Structure, units: Sequence[Unit], index: int) -> tuple[Organ | None, bool]:
    """The body that a recommendation turns to, and whether only its surroundings name it."""
    unit = units[index]
    own = request_target(text, unit.start, unit.end)
    if own:
        return own, False
    before = []
    for earlier in reversed(units[:index]):
        if earlier.paragraph != unit.paragraph:
            break
        before.append((earlier.start, earlier.end))
    titles = [s.title for s in structure.ancestors(structure.paragraphs[unit.paragraph].section)][:2]
    return addressee_of(text, (unit.start, unit.end), before, titles), True


def sort_columns(text: str, structure: Structure, units: Sequence[Unit], issuer: Issuer) -> NDArray[np.float64]:
    """Dense description of every unit for the two sort decisions, shape (units, len(NAMES))."""
    rows = []
    last_section, objective, subjective = -2, 0.0, 0.0
    for index, unit in enumerate(units):
        body = text[unit.start : unit.end].lower()
        section = structure.paragraphs[unit.paragraph].section
        if section != last_section:
            last_section, objective, subjective = section, 0.0, 0.0
        says = (float("khách quan" in body[:48]), float("chủ quan" in body[:48]))
        if any(says):
            objective, subjective = says
        organ, from_heading = target_of(text, structure, units, index)
        opening = opening_organ(text, unit.start, unit.end)
        level = organ.level if organ else None
        gap = None if level is None or issuer.level is None else level - issuer.level
        own = bool(_OWN.search(body[:90])) or (
            issuer.group == "dan_cu" and any(o is not None and o.group == "dan_cu" for o in (opening, organ))
        )
        rows.append(
            [
                float(organ is not None),
                float(level or 0),
                float(issuer.level or 0),
                float(gap is not None and gap > 0),
                float(gap is not None and gap < 0),
                float(gap == 0),
                float(organ is not None and from_heading),
                float(issuer.group == "dan_cu" and organ is not None and organ.group == "hanh_chinh"),
                float(opening is not None),
                float(issuer.level is not None),
                float(issuer.group == "dan_cu"),
                float(bool(_OWN.search(body[:90]))),
                *(float(issuer.kind.startswith(k)) for k in _KINDS),
                objective,
                subjective,
                *says,
                float(own),
            ]
        )
    return np.array(rows, dtype=float).reshape(len(units), len(NAMES))


def defined_sort(kind: str, row: NDArray[np.float64]) -> bool | None:
    """The sort where its definition leaves no choice, else None.

    Parameters: `kind`; `row` of `sort_columns`. Returns True for objective or proposal. A resolution of a people's
    council turns to others whatever its wording, but for what the council's own bodies will do; a cause that calls
    itself objective or subjective is believed.
    """
    at = {name: row[i] for i, name in enumerate(NAMES)}
    if kind == CAUSE:
        if at["says_objective"] != at["says_subjective"]:
            return bool(at["says_objective"])
        return None
    if at["own_task"]:
        return False
    if at["council"] and at["kind:nghi quyet"]:
        return not at["own_body"]
    return None


@dataclass
class SortModel:
    """Linear models of the two decisions; made by `nlp.training.findings`."""

    words: Any
    headings: Any
    scaler: Any
    vectors: VectorTable | None
    vector_scale: Scale | None
    estimators: dict[str, Any]

    def rows(self, table: UnitTable, columns: NDArray[np.float64], chosen: Sequence[int]) -> Any:
        """Design rows for the chosen units: words of the unit and its headings, dense description, sort columns, mean
        word vector.
        """
        dense = np.hstack([table.dense[list(chosen)], columns[list(chosen)]])
        blocks = [
            self.words.transform([table.texts[i] for i in chosen]),
            self.headings.transform([table.headings[i] for i in chosen]),
            sparse.csr_matrix(self.scaler.transform(dense)),
        ]
        if self.vectors is not None and self.vector_scale is not None:
            blocks.append(sparse.csr_matrix(self.vector_scale(self.vectors.means([table.words[i] for i in chosen]))))
        return sparse.hstack(blocks).tocsr()

    def decide(
        self, kind: str, table: UnitTable, columns: NDArray[np.float64], chosen: Sequence[int]
    ) -> list[tuple[str, float]]:
        """(sort, probability of that sort) for units of one kind."""
        if not chosen:
            return []
        positive = self.estimators[kind].predict_proba(self.rows(table, columns, chosen))[:, 1]
        out = []
        for i, p in zip(chosen, positive, strict=True):
            fixed = defined_sort(kind, columns[i])
            share = float(p) if fixed is None else (max(float(p), SURE) if fixed else min(float(p), 1 - SURE))
            out.append((POSITIVE[kind], share) if share >= 0.5 else (NEGATIVE[kind], 1 - share))
        return out
