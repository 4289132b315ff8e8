"""Run the notebooks top to bottom and keep their outputs: `python -m nlp.training.notebooks [--small] [name …]`."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from nlp.registry.locate import CHECKOUT

FOLDER = CHECKOUT / "notebooks"


def missing(path: Path) -> list[str]:
    """Modules that a notebook says it needs (metadata `langnghe.needs`) and that are not installed."""
    needs = nbformat.read(path, as_version=4).metadata.get("langnghe", {}).get("needs", [])
    return [name for name in needs if importlib.util.find_spec(name) is None]


def run_notebook(path: Path, *, small: bool, timeout: int = 1200) -> nbformat.NotebookNode:
    """Execute one notebook in a fresh kernel and return it with its outputs.

    Raises
    ------
    CellExecutionError
        If a cell fails.
    """
    notebook = nbformat.read(path, as_version=4)
    before = dict(os.environ)
    os.environ["LANGNGHE_NOTEBOOK_SMALL"] = "1" if small else "0"
    os.environ["PYTHONPATH"] = os.pathsep.join([str(CHECKOUT), before.get("PYTHONPATH", "")])
    # What a library grumbles about at import is not a result; errors still stop the run.
    os.environ["PYTHONWARNINGS"] = "ignore"
    try:
        resources = {"metadata": {"path": str(FOLDER)}}
        client = NotebookClient(notebook, timeout=timeout, kernel_name="python3", resources=resources)
        client.execute()
    finally:
        os.environ.clear()
        os.environ.update(before)
    for cell in notebook.cells:
        cell.get("metadata", {}).pop("execution", None)
    return notebook


def main() -> int:
    """Execute the named notebooks (all by default) and write them back with their outputs."""
    parser = argparse.ArgumentParser(description="Chạy lại sổ tay và ghi kết quả vào chính tệp.")
    parser.add_argument("names", nargs="*", help="phần đầu tên sổ tay, ví dụ 01; bỏ trống là tất cả")
    parser.add_argument("--small", action="store_true", help="dữ liệu nhỏ, như khi kiểm thử")
    options = parser.parse_args()
    failed = 0
    for path in sorted(FOLDER.glob("*.ipynb")):
        if options.names and not any(path.name.startswith(n) for n in options.names):
            continue
        absent = missing(path)
        if absent:
            print(f"{path.name}: bỏ qua, chưa cài {', '.join(absent)} (make transformers)")
            continue
        print(f"{path.name} …", flush=True)
        try:
            nbformat.write(run_notebook(path, small=options.small), path)
        except CellExecutionError as error:
            failed += 1
            print(f"  lỗi: {error.ename}: {error.evalue}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
