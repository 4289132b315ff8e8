"""Read many reports one after another, with progress, and go on where an interrupted run stopped.

Finished documents are kept as JSONL in a work file beside the output, one document's lines written at once, with a
journal that says how far the work file is whole. The chosen format is made from it at the end, and both helpers are
removed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.export.bundle import Bundle
from api.export.lines import to_jsonl
from api.export.progress import STAGES, Progress
from nlp.text import LangNgheError

if TYPE_CHECKING:
    from nlp.reports import ReportReader


class BatchError(LangNgheError):
    """The batch cannot start."""


def load_reader() -> ReportReader:
    """The reader with the live model."""
    from nlp.reports import ReportReader

    return ReportReader.load()


def files_below(paths: Sequence[Path], endings: Sequence[str]) -> list[Path]:
    """The files that paths name, folders searched in depth, sorted within each folder, none twice.

    Raises BatchError `not_found` for a path that does not exist. A file named outright is taken whatever its ending;
    hidden files and office lock files in folders are passed over.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if not path.exists():
            raise BatchError("not_found", f"Không tìm thấy {path}.")
        if path.is_dir():
            for inner in sorted(path.rglob("*")):
                if inner.is_file() and inner.suffix.lower() in endings and not inner.name.startswith((".", "~$")):
                    found[inner] = None
        else:
            found[path] = None
    return list(found)


class Batch:
    """One run over files.

    Parameters: `files`; `format`, one of the export formats; `output`, a file, or a folder for html of several files,
    or None for standard output; `restart`, forget an earlier unfinished run.
    """

    def __init__(self, files: Sequence[Path], format: str, output: Path | None, restart: bool = False) -> None:
        self.files = list(files)
        self.format = format
        self.output = output
        self.many_pages = format == "html" and output is not None and (len(self.files) > 1 or output.is_dir())
        if output is not None:
            if self.many_pages:
                output.mkdir(parents=True, exist_ok=True)
            elif not output.parent.exists():
                raise BatchError("no_folder", f"Không có thư mục {output.parent}.")
        base = (
            None
            if output is None
            else (output / ".langnghe-extract" if self.many_pages else output.with_name(f".{output.name}.extract"))
        )
        self.work = None if base is None else base.with_name(base.name + ".jsonl")
        self.journal = None if base is None else base.with_name(base.name + ".journal")
        if restart:
            self._forget()

    def run(self, progress: bool = True) -> list[tuple[str, str]]:
        """Read every file that is not done yet and write the output.

        Returns (file, message) of the files that could not be read; their rows in the output carry the error.
        """
        reader = load_reader()
        done = self._resume(reader.model.version)
        direct = self.output is None and self.format == "jsonl"
        memory: list[Bundle] = []
        with Progress(len(self.files), enabled=progress) as stream:
            for path in self.files:
                identity = _identity(path)
                if identity in done:
                    stream.step(path.name, skipped=True)
                    continue
                bundle = _read(reader, path, stream)
                if direct and (bundle.error is None or len(self.files) > 1):
                    _emit(to_jsonl([bundle]))
                if self.work is not None:
                    self._keep(bundle, identity, reader.model.version)
                else:
                    # What is printed already need not be kept, but for what could not be read.
                    memory.append(Bundle({"filename": path.name}, error=bundle.error) if direct else bundle)
                stream.step(path.name)
        bundles = memory if self.work is None else list(self._kept())
        failed = [(str(b.document["filename"]), str(b.error["message"])) for b in bundles if b.error is not None]
        if not direct and not (failed and len(self.files) == 1):
            self._write(bundles)
        self._forget()
        return failed

    def _write(self, bundles: list[Bundle]) -> None:
        from api.export import EXPORTERS, to_html

        if self.format == "html":
            self._write_pages([b for b in bundles if b.error is None], to_html)
            return
        data = EXPORTERS[self.format](bundles)
        if self.output is None:
            _emit(data)
        else:
            _replace(self.output, data)

    def _write_pages(self, bundles: list[Bundle], to_html: Any) -> None:
        if self.output is None:
            for bundle in bundles:
                _emit(to_html(bundle))
        elif not self.many_pages:
            for bundle in bundles:
                _replace(self.output, to_html(bundle))
        else:
            taken: set[str] = set()
            for bundle in bundles:
                stem = Path(str(bundle.document["filename"] or bundle.document["id"])).stem
                name = stem if stem not in taken else f"{stem}-{str(bundle.document['id'])[:9]}"
                taken.add(name)
                _replace(self.output / f"{name}.html", to_html(bundle))

    def _resume(self, version: str) -> set[str]:
        """Identities that an earlier run of the same model finished; the work file is cut back to what is whole."""
        if self.work is None or self.journal is None or not self.journal.exists() or not self.work.exists():
            return set()
        done: set[str] = set()
        whole = 0
        for line in self.journal.read_text(encoding="utf-8").splitlines():
            with contextlib.suppress(ValueError):
                row = json.loads(line)
                if row.get("version") != version or row.get("format") != self.format:
                    self._forget()
                    return set()
                done.add(row["identity"])
                whole = row["end"]
        with self.work.open("r+b") as stream:
            stream.truncate(whole)
        return done

    def _keep(self, bundle: Bundle, identity: str, version: str) -> None:
        if self.work is None or self.journal is None:
            return
        row = {
            "document": dict(bundle.document),
            "findings": [dict(f) for f in bundle.findings],
            "error": bundle.error,
            "source": bundle.source if self.format == "html" else None,
        }
        with self.work.open("ab") as stream:
            stream.write((json.dumps(row, ensure_ascii=False) + "\n").encode())
            stream.flush()
            end = stream.tell()
        with self.journal.open("a", encoding="utf-8") as journal:
            journal.write(
                json.dumps({"identity": identity, "end": end, "version": version, "format": self.format}) + "\n"
            )

    def _kept(self) -> Iterator[Bundle]:
        if self.work is None or not self.work.exists():
            return
        with self.work.open(encoding="utf-8") as stream:
            for line in stream:
                row = json.loads(line)
                yield Bundle(row["document"], row["findings"], row["source"], row["error"])

    def _forget(self) -> None:
        for path in (self.work, self.journal):
            if path is not None:
                path.unlink(missing_ok=True)


def _read(reader: ReportReader, path: Path, stream: Progress) -> Bundle:
    from nlp.documents import read_document

    try:
        document = read_document(path, progress=lambda page, pages: stream.inside(f"{path.name}: trang {page}/{pages}"))
    except LangNgheError as error:
        return Bundle({"id": None, "filename": path.name}, (), None, {"code": error.code, "message": error.message})
    result = reader.extract(
        document, progress=lambda stage, _: stream.inside(f"{path.name}: {STAGES.get(stage, stage)}")
    )
    rows = result.to_json()
    return Bundle(rows[0]["document"], [row["finding"] for row in rows[1:]], document.text)


def _identity(path: Path) -> str:
    """What a file is for the journal: where it is and what its bytes are."""
    digest = hashlib.sha256(str(path.resolve()).encode())
    try:
        with path.open("rb") as stream:
            for block in iter(lambda: stream.read(1 << 20), b""):
                digest.update(block)
    except OSError:
        digest.update(b"unreadable")
    return digest.hexdigest()


def _emit(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.flush()


def _replace(path: Path, data: bytes) -> None:
    """Write beside and rename, so that a reader never sees half a file."""
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_bytes(data)
    temporary.replace(path)
