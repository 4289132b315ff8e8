"""Dates and years in a petition, as distances from the day it was received."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from nlp.text import Span

# Written on text without accents: "ngay 05 thang 7 nam 2025", "5/7/2025", "05.7.2025", "5-7", "thang 3/2024", "nam 2019".
FULL = re.compile(r"\b(\d{1,2})\s?[/.\-]\s?(\d{1,2})\s?[/.\-]\s?(\d{4}|\d{2})\b")
WORDS = re.compile(r"\b(?:ngay|mung|hom)?\s*(\d{1,2})\s+thang\s+(\d{1,2})(?:\s+nam\s+(\d{4}))?")
SHORT = re.compile(
    r"\b(?:ngay|hom|sang|chieu|toi|truoc|den|tu|thu \w+|cn|nhat)\s+(?:ngay\s+)?(\d{1,2})\s?[/\-]\s?(\d{1,2})\b(?![/\-.]\d)"
)
MONTH = re.compile(r"\bthang\s+(\d{1,2})\s?(?:[/\-.]|\s+nam\s+)\s?(\d{4})\b")
YEAR = re.compile(r"\b(?:19[5-9]\d|20[0-3]\d)\b")


@dataclass(frozen=True, slots=True)
class Mention:
    """A date or a year in a text; `day` is None where only a month or a year is given."""

    span: Span
    year: int | None
    month: int | None
    day: int | None

    def on(self, default_year: int) -> date | None:
        """The calendar day, if a day is given and it exists."""
        if self.day is None or self.month is None:
            return None
        try:
            return date(self.year or default_year, self.month, self.day)
        except ValueError:
            return None


def mentions(folded: str) -> list[Mention]:
    """Every date and year of a text without accents, in order, none inside another."""
    found: list[Mention] = []
    taken: list[Span] = []

    def add(match: re.Match[str], year: str | None, month: str | None, day: str | None) -> None:
        span = Span(match.start(), match.end())
        if any(span.start < t.end and t.start < span.end for t in taken):
            return
        y = int(year) if year else None
        if y is not None and y < 100:
            y += 2000 if y < 50 else 1900
        m, d = (int(month) if month else None), (int(day) if day else None)
        if (m is not None and not 1 <= m <= 12) or (d is not None and not 1 <= d <= 31):
            return
        taken.append(span)
        found.append(Mention(span, y, m, d))

    for match in FULL.finditer(folded):
        add(match, match[3], match[2], match[1])
    for match in WORDS.finditer(folded):
        add(match, match[3], match[2], match[1])
    for match in SHORT.finditer(folded):
        add(match, None, match[2], match[1])
    for match in MONTH.finditer(folded):
        add(match, match[2], match[1], None)
    for match in YEAR.finditer(folded):
        add(match, match[0], None, None)
    return sorted(found, key=lambda m: m.span.start)


def reference_day(found: list[Mention], received_at: date | None, length: int) -> date | None:
    """The day from which days are counted: the received date, else the petition's own date.

    The petition's own date is the latest full date in the first or last fifth of the text (where letters are dated),
    else the latest full date, else the end of the latest year that is named.
    """
    if received_at is not None:
        return received_at
    full = [(m, m.on(m.year)) for m in found if m.year is not None and m.day is not None]
    dated = [(m, d) for m, d in full if d is not None]
    edge = max(120, length // 5)
    at_edge = [d for m, d in dated if m.span.start < edge or m.span.end > length - edge]
    if at_edge:
        return max(at_edge)
    if dated:
        return max(d for _, d in dated)
    return None


def distances(found: list[Mention], today: date | None) -> Iterator[tuple[str, Span]]:
    """A bucket name for each mention, by its distance from `today` (or from the latest year named).

    `d+3` is within three days from now, `d+30`, `d+far` later; `d-7`, `d-90`, `d-365`, `d-old` are past; `y-0`, `y-1`,
    `y-2`, `y-5`, `y-10` count whole years.
    """
    years = [m.year for m in found if m.year]
    this_year = today.year if today else max(years, default=None)
    for m in found:
        day = m.on(today.year) if today else None
        if day is not None and today is not None:
            gap = (day - today).days
            if m.year is None and gap < -180:
                gap += 365
            names = ((-366, "d-old"), (-91, "d-365"), (-8, "d-90"), (-1, "d-7"), (4, "d+3"), (31, "d+30"))
            yield next((n for limit, n in names if gap <= limit), "d+far"), m.span
        elif m.year is not None and this_year is not None:
            gap = this_year - m.year
            names = ((-1, "y+"), (0, "y-0"), (1, "y-1"), (2, "y-2"), (5, "y-5"), (10, "y-10"))
            yield next((n for limit, n in names if gap <= limit), "y-old"), m.span
