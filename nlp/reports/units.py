"""Units of a report: what one finding can be. A sentence, or one part of a list that is set off by semicolons or
labels.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlp.reports.numbering import INLINE_ITEM
from nlp.reports.structure import Paragraph, Structure
from nlp.reports.zones import ANNEX, BODY
from nlp.text import Span, clauses, sentences

_LEADING = re.compile(r"^(?:[-–—+*•·▪]\s*|\((?:\d{1,2}|[a-zđ]|[ivx]{1,4})\)\s*|(?:\d{1,2}|[a-zđ])\)\s+)+")
_INTRODUCER = re.compile(
    r"(?:như sau|sau đây|đó là|cụ thể(?: là| như)?|như|là|gồm(?: có)?|bao gồm|sau|chủ yếu|trong đó)\s*:\s*",
    re.IGNORECASE,
)
_OPENING = re.compile(r"^[^:;]{2,110}:\s+(?=\S)")
"""What stands before the colon of a sentence of two parts: who speaks, to whom, or what is listed."""
_TURN = re.compile(r"^(?:song|tuy nhiên|tuy vậy|thế nhưng|nhưng|ngoài ra|phần (?:khác|còn lại))(?!\w)", re.IGNORECASE)
"""A second part that begins so says something of another kind than the first."""
_MIN_WORDS = 4


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch that may be one finding; offsets are of the clean text, label in front left out.

    `paragraph` is an index into `Structure.paragraphs`; `index` and `count` place it among the units of its
    paragraph; `clause` is true for a part of a sentence; `label` is an item label inside the paragraph ("(2)"), else
    the paragraph's; `sentence` numbers the sentences of the document, so that the clauses of one know each other.
    """

    start: int
    end: int
    paragraph: int
    index: int
    count: int
    clause: bool
    label: str | None
    sentence: int = -1


def units_of(text: str, structure: Structure) -> list[Unit]:
    """Cut the paragraphs of a report into units.

    Parameters: `text`, the clean text; `structure`, its outline. Returns units in the order of the text, disjoint,
    none empty. Only the body and annexes are cut; letterhead, contents, recipients and signature give none.
    """
    units: list[Unit] = []
    for number, paragraph in enumerate(structure.paragraphs):
        if paragraph.zone not in (BODY, ANNEX):
            continue
        found = [piece for piece in _pieces(text, paragraph) if any(c.isalpha() for c in text[piece[0] : piece[1]])]
        for index, (start, end, clause, label, sentence) in enumerate(found):
            units.append(Unit(start, end, number, index, len(found), clause, label or paragraph.item_label, sentence))
    return units


def _pieces(text: str, paragraph: Paragraph) -> list[tuple[int, int, bool, str | None, int]]:
    pieces: list[tuple[int, int, bool, str | None, int]] = []
    body = text[paragraph.start : paragraph.end]
    for cell_start, cell_end in _cells(body):
        for sentence in sentences(body[cell_start:cell_end]):
            start, end = paragraph.start + cell_start + sentence.start, paragraph.start + cell_start + sentence.end
            for first, last, clause, label in _split_sentence(text, start, end):
                first, label = _strip_label(text, first, last, label)
                if first < last:
                    pieces.append((first, last, clause, label, start))
    return pieces


def _cells(body: str) -> list[tuple[int, int]]:
    """Table cells of a row ("| a | b |" or tabs); a plain paragraph is one cell."""
    if body.count("|") < 2 and "\t" not in body:
        return [(0, len(body))]
    cells = []
    start = 0
    for match in re.finditer(r"\||\t", body + "|"):
        if body[start : match.start()].strip():
            cells.append((start, match.start()))
        start = match.end()
    return cells


def _strip_label(text: str, start: int, end: int, label: str | None) -> tuple[int, str | None]:
    match = _LEADING.match(text[start:end])
    if match:
        label = label or match.group().strip()
        start += match.end()
    while start < end and text[start] in " \t":
        start += 1
    return start, label


def _split_sentence(text: str, start: int, end: int) -> list[tuple[int, int, bool, str | None]]:
    """Parts of one sentence: items with inline labels; else the clauses of a list of three or more; else the whole."""
    body = text[start:end]
    labels = list(INLINE_ITEM.finditer(body))
    if len(labels) >= 2 or (len(labels) == 1 and _INTRODUCER.search(body[: labels[0].start()] + " ")):
        return _inline_items(start, body, labels)
    parts = [Span(p.start, p.end) for p in clauses(text, Span(start, end))]
    lead = _lead_of(text, parts)
    if len(parts) >= 3 or (len(parts) == 2 and (lead or _TURN.match(text[parts[1].start : parts[1].end].lstrip()))):
        return _clauses(text, start, parts, lead)
    return [(start, end, False, None)]


def _lead_of(text: str, parts: list[Span]) -> int:
    """Length of what introduces the list in its first part, 0 without one."""
    first = text[parts[0].start : parts[0].end] if parts else ""
    found = _INTRODUCER.search(first) or (_OPENING.match(first) if len(parts) == 2 else None)
    return found.end() if found and found.end() < len(first) else 0


def _inline_items(start: int, body: str, labels: list[re.Match[str]]) -> list[tuple[int, int, bool, str | None]]:
    parts: list[tuple[int, int, bool, str | None]] = []
    before = body[: labels[0].start()].rstrip()
    if before.strip():
        parts.append((start, start + len(before), True, None))
    ends = [m.start() for m in labels[1:]] + [len(body)]
    for match, stop in zip(labels, ends, strict=True):
        content = body[match.end() : stop].rstrip()
        if content:
            parts.append((start + match.end(), start + match.end() + len(content), True, match.group("label")))
    return parts


def _clauses(text: str, start: int, parts: list[Span], lead: int) -> list[tuple[int, int, bool, str | None]]:
    pieces: list[tuple[int, int, bool, str | None]] = []
    first = parts[0]
    if lead and len(text[first.start + lead : first.end].split()) >= _MIN_WORDS:
        pieces.append((first.start, first.start + len(text[first.start : first.start + lead].rstrip()), True, None))
        parts = [Span(first.start + lead, first.end), *parts[1:]]
    for part in parts:
        short = len(text[part.start : part.end].split()) < _MIN_WORDS
        if short and pieces and pieces[-1][1] >= start:
            previous = pieces.pop()
            pieces.append((previous[0], part.end, True, None))
        else:
            pieces.append((part.start, part.end, True, None))
    return pieces
