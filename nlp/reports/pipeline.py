"""The steps that need no model, as registered spaCy components over the segmented document.

Each component reads what the one before left in `doc.user_data` and adds its own span group, so that a researcher can
look at a report with spaCy's own tools. `parse` is the plain way in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from nlp.reports.cues import matcher
from nlp.reports.features import UnitTable, describe
from nlp.reports.findings import Metadata
from nlp.reports.headings import is_empty_statement
from nlp.reports.metadata import read_metadata
from nlp.reports.structure import Structure, parse_structure
from nlp.reports.units import Unit, units_of
from nlp.text import Clean, clean_running, segment

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

COMPONENTS = ("langnghe_report_structure_v1", "langnghe_report_units_v1", "langnghe_report_cues_v1")
BLOCKS, STRUCTURE, UNITS, CUES = "blocks", "report_structure", "report_units", "report_cues"


@dataclass
class Parsed:
    """A document after the steps that need no model: text, outline, units and their description."""

    clean: Clean
    structure: Structure
    units: list[Unit]
    table: UnitTable
    metadata: Metadata


def _add_spans(doc: Doc, group: str, rows: Sequence[tuple[int, int, str]]) -> None:
    spans = (doc.char_span(start, end, label=label, alignment_mode="expand") for start, end, label in rows)
    doc.spans[group] = [span for span in spans if span is not None]


def add_structure(doc: Doc) -> Doc:
    """Outline of the report (`report_structure`) and the span group "headings"."""
    structure = parse_structure(doc.user_data["clean"], doc.user_data.get(BLOCKS, ()))
    doc.user_data[STRUCTURE] = structure
    _add_spans(doc, "headings", [(s.start, s.end, s.kind) for s in structure.sections])
    return doc


def add_units(doc: Doc) -> Doc:
    """Units of the report (`report_units`) and the span group "units"; statements that there is nothing to say are
    left out.
    """
    text = doc.user_data["clean"].text
    units = [u for u in units_of(text, doc.user_data[STRUCTURE]) if not is_empty_statement(text[u.start : u.end])]
    doc.user_data[UNITS] = units
    _add_spans(doc, "units", [(u.start, u.end, "unit") for u in units])
    return doc


def add_cues(doc: Doc) -> Doc:
    """Cue phrases (`report_cues`) and the span group "cues", labelled with their groups."""
    cues = matcher().find(doc.user_data["clean"].text)
    doc.user_data[CUES] = cues
    _add_spans(doc, "cues", [(c.start, c.end, c.group) for c in cues])
    return doc


@cache
def report_pipeline() -> Language:
    """A spaCy pipeline of the three components, built once; feed it documents from `nlp.text.segment`."""
    import spacy
    from spacy.language import Language

    for name, step in zip(COMPONENTS, (add_structure, add_units, add_cues), strict=True):
        if not Language.has_factory(name):
            Language.component(name, func=step)
    pipeline = spacy.blank("xx")
    for name in COMPONENTS:
        pipeline.add_pipe(name)
    return pipeline


def parse(text: str, blocks: Sequence[Any] = ()) -> Parsed:
    """Run the steps that need no model.

    Parameters: `text` as given; `blocks`, the document reader's hints. Returns what the sentence model sees.
    """
    clean = clean_running(text)
    doc = segment(clean)
    doc.user_data[BLOCKS] = tuple(blocks)
    for _, step in report_pipeline().pipeline:
        doc = step(doc)
    structure, units = doc.user_data[STRUCTURE], doc.user_data[UNITS]
    metadata = read_metadata(structure.lines, clean)
    table = describe(clean.text, structure, units, doc.user_data[CUES], metadata.kind, words_of(doc, units))
    return Parsed(clean, structure, units, table, metadata)


def words_of(doc: Doc, units: Sequence[Unit]) -> tuple[tuple[str, ...], ...]:
    """Words of each unit in lower case, syllables joined by "_", as the segmenter cut them."""
    tokens = [(t.idx, t.text.lower().replace(" ", "_")) for t in doc if not t.is_space]
    rows = []
    position = 0
    for unit in units:
        while position < len(tokens) and tokens[position][0] < unit.start:
            position += 1
        words = []
        while position < len(tokens) and tokens[position][0] < unit.end:
            words.append(tokens[position][1])
            position += 1
        rows.append(tuple(words))
    return tuple(rows)
