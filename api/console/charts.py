"""Small charts worked out on the server: numbers for bars that a page draws without script or inline style."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from api.console.words import number


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, the value as people read it, and its height in percent of the chart."""

    label: str
    shown: str
    height: float


def columns(
    values: Mapping[str, float], shown: Callable[[float], str] = number, top: float | None = None
) -> tuple[Bar, ...]:
    """A bar for each value; the highest fills the chart, unless `top` says what would."""
    most = top or max(values.values(), default=0) or 1
    return tuple(Bar(label, shown(value), round(100 * value / most, 1)) for label, value in values.items())


def shares(counts: Sequence[tuple[str, int]]) -> list[tuple[str, int, float]]:
    """(code, count, share of the largest), largest first, zeros left out."""
    rows = sorted((c for c in counts if c[1]), key=lambda c: -c[1])
    most = rows[0][1] if rows else 1
    return [(code, count, count / most) for code, count in rows]
