"""Headers, footers, page numbers and footnotes, seen over all pages of a file."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from nlp.documents.page_runs import TextLine
from nlp.documents.page_tables import Table
from nlp.text import fold
from nlp.text.pagination import is_page_number, may_head

_DIGITS = re.compile(r"\d+")
_NOTE = re.compile(r"(?P<mark>[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}|⁽[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}⁾|\[\d{1,3}\]|\d{1,3}(?=\s))\s*")
_RAISED = str.maketrans("0123456789[]", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾")
_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾", "0123456789()")


@dataclass
class PageText:
    """What was read of one page before its margins are told from its text. `height` is in points."""

    lines: list[TextLine]
    tables: list[Table]
    height: float
    notes: list[tuple[str, str]] = field(default_factory=list)


def take_margins(pages: list[PageText]) -> Counter[str]:
    """Take headers, footers and page numbers off all pages and set their footnotes apart; return how many of each.

    A line of the outer eighth of a page is a header or footer when it returns, digits aside, on three pages or on half
    of them, and a page number when it holds nothing else. Footnotes are the smaller lines at the foot of a page, from
    the first that opens with a mark.
    """
    counts: Counter[str] = Counter()
    body = _body_size(pages)
    forms: Counter[str] = Counter()
    for page in pages:
        forms.update({_form(line) for line in _outer(page)})
    often = max(2, min(3, len(pages) // 2 + 1))
    for page in pages:
        outer = _outer(page)
        if len(outer) == len(page.lines) and not page.tables and not all(is_page_number(line.text()) for line in outer):
            # Nothing but its margins would mean a page without text; then they are its text.
            continue
        for line in outer:
            text = line.text()
            if is_page_number(text):
                counts["page_number"] += 1
            elif len(pages) > 1 and forms[_form(line)] >= often and len(text) <= 150 and may_head(text):
                counts["running_header"] += 1
            else:
                continue
            page.lines.remove(line)
        page.notes = _take_notes(page, body)
        counts["footnote"] += len(page.notes)
    return counts


def _body_size(pages: list[PageText]) -> float:
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[round(line.size * 2) / 2] += sum(len(run.text) for run in line.runs)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _outer(page: PageText) -> list[TextLine]:
    """Return the first and last two lines of a page that stand in its outer eighths."""
    edge = page.height / 8
    upper = [line for line in page.lines[:2] if line.y > page.height - edge]
    lower = [line for line in page.lines[-2:] if line.y < edge and line not in upper]
    return upper + lower


def _form(line: TextLine) -> str:
    return _DIGITS.sub("#", fold(line.text())).strip(" .-|")


def _take_notes(page: PageText, body: float) -> list[tuple[str, str]]:
    """Take the footnotes off `page`; return their marks and texts."""
    first = len(page.lines)
    opening = None
    while first > 0 and page.lines[first - 1].size < 0.93 * body:
        first -= 1
        if _NOTE.match(page.lines[first].text()):
            opening = first
    if opening is None or page.lines[opening].y > 0.75 * page.height:
        return []
    notes: list[tuple[str, str]] = []
    for line in page.lines[opening:]:
        text = line.text()
        match = _NOTE.match(text)
        if match:
            mark = match.group("mark").translate(_RAISED)
            notes.append((mark, text[match.end() :]))
        else:
            mark, before = notes[-1]
            notes[-1] = (mark, f"{before} {text}")
    del page.lines[opening:]
    return notes


def plain_mark(mark: str) -> str:
    """Return a raised mark in plain digits."""
    return mark.translate(_PLAIN)
