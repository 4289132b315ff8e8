"""Outside programs (Tesseract, LibreOffice), run with a time limit and ended with all their children."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from pathlib import Path

from nlp.text import ReadError


def run_program(command: list[str], seconds: float, data: bytes | None = None, folder: Path | None = None) -> bytes:
    """Run `command` and return its standard output.

    Parameters
    ----------
    command : list[str]
        Program and arguments; no shell is involved.
    seconds : float
        Time limit; then the program and its children are ended.
    data : bytes, optional
        Standard input.
    folder : Path, optional
        Working folder and home of the program.

    Raises
    ------
    ReadError
        ``too_slow`` past the limit, ``damaged`` where the program fails.
    """
    environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "OMP_THREAD_LIMIT": "1"}
    if folder is not None:
        environment |= {"HOME": str(folder), "TMPDIR": str(folder)}
    if "TESSDATA_PREFIX" in os.environ:
        environment["TESSDATA_PREFIX"] = os.environ["TESSDATA_PREFIX"]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE if data is not None else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=environment,
        start_new_session=True,
    ) as process:
        try:
            output, _ = process.communicate(data, timeout=seconds)
        except subprocess.TimeoutExpired:
            raise ReadError("too_slow", "Đọc tệp mất quá nhiều thời gian nên đã dừng lại.") from None
        finally:
            # LibreOffice leaves a child behind when only its starter is ended.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
    if process.returncode != 0:
        raise ReadError("damaged", "Tệp bị hỏng hoặc không đúng định dạng, không đọc được.")
    return output
