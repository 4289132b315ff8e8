"""Footnote blocks that a page put into the middle of the running text."""

from __future__ import annotations

import re

from nlp.text.joining import MARKER
from nlp.text.lines import Line, was_full
from nlp.text.pagination import is_page_number

# A raised number can only open a note; "[1]" and a bare "1" need a mark in the text or a page's end behind them.
_RAISED = re.compile(r"(?P<number>[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}|⁽[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}⁾)\s*\S")
_BRACKETED = re.compile(r"\[(?P<number>\d{1,3})\]:?\s*\S")
_BARE = re.compile(r"(?P<number>\d{1,3})\s+[^\W\d_a-zà-ỹ]\S*")
_MARKED = re.compile(r"(?:(?<=[^\W\d_])|(?<=[,.;:)”\"]))(\d{1,3})(?=[\s,.;:)”\"]|$)")
_MARKED_BRACKET = re.compile(r"\S\s?\[(\d{1,3})\]")
_LONGEST = 14
# Marks farther back than this many lines belong to another page.
_REACH = 90


def mark_footnotes(lines: list[Line], widths: list[int]) -> list[tuple[int, int, str]]:
    """Give the role ``footnote`` to the lines of footnote blocks.

    Returns
    -------
    list[tuple[int, int, str]]
        First line, last line and number of each note.
    """
    notes: list[tuple[int, int, str]] = []
    seen: dict[tuple[str, int], int] = {}
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.role != "text":
            at += 1
            continue
        number = _opens(lines, at, seen, notes)
        if number is None:
            _remember(line.text, at, seen)
            at += 1
            continue
        last = _last_line(lines, widths, at)
        for inside in range(at, last + 1):
            if lines[inside].role == "text":
                lines[inside].role = "footnote"
        notes.append((at, last, number))
        at = last + 1
    return notes


def _remember(text: str, at: int, seen: dict[tuple[str, int], int]) -> None:
    for match in _MARKED.finditer(text):
        seen["bare", int(match.group(1))] = at
    for match in _MARKED_BRACKET.finditer(text):
        seen["bracket", int(match.group(1))] = at


def _opens(
    lines: list[Line], at: int, seen: dict[tuple[str, int], int], notes: list[tuple[int, int, str]]
) -> str | None:
    """Return the number of the note that line `at` opens, None where it opens none."""
    text = lines[at].text
    raised = _RAISED.match(text)
    if raised:
        return raised.group("number")
    bracketed = _BRACKETED.match(text)
    if bracketed:
        number = int(bracketed.group("number"))
        return str(number) if at - seen.get(("bracket", number), at - 10 * _REACH) <= 9 * _REACH else None
    bare = _BARE.match(text)
    if not bare:
        return None
    number = int(bare.group("number"))
    marked = at - seen.get(("bare", number), -_REACH - 1) <= _REACH
    before = _before(lines, at)
    after_rule = before is not None and lines[before].role == "rule"
    after_note = bool(notes) and before is not None and notes[-1][1] == before and _next_of(notes[-1][2]) == number
    if not marked and not after_rule and not after_note:
        return None
    return str(number) if after_rule or after_note or _page_ends_soon(lines, at) else None


def _next_of(number: str) -> int:
    plain = number.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", "⁽⁾"))
    return int(plain) + 1


def _before(lines: list[Line], at: int) -> int | None:
    near = at - 1
    while near >= 0 and lines[near].role == "blank":
        near -= 1
    return near if near >= 0 else None


def _page_ends_soon(lines: list[Line], at: int) -> bool:
    for near in range(at + 1, min(len(lines), at + 2 * _LONGEST)):
        if lines[near].role == "page_number" or lines[near].new_page or is_page_number(lines[near].text):
            return True
    if at + 2 * _LONGEST >= len(lines):
        return True
    # Without a page number: the note stands inside a sentence.
    before = _before(lines, at)
    if before is None or lines[before].role != "text":
        return False
    last = lines[before].text
    end = last.rstrip("0123456789[]")[-1:]
    return len(last) >= 40 and (end.isalpha() or end == ",") and not lines[before].caps


def _last_line(lines: list[Line], widths: list[int], at: int) -> int:
    """Return the last line of the note that opens at line `at`."""
    last = at
    near = at + 1
    while near < len(lines) and near - at <= _LONGEST:
        line = lines[near]
        if (
            line.role != "text"
            or line.new_page
            or line.table
            or _RAISED.match(line.text)
            or _BRACKETED.match(line.text)
        ):
            break
        if MARKER.match(line.text) or _BARE.match(line.text) or line.caps:
            break
        if not was_full(lines[last], line.text, _note_width(lines, widths, at)):
            break
        last = near
        near += 1
    return last


def _note_width(lines: list[Line], widths: list[int], at: int) -> int:
    # Notes are set in smaller type, so their lines hold more characters than the column.
    return max(widths[at], 0 if not widths[at] else min(len(lines[at]), int(1.3 * widths[at])))
