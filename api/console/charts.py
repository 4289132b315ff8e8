"""Small charts as numbers for SVG, worked out on the server: no script, no inline style."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, value and box in the chart's own units."""

    label: str
    value: float
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Columns:
    """A column chart of `width` by `height` units, with lines at round values."""

    bars: tuple[Bar, ...]
    width: float
    height: float
    lines: tuple[tuple[float, str], ...]


def columns(values: Mapping[str, float], width: float = 640, height: float = 180) -> Columns:
    """A column for each value, scaled to a round top."""
    top = round_up(max(values.values(), default=0))
    step = width / max(1, len(values))
    gap = min(10.0, step * 0.3)
    bars = tuple(
        Bar(label, value, round(i * step + gap / 2, 1), round(height * (1 - value / top), 1), round(step - gap, 1),
            round(height * value / top, 1))
        for i, (label, value) in enumerate(values.items())
    )  # fmt: skip
    lines = tuple((round(height * (1 - k / 2), 1), f"{top * k / 2:g}") for k in (0, 1, 2))
    return Columns(bars, width, height, lines)


def shares(counts: Sequence[tuple[str, int]]) -> list[tuple[str, int, float]]:
    """(code, count, share of the largest), largest first, zeros left out."""
    rows = sorted((c for c in counts if c[1]), key=lambda c: -c[1])
    most = rows[0][1] if rows else 1
    return [(code, count, count / most) for code, count in rows]


def round_up(value: float) -> float:
    """The next round number (1, 2, 5 times a power of ten, and even) at or above a value; 2 for nothing."""
    if value <= 2:
        return 2
    size = 1
    while True:
        for step in (2, 4, 6, 10):
            if value <= step * size:
                return step * size
        size *= 10
