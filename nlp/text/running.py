"""Running text: what a reader reads, without the lines, pages and marks of the layout."""

from __future__ import annotations

from nlp.text.alignment import apply_edits
from nlp.text.clean import Artefact, Clean, clean_steps, repairs_of
from nlp.text.layout import layout_edits
from nlp.text.markup import markup_edits


def clean_running(source: str) -> Clean:
    """Clean `source` as `clean` does and join what its layout broke.

    Lines and words broken by wrapping and pages are joined; page numbers, running headers, footnote blocks, footnote
    marks and marks of Markdown are lifted out and stay addressable as artefacts. A paragraph break is one ``\\n``.

    Parameters
    ----------
    source : str
        The text as given.

    Returns
    -------
    Clean
        Kinds of artefacts: ``markup``, ``footnote_mark``, ``footnote``, ``page_number``, ``running_header``, ``rule``
        and ``soft_break``. Besides those of `clean`, repairs count each kind, joined lines as ``line_joined``.
    """
    text, steps, counts = clean_steps(source)
    artefacts = []
    for step in (markup_edits, layout_edits):
        edits, lifted, found = step(text)
        before = Clean(source, text, (), (), steps)
        artefacts += [Artefact(kind, before.to_source(start, end)) for kind, start, end in lifted if end > start]
        counts.update(found)
        if edits:
            text, alignment = apply_edits(text, edits)
            steps = (*steps, alignment)
    artefacts.sort(key=lambda artefact: (artefact.span, artefact.kind))
    return Clean(source, text, repairs_of(counts), tuple(artefacts), steps)
