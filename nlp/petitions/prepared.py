"""One text made ready for every petition model: repaired, segmented once, folded, cut into syllables and clauses."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from nlp.petitions.dates import distances, mentions, reference_day
from nlp.petitions.envelope import LEAST_LEFT, envelope, outside
from nlp.text import Clean, Span, clean, fold, segment, sentences

SYLLABLE = re.compile(r"[^\W_]+")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
CLAUSE_BREAK = re.compile(r"[,;:\n]|\s[–-]\s|\.{2,}|…")
# A clause shorter than this many syllables joins the next; a longer one is cut into overlapping windows.
MIN_CLAUSE, MAX_CLAUSE, STRIDE = 5, 24, 12


@dataclass(frozen=True, slots=True)
class Prepared:
    """Views of one petition that the models share; all offsets are code points of `clean.text`.

    `words` are underthesea's words in lower case, syllables joined by `_`; `folded` is `clean.text` without accents,
    of the same length; `accented` is the share of letters with Vietnamese accents; `before` and `after` are the
    syllables around a clause that was cut out by `part` (empty for a whole text); `distances` says how far each date
    lies from the day the petition was received. A part knows its `whole` text and at which syllable of it (`offset`)
    it begins; `memo` keeps what is looked up once for a whole text.
    """

    clean: Clean
    words: tuple[tuple[str, int, int], ...]
    folded: str
    syllables: tuple[Span, ...]
    accented: float
    before: tuple[Span, ...] = ()
    after: tuple[Span, ...] = ()
    distances: tuple[tuple[str, Span], ...] = ()
    whole: Prepared | None = None
    offset: int = 0
    memo: dict[str, list[tuple[str, int, int]]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def text(self) -> str:
        return self.clean.text

    @property
    def unaccented(self) -> bool:
        """Whether the text was typed without diacritics, so that its words cannot be looked up as they stand."""
        return self.accented < 0.06


def prepare(source: str, received_at: date | None = None) -> Prepared:
    """Repair and segment one text, once; days count from `received_at`, else from the petition's own date.

    What a mail or chat thread puts around the petition is left out of words and syllables, not of the text.
    """
    cleaned = clean(source)
    folded = fold(cleaned.text)
    doc = segment(cleaned)
    words = tuple(
        (token.text.lower().replace(" ", "_"), token.idx, token.idx + len(token.text))
        for token in doc
        if not token.is_space
    )
    syllables = tuple(Span(m.start(), m.end()) for m in SYLLABLE.finditer(folded))
    own = cleaned.text
    if aside := envelope(folded):
        kept = tuple(syllables[k] for k in outside(syllables, aside))
        if len(kept) >= LEAST_LEFT:
            inside = [Span(w[1], w[2]) for w in words]
            syllables, words = kept, tuple(words[k] for k in outside(inside, aside))
            own = " ".join(own[s.start : s.end] for s in kept)
    letters = sum(c.isalpha() for c in own)
    marked = sum(a != b for a, b in zip(own.lower(), fold(own), strict=False) if a.isalpha())
    found = mentions(folded)
    gaps = tuple(distances(found, reference_day(found, received_at, len(folded))))
    return Prepared(cleaned, words, folded, syllables, marked / letters if letters else 0.0, distances=gaps)


def part(prepared: Prepared, first: int, last: int, around: int = 10) -> Prepared:
    """The clause of syllables `first` to `last` as a text of its own, with `around` syllables of context."""
    spans = prepared.syllables
    start, end = spans[first].start, spans[last - 1].end
    words = tuple(w for w in prepared.words if start <= w[1] < end)
    return Prepared(
        prepared.clean, words, prepared.folded, spans[first:last], prepared.accented,
        spans[max(0, first - around) : first], spans[last : last + around], prepared.distances, prepared, first,
    )  # fmt: skip


def number_shape(token: str) -> str:
    """A bucket for a number, so that `17 hộ` and `23 hộ` are one n-gram; other syllables stay as they are."""
    if not token[0].isdigit():
        return token
    if not token.isdigit():
        return "#mã"
    value = int(token[:9])
    if len(token) == 4 and 1930 <= value <= 2035:
        return "#năm"
    for limit, name in ((4, "#1-4"), (9, "#5-9"), (31, "#10-31"), (99, "#32-99"), (999, "#100+")):
        if value <= limit:
            return name
    return "#1000+"


def clauses(prepared: Prepared) -> list[tuple[int, int]]:
    """Cut a text into clauses, as index ranges over `prepared.syllables`.

    Sentences are cut at commas, semicolons, colons, dashes and line ends; pieces of fewer than five syllables join
    the next one; pieces of more than 24 (people who type no punctuation) become overlapping windows.
    """
    out: list[tuple[int, int]] = []
    position = 0
    spans = prepared.syllables
    for sentence in sentences(prepared.text):
        cuts = [m.start() for m in CLAUSE_BREAK.finditer(prepared.text, sentence.start, sentence.end)]
        begin = position
        for limit in [*cuts, sentence.end]:
            while position < len(spans) and spans[position].end <= limit:
                position += 1
            if position - begin >= MIN_CLAUSE or (limit == sentence.end and position > begin):
                out += _windows(begin, position)
                begin = position
    if position < len(spans):
        out += _windows(position, len(spans))
    return out


def _windows(begin: int, end: int) -> list[tuple[int, int]]:
    if end - begin <= MAX_CLAUSE:
        return [(begin, end)]
    starts = range(begin, max(begin + 1, end - STRIDE), STRIDE)
    return [(s, min(s + MAX_CLAUSE, end)) for s in starts]
