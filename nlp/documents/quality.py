"""How well a text can be read: 1 for clean Vietnamese, near 0 for debris."""

from __future__ import annotations

import re

from nlp.text import clean, is_syllable

_WORD = re.compile(r"[^\W\d_]+")
# A sign between two letters: a slip of recognition. Two stars are a mark of Markdown.
_INSIDE = re.compile(r"[^\W\d_](?:[\^~|`{}\\¬¦$]+|\*)(?=[^\W\d_])")
_DEBRIS = re.compile("[\ufffd\ue000-\uf8ff]|[^\\w\\s.,;:!?()\\[\\]{}\"'“”‘’«»/%+\\-–—…*#|=&@§°²³<>•_\\\\^$~`₫½¼¾×→]")


def quality_of(text: str, most: int = 200_000) -> float:
    """Return the quality of `text`, 0 to 1.

    The share of words whose letters can be a Vietnamese syllable (capitalised and foreign words count half), lowered
    by the share of characters that no text has. Diacritics are not needed: text without them is readable.

    Parameters
    ----------
    text : str
        Text as given.
    most : int
        Characters looked at; a sample from the middle of a longer text stands for all of it.
    """
    if len(text) > most:
        middle = (len(text) - most) // 2
        text = text[middle : middle + most]
    text = clean(text).text
    words = _WORD.findall(text)
    if not words:
        return 0.0
    good = 0.0
    weight = 0.0
    alone = 0
    for word in words:
        if len(word) == 1:
            alone += 1
            continue
        # Names, abbreviations and foreign words are no damage; they only say less.
        share = 1.0 if word.islower() else 0.3
        weight += share
        good += share * is_syllable(word)
    weight += 2 * len(_INSIDE.findall(text))
    syllables = good / weight if weight else 0.0
    debris = len(_DEBRIS.findall(text)) / max(1, len(text))
    # Letters standing alone are rare in Vietnamese; where every third word is one, the letters were spaced out.
    spaced = max(0.0, alone / len(words) - 0.12)
    return round(max(0.0, min(1.0, syllables) - 4 * debris - spaced), 3)
