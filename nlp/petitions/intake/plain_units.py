"""Units of places in text without capitals or diacritics: known names after xa, phuong, huyen …"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.petitions.intake.old_units import known_names

_RANKS = {
    "xa": 1, "phuong": 1, "p": 1, "thi tran": 1, "tt": 1, "dac khu": 1, "huyen": 2, "h": 2, "quan": 2, "q": 2,
    "thi xa": 2, "tx": 2, "tinh": 3, "tp": 3, "thanh pho": 3,
}  # fmt: skip
_KIND = re.compile(
    r"(?<!\w)(?P<kind>thi tran|thi xa|thanh pho|dac khu|phuong|huyen|quan|tinh|xa|tp|tt|tx|[pqh](?=[. ]?\d|\.))[. ]{0,2}"
)
_WORDS = re.compile(r"(?<=[. ])[a-z]+(?: [a-z]+){0,4}|\d{1,2}(?![\w/.,]\d|\w)")
_BARE = re.compile(r"\s?[,(\-–]?\s?(?P<words>[a-z]+(?: [a-z]+){1,4})")
# What begins with xa, phuong, quan, tinh and is no unit: phương án, xã hội, xả thải, quan tâm, tình hình.
_NO_UNIT = {
    "xa": ("hoi", "thai", "rac", "nuoc", "toi", "nao", "minh", "nay", "khong", "da", "ma"),
    "phuong": ("an", "tien", "phap", "huong", "thuc", "cham", "nao", "nay"),
    "quan": ("tam", "ly", "he", "trong", "chuc", "doi", "an", "nhau"), "tinh": ("hinh", "trang", "tien", "tu", "nao"),
}  # fmt: skip
_FIELD = {1: "commune", 2: "district", 3: "province"}


def plain_units(folded: str) -> Iterator[tuple[int, int, int]]:
    """Find units in folded text: (start, end, rank), rank 1 for a commune, 2 for a district, 3 for a province.

    Only names of the table count, and a commune's name of one syllable does not: `xa` is also xa, xả, xá.
    """
    last = 0
    for m in _KIND.finditer(folded):
        if m.start() < last:
            continue
        rank, words = _RANKS[m.group("kind")], _WORDS.match(folded, m.end())
        if not words or words.group().split()[0] in _NO_UNIT.get(m.group("kind"), ()):
            continue
        end = _name_end(words.group(), words.start(), rank)
        if rank == 3 and not end:
            rank, end = 2, _name_end(words.group(), words.start(), 2)
        if not end:
            continue
        yield m.start(), end, rank
        last = end
        for follower in (2, 3) if rank == 1 else (3,) if rank == 2 else ():
            bare = _BARE.match(folded, last)
            stop = _name_end(bare.group("words"), bare.start("words"), follower) if bare else 0
            if bare and stop:
                yield bare.start("words"), stop, follower
                last = stop


def _name_end(words: str, start: int, rank: int) -> int:
    """Where the longest known name at the head of `words` ends; 0 for none."""
    parts = words.split()
    if words.isdigit():
        return start + len(words)
    for size in range(min(4, len(parts)), 0 if rank == 3 else 1, -1):
        if "".join(parts[:size]) in known_names(_FIELD[rank]):
            return start + len(" ".join(parts[:size]))
    return 0
