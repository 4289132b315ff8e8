"""Cue phrases in the text: every row of the cue table that occurs, found in one pass by spaCy's PhraseMatcher.

Words that no cue contains are masked before matching, so the matcher's vocabulary never grows with the texts that pass.
"""

from __future__ import annotations

import re
import threading
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from nlp.reports.lexicon import cue_groups, load, start_only
from nlp.text import fold

_TOKEN = re.compile(r"[^\W_]+", re.UNICODE)
_MASK = "·"
_SMOOTH = str.maketrans({"_": " "})


@dataclass(frozen=True, slots=True)
class Cue:
    """One occurrence of a cue phrase: its group, the phrase as the table has it, offsets in the clean text."""

    group: str
    phrase: str
    start: int
    end: int


@cache
def _rows() -> dict[str, list[tuple[str, str, bool]]]:
    """Key of a phrase → (group, phrase, written accents matter)."""
    rows: dict[str, list[tuple[str, str, bool]]] = {}
    for group, phrases in cue_groups().items():
        for phrase in phrases:
            rows.setdefault(phrase.key, []).append((group, phrase.text, " " not in phrase.key))
    for section in ("topics", "fields"):
        for code, words in load("topics")[section].items():
            for text in words:
                key = " ".join(_TOKEN.findall(fold(text)))
                rows.setdefault(key, []).append((f"{section}:{code}", text, " " not in key))
    return rows


class CueMatcher:
    """Finds cue phrases. One instance may serve several threads."""

    def __init__(self) -> None:
        from spacy.matcher import PhraseMatcher
        from spacy.tokens import Doc
        from spacy.vocab import Vocab

        self._doc: Any = Doc
        self._vocab = Vocab()
        self._matcher = PhraseMatcher(self._vocab, attr="ORTH")
        self._known = {word for key in _rows() for word in key.split()}
        for key in _rows():
            self._matcher.add(key, [Doc(self._vocab, words=key.split())])
        self._lock = threading.Lock()

    def find(self, text: str) -> list[Cue]:
        """Every cue of the text, sorted by start; longer phrases first where two start together.

        Parameters: `text`, clean text. A phrase of one word must carry its accents, unless the text has none at all.
        """
        plain = fold(text)
        accented = any(ord(c) > 191 for c in text)
        tokens = [(m.start(), m.end()) for m in _TOKEN.finditer(plain)]
        words = [plain[s:e] if plain[s:e] in self._known else _MASK for s, e in tokens]
        if not words:
            return []
        with self._lock:
            matches = self._matcher(self._doc(self._vocab, words=words))
            names = [(self._vocab.strings[m], a, b) for m, a, b in matches]
        lower = text.lower() if len(text.lower()) == len(text) else text
        found = []
        for key, first, last in names:
            start, end = tokens[first][0], tokens[last - 1][1]
            for group, phrase, exact in _rows()[key]:
                if exact and accented and lower[start:end] != phrase:
                    continue
                found.append(Cue(group, phrase, start, end))
        found.sort(key=lambda cue: (cue.start, -cue.end, cue.group))
        return found


@cache
def matcher() -> CueMatcher:
    """The matcher over the shipped cue table, built once."""
    return CueMatcher()


def cues_within(cues: Sequence[Cue], start: int, end: int) -> list[Cue]:
    """Cues that lie inside a range; groups that count only at the start of a sentence are kept only there.

    Parameters: `cues` sorted by start; `start`, `end` of a unit. Returns cues in order.
    """
    first = bisect_left(cues, start, key=lambda cue: cue.start)
    inside = []
    opening = start_only()
    for cue in cues[first:]:
        if cue.start >= end:
            break
        if cue.end > end or (cue.group in opening and cue.start > start + 14):
            continue
        inside.append(cue)
    return inside
