"""Writes Word files part by part, for what python-docx cannot write."""

from __future__ import annotations

import io
import zipfile

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_OTHERS = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def paragraph(text: str = "", style: str = "", number: tuple[int, int] | None = None, inner: str = "") -> str:
    """Return ``w:p`` with `text` (and raw XML `inner` behind it), a style and a numbering (id, level)."""
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if number:
        properties += f'<w:numPr><w:ilvl w:val="{number[1]}"/><w:numId w:val="{number[0]}"/></w:numPr>'
    return f"<w:p><w:pPr>{properties}</w:pPr>{run(text) if text else ''}{inner}</w:p>"


def run(text: str, properties: str = "") -> str:
    """Return ``w:r``."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def table(rows: list[list[str]], borders: bool = True) -> str:
    """Return ``w:tbl``; cells are raw XML."""
    lines = '<w:tblBorders><w:top w:val="single"/></w:tblBorders>' if borders else ""
    body = "".join("<w:tr>" + "".join(f"<w:tc>{cell}</w:tc>" for cell in row) + "</w:tr>" for row in rows)
    return f"<w:tbl><w:tblPr>{lines}</w:tblPr>{body}</w:tbl>"


def numbering(lists: list[list[tuple[str, str]]], extra: str = "") -> str:
    """Return a numbering part: list n (from 1) has levels of (format, text)."""
    abstract = "".join(
        f'<w:abstractNum w:abstractNumId="{at}">'
        + "".join(
            f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
            for level, (form, text) in enumerate(levels)
        )
        + "</w:abstractNum>"
        for at, levels in enumerate(lists, 1)
    )
    numbers = "".join(
        f'<w:num w:numId="{at}"><w:abstractNumId w:val="{at}"/></w:num>' for at in range(1, len(lists) + 1)
    )
    return f"<w:numbering {_W}>{abstract}{numbers}{extra}</w:numbering>"


def styles(*entries: tuple[str, str, str]) -> str:
    """Return a styles part from (id, name, raw paragraph properties)."""
    body = "".join(
        f'<w:style w:type="paragraph" w:styleId="{identifier}"><w:name w:val="{name}"/><w:pPr>{inner}</w:pPr></w:style>'
        for identifier, name, inner in entries
    )
    return f"<w:styles {_W}>{body}</w:styles>"


def notes(kind: str, texts: dict[int, str]) -> str:
    """Return a footnotes or endnotes part; `kind` is "footnote" or "endnote"."""
    body = "".join(f'<w:{kind} w:id="{at}">{paragraph(text)}</w:{kind}>' for at, text in texts.items())
    return f"<w:{kind}s {_W}>{body}</w:{kind}s>"


def margin(kind: str, text: str) -> str:
    """Return a header or footer part; `kind` is "hdr" or "ftr"."""
    return f"<w:{kind} {_W}>{paragraph(text)}</w:{kind}>"


def word_file(body: str, main: str = "word/document.xml", main_type: str = MAIN_TYPE, **parts: str | bytes) -> bytes:
    """Return a Word file; parts are named by their file name with "_" for "." ("styles_xml")."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            f'<Override PartName="/{main}" ContentType="{main_type}"/></Types>',
        )
        zipped.writestr(main, f"<w:document {_W} {_OTHERS}><w:body>{body}</w:body></w:document>")
        for name, content in parts.items():
            zipped.writestr("word/" + name.replace("_", "."), content)
    return out.getvalue()
