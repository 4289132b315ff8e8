"""Numbers that describe a unit to the sentence model: cues, the roles of its section, its place, its shape, its
neighbours' cues.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from nlp.reports import triggers
from nlp.reports.chain import contexts_of
from nlp.reports.cues import Cue, cues_within, matcher
from nlp.reports.headings import FINDING_ROLES, ROLES
from nlp.reports.lexicon import cue_groups
from nlp.reports.structure import Structure
from nlp.reports.units import Unit
from nlp.reports.zones import ANNEX
from nlp.text import fold

DOCUMENT_KINDS = ("bao cao", "chi thi", "thong bao", "nghi quyet", "bien ban", "sang kien", "ket luan", "")
"""Opening words of the document's kind, as the first lines name it; the last stands for none."""
_STYLES = ("decimal", "lower", "paren", "bullet", "ordinal")
_KINDS = ("line", "run_in", "lead")
_DIGIT = re.compile(r"\d")
_NUMBER_WITH_UNIT = re.compile(
    r"\d[\d.,/]*\s*(?:%|lượt|vụ|đơn|hộ|người|tỷ|triệu|km|ha|cuộc|buổi|hồ sơ|trường hợp|văn bản|lớp)"
)


@dataclass(frozen=True)
class UnitTable:
    """Everything the sentence model sees of one document, one row a unit.

    `texts` are the units in lower case; `headings` the words of the nearest heading and of those around it, joined;
    `dense` has shape (units, len(dense_names())); `cues` are the cues inside each unit, `words` its words as
    the segmenter cut them, `contexts` what stands between it and the unit before (`nlp.reports.chain`).
    """

    texts: tuple[str, ...]
    headings: tuple[str, ...]
    dense: NDArray[np.float32]
    cues: tuple[tuple[Cue, ...], ...]
    words: tuple[tuple[str, ...], ...] = ()
    contexts: NDArray[np.int64] | None = None


@cache
def groups() -> tuple[str, ...]:
    """Names of the cue groups, in the order of the columns."""
    return tuple(cue_groups())


@cache
def dense_names() -> tuple[str, ...]:
    """Names of the dense columns."""
    own = [f"heading:{r}" for r in ROLES] + [f"inherited:{r}" for r in ROLES] + [f"lead:{r}" for r in ROLES]
    own += [f"section_kind:{k}" for k in _KINDS] + ["section_none", "section_level", "section_upper"]
    own += [f"item:{s}" for s in _STYLES] + [
        "item_none",
        "item_index",
        "annex",
        "clause",
        "first_unit",
        "last_unit",
        "unit_index",
        "paragraph_units",
    ]
    own += ["since_heading", "document_place", "section_place", "section_units"]
    own += ["words", "ends_colon", "ends_semicolon", "ends_stop", "starts_lower", "digits", "figures", "upper"]
    own += ["opened_contrast", "opened_cause", "opened_request", "previous_colon", "next_item"]
    cue = [f"cue:{g}" for g in groups()]
    own += [f"document:{k}" for k in DOCUMENT_KINDS] + ["section_organ", "quoted", "ends_final", "merged"]
    own += [f"sole:{r}" for r in sorted(FINDING_ROLES)]
    cue = [*triggers.names(), *cue]
    return tuple(
        own
        + cue
        + [f"before:{g}" for g in groups()]
        + [f"after:{g}" for g in groups()]
        + [f"opener:{g}" for g in groups()]
    )


def _counts(cues: Sequence[Cue]) -> NDArray[np.float32]:
    row = np.zeros(len(groups()), dtype=np.float32)
    index = {g: i for i, g in enumerate(groups())}
    for cue in cues:
        column = index.get(cue.group)
        if column is not None:
            row[column] += 1
    return np.minimum(row, 3.0)


def describe(
    text: str,
    structure: Structure,
    units: Sequence[Unit],
    cues: Sequence[Cue] | None = None,
    kind: str | None = None,
    words: tuple[tuple[str, ...], ...] = (),
) -> UnitTable:
    """Describe every unit of a document.

    Parameters: `text`, the clean text; `structure` and `units`, read from it; `cues`, sorted, found in `text` (found
    here if None); `kind` of the document as its first lines name it; `words` of each unit. Returns one row a unit, in
    order.
    """
    found = matcher().find(text) if cues is None else cues
    inside = tuple(tuple(cues_within(found, u.start, u.end)) for u in units)
    counts = [_counts(row) for row in inside]
    empty = np.zeros(len(groups()), dtype=np.float32)
    per_section: dict[int, list[int]] = {}
    for i, unit in enumerate(units):
        per_section.setdefault(structure.paragraphs[unit.paragraph].section, []).append(i)
    place = {i: (k, len(row)) for row in per_section.values() for k, i in enumerate(row)}
    first_of_paragraph = {unit.paragraph: i for i, unit in reversed(list(enumerate(units)))}
    rows = []
    headings = []
    announced = triggers.trigger_columns(text, structure, units)
    folded_kind = fold(kind or "")
    document = np.array(
        [float(folded_kind.startswith(k) if k else not folded_kind) for k in DOCUMENT_KINDS], dtype=np.float32
    )
    smooth = text.replace("_", " ")
    for i, unit in enumerate(units):
        before = counts[i - 1] if i else empty
        after = counts[i + 1] if i + 1 < len(units) else empty
        opener = counts[first_of_paragraph[unit.paragraph]]
        own = _own(smooth, structure, units, i, place[i], inside, first_of_paragraph[unit.paragraph])
        rows.append(
            np.concatenate(
                [own, document, _last(smooth, structure, unit), announced[i], counts[i], before, after, opener]
            )
        )
        headings.append(_heading_words(structure, structure.paragraphs[unit.paragraph].section))
    dense = np.vstack(rows).astype(np.float32) if rows else np.zeros((0, len(dense_names())), dtype=np.float32)
    texts = tuple(smooth[u.start : u.end].lower() for u in units)
    return UnitTable(
        texts, tuple(headings), dense, inside, words or tuple(() for _ in units), contexts_of(text, structure, units)
    )


def _last(text: str, structure: Structure, unit: Unit) -> NDArray[np.float32]:
    chain = list(structure.ancestors(structure.paragraphs[unit.paragraph].section))
    body = text[unit.start : unit.end]
    nearest = next((s for s in chain if s.kind != "lead"), None)
    said = nearest.inherited & FINDING_ROLES if nearest else frozenset()
    return np.array(
        [
            float(any("addressee" in s.roles for s in chain)),
            float(any(c in body for c in '“”"')),
            float(body.rstrip().endswith("./.")),
            float(len(said) > 1),
            *(float(said == {r}) for r in sorted(FINDING_ROLES)),
        ],
        dtype=np.float32,
    )


def _heading_words(structure: Structure, section: int) -> str:
    """Folded words of the headings: `h_` the nearest, `a_` those around it, `l_` a lead into a list."""
    words: list[str] = []
    nearest = True
    for node in structure.ancestors(section):
        if node.kind == "lead":
            words += [f"l_{w}" for w in re.findall(r"[^\W\d_]+", fold(node.title))[-12:]]
            continue
        prefix = "h" if nearest else "a"
        nearest = False
        words += [f"{prefix}_{w}" for w in re.findall(r"[^\W\d_]+", fold(node.title))[:16]]
    return " ".join(words)


def _own(
    text: str,
    structure: Structure,
    units: Sequence[Unit],
    i: int,
    place: tuple[int, int],
    cues: Sequence[Sequence[Cue]],
    opener: int,
) -> NDArray[np.float32]:
    unit = units[i]
    paragraph = structure.paragraphs[unit.paragraph]
    chain = list(structure.ancestors(paragraph.section))
    lead = next((s for s in chain if s.kind == "lead"), None)
    nearest = next((s for s in chain if s.kind != "lead"), None)
    body = text[unit.start : unit.end]
    words = body.split()
    row: list[float] = []
    row += [float(nearest is not None and r in nearest.roles) for r in ROLES]
    row += [float(nearest is not None and r in nearest.inherited) for r in ROLES]
    row += [float(lead is not None and r in lead.roles) for r in ROLES]
    row += [float(nearest is not None and nearest.kind == k) for k in _KINDS]
    row += [
        float(nearest is None),
        float(nearest.level if nearest else 0),
        float(nearest is not None and nearest.title.isupper()),
    ]
    row += [float(paragraph.item_style == s) for s in _STYLES]
    row += [
        float(paragraph.item_style is None),
        math.log1p(paragraph.item_index),
        float(paragraph.zone == ANNEX),
        float(unit.clause),
    ]
    row += [float(unit.index == 0), float(unit.index + 1 == unit.count), math.log1p(unit.index), math.log1p(unit.count)]
    row += [math.log1p(place[0]), i / max(1, len(units) - 1), place[0] / max(1, place[1] - 1), math.log1p(place[1])]
    letters = [c for c in body if c.isalpha()]
    row += [
        math.log1p(len(words)),
        float(body.endswith(":")),
        float(body.endswith(";")),
        float(body.endswith((".", "./."))),
        float(body[:1].islower()),
        math.log1p(len(_DIGIT.findall(body))),
        float(len(_NUMBER_WITH_UNIT.findall(body))),
        sum(c.isupper() for c in letters) / max(1, len(letters)),
    ]
    earlier = {cue.group for j in range(opener, i) for cue in cues[j]}
    previous = text[units[i - 1].start : units[i - 1].end] if i else ""
    following = units[i + 1].paragraph if i + 1 < len(units) else unit.paragraph
    row += [
        float("contrast_opener" in earlier),
        float("cause_opener" in earlier),
        float("request_opener" in earlier),
        float(previous.endswith(":")),
        float(structure.paragraphs[following].item_style is not None),
    ]
    return np.array(row, dtype=np.float32)
