"""Which lines of a text belong together."""

from __future__ import annotations

import re
from collections import Counter

from nlp.text.alignment import Edit

_GAP = re.compile(r"[ ]*\n[\s]*")
_MARKER = re.compile(
    r"(?:[-+*•]\s|\(?(?:\d{1,2}(?:\.\d{1,2})*|[a-zđA-ZĐ]|[IVXLC]{1,6})[.)/]|\|"
    r"|(?:Điều|Chương|Mục|Phần|Thứ|Một|Hai|Ba|Bốn|Năm|Sáu|Bảy|Tám)\s)"
)
_EMPHASIS = re.compile(r"\*{2,3}|</?(?:b|i|u|em|strong|sup|sub|span)\b[^<>]{0,80}>|(?<=\n)#{1,6} ")


def layout_edits(text: str) -> tuple[list[Edit], list[tuple[str, int, int]], Counter[str]]:
    """Return edits, what was lifted out as (kind, start, end), and counts."""
    counts: Counter[str] = Counter()
    edits = [Edit(m.start(), m.end(), "") for m in _EMPHASIS.finditer(text)]
    lifted = [("markup", e.start, e.end) for e in edits]
    if edits:
        counts["markup"] = len(edits)
    for match in _GAP.finditer(text):
        before, after = text[max(0, match.start() - 1) : match.start()], text[match.end() : match.end() + 40]
        soft = (
            match.group().count("\n") == 1
            and before not in ".!?:;…|"
            and after[:1].islower()
            and not _MARKER.match(after)
        )
        new = " " if soft else "\n"
        if soft:
            counts["line_joined"] += 1
            lifted.append(("soft_break", match.start(), match.end()))
        if match.group() != new:
            edits.append(Edit(match.start(), match.end(), new))
    edits.sort(key=lambda e: e.start)
    kept: list[Edit] = []
    for edit in edits:
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
    return kept, lifted, counts
