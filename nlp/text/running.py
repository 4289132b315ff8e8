"""Running text: what a reader reads, without the lines, pages and marks of the layout."""

from __future__ import annotations

from nlp.text.alignment import apply_edits
from nlp.text.clean import Artefact, Clean, clean_steps, repairs_of
from nlp.text.layout import layout_edits


def clean_running(source: str) -> Clean:
    """Clean `source` as `clean` does and join what its layout broke.

    Lines and words broken by wrapping and pages are joined; page numbers, running headers, footnote blocks, footnote
    marks and Markdown marks are lifted out and stay addressable as artefacts. A paragraph break is one ``\\n``.

    Parameters
    ----------
    source : str
        The text as given.
    """
    text, steps, counts = clean_steps(source)
    edits, lifted, found = layout_edits(text)
    counts.update(found)
    before = Clean(source, text, (), (), steps)
    artefacts = [Artefact(kind, before.to_source(start, end)) for kind, start, end in lifted if end > start]
    if edits:
        text, alignment = apply_edits(text, edits)
        steps = (*steps, alignment)
    artefacts.sort(key=lambda artefact: (artefact.span.start, artefact.span.end))
    return Clean(source, text, repairs_of(counts), tuple(artefacts), steps)
