"""Text that a word segmenter already went over: "tồn_tại , hạn_chế"."""

from __future__ import annotations

import re
from collections import Counter

from nlp.text.alignment import Edit
from nlp.text.syllables import is_syllable

_WORD = re.compile(r"(?<![\w@./\\-])[^\W\d_]{1,8}(?:_[^\W\d_]{1,8}){1,5}(?![\w@/\\])")
_STRAY_SPACE = re.compile(r"(?<=\S) +(?=[,.;:!?)\]”](?:\s|$))|(?<=[(\[“]) +(?=\w)")
# A stray underscore (a name of a file, a form) is left alone; segmented text has one every few words.
_LEAST = 2
_RARE = 60


def segmented_edits(text: str) -> tuple[list[Edit], Counter[str]]:
    """Return the edits that give segmented text its spaces back and take those before punctuation away.

    Parameters
    ----------
    text : str
        Composed text.

    Returns
    -------
    tuple[list[Edit], Counter[str]]
        Edits in ascending order; repair code ``segmented`` with the number of words.
    """
    counts: Counter[str] = Counter()
    if "_" not in text:
        return [], counts
    words = [match for match in _WORD.finditer(text) if all(map(is_syllable, match.group().split("_")))]
    if len(words) < _LEAST or len(text) > _RARE * len(words):
        return [], counts
    counts["segmented"] = len(words)
    edits = [
        Edit(match.start() + at, match.start() + at + 1, " ")
        for match in words
        for at, char in enumerate(match.group())
        if char == "_"
    ]
    edits += [Edit(*match.span(), "") for match in _STRAY_SPACE.finditer(text)]
    edits.sort(key=lambda edit: edit.start)
    return edits, counts
