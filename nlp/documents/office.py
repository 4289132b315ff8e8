"""Old and other office files (.doc, .odt, .rtf) through LibreOffice, where it is installed."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from nlp.documents.archive import damaged
from nlp.documents.document import Limits
from nlp.documents.programs import run_program
from nlp.text import ReadError

# Macros never run, nothing is fetched.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse">
<value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse">
<value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""


def can_convert() -> bool:
    """Say whether LibreOffice is installed."""
    return _program() is not None


def convert_to_docx(data: bytes, extension: str, limits: Limits) -> bytes:
    """Return `data` as a Word file.

    Parameters
    ----------
    data : bytes
        Content of the file.
    extension : str
        Extension that fits the content, such as ".doc".
    limits : Limits
        Time limit.

    Raises
    ------
    ReadError
        ``needs_libreoffice``, ``damaged`` or ``too_slow``. The working folder is removed in every case.
    """
    program = _program()
    if program is None:
        raise ReadError(
            "needs_libreoffice", "Máy chưa cài LibreOffice để đọc dạng tệp này; hãy lưu tệp thành .docx rồi gửi lại."
        )
    with tempfile.TemporaryDirectory(prefix="langnghe-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        profile = folder / "profile"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        source = folder / f"input{extension}"
        source.write_bytes(data)
        run_program(
            [
                program,
                "--headless",
                "--norestore",
                "--nolockcheck",
                "--nodefault",
                f"-env:UserInstallation={profile.as_uri()}",
                "--convert-to",
                "docx:MS Word 2007 XML",
                "--outdir",
                str(folder / "out"),
                str(source),
            ],
            limits.seconds,
            folder=folder,
        )
        result = folder / "out" / "input.docx"
        # LibreOffice ends well even where it could not read the file.
        if not result.is_file():
            raise damaged()
        if result.stat().st_size > limits.max_bytes:
            raise ReadError("too_large", "Tệp sau khi chuyển đổi quá lớn so với giới hạn cho phép.")
        return result.read_bytes()


def _program() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")
