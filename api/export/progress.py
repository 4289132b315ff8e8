"""Progress of a batch on standard error."""

from __future__ import annotations

import sys
from typing import Any, Self

STAGES = {"structure": "đọc bố cục", "sentences": "xét từng câu", "findings": "ghép liên kết, chi tiết", "done": "xong"}
"""What a person reads for the stages that `ReportReader.extract` names."""


class Progress:
    """A bar on a terminal, with the page or stage of the file being read; in a pipe a line every twenty files.

    Parameters: `total`, how many files; `enabled`, false for silence.
    """

    def __init__(self, total: int, enabled: bool) -> None:
        self._bar: Any = None
        self._plain = enabled and total > 1 and not sys.stderr.isatty()
        self._total, self._count = total, 0
        if enabled and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=total == 1,
            )
            self._task = self._bar.add_task("Đọc báo cáo", total=total)
            self._bar.start()

    def inside(self, words: str) -> None:
        """Say what is being done in the file at hand; only a terminal shows it."""
        if self._bar is not None:
            self._bar.update(self._task, description=words)

    def step(self, name: str, skipped: bool = False) -> None:
        """One file is done."""
        self._count += 1
        if self._bar is not None:
            self._bar.update(self._task, advance=1, description=f"{name} (đã có)" if skipped else name)
        elif self._plain and (self._count == self._total or self._count % 20 == 0):
            sys.stderr.write(f"{self._count}/{self._total} tệp\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.stop()
