"""What stands around a petition that came inside a mail or chat thread: headers, marks, talk of those who passed it on.

It says nothing of the case, and a short petition drowns in it. The words stay in the text, so every offset stays; they are
only not judged. Without a mark of a mail or chat program nothing is set aside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from nlp.text import Span

STAMP = re.compile(
    r"[ \t]*(?:\[[^\]\n]{0,12}\d{1,2}:\d{2}[^\]\n]{0,12}\]|\d{1,2}:\d{2}(?:[ ,]+\d{1,2}/\d{1,2}(?:/\d{2,4})?)?)[ \t]+"
    r"[^:\n]{1,40}:[ \t]*"
)
SIGNATURE = re.compile(r"[ \t>]*--[ \t]*$")
DASHES = re.compile(r"[-_=*>]{2,}|^\s*begin ")
REPLY = re.compile(r"(?:(?:fw|fwd|re|tl|ct)\s*:\s*)+")
# Talk is short; a longer line with the same words may be the petition itself.
TALK_LONGEST = 30
# With fewer syllables left than this, the thread is read as it is.
LEAST_LEFT = 6


@dataclass(frozen=True)
class Marks:
    """The data file, ready for matching on folded text."""

    sender: re.Pattern[str]
    header: re.Pattern[str]
    subject: re.Pattern[str]
    separators: tuple[str, ...]
    attributions: tuple[str, ...]
    talk: tuple[str, ...]
    notices: tuple[str, ...]
    courtesies: tuple[str, ...]


@cache
def marks() -> Marks:
    """The marks of `data/envelope.yaml`."""
    raw: dict[str, Any] = yaml.safe_load(
        (resources.files("nlp.petitions") / "data" / "envelope.yaml").read_text("utf-8")
    )
    heads = raw["headers"]

    def field(names: Sequence[str]) -> re.Pattern[str]:
        return re.compile(rf"[ \t>*]*(?:{'|'.join(map(re.escape, names))})[ \t*]*:[ \t*]*")

    return Marks(
        field(heads["sender"]), field([*heads["sender"], *heads["other"], *heads["subject"]]), field(heads["subject"]),
        *(tuple(raw[k]) for k in ("separators", "attributions", "talk", "notices", "courtesies")),
    )  # fmt: skip


def envelope(folded: str) -> tuple[Span, ...]:
    """The stretches of a text that are not the petition's own words, in order.

    Parameters
    ----------
    folded : str
        the repaired text without accents, lower case, of the same length.

    Returns
    -------
    tuple of Span
        empty where the text shows no mark of a mail or chat program.
    """
    lines = [Span(m.start(), m.end()) for m in re.finditer(r"[^\n]+", folded)]
    found = [*_headers(folded, lines), *_marked(folded, lines)]
    stamps = [
        s for line in lines if (m := STAMP.match(folded, line.start, line.end)) for s in (Span(m.start(), m.end()),)
    ]
    if len(stamps) > 1:
        found += stamps
    signature = _signature(folded, lines, bool(found))
    if signature:
        found.append(signature)
    if not found:
        return ()
    found += _talk(folded, lines, found)
    return tuple(_joined(found))


def outside(spans: Sequence[Span], aside: Sequence[Span]) -> Iterator[int]:
    """Positions of the spans that begin outside every stretch of `aside`; both in order."""
    at = 0
    for k, span in enumerate(spans):
        while at < len(aside) and aside[at].end <= span.start:
            at += 1
        if at == len(aside) or span.start < aside[at].start:
            yield k


def _headers(folded: str, lines: list[Span]) -> Iterator[Span]:
    """Blocks of at least two header lines, one naming a sender; the sender ("Từ: nhóm cư dân tầng 10") and the subject
    may speak of the case, so of these only the label and "FW:".
    """
    m, block = marks(), list[Span]()
    for line in [*lines, Span(0, 0)]:
        if line.end and m.header.match(folded, line.start, line.end) and (not block or line.start - block[-1].end <= 2):
            block.append(line)
            continue
        if len(block) > 1 and any(m.sender.match(folded, b.start, b.end) for b in block):
            for b in block:
                label = m.sender.match(folded, b.start, b.end) or m.subject.match(folded, b.start, b.end)
                reply = REPLY.match(folded, label.end(), b.end) if label else None
                yield Span(b.start, reply.end() if reply else label.end() if label else b.end)
        block = [line] if line.end and m.header.match(folded, line.start, line.end) else []


def _marked(folded: str, lines: list[Span]) -> Iterator[Span]:
    """Lines that part one mail from another."""
    m = marks()
    for line in lines:
        said = folded[line.start : line.end].rstrip()
        parted = DASHES.search(said) and any(s in said for s in m.separators)
        if parted or said.endswith(tuple(f"{a}:" for a in m.attributions)):
            yield line


def _signature(folded: str, lines: list[Span], mailed: bool) -> Span | None:
    """From a line of two dashes to the end, if that is short and signed like a mail."""
    for k, line in enumerate(lines):
        if k and SIGNATURE.match(folded, line.start, line.end):
            rest = folded[line.start :]
            if len(rest.split()) <= 80 and (mailed or any(n in rest for n in marks().notices)):
                return Span(line.start, len(folded))
    return None


def _talk(folded: str, lines: list[Span], found: list[Span]) -> Iterator[Span]:
    """Short lines of those who passed the petition on, and courtesies alone on a line."""
    m = marks()
    for line in lines:
        start = max([line.start, *(f.end for f in found if f.start <= line.start < f.end <= line.end)])
        said = " ".join(re.findall(r"[^\W_]+", folded[start : line.end]))
        short = said.count(" ") < TALK_LONGEST
        if short and (any(f" {t} " in f" {said} " for t in (*m.talk, *m.notices)) or said in m.courtesies):
            yield line


def _joined(spans: list[Span]) -> Iterator[Span]:
    current: Span | None = None
    for span in sorted(spans, key=lambda s: (s.start, s.end)):
        if current is None:
            current = span
        elif span.start <= current.end:
            current = Span(current.start, max(current.end, span.end))
        else:
            yield current
            current = span
    if current is not None:
        yield current
