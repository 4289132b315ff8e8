"""A line that tells one petition from another in a list."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

MAX_TITLE = 140
_SUBJECT = re.compile(r"(?:v/v|về việc)\s*:?\s*(.+)", re.IGNORECASE)
_BREAK = re.compile(r"[\n\r]|(?<=[.!?;])\s")
_CEREMONY = re.compile(
    r"^\W*(cộng\s+h[oò][aà]\s+xã|độc\s+lập|đơn\b|kính\s+(gửi|chào|thưa)|tôi tên|họ (và )?tên|[-_=*\s]+$)", re.IGNORECASE
)


def short_title(text: str, result: Mapping[str, Any]) -> str:
    """The subject line if the petition has one, else the sentence that carries its strongest evidence, else its start.

    Parameters
    ----------
    text : str
        The petition as given.
    result : mapping
        The petition reader's answer; its evidence spans are offsets into `text`.
    """
    named = _SUBJECT.search(text[:1200])
    if named:
        return _clip(_BREAK.split(named[1], 1)[0])
    evidence = [e for f in result.get("fields", ())[:1] for e in f.get("evidence", ())]
    if evidence:
        best = max(evidence, key=lambda e: e.get("weight", 0.0))
        start = max((m.end() for m in _BREAK.finditer(text, 0, best["start"])), default=0)
        after = _BREAK.search(text, best["end"])
        sentence = text[start : after.start() if after else len(text)]
        if len(sentence) > MAX_TITLE and best["start"] - start > MAX_TITLE // 2:
            sentence = "… " + text[_word_start(text, best["start"] - 40) : best["end"] + MAX_TITLE]
        return _clip(sentence)
    lines = [s for s in (line.strip() for line in _BREAK.split(text)) if s]
    return _clip(next((s for s in lines if not _CEREMONY.match(s)), lines[0] if lines else ""))


def _word_start(text: str, at: int) -> int:
    space = text.find(" ", max(0, at))
    return space + 1 if space >= 0 else max(0, at)


def _clip(line: str) -> str:
    line = " ".join(line.split()).strip(" -–•*\"'“”:;,")
    if len(line) <= MAX_TITLE:
        return line
    cut = line[: MAX_TITLE - 1].rsplit(" ", 1)[0]
    return cut + "…"
