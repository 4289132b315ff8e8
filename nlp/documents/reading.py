"""One way in: a path or bytes to a `Document`."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePath

from nlp.documents.archive import Package, damaged, open_package, protected, with_macros
from nlp.documents.builder import TextBuilder
from nlp.documents.document import Document, Limits
from nlp.documents.docx import read_docx
from nlp.documents.html import read_html
from nlp.documents.office import convert_to_docx
from nlp.documents.pdf import Progress, read_pdf
from nlp.documents.picture import read_picture
from nlp.documents.plain import read_plain
from nlp.documents.quality import quality_of
from nlp.documents.sniff import has_macros, media_of_bytes, media_of_name, title_of
from nlp.text import ReadError, Repair

_TEXTS = {"txt", "md"}
_CONVERTED = {"doc", "odt", "rtf"}


def read_document(
    source: Path | bytes, filename: str | None = None, limits: Limits = Limits(), progress: Progress | None = None
) -> Document:
    """Read a file.

    Parameters
    ----------
    source : Path or bytes
        The file, or its content.
    filename : str, optional
        Name the file was given under; its extension must fit the content. By default the name of the path.
    limits : Limits
        What the file may cost.
    progress : callable, optional
        Called with the number of pages read and of all pages, for formats that have pages.

    Raises
    ------
    ReadError
        With a stable code and a Vietnamese message: ``not_found``, ``empty``, ``too_large``, ``disguised``,
        ``unsupported``, ``protected``, ``damaged``, ``macros``, ``scanned``, ``binary``, ``encoding_unknown`` and
        others of the readers. Nothing is left on disk.
    """
    data, name = _load(source, filename, limits)
    media, builder = _read(data, name, limits, progress)
    text = builder.text()
    if not text.strip():
        raise ReadError("empty", "Tệp không có nội dung chữ.")
    return Document(
        text=text,
        filename=name,
        media=media,
        sha256=hashlib.sha256(data).hexdigest(),
        pages=tuple(builder.pages),
        blocks=tuple(builder.blocks),
        repairs=tuple(Repair(code, count) for code, count in sorted(builder.repairs.items()) if count),
        quality=round(min(quality_of(text), builder.confidence), 3),
        extracted=media not in _TEXTS,
    )


def _load(source: Path | bytes, filename: str | None, limits: Limits) -> tuple[bytes, str]:
    if isinstance(source, bytes):
        data, name = source, filename or ""
    else:
        path = Path(source)
        name = filename or path.name
        try:
            if not path.is_file():
                raise ReadError("not_found", "Không tìm thấy tệp hoặc đường dẫn không phải là tệp.")
            if path.stat().st_size > limits.max_bytes:
                raise _too_large(limits)
            data = path.read_bytes()
        except OSError as error:
            raise ReadError("not_readable", "Không mở được tệp: kiểm tra đường dẫn và quyền đọc.") from error
    if not data:
        raise ReadError("empty", "Tệp rỗng, không có nội dung.")
    if len(data) > limits.max_bytes:
        raise _too_large(limits)
    return data, PurePath(name.replace("\\", "/")).name


def _too_large(limits: Limits) -> ReadError:
    return ReadError("too_large", f"Tệp quá lớn: giới hạn là {limits.max_bytes / 1024 / 1024:.0f} MB.")


def _read(data: bytes, name: str, limits: Limits, progress: Progress | None) -> tuple[str, TextBuilder]:
    claimed = media_of_name(name)
    media = media_of_bytes(data)
    package = None
    if media == "encrypted":
        raise protected()
    if media == "zip":
        package = open_package(data, limits)
        media = package.media
    _check_name(claimed, media)
    builder = TextBuilder(limits)
    if media in _CONVERTED:
        package = _converted(data, media, package, limits)
        builder.repairs["converted"] += 1
    if package is not None and media in _CONVERTED | {"docx"}:
        read_docx(package, builder, limits)
    elif media == "pdf":
        read_pdf(data, builder, limits, progress)
    elif media == "image":
        read_picture(data, builder, limits)
    elif media == "html":
        read_html(data, builder)
    elif media in _TEXTS:
        media = "md" if claimed == "md" else "txt"
        read_plain(data, builder)
    else:
        raise ReadError("unsupported", f"Chưa đọc được dạng tệp này: {title_of(media)}.")
    return media, builder


def _converted(data: bytes, media: str, package: Package | None, limits: Limits) -> Package:
    macros = package.macros if package else has_macros(data)
    if macros and not limits.macros:
        raise with_macros()
    converted = open_package(convert_to_docx(data, f".{media}", limits), limits)
    if converted.media != "docx":
        raise damaged()
    return converted


def _check_name(claimed: str | None, media: str) -> None:
    if claimed is None or claimed == media or (claimed in _TEXTS and media in _TEXTS | {"html"}):
        return
    if media == "txt" and claimed == "html":
        return
    raise ReadError(
        "disguised",
        f"Đuôi tệp ghi là {title_of(claimed)} nhưng nội dung là {title_of(media)}; hãy đổi đúng đuôi tệp rồi thử lại.",
    )
