"""Names printed in capitals as an office writes them in running text: "BAN DÂN VẬN HUYỆN ỦY" is "Ban Dân vận Huyện
ủy".
"""

from __future__ import annotations

import re
from collections import Counter

from nlp.text import fold

_SMALL = frozenset(
    [
        "TỈNH",
        "HUYỆN",
        "XÃ",
        "PHƯỜNG",
        "QUẬN",
        "THỊ",
        "TRẤN",
        "THÀNH",
        "PHỐ",
        "ĐẶC",
        "KHU",
        "VÀ",
        "NHÂN",
        "DÂN",
        "CỦA",
        "VỀ",
    ]
)
_KEEP = frozenset(["UBND", "HĐND", "MTTQ", "TW", "CP", "TP", "ĐBQH"])
_COMMITTEES = frozenset(["HUYỆN", "TỈNH", "THÀNH", "QUẬN", "THỊ", "ĐẢNG"])
_HEADS = frozenset(
    [
        "BAN",
        "SỞ",
        "PHÒNG",
        "ĐOÀN",
        "VĂN",
        "HỘI",
        "CHI",
        "THANH",
        "TRUNG",
        "BỆNH",
        "TRƯỜNG",
        "CÔNG",
        "TÒA",
        "VIỆN",
        "ỦY",
        "UỶ",
        "ĐẢNG",
        "TỔNG",
        "CỤC",
        "BỘ",
    ]
)


def proper_name(name: str, body: str, inner: bool = False) -> str:
    """A name in capitals as the office writes it in running text: looked up there first, else lower case but for
    heads and proper names.
    """
    text = " ".join(name.split())
    written = _as_written(text, body)
    if written:
        return written
    words = text.split()
    for cut in range(len(words) - 1, 1, -1):
        head = _as_written(" ".join(words[:cut]), body)
        if head:
            return f"{head} {proper_name(' '.join(words[cut:]), body, inner=True)}"
    out: list[str] = []
    capital = True
    for index, word in enumerate(words):
        upper = word.upper()
        first = index == 0 and not inner
        following = words[index + 1].upper() if index + 1 < len(words) else ""
        committee = following in ("ỦY", "UỶ") and upper in _COMMITTEES
        if upper in _KEEP or not word.isupper():
            out.append(word)
            capital = False
        elif upper in ("ỦY", "UỶ") and index and words[index - 1].upper() in _COMMITTEES:
            out.append(word.lower())
            capital = True
        elif upper in _SMALL and not first and not committee:
            out.append(word.lower())
            capital = upper not in ("VÀ", "NHÂN", "DÂN", "CỦA", "VỀ") or (upper == "VÀ" and index > 0)
        elif (
            capital
            or committee
            or (index and words[index - 1] == "-")
            or (upper in _HEADS and index and words[index - 1].upper() not in _HEADS)
        ):
            out.append(word.capitalize())
            # Every word of a place is written with a capital, of a body only its head and the word after it.
            capital = upper in _HEADS or _in_place(words, index)
        else:
            out.append(word.lower())
    return " ".join(out)


def _in_place(words: list[str], index: int) -> bool:
    """True for a word of a place's name: everything after the last word for a level of government."""
    levels = {"TỈNH", "HUYỆN", "XÃ", "PHƯỜNG", "QUẬN", "TRẤN", "PHỐ", "KHU", "ỦY", "UỶ"}
    return any(w.upper() in levels for w in words[:index]) and not any(w.upper() in _HEADS for w in words[index:])


def _as_written(name: str, body: str) -> str | None:
    folded = fold(name)
    text = fold(body)
    found: Counter[str] = Counter()
    for match in re.finditer(rf"(?<!\w){re.escape(folded)}(?!\w)", text):
        written = body[match.start() : match.end()]
        if not written.isupper() and written[:1].isupper():
            found[written] += 1
    best = found.most_common(1)
    return best[0][0] if best else None
