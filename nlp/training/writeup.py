"""A report as blocks, written twice: Markdown for the repository, one self-contained HTML page with plots."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 to 3."""

    level: int
    text: str


@dataclass(frozen=True)
class Text:
    """A paragraph; `code` and **bold** are marked as in Markdown."""

    text: str


@dataclass(frozen=True)
class Items:
    """A list of short lines."""

    lines: Sequence[str]


@dataclass(frozen=True)
class Table:
    """A table; columns from the second on are numbers unless `words` names them (by position)."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Figure:
    """A plot as SVG: only in the HTML page."""

    svg: str
    caption: str


Block = Heading | Text | Items | Table | Figure

STYLE = """
body{font:16px/1.55 system-ui,"Noto Sans",sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1c2430}
h1{font-size:1.7rem}
h2{font-size:1.3rem;margin-top:2.2rem;border-bottom:1px solid #d5dbe3;padding-bottom:.2rem}
h3{font-size:1.05rem}
table{border-collapse:collapse;margin:.8rem 0;font-size:.9rem;display:block;overflow-x:auto}
th,td{border:1px solid #d5dbe3;padding:.25rem .6rem;text-align:left}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
th{background:#eef2f6}
code{background:#eef2f6;padding:0 .2em;border-radius:3px}
figure{margin:1rem 0}figure svg{max-width:100%;height:auto}
figcaption{color:#55606e;font-size:.9rem}
"""


def to_markdown(blocks: Sequence[Block]) -> str:
    """Blocks as Markdown; figures are left out."""
    out: list[str] = []
    for block in blocks:
        if isinstance(block, Heading):
            out.append(f"{'#' * block.level} {block.text}")
        elif isinstance(block, Text):
            out.append(block.text)
        elif isinstance(block, Items):
            out.append("\n".join(f"- {line}" for line in block.lines))
        elif isinstance(block, Table):
            rule = ["---" if i == 0 or i in block.words else "---:" for i in range(len(block.columns))]
            rows = [block.columns, rule, *block.rows]
            out.append("\n".join("| " + " | ".join(_cell(c) for c in row) + " |" for row in rows))
    return "\n\n".join(out) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def to_html(blocks: Sequence[Block], title: str) -> str:
    """Blocks as one page that loads nothing from anywhere."""
    body: list[str] = []
    for block in blocks:
        if isinstance(block, Heading):
            body.append(f"<h{block.level}>{_inline(block.text)}</h{block.level}>")
        elif isinstance(block, Text):
            body.append(f"<p>{_inline(block.text)}</p>")
        elif isinstance(block, Items):
            body.append("<ul>" + "".join(f"<li>{_inline(line)}</li>" for line in block.lines) + "</ul>")
        elif isinstance(block, Table):
            kinds = ["" if i == 0 or i in block.words else ' class="n"' for i in range(len(block.columns))]
            head = "".join(f"<th{k}>{_inline(c)}</th>" for c, k in zip(block.columns, kinds, strict=True))
            rows = "".join(
                "<tr>" + "".join(f"<td{k}>{_inline(c)}</td>" for c, k in zip(row, kinds, strict=True)) + "</tr>"
                for row in block.rows
            )
            body.append(f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>")
        else:
            body.append(f"<figure>{block.svg}<figcaption>{_inline(block.caption)}</figcaption></figure>")
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(title)}</title><style>{STYLE}</style>"
    )
    return f'<!doctype html>\n<html lang="vi"><head>{head}</head><body>\n' + "\n".join(body) + "\n</body></html>\n"


def _inline(text: str) -> str:
    safe = html.escape(text, quote=False)
    safe = re.sub(r"`([^`]+)`", r"<code>\1</code>", safe)
    return re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", safe)
