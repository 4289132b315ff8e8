"""A text as recognisers look at it: clean, folded, cut into letter tokens once."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlp.text import Clean, clean, fold

# Letters with an apostrophe inside are one token: H'Bia, K'Brếp, M'gar.
TOKEN = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")
# Capital letters of Vietnamese and of the highland languages' Latin letters, for character classes.
UPPER = "A-ZĐ" + "".join(chr(c) for c in [*range(0xC0, 0x250), *range(0x1E00, 0x1EFA)] if chr(c).isupper())
# A share of words with diacritics below this means that the text was typed without diacritics.
UNACCENTED = 0.12
# A share of capitals above this means that capitals say nothing in this text.
SHOUTED = 0.6


@dataclass(frozen=True, slots=True)
class Token:
    """A run of letters with its folded form; `line` counts the lines before it."""

    text: str
    folded: str
    start: int
    end: int
    capital: bool
    shouted: bool


@dataclass(frozen=True, slots=True)
class TextView:
    """What all recognisers share; offsets are code points of `text` (the clean text).

    `accented` says whether the text has Vietnamese diacritics to rely on, `cased` whether capitals mean anything.
    """

    clean: Clean
    text: str
    folded: str
    tokens: tuple[Token, ...]
    accented: bool
    cased: bool

    def gap(self, index: int) -> str:
        """What stands between token `index - 1` and token `index`."""
        return self.text[self.tokens[index - 1].end : self.tokens[index].start] if index > 0 else "\n"


def view(source: str | Clean) -> TextView:
    """Prepare a text for the recognisers of this package."""
    cleaned = source if isinstance(source, Clean) else clean(source)
    text = cleaned.text
    folded = fold(text)
    tokens = []
    letters = capitals = accents = 0
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(c.lower()[:1] for c in text)
    for match in TOKEN.finditer(text):
        start, end = match.span()
        word = match.group()
        plain = folded[start:end]
        capital = word[0].isupper()
        shouted = capital and word.isupper()
        letters += end - start
        capitals += (end - start) if shouted and end - start > 1 else 0
        if plain != lower[start:end]:
            accents += 1
        tokens.append(Token(word, plain, start, end, capital, shouted))
    count = len(tokens)
    accented = count == 0 or accents / count >= UNACCENTED
    cased = letters == 0 or capitals / letters < SHOUTED
    return TextView(cleaned, text, folded, tuple(tokens), accented, cased)
