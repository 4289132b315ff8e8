"""Packed office files, opened with limits on what unpacking may cost."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass

from lxml import etree

from nlp.documents.document import Limits
from nlp.documents.ooxml import STRICT
from nlp.text import ReadError

_MOST_PARTS = 5_000
# Real documents unpack to at most some fifty times their size; a bomb to thousands.
_MOST_RATIO = 300


def damaged() -> ReadError:
    """Return the error for a file whose content does not hold together."""
    return ReadError("damaged", "Tệp bị hỏng hoặc không đúng định dạng, không đọc được.")


def protected() -> ReadError:
    """Return the error for a file that asks for a password."""
    return ReadError("protected", "Tệp được bảo vệ bằng mật khẩu; hãy bỏ mật khẩu rồi gửi lại.")


def with_macros() -> ReadError:
    """Return the error for a file that holds macros."""
    return ReadError("macros", "Tệp có chứa macro; hãy lưu lại thành tệp không có macro (.docx) rồi gửi lại.")


@dataclass(frozen=True)
class Package:
    """An opened office file; `media` says which, `main` is its main part ("word/document.xml")."""

    zipped: zipfile.ZipFile
    names: frozenset[str]
    media: str
    limits: Limits
    main: str = ""
    macros: bool = False

    def part(self, name: str) -> bytes | None:
        """Return the bytes of part `name`, None where there is no such part.

        Raises
        ------
        ReadError
            ``damaged`` or ``too_large``.
        """
        if name not in self.names:
            return None
        try:
            with self.zipped.open(name) as stream:
                data = stream.read(self.limits.max_unpacked + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError) as error:
            raise damaged() from error
        if len(data) > self.limits.max_unpacked:
            raise _bomb()
        return data

    def xml(self, name: str) -> etree._Element | None:
        """Return part `name` as XML, None where there is no such part; entities are never expanded.

        Raises
        ------
        ReadError
            ``damaged`` or ``too_large``.
        """
        data = self.part(name)
        if data is None:
            return None
        for strict, usual in STRICT.items():
            data = data.replace(strict.encode(), usual.encode())
        return parse_xml(data)


def parse_xml(data: bytes) -> etree._Element:
    """Parse XML without entities, external files or network."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, recover=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise damaged() from error
    if root.getroottree().docinfo.doctype:
        # Office files declare no document type; entity bombs do.
        raise ReadError("damaged", "Tệp có phần khai báo không an toàn nên không được đọc.")
    return root


def open_package(data: bytes, limits: Limits) -> Package:
    """Open a packed file and say what it is.

    Raises
    ------
    ReadError
        ``damaged``, ``too_large`` (a bomb by count, size or ratio) or ``protected``.
    """
    try:
        zipped = zipfile.ZipFile(io.BytesIO(data))
        infos = zipped.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise damaged() from error
    unpacked = sum(info.file_size for info in infos)
    if len(infos) > _MOST_PARTS or unpacked > limits.max_unpacked:
        raise _bomb()
    if unpacked > 16 * 1024 * 1024 and unpacked > _MOST_RATIO * len(data):
        raise _bomb()
    if any(info.flag_bits & 1 for info in infos):
        raise protected()
    names = frozenset(info.filename for info in infos)
    package = Package(zipped, names, "zip", limits)
    if b"manifest:encryption-data" in (package.part("META-INF/manifest.xml") or b""):
        raise protected()
    main, macros = _main_part(package)
    macros = macros or any(name.endswith("vbaProject.bin") or name.startswith("Basic/") for name in names)
    return Package(zipped, names, "docx" if main else _media(package), limits, main, macros)


def _main_part(package: Package) -> tuple[str, bool]:
    """Return the name of the main part of a Word file, "" for other files, and whether its type is one with macros.

    Source: ECMA-376 part 2, content types.
    """
    types = package.xml("[Content_Types].xml")
    for entry in () if types is None else types.iter("{*}Override"):
        kind = entry.get("ContentType") or ""
        if "main+xml" in kind and ("wordprocessingml" in kind or "ms-word" in kind):
            return (entry.get("PartName") or "").lstrip("/"), "macroEnabled" in kind
    return ("word/document.xml" if "word/document.xml" in package.names else ""), False


def _media(package: Package) -> str:
    names = package.names
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    if any(name.startswith("ppt/") for name in names):
        return "pptx"
    kind = (package.part("mimetype") or b"")[:100]
    if b"opendocument.text" in kind:
        return "odt"
    if "[Content_Types].xml" in names and any(name.startswith("word/") for name in names):
        return "docx"
    return "zip"


def _bomb() -> ReadError:
    return ReadError("too_large", "Tệp nén bung ra quá lớn so với giới hạn nên không được đọc.")
