"""Every notebook reads top to bottom on small data, without a network."""

from pathlib import Path

import pytest

pytest.importorskip("nbclient", reason="chưa cài nbclient (pip install .[notebooks])")

from nlp.training.notebooks import FOLDER, run_notebook  # noqa: E402


@pytest.mark.notebook
@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")), ids=lambda p: p.stem)
def test_a_notebook_runs_top_to_bottom(path: Path):
    done = run_notebook(path, small=True)
    assert all(cell.get("execution_count") for cell in done.cells if cell.cell_type == "code")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")), ids=lambda p: p.stem)
def test_a_notebook_is_committed_with_its_outputs(path: Path):
    import nbformat

    cells = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    assert any(c.outputs for c in cells)
    assert not any(o.output_type == "error" for c in cells for o in c.outputs)
