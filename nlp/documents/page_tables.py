"""Tables on a page, found by their ruling lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nlp.documents.page_runs import Run, Stroke, lines_of
from nlp.text.joining import MARKER

_NEAR = 4.0


@dataclass
class Table:
    """Cells by row and column and the range of the page they cover; a merged cell stands in its first column."""

    top: float
    bottom: float
    left: float
    right: float
    rows: list[list[str]]


def take_tables(runs: list[Run], flat: list[Stroke], upright: list[Stroke]) -> tuple[list[Table], list[Run]]:
    """Return the ruled tables of a page, from the top down, and the runs that stand in none of them.

    Parameters
    ----------
    runs : list[Run]
        Runs of the page.
    flat, upright : list of strokes
        Horizontal lines as (y, x0, x1) and vertical lines as (x, y0, y1), in points.
    """
    tables = []
    rest = runs
    for box_flat, box_upright in _grids(flat, upright):
        columns = _steps(stroke[0] for stroke in box_upright)
        rows = _steps(stroke[0] for stroke in box_flat)[::-1]
        if len(columns) < 3 or len(rows) < 2:
            continue
        left, right, top, bottom = columns[0], columns[-1], rows[0], rows[-1]
        inside = [run for run in rest if bottom < run.y + 0.3 * run.size < top and left - 2 < _middle(run) < right + 2]
        if not inside:
            continue
        taken = {id(run) for run in inside}
        rest = [run for run in rest if id(run) not in taken]
        tables.append(Table(top, bottom, left, right, _fill(inside, columns, rows, box_upright)))
    tables.sort(key=lambda table: -table.top)
    return tables, rest


def _middle(run: Run) -> float:
    return (run.x0 + run.x1) / 2


def _grids(flat: list[Stroke], upright: list[Stroke]) -> list[tuple[list[Stroke], list[Stroke]]]:
    """Group strokes that touch each other: sweep down the page, one group while lines overlap."""
    spans = sorted([(y, y, False, (y, a, b)) for y, a, b in flat] + [(a, b, True, (x, a, b)) for x, a, b in upright])
    groups: list[tuple[list[Stroke], list[Stroke]]] = []
    reach = float("-inf")
    for low, high, vertical, stroke in spans:
        if low > reach + _NEAR:
            groups.append(([], []))
        groups[-1][vertical].append(stroke)
        reach = max(reach, high)
    return [group for group in groups if len(group[0]) >= 2 and len(group[1]) >= 2]


def _steps(values: Iterable[float]) -> list[float]:
    """Return the distinct values, ascending; values within a few points are one."""
    result: list[float] = []
    for value in sorted(values):
        if not result or value - result[-1] > _NEAR:
            result.append(value)
    return result


def _fill(runs: list[Run], columns: list[float], rows: list[float], upright: list[Stroke]) -> list[list[str]]:
    cells: dict[tuple[int, int], list[Run]] = {}
    for run in runs:
        row = _place([-y for y in rows], -(run.y + 0.3 * run.size))
        column = _place(columns, _middle(run))
        # Without a line between two columns at this height the cells are merged.
        middle = run.y + 0.3 * run.size
        while column > 0 and not _ruled(upright, columns[column], middle):
            column -= 1
        cells.setdefault((row, column), []).append(run)
    return [
        [_cell_text(cells.get((row, column), [])) for column in range(len(columns) - 1)] for row in range(len(rows) - 1)
    ]


def _place(edges: list[float], value: float) -> int:
    place = 0
    while place < len(edges) - 2 and value > edges[place + 1]:
        place += 1
    return place


def _ruled(upright: list[Stroke], x: float, y: float) -> bool:
    return any(abs(at - x) <= _NEAR and low - 1 <= y <= high + 1 for at, low, high in upright)


def _cell_text(runs: list[Run]) -> str:
    text = ""
    for line in lines_of(runs) if runs else []:
        piece = line.text()
        text += ("\n" if MARKER.match(piece) else " ") + piece if text else piece
    return text
