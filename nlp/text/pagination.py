"""Page numbers and running headers in the middle of a text."""

from __future__ import annotations

import re
from collections import defaultdict

from nlp.text.folding import fold
from nlp.text.joining import MARKER
from nlp.text.lines import Line, was_full

_NUMBER = re.compile(
    r"(?P<left>[-\[(<|]\s*)?(?P<word>(?:trang|tr\.?|page|p\.)\s*)?(?P<number>\d{1,4})"
    r"(?P<of>\s*(?:/|trên|of)\s*\d{1,4})?(?P<right>\s*[-\])>|])?",
    re.IGNORECASE,
)
_DECORATED = re.compile(r"[^\W\d]|[^\w\s]")
_NUMBERED = {"text", "page_number"}
_DIGITS = re.compile(r"\d+|\b[ivxlc]+\b")
_NOTE = re.compile(r"[\[(]?\d{1,3}[\])]?\s|[⁰¹²³⁴⁵⁶⁷⁸⁹⁽]")
# A number this far from the margin was set in the middle or at the right of a page.
_CENTRED = 12
# A page of an administrative document holds 900 to 6,000 characters.
_SHORTEST_PAGE = 700
_LONGEST_PAGE = 9_000


def is_page_number(text: str) -> bool:
    """Say whether a line that reads `text` could be a page number."""
    match = _NUMBER.fullmatch(text) if len(text) <= 16 else None
    return match is not None and bool(match.group("left")) == bool(match.group("right"))


def mark_page_numbers(lines: list[Line], widths: list[int]) -> None:
    """Give the role ``page_number`` to lines that hold a page's number and nothing else.

    A number alone on a line is not enough, tables are full of them. It must stand at a form feed, be written as a
    page ("Trang 3", "- 3 -", "3/12") and go on from the one before, stand inside a sentence, or belong to a run of
    three that count up a page's length apart.
    """
    found = [
        (at, _number_of(line.text))
        for at, line in enumerate(lines)
        if line.role in _NUMBERED and is_page_number(line.text)
    ]
    runs = _runs(found, lines)
    dense = _dense(found, lines)
    known: set[int] = set()
    for (at, number), run in zip(found, runs, strict=True):
        line = lines[at]
        if line.role == "page_number" or (
            _DECORATED.search(line.text)
            and (run >= 2 or line.text[0] in "Tt" or (line.text[0] == line.text[-1] == "-"))
            or run >= 3
            or ((run == 2 or line.indent >= _CENTRED) and _stands_alone(lines, at))
            or _at_page_end(lines, at)
            or _after_note(lines, at)
            or (number - 1 in known and _near_text(lines, at, 1) is None)
            or (at not in dense and _inside_sentence(lines, at, widths))
        ):
            line.role = "page_number"
            known.add(number)


def mark_running_headers(lines: list[Line], widths: list[int]) -> None:
    """Give the role ``running_header`` to short lines that return at three page breaks or more, digits aside."""
    places: dict[str, list[int]] = defaultdict(list)
    pages = 0
    for at in _page_breaks(lines):
        pages += 1
        for near in {*_neighbours(lines, at, -1), *_neighbours(lines, at, 1)}:
            places[_form(lines[near].text)].append(near)
    for found in places.values():
        often = len(set(found)) >= max(3, pages // 3) or (len(set(found)) == 2 and lines[found[0]].caps and pages <= 5)
        for at in found:
            # Once is enough for a line in capitals that stands inside a sentence, twice for a short one.
            if often or (
                (lines[at].caps or (len(set(found)) == 2 and len(lines[at]) < 0.6 * widths[at]))
                and _inside_sentence(lines, at, widths)
            ):
                lines[at].role = "running_header"


def _dense(found: list[tuple[int, int]], lines: list[Line]) -> set[int]:
    """Return the lines whose numbers count up closer than pages do: the first column of a table."""
    result: set[int] = set()
    for (at, number), (other, following) in zip(found, found[1:], strict=False):
        if following == number + 1 and lines[other].start - lines[at].end < _SHORTEST_PAGE:
            result.update((at, other))
    return result


def _number_of(text: str) -> int:
    match = _NUMBER.fullmatch(text)
    return int(match.group("number")) if match else -1


def _runs(found: list[tuple[int, int]], lines: list[Line]) -> list[int]:
    """Return for each candidate the length of the run of page numbers it belongs to."""
    last: dict[int, int] = {}
    previous = [-1] * len(found)
    length = [1] * len(found)
    for index, (at, number) in enumerate(found):
        other = last.get(number - 1)
        if other is not None:
            distance = lines[at].start - lines[found[other][0]].end
            if _SHORTEST_PAGE <= distance <= _LONGEST_PAGE:
                previous[index] = other
                length[index] = length[other] + 1
        last[number] = index
    for index in range(len(found) - 1, -1, -1):
        if previous[index] >= 0:
            length[previous[index]] = max(length[previous[index]], length[index])
    return length


def _at_page_end(lines: list[Line], at: int) -> bool:
    if lines[at].new_page:
        return True
    for direction in (-1, 1):
        near = at + direction
        while 0 <= near < len(lines) and lines[near].role in {"blank", "rule"}:
            if direction < 0 and lines[near].new_page:
                return True
            if direction > 0 and lines[near].new_page:
                return True
            near += direction
        if direction > 0 and near < len(lines) and lines[near].new_page:
            return True
    return False


def _after_note(lines: list[Line], at: int) -> bool:
    near = at - 1
    while near >= 0 and lines[near].role in {"blank", "rule"}:
        near -= 1
    return near >= 0 and lines[near].role == "footnote"


def _stands_alone(lines: list[Line], at: int) -> bool:
    """Say whether blank lines and then long lines stand around line `at`, which cells of a table do not have."""
    for direction in (-1, 1):
        near = at + direction
        if not 0 <= near < len(lines) or lines[near].role != "blank":
            return False
    before, after = _near_text(lines, at, -1), _near_text(lines, at, 1)
    return before is not None and after is not None and max(len(before), len(after)) >= 25


def _inside_sentence(lines: list[Line], at: int, widths: list[int]) -> bool:
    before = _near_text(lines, at, -1)
    after = _near_text(lines, at, 1)
    if after is not None and after.caps:
        # The number may be followed by a running header.
        after = next((line for line in lines[at + 1 : at + 8] if line.role == "text" and not line.caps), None)
    if before is None or after is None or before.table or after.table or len(before) < 40:
        return False
    open_end = before.text[-1].isalpha() or before.text[-1] in ",-"
    if not open_end or before.caps or MARKER.match(after.text):
        return False
    # A small letter goes on; a capital may, where the line before was full.
    small = after.text[0].islower() and len(after) >= 8
    return small or (len(after) >= 40 and was_full(before, after.text, widths[at]))


def _near_text(lines: list[Line], at: int, direction: int) -> Line | None:
    near = at + direction
    while 0 <= near < len(lines) and lines[near].role != "text":
        near += direction
    return lines[near] if 0 <= near < len(lines) else None


def _page_breaks(lines: list[Line]) -> list[int]:
    """Return the lines at which a page ends or begins: page numbers, and first lines after a form feed without one."""
    breaks = [at for at, line in enumerate(lines) if line.role == "page_number"]
    numbered = set(breaks)
    for at, line in enumerate(lines):
        if line.new_page and not numbered & set(range(at - 4, at + 5)):
            breaks.append(at)
    return sorted(breaks)


def _neighbours(lines: list[Line], at: int, direction: int) -> list[int]:
    """Return up to two short text lines before or after the break at line `at`."""
    near = at + direction if direction < 0 or lines[at].role != "text" else at
    found: list[int] = []
    steps = 0
    while 0 <= near < len(lines) and steps < 8 and len(found) < 2:
        if lines[near].role == "text":
            if len(lines[near]) > 120 or lines[near].table:
                break
            if may_head(lines[near].text) and not _opens_paragraph(lines, near):
                found.append(near)
        steps += 1
        near += direction
    return found


def _opens_paragraph(lines: list[Line], at: int) -> bool:
    """Say whether the line after goes on with line `at` while the line before ends a sentence."""
    before, after = _near_text(lines, at, -1), _near_text(lines, at, 1)
    finished = before is None or before.text[-1] in ".!?:;"
    return finished and after is not None and after.text[0].islower() and not lines[at].caps


def may_head(text: str) -> bool:
    """Say whether `text` could be a running header: it is no part of a sentence, no list item and no note."""
    return not (text[0].islower() or text[-1] in ".,;:" or MARKER.match(text) or _NOTE.match(text))


def _form(text: str) -> str:
    return _DIGITS.sub("#", fold(text)).strip(" .-|")
