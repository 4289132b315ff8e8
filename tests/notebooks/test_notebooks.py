"""Every notebook reads top to bottom on small data, without a network, and is committed as it was run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("nbclient", reason="chưa cài nbclient (pip install .[notebooks])")
nbformat = pytest.importorskip("nbformat")

from nlp.training.notebooks import FOLDER, run_notebook  # noqa: E402

ALL = sorted(FOLDER.glob("*.ipynb"))


def named(path: Path) -> object:
    """The notebook as a test case; one that needs torch is marked, so that it skips or fails as the suite is told."""
    needs = nbformat.read(path, as_version=4).metadata.get("langnghe", {}).get("needs", [])
    return pytest.param(path, id=path.stem, marks=[pytest.mark.torch] if "torch" in needs else [])


@pytest.mark.notebook
@pytest.mark.parametrize("path", [named(p) for p in ALL])
def test_a_notebook_runs_top_to_bottom(path: Path) -> None:
    done = run_notebook(path, small=True)
    assert all(cell.get("execution_count") for cell in done.cells if cell.cell_type == "code")


@pytest.mark.parametrize("path", ALL, ids=lambda p: p.stem)
def test_a_notebook_is_committed_with_its_outputs_and_plots(path: Path) -> None:
    cells = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    outputs = [o for c in cells for o in c.outputs]
    assert outputs
    assert not any(o.output_type == "error" for o in outputs)
    assert any({"image/png", "image/svg+xml"} & set(o.get("data", {})) for o in outputs), "không có biểu đồ"


@pytest.mark.parametrize("path", ALL, ids=lambda p: p.stem)
def test_a_notebook_ends_with_something_to_decide(path: Path) -> None:
    texts = [c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "markdown"]
    assert any(t.startswith("## Quyết định") for t in texts)


@pytest.mark.parametrize("path", ALL, ids=lambda p: p.stem)
def test_no_trace_of_the_machine_it_ran_on_is_left(path: Path) -> None:
    stored = path.read_text(encoding="utf-8")
    assert not re.search(r"/(?:home|root|work|Users)/", stored)
    assert "Traceback" not in stored


def test_the_seven_of_the_loop_are_there() -> None:
    assert {p.name[:2] for p in ALL} == {"01", "02", "03", "04", "05", "06", "07"}
