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
from nlp.reports.organs import Organ, inside, level_of
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
    "outside",
    "inside",
    "asks",
    "directive",
    "own_hierarchy_only",
    "no_office",
    "heading_objective",
    "heading_subjective",
)
"""Names of the columns. A model of an earlier release takes the first ones, so new ones stand behind."""

_ASKS = re.compile(r"(?<!\w)(?:đề nghị|kiến nghị|đề xuất|kính mong|mong|xin)(?!\w)", re.IGNORECASE)
_ADVICE = re.compile(r"(?<!\w)(?:nên|cần|hãy|mong|đề nghị|kiến nghị|đề xuất)(?!\w)", re.IGNORECASE)
_DIRECTIVES = ("chi thi", "thong bao", "ket luan", "cong dien", "quyet dinh", "ke hoach")


@dataclass(frozen=True, slots=True)
class Issuer:
    """Level and group of the body that issues the document."""

    level: int | None
    group: str
    kind: str
    name: str = ""

    @property
    def directs(self) -> bool:
        """True where the document gives orders: a directive, a conclusion."""
        return self.kind.startswith(_DIRECTIVES)

    @property
    def own_only(self) -> bool:
        """True where the document turns to others but for what the issuer's own bodies do: a resolution of a people's
        council, a report of supervision by a council or a mass organisation.
        """
        return self.group in ("dan_cu", "doan_the") and ("nghi quyet" in self.kind or "giam sat" in self.kind)

    @property
    def nobody(self) -> bool:
        """True where no office speaks: an article."""
        return not self.name and not self.kind

    @classmethod
    def of(cls, metadata: Metadata) -> Issuer:
        """Read from the metadata; level None where the issuer is not known."""
        level, group = level_of(metadata.issuer) if metadata.issuer else (None, "")
        return cls(level, group, fold(metadata.kind or ""), metadata.issuer or "")


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
        mine = _OWN.search(body[:90]) is not None
        own = mine or (
            issuer.group == "dan_cu" and any(o is not None and o.group == "dan_cu" for o in (opening, organ))
        )
        # The body that acts counts before the body that the heading names.
        actor = opening if opening is not None and from_heading else organ
        # An issuer that cannot be placed is neither above nor beside anybody.
        within = inside(issuer.name, actor.text) if actor is not None and issuer.level is not None else None
        ancestors = tuple(structure.ancestors(section))
        near = next((s.roles for s in ancestors if {"objective", "subjective"} & set(s.roles)), ())
        asks = _ASKS.search(body) is not None or any(_ASKS.search(s.title) for s in ancestors[:1])
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
                float(mine),
                *(float(issuer.kind.startswith(k)) for k in _KINDS),
                objective,
                subjective,
                *says,
                float(own),
                float(within is False),
                float(within is not False and actor is not None),
                float(asks),
                float(issuer.directs),
                float(issuer.own_only),
                float(issuer.nobody and (opening is not None or _ADVICE.search(body) is not None)),
                float("objective" in near and "subjective" not in near),
                float("subjective" in near and "objective" not in near),
            ]
        )
    return np.array(rows, dtype=float).reshape(len(units), len(NAMES))


def defined_sort(kind: str, row: NDArray[np.float64]) -> bool | None:
    """The sort where its definition leaves no choice, else None.

    Parameters: `kind`; `row` of `sort_columns`. Returns True for objective or proposal. A cause that calls itself
    objective or subjective, or stands under such a heading, is believed. What the issuer itself will do is a solution.
    A council's resolution or a report of supervision turns to others but for the issuer's own bodies; a directive or a
    conclusion orders, but for what it asks of a body outside its hierarchy.
    """
    at = {name: row[i] for i, name in enumerate(NAMES)}
    if kind == CAUSE:
        for said in ("says", "heading"):
            if at[f"{said}_objective"] != at[f"{said}_subjective"]:
                return bool(at[f"{said}_objective"])
        return None
    if at["own_task"]:
        return False
    if at["own_hierarchy_only"]:
        return not at["inside"]
    if at["directive"]:
        return bool(at["outside"] and at["asks"])
    return True if at["outside"] and at["asks"] else None


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
        dense = np.hstack([table.dense[list(chosen)], columns[list(chosen)]])[:, : self.scaler.n_features_in_]
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
