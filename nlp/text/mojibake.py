"""Text of the legacy encodings that was read as Western letters, and UTF-8 that was read as such.

A conversion is taken only where it turns words that cannot be Vietnamese into words that can: the judge is the shape of
the Vietnamese syllable, not a list of signs, so French names, "100°C" and "©" stay as they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from nlp.text.alignment import Edit, apply_edits
from nlp.text.legacy import TCVN3, TCVN3_PATTERN, UTF8_PATTERN, VNI, VNI_PATTERN, from_utf8
from nlp.text.syllables import is_syllable

# Western characters that no Vietnamese Unicode text has between letters; a text without two of them is not looked at.
_SUSPICIOUS = re.compile(
    "[^\\W\\d_][¡-¯µ¶·¸º-¿ÄÅÆÇËÎÏÑÖ×ØÛÜÞßäåæçëîïñö÷øûüþÿ\x80-\x9f‘’“”•–—˜™š›œžŸƒ„…†‡ˆ‰Š‹ŒŽ€]|[¡-¯µ¶·¸º-¿ÄÅÆÇËÎÏÑÖ×ØÛÜÞßäåæçëîïñö÷øûüþÿ][^\\W\\d_]"
)
_SURE = re.compile("[¡-¯µ¶·¸º-¿ÄÅÆÇËÎÏÑÖ×ØÛÜÞßäåæçëîïñö÷øûüþÿ]")
# A word with a character beyond ASCII; signs that legacy fonts use for letters belong to it.
_WORD = re.compile(r"[^\s.,;:!?()\[\]{}<>\"'“”‘’/|\\\-–—*#&%+=0-9_]+")
_BEYOND = re.compile("[^\x00-\x7f]")
_UNICODE = re.compile("[\u0102-\u01b0\u1ea0-\u1ef9]")
_ENOUGH = 0.75
_GAIN = 0.25


@dataclass(frozen=True)
class _Reading:
    """One way to read the characters: `code` names the repair, `edits` finds what it would change."""

    code: str
    edits: Callable[[str], list[Edit]]


def mojibake_edits(text: str) -> tuple[list[Edit], Counter[str]]:
    """Return the edits that turn mojibake in `text` back into Vietnamese.

    Parameters
    ----------
    text : str
        Text as given; lines of different origin may stand side by side.

    Returns
    -------
    tuple[list[Edit], Counter[str]]
        Edits in ascending order; repair codes ``tcvn3``, ``vni`` and ``utf8_twice`` with the number of edits.
    """
    counts: Counter[str] = Counter()
    if text.isascii() or not _suspected(text):
        return [], counts
    favourite = _best(text, least=2)
    edits: list[Edit] = []
    at = 0
    for line in text.splitlines(keepends=True):
        if not line.isascii():
            reading = _reading_of_line(line, favourite)
            if reading is not None:
                found = reading.edits(line)
                counts[reading.code] += len(found)
                edits += [Edit(at + edit.start, at + edit.end, edit.new) for edit in found]
        at += len(line)
    return edits, counts


def reading_quality(text: str) -> tuple[float, int]:
    """Return the share of words beyond ASCII in `text` that can be Vietnamese syllables, and how many there are."""
    words = [word for word in _WORD.findall(text) if _BEYOND.search(word)]
    if not words:
        return 1.0, 0
    return sum(map(is_syllable, words)) / len(words), len(words)


def _suspected(text: str) -> bool:
    # One cheap look settles nearly every text.
    if not _SURE.search(text):
        return False
    found = 0
    for _ in _SUSPICIOUS.finditer(text):
        found += 1
        if found == 2:
            return True
    # A word or two, such as a subject line: one sign is enough there.
    return found == 1 and len(text) < 200


def _reading_of_line(line: str, favourite: _Reading | None) -> _Reading | None:
    if favourite is not None and not _UNICODE.search(line):
        edits = favourite.edits(line)
        before, count = reading_quality(line)
        if count and edits and reading_quality(apply_edits(line, edits)[0])[0] >= max(before, 0.5):
            return favourite
        return None
    return _best(line, least=2) if _SURE.search(line) else None


def _best(text: str, least: int) -> _Reading | None:
    before, count = reading_quality(text)
    if count < least and not (count and len(text) < 40):
        return None
    best: tuple[float, _Reading] | None = None
    for reading in _READINGS:
        edits = reading.edits(text)
        if not edits:
            continue
        after, left = reading_quality(apply_edits(text, edits)[0])
        if not left or after < _ENOUGH or after < before + _GAIN:
            continue
        if best is None or after > best[0]:
            best = (after, reading)
    return best[1] if best else None


def tcvn3_edits(text: str) -> list[Edit]:
    """Return the edits that read `text` as TCVN3."""
    # Capitals with marks are small letters in a font of capitals ("B¸O C¸O"): the plain letters around them decide.
    edits = []
    all_capitals = _all_capitals(text)
    for word in _WORD.finditer(text):
        if word.group().isascii():
            continue
        capitals = all_capitals or _all_capitals(word.group())
        for match in TCVN3_PATTERN.finditer(text, *word.span()):
            letter = TCVN3[match.group()]
            edits.append(Edit(match.start(), match.end(), letter.upper() if capitals else letter))
    return edits


def _all_capitals(text: str) -> bool:
    plain = [char for char in text if char.isascii() and char.isalpha()]
    return len(plain) > 1 and all(char.isupper() for char in plain)


def vni_edits(text: str) -> list[Edit]:
    """Return the edits that read `text` as VNI."""
    return [Edit(match.start(), match.end(), VNI[match.group()]) for match in VNI_PATTERN.finditer(text)]


def _utf8_edits(text: str) -> list[Edit]:
    edits = []
    for match in UTF8_PATTERN.finditer(text):
        letter = from_utf8(match.group())
        if letter is not None:
            edits.append(Edit(match.start(), match.end(), letter))
    return edits


_READINGS = (_Reading("utf8_twice", _utf8_edits), _Reading("tcvn3", tcvn3_edits), _Reading("vni", vni_edits))
