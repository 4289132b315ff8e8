"""Repairs of single characters: canonical Unicode, look-alike letters, invisible characters, odd spaces and dashes.

Nothing here looks at more than one letter with its marks, so a clean text costs one scan and no copy.
Sources: Unicode 15 (UAX #15 for NFC); TCVN 6909:2001 fixes precomposed Unicode for Vietnamese offices.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache

from nlp.text.alignment import Edit

# One entry a source character: what it becomes and the repair it counts as.
_GROUPS: dict[str, dict[str, str]] = {
    # Ƣ/ƣ (gha) is what some converters wrote for Ư/ư; ð/Ð (eth) and Ɖ/ɖ for Đ/đ; ǎ, ŏ … are keyed carons and breves.
    "u_horn": {"\u01a2": "Ư", "\u01a3": "ư"},
    "d_stroke": {"\u00d0": "Đ", "\u00f0": "đ", "\u0189": "Đ", "\u0256": "đ"},
    "caron": {"\u01cd": "Ă", "\u01ce": "ă"},
    "invisible": dict.fromkeys(
        "\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
        "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\ufe00\ufe01\ufe0e"
        "\ufe0f\ufeff\ufff9\ufffa\ufffb",
        "",
    ),
    "space": dict.fromkeys(
        "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "
    ),
    "dash": dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d", "-"),
    "line_end": dict.fromkeys("\r\x0b\x85\u2028\u2029", "\n"),
    # Word writes bullets as private-use characters of the Symbol and Wingdings fonts.
    "bullet": {
        "\uf02d": "-", "\uf02b": "+", "\uf0b7": "•", "\uf0a7": "•", "\uf0d8": "•", "\uf076": "•", "\uf0fc": "•",
        "\uf0a8": "•", "\uf071": "•", "\uf06e": "•", "\uf09f": "•", "\uf0e0": "→", "\uf0de": "→",
    },
    "ligature": {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl"},
    "wide": {chr(c): chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F) if c != 0xFF0D},
    "control": dict.fromkeys([chr(c) for c in range(0x20) if chr(c) not in "\t\n\r\x0b\x0c"] + ["\x7f"], ""),
}  # fmt: skip
_TABLE: dict[str, tuple[str, str]] = {c: (new, code) for code, group in _GROUPS.items() for c, new in group.items()}

_SINGLE = re.compile("\r\n|[" + re.escape("".join(_TABLE)) + "]")
_INVISIBLE = "".join(_GROUPS["invisible"])
# The Latin marks: what is left of them after composition belongs to no Vietnamese letter and is dropped.
_LATIN_MARK = re.compile("[\u0300-\u036f]")


def character_edits(text: str) -> tuple[list[Edit], Counter[str]]:
    """Return the edits that make `text` canonical, and how many of each repair there were.

    Parameters
    ----------
    text : str
        Any string.

    Returns
    -------
    tuple[list[Edit], Counter[str]]
        Edits in ascending order; repair codes: ``nfd``, ``stray_mark`` and the names of the groups above.
    """
    counts: Counter[str] = Counter()
    if text.isascii() and not _SINGLE.search(text):
        return [], counts
    if unicodedata.is_normalized("NFC", text) and not _LATIN_MARK.search(text):
        edits = []
        for match in _SINGLE.finditer(text):
            new, code = _single(match.group())
            counts[code] += 1
            edits.append(Edit(match.start(), match.end(), new))
        return edits, counts
    return cluster_edits(text)


def _single(found: str) -> tuple[str, str]:
    return ("\n", "line_end") if found == "\r\n" else _TABLE[found]


def cluster_edits(text: str) -> tuple[list[Edit], Counter[str]]:
    """Do the work of `character_edits` letter by letter with all marks: for text that is not composed yet."""
    counts: Counter[str] = Counter()
    edits = []
    seen = set(text)
    # Characters that may join the one before them: marks, and the vowel and final jamo of Hangul.
    marks = "".join(sorted(c for c in seen if unicodedata.category(c)[0] == "M" or "\u1161" <= c <= "\u11ff"))
    singles = "".join(sorted(c for c in seen if c in _TABLE or unicodedata.normalize("NFC", c) != c))
    for match in _cluster_pattern(marks, singles).finditer(text):
        found = match.group()
        if found in _TABLE or found == "\r\n":
            new, code = _single(found)
        else:
            new = unicodedata.normalize("NFC", "".join(_TABLE[c][0] if c in _TABLE else c for c in found))
            code = "nfd"
            if _LATIN_MARK.search(new):
                new = _LATIN_MARK.sub("", new)
                code = "stray_mark"
            if new == found:
                continue
        counts[code] += 1
        edits.append(Edit(match.start(), match.end(), new))
    return edits, counts


@lru_cache(maxsize=256)
def _cluster_pattern(marks: str, singles: str) -> re.Pattern[str]:
    mark = re.escape(marks)
    parts = ["\r\n"]
    if marks:
        # A base letter with its marks (an invisible character may stand between), or marks without a base.
        parts += [f"[^{mark}{_INVISIBLE}\n](?:[{_INVISIBLE}]*[{mark}])+", f"[{mark}]+"]
    if singles:
        parts.append(f"[{re.escape(singles)}]")
    return re.compile("|".join(parts))


def is_mark(char: str) -> bool:
    """Say whether `char` is a combining mark, which never stands without the letter before it."""
    return char >= "\u0300" and unicodedata.category(char)[0] == "M"
