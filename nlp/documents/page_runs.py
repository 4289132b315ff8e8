"""Runs of characters on a page, and lines made of them; the form that PDF text and recognised scans share."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from nlp.text.joining import breaks_syllable

_RAISED = str.maketrans("0123456789()[]*", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾⁽⁾*")
_NOTE_MARK = re.compile(r"[\[(]?\d{1,3}[\])]?")


# A ruling line: horizontal (y, x0, x1) or vertical (x, y0, y1), in points.
Stroke = tuple[float, float, float]


@dataclass(slots=True)
class Run:
    """Characters side by side without a wide gap. Units are points; `y` is the baseline, upwards."""

    text: str
    x0: float
    x1: float
    y: float
    size: float


@dataclass(slots=True)
class TextLine:
    """Runs on one baseline, from left to right."""

    runs: list[Run]
    y: float
    size: float
    x0: float = field(default=0.0)
    x1: float = field(default=0.0)

    def __post_init__(self) -> None:
        self.runs.sort(key=lambda run: run.x0)
        self.x0 = self.runs[0].x0
        self.x1 = max(run.x1 for run in self.runs)

    def text(self) -> str:
        """Return the characters; raised note numbers as "¹"."""
        out = ""
        end = self.runs[0].x0
        for run in self.runs:
            text = run.text
            raised = run.size <= 0.82 * self.size and run.y > self.y + 0.1 * self.size
            if raised and _NOTE_MARK.fullmatch(text.strip()):
                text = text.strip().translate(_RAISED)
            apart = out and not out.endswith(" ") and not text.startswith(" ") and run.x0 - end > 0.18 * self.size
            if apart and (run.x0 - end > self.size or not breaks_syllable(out[-12:], text)):
                out += " "
            out += text
            end = max(end, run.x1)
        return re.sub(" {2,}", " ", out).strip()


def lines_of(runs: list[Run]) -> list[TextLine]:
    """Group runs into lines, from the top of the page down; raised and lowered runs stay with their line."""
    groups: list[list[Run]] = []
    heads: list[Run] = []
    # Larger runs first, so that a raised number joins the line it belongs to and not the other way round.
    for run in sorted(runs, key=lambda run: (-round(run.size), -run.y)):
        best = None
        for at in _near(heads, run):
            distance = abs(heads[at].y - run.y)
            if distance <= 0.42 * heads[at].size and (best is None or distance < abs(heads[best].y - run.y)):
                best = at
        if best is None:
            groups.append([run])
            heads.append(run)
        else:
            groups[best].append(run)
    lines = [TextLine(group, head.y, head.size) for group, head in zip(groups, heads, strict=True)]
    lines.sort(key=lambda line: -line.y)
    return lines


def _near(heads: list[Run], run: Run) -> range:
    # Runs of one size come from the top down, so a match is among the last heads; across sizes all are looked at.
    return range(max(0, len(heads) - 400), len(heads))
