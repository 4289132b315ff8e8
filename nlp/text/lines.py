"""Lines of a text and how wide the column was that they were broken in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_LINE = re.compile(r"[^\n\f]*")
_BLOCK = 60
# Character counts of lines of one printed column differ by about a tenth with a proportional font.
_RAGGED = 0.84
_TIGHT = 0.97


@dataclass(slots=True)
class Line:
    """One line; `start` and `end` leave out the white space around it, `role` is "text" until something else is known.

    Roles: ``text``, ``blank``, ``rule``, ``page_number``, ``running_header``, ``footnote``.
    """

    start: int
    end: int
    text: str
    new_page: bool
    role: str
    indent: int = 0
    caps: bool = field(default=False)
    table: bool = field(default=False)

    def __len__(self) -> int:
        return self.end - self.start


# Spaces that set columns apart (letterheads, signatures, tables drawn with spaces); behind a number they do not.
WIDE_GAP = re.compile(r"(?<=\S{3}) {5,}(?=\S)")
_STROKES = frozenset("-_=*~.•·+─━═")
_RULE = _STROKES | frozenset(" |:")


def split_lines(text: str) -> list[Line]:
    """Split `text` at line ends and form feeds; the first line after a form feed has `new_page` set."""
    lines = []
    at = 0
    new_page = False
    while at <= len(text):
        match = _LINE.match(text, at)
        end = match.end() if match else at
        raw = text[at:end]
        content = raw.strip()
        start = at + len(raw) - len(raw.lstrip()) if content else at
        role = "text" if content else "blank"
        if _RULE.issuperset(content) and content and _is_rule(content):
            role = "rule"
        line = Line(start, start + len(content), content, new_page, role, indent=start - at)
        if role == "text":
            line.caps = is_caps(content)
            line.table = (
                content[0] == "|" or content[-1] == "|" or " | " in content or WIDE_GAP.search(content) is not None
            )
        lines.append(line)
        new_page = end < len(text) and text[end] == "\f"
        at = end + 1
    return lines


def _is_rule(content: str) -> bool:
    strokes = sum(1 for char in content if char in _STROKES)
    return strokes > 2 or not strokes


def is_caps(text: str) -> bool:
    """Say whether `text` has at least two letters and all of them are capitals."""
    letters = [char for char in text if char.isalpha()]
    return len(letters) > 1 and not any(char.islower() for char in letters)


def column_widths(lines: list[Line]) -> list[int]:
    """Return for each line the width of the column around it in characters, 0 where lines were not wrapped.

    A stretch of lines counts as wrapped when its long lines are alike: at least a third of the lines reach within a
    tenth of the ninth decile, and that is no more than 140 characters.
    """
    widths = [0] * len(lines)
    text_lines = [at for at, line in enumerate(lines) if line.role == "text" and not line.table]
    for first in range(0, len(text_lines), _BLOCK):
        block = text_lines[first : first + _BLOCK]
        if len(block) < _BLOCK // 2 and first:
            block = text_lines[max(0, len(text_lines) - _BLOCK) :]
        lengths = sorted(min(lines[at].indent, 12) + len(lines[at]) for at in block)
        width = lengths[min(len(lengths) - 1, int(len(lengths) * 0.9))]
        alike = sum(1 for length in lengths if _RAGGED * width <= length <= 1.15 * width)
        if len(lengths) >= 3 and 30 <= width <= 140 and alike >= max(2, 0.3 * len(lengths)):
            # The margin is where the longest of the lines that are alike end.
            width = max(length for length in lengths if length <= 1.12 * width)
            last = text_lines[min(first + _BLOCK, len(text_lines)) - 1]
            for at in range(text_lines[first], last + 1):
                widths[at] = width
    return widths


def was_full(line: Line, following: str, width: int, *, tight: bool = False) -> bool:
    """Say whether the first word of `following` would not have fitted behind `line` in a column of `width`.

    `tight` allows for less raggedness of the right margin.
    """
    word = following.split(maxsplit=1)[0] if following else ""
    return width > 0 and line.indent + len(line) + 1 + len(word) > (_TIGHT if tight else _RAGGED) * width
