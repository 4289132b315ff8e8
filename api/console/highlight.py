"""Cutting a text into pieces for highlighting, on the server, from code-point spans.

A browser counts UTF-16 units, so spans never leave the server: what leaves is text already cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.console.words import MATTER, PARTY


@dataclass(frozen=True, slots=True)
class Mark:
    """A range to show: `key` groups marks (a label's code or a finding's id), `name` is what a person reads."""

    start: int
    end: int
    key: str
    name: str = ""
    style: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text under the same marks; `first` are the marks that begin here."""

    text: str
    marks: tuple[Mark, ...]
    first: tuple[Mark, ...]

    @property
    def keys(self) -> str:
        """The keys of all marks, for an attribute."""
        return " ".join(dict.fromkeys(m.key for m in self.marks))

    @property
    def names(self) -> str:
        """The names of all marks, for a tooltip and for screen readers."""
        return ", ".join(dict.fromkeys(m.name for m in self.marks if m.name))

    @property
    def styles(self) -> str:
        """The style classes of all marks."""
        return " ".join(dict.fromkeys(m.style for m in self.marks if m.style))


def cut(text: str, marks: Iterable[Mark], start: int = 0, end: int | None = None) -> list[Piece]:
    """Cut `text[start:end]` where marks begin and end; joined again, the pieces are that text exactly.

    Marks outside the range are clipped or left out; empty ones are left out.
    """
    stop = len(text) if end is None else min(end, len(text))
    inside = sorted(
        (m for m in marks if m.start < m.end and m.start < stop and m.end > start), key=lambda m: (m.start, -m.end)
    )
    edges = {start, stop}
    for m in inside:
        edges.update((max(start, m.start), min(stop, m.end)))
    places = sorted(e for e in edges if start <= e <= stop)
    pieces: list[Piece] = []
    running: list[Mark] = []
    following = 0
    for left, right in zip(places, places[1:], strict=False):
        running = [m for m in running if m.end > left]
        begun: list[Mark] = []
        while following < len(inside) and max(start, inside[following].start) <= left:
            begun.append(inside[following])
            following += 1
        running += [m for m in begun if m.end > left]
        pieces.append(Piece(text[left:right], tuple(running), tuple(begun)))
    return pieces


def around(text: str, start: int, end: int, context: int = 160) -> tuple[int, int]:
    """A range around a quote, widened to whole words, for showing it in its place."""
    left, right = max(0, start - context), min(len(text), end + context)
    while left > 0 and not text[left - 1].isspace():
        left -= 1
    while right < len(text) and not text[right].isspace():
        right += 1
    return left, right


def petition_marks(result: dict[str, object] | None, names: Sequence[tuple[str, str]]) -> list[Mark]:
    """The marks of a petition's analysis: evidence by field, signals by code."""
    if not result:
        return []
    known = dict(names)
    marks: list[Mark] = []
    for field in result["fields"]:  # type: ignore[attr-defined]
        for e in field.get("evidence", ()):
            marks.append(Mark(e["start"], e["end"], field["code"], known.get(field["code"], ""), f"f-{field['code']}"))
    for s in result["urgency"]["signals"]:  # type: ignore[index]
        marks.append(Mark(s["start"], s["end"], s["code"], known.get(s["code"], ""), "signal"))
    return marks


def intake_marks(report: Mapping[str, Any]) -> list[Mark]:
    """The marks of an intake report: who and what it is about, and the quotes of its checklist, shown when pointed at."""
    rows = [(f"i-{i['code']}", i["name"], "quiet", i) for i in report["eligibility"]["items"]]
    rows += [(f"i-{f['code']}", f["name"], "quiet", f) for f in report["eligibility"]["flags"]]
    rows += [(f"p-{group}", PARTY[group], "found", p) for group in PARTY for p in report["parties"][group]]
    rows += [(f"m-{name}", MATTER[name], "found", m) for name in MATTER for m in report["matters"].get(name, ())]
    rows += [("p-place", "Địa danh", "found", p) for p in report["places"]]
    return [Mark(s["start"], s["end"], key, name, style) for key, name, style, s in rows if s["start"] is not None]


def difference_marks(changes: Iterable[Mapping[str, Any]]) -> tuple[list[Mark], list[Mark]]:
    """The marks of both texts of a comparison: the words that the other does not have."""
    differing = [c for c in changes if c["kind"] != "equal"]
    one = [Mark(c["start"], c["end"], "diff", "khác", "diff") for c in differing]
    return one, [Mark(c["other_start"], c["other_end"], "diff", "khác", "diff") for c in differing]
