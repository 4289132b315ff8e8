"""What the command line shares: consoles, exit statuses and one clear line for an error."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from nlp.text import LangNgheError

if TYPE_CHECKING:
    from nlp.training.exchange import Dropped

DONE, WRONG_USE = 0, 2
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def tell_dropped(dropped: Sequence[Dropped], most: int = 20) -> None:
    """What was left out: a count a reason, and the first rows one by one on standard error; ids and reasons, no text."""
    for reason, count in Counter(d.reason.split(" (")[0] for d in dropped).most_common():
        out.print(f"  bỏ {count}: {reason}", markup=False)
    for d in dropped[:most]:
        err.print(f"dòng {d.row} {d.id}: {d.reason}", style="dim", markup=False)
    if len(dropped) > most:
        err.print(f"… và {len(dropped) - most} dòng nữa", style="dim", markup=False)


@contextmanager
def clear_errors() -> Iterator[None]:
    """Turn an expected error into one Vietnamese line on standard error and exit status 2."""
    try:
        yield
    except LangNgheError as error:
        err.print(f"[red]Lỗi[/red] ({error.code}): {error.message}")
        raise typer.Exit(WRONG_USE) from None
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        err.print(f"[red]Lỗi[/red] (file): không mở được {error.filename}")
        raise typer.Exit(WRONG_USE) from None
