"""Plots of an evaluation as SVG; matplotlib is imported when a plot is drawn."""

from __future__ import annotations

import io
from typing import Any

INK, SOFT, WARM, GRID = "#1f5f8b", "#7fa8c6", "#c2571a", "#d5dbe3"


def _axes(width: float = 6.0, height: float = 3.4) -> tuple[Any, Any]:
    import matplotlib

    matplotlib.use("Agg")
    # A fixed salt and no date, so that the same figures give the same bytes.
    matplotlib.rcParams.update(
        {"svg.hashsalt": "langnghe", "font.family": "DejaVu Sans", "font.size": 9, "svg.fonttype": "none"}
    )
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(width, height))
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    return figure, axes


def to_svg(figure: Any) -> str:
    """A figure as an SVG element, without an XML head."""
    import matplotlib.pyplot as plt

    stream = io.StringIO()
    figure.tight_layout()
    figure.savefig(stream, format="svg", metadata={"Date": None})
    plt.close(figure)
    text = stream.getvalue()
    return text[text.index("<svg") :]


def reliability_plot(tables: list[dict[str, Any]], names: dict[str, str]) -> str:
    """Observed share over mean probability; the dot's size is the number of answers in the bin."""
    figure, axes = _axes(5.2, 4.2)
    axes.plot([0, 1], [0, 1], color=GRID, linewidth=1.2)
    for table, color in zip(tables, (INK, SOFT, WARM, "#4a8f3c"), strict=False):
        p, share = [b["p"] for b in table["bins"]], [b["share"] for b in table["bins"]]
        most = max(b["n"] for b in table["bins"])
        axes.plot(p, share, color=color, linewidth=1, label=names[table["name"]])
        axes.scatter(p, share, s=[12 + 90 * b["n"] / most for b in table["bins"]], color=color, alpha=0.7)
    axes.set(xlabel="xác suất trung bình", ylabel="tỷ lệ đúng", xlim=(-0.02, 1.02), ylim=(-0.02, 1.05))
    axes.legend(frameon=False, loc="upper left")
    return to_svg(figure)


def risk_plot(curves: dict[str, Any], names: dict[str, str]) -> str:
    """Error rate among the most confident share of answers."""
    figure, axes = _axes()
    for (task, curve), color in zip(curves.items(), (INK, SOFT, WARM), strict=False):
        axes.plot(
            [a for a, _ in curve["points"]],
            [b for _, b in curve["points"]],
            "o-",
            color=color,
            label=names[task],
            markersize=3,
        )
    axes.set(xlabel="phần đơn tự quyết (từ chắc nhất)", ylabel="tỷ lệ sai", ylim=(0, None))
    axes.legend(frameon=False)
    return to_svg(figure)


def interval_plot(rows: list[tuple[str, dict[str, Any]]], label: str, line: float | None = None) -> str:
    """Values with their 95% intervals, one a line; `line` marks a target or the clean score."""
    figure, axes = _axes(6.0, 0.6 + 0.28 * max(len(rows), 2))
    rows = [(name, v) for name, v in rows if v.get("value") is not None][::-1]
    for y, (_, v) in enumerate(rows):
        low, high = v["low"] if v["low"] is not None else v["value"], v["high"] if v["high"] is not None else v["value"]
        axes.plot([low, high], [y, y], color=SOFT, linewidth=3, solid_capstyle="round")
        axes.plot(v["value"], y, "o", color=INK, markersize=4)
    if line is not None:
        axes.axvline(line, color=WARM, linewidth=1)
    axes.set_yticks(range(len(rows)), [name for name, _ in rows])
    axes.set(xlabel=label, xlim=(min([0.0, *(v["low"] or 0 for _, v in rows)]), 1.02))
    return to_svg(figure)


def matrix_plot(table: list[list[int]], names: list[str]) -> str:
    """A confusion matrix, gold in rows."""
    figure, axes = _axes(4.4, 3.6)
    axes.grid(False)
    shares = [[c / max(sum(row), 1) for c in row] for row in table]
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1.15)
    for y, row in enumerate(table):
        for x, count in enumerate(row):
            axes.text(x, y, str(count), ha="center", va="center", color="white" if shares[y][x] > 0.6 else "#1c2430")
    axes.set_xticks(range(len(names)), names, rotation=20, ha="right")
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="mô hình", ylabel="nhãn đúng")
    return to_svg(figure)


def curve_plot(rows: list[dict[str, Any]], scores: dict[str, str]) -> str:
    """Scores over the number of training petitions, with intervals as bands."""
    figure, axes = _axes()
    for (score, name), color in zip(scores.items(), (INK, WARM, SOFT, "#4a8f3c"), strict=False):
        x = [r["n"] for r in rows]
        axes.plot(x, [r[score]["value"] for r in rows], "o-", color=color, label=name, markersize=3)
        axes.fill_between(
            x, [r[score]["low"] for r in rows], [r[score]["high"] for r in rows], color=color, alpha=0.12, linewidth=0
        )
    axes.set(xlabel="số đơn huấn luyện", ylabel="điểm", ylim=(None, 1.0))
    axes.legend(frameon=False, loc="lower right")
    return to_svg(figure)
