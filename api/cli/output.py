"""What the command line shares: consoles, exit statuses and one clear line for an error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from nlp.text import LangNgheError

DONE, WRONG_USE = 0, 2
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


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
