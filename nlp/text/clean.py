"""The clean text of a source and the exact way back to it."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from nlp.text.alignment import Alignment, apply_edits
from nlp.text.characters import character_edits, cluster_edits, is_mark
from nlp.text.mojibake import mojibake_edits
from nlp.text.segmented import segmented_edits
from nlp.text.spans import Span


@dataclass(frozen=True, slots=True)
class Repair:
    """What was repaired (`code`, for example ``nfd`` or ``line_joined``) and how often."""

    code: str
    count: int


@dataclass(frozen=True, slots=True)
class Artefact:
    """Something of the layout that was lifted out of the running text; `span` says where it stands in the source."""

    kind: str
    span: Span


@dataclass(frozen=True)
class Clean:
    """A source, its clean text, and the map between both.

    Parameters
    ----------
    source : str
        The text as given.
    text : str
        The clean text.
    repairs : tuple[Repair, ...]
        What was repaired, sorted by code.
    artefacts : tuple[Artefact, ...]
        What was lifted out, in source order.
    steps : tuple[Alignment, ...]
        One map a repair step, first step first.
    """

    source: str
    text: str
    repairs: tuple[Repair, ...] = ()
    artefacts: tuple[Artefact, ...] = ()
    steps: tuple[Alignment, ...] = field(default=(), repr=False)

    def to_source(self, start: int, end: int) -> Span:
        """Map a range of the clean text to the source.

        The range of a non-empty text is never empty and covers whole characters with their combining marks. What was
        lifted out inside the range is covered, at its ends it is not.

        Raises
        ------
        ValueError
            If the range does not lie in the clean text.
        """
        _check(start, end, len(self.text))
        span = Span(start, end)
        for step in reversed(self.steps):
            span = step.to_before(span.start, span.end)
        if span.start == span.end:
            return span
        start, end = span.start, span.end
        while start > 0 and is_mark(self.source[start]):
            start -= 1
        while end < len(self.source) and is_mark(self.source[end]):
            end += 1
        return Span(start, end)

    def from_source(self, start: int, end: int) -> Span:
        """Map a range of the source to the clean text; empty where nothing of it is left.

        Raises
        ------
        ValueError
            If the range does not lie in the source.
        """
        _check(start, end, len(self.source))
        span = Span(start, end)
        for step in self.steps:
            span = step.to_after(span.start, span.end)
        return span


def clean(source: str) -> Clean:
    """Repair the characters of `source` and nothing else: lines stay as they are.

    Parameters
    ----------
    source : str
        The text as given, of any origin.

    Returns
    -------
    Clean
        Composed Unicode (NFC) with plain spaces, dashes and line ends; TCVN3 and VNI mojibake repaired.
    """
    text, steps, counts = clean_steps(source)
    return Clean(source, text, repairs_of(counts), (), steps)


def clean_steps(source: str) -> tuple[str, tuple[Alignment, ...], Counter[str]]:
    """Return the clean text of `source`, the maps of its steps and the count of each repair."""
    text = source
    steps: list[Alignment] = []
    counts: Counter[str] = Counter()
    for step in (mojibake_edits, character_edits, segmented_edits):
        edits, found = step(text)
        if edits:
            after, alignment = apply_edits(text, edits)
            if step is character_edits and not unicodedata.is_normalized("NFC", after):
                # Removing an invisible character brought two characters together that compose.
                edits, found = cluster_edits(text)
                after, alignment = apply_edits(text, edits)
            text = after
            steps.append(alignment)
            counts.update(found)
    return text, tuple(steps), counts


def repairs_of(counts: Counter[str] | Iterable[tuple[str, int]]) -> tuple[Repair, ...]:
    """Return the counts as repairs, sorted by code."""
    return tuple(Repair(code, count) for code, count in sorted(Counter(dict(counts)).items()) if count)


def _check(start: int, end: int, length: int) -> None:
    if not 0 <= start <= end <= length:
        raise ValueError(f"range {start}:{end} lies outside a text of {length} characters")
