"""Accent folding: one look-up form for text with and without diacritics."""

from __future__ import annotations

import re
import unicodedata

from nlp.text.clean import clean

_SPACES = re.compile(r"[\s_]+")


class _FoldTable(dict[int, str]):
    """Folds one character and remembers it; filled as characters are met, bounded by the size of Unicode."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        letter = unicodedata.normalize("NFD", char.lower())
        if all(unicodedata.combining(mark) for mark in letter[1:]):
            folded = letter[0].replace("đ", "d")
        else:
            folded = char.lower()[0]
        self[code] = folded
        return folded


_TABLE = _FoldTable()


def fold(text: str) -> str:
    """Return `text` in lower case without accents, đ as d, one character for one character.

    Parameters
    ----------
    text : str
        Clean (composed) text; offsets into it are offsets into the result.
    """
    return text.lower() if text.isascii() else text.translate(_TABLE)


def fold_key(text: str) -> str:
    """Return the look-up key of `text`: folded, so that uỷ and ủy meet, with single spaces and none at the ends."""
    return _SPACES.sub(" ", fold(clean(text).text)).strip()
