"""Names of bodies in running text: where a name ends, and at which level of government the body stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from nlp.reports.lexicon import load
from nlp.text import fold

_WORD = re.compile(r"[^\s,;:.()\"“”]+|[,;:.()\"“”]")
_JOINERS = frozenset({"và", "các", "của", "-", "–", ",", "hoặc", "cùng", "thuộc", "trực", "ở"})
_LEVEL_NAMES = frozenset(
    "tỉnh huyện xã phường quận thị trấn thành phố trung ương cấp nhân dân dân tộc quốc gia nhà nước việt nam sở ban ngành đơn vị cơ quan thôn bản "
    "đặc khu địa phương phòng chuyên môn đoàn thể chính trị hội liên quan ngành bộ thị xã trên khu vực trực thuộc hiệp tổ chức bệnh viện trung tâm y tế "
    "nông dân cựu chiến binh phụ nữ thanh niên liên công an quân sự kiểm sát tòa án đảng ủy cấp ủy chính quyền lãnh đạo hđnd ubnd hội đồng".split()
)
_MAX_WORDS = 22


@dataclass(frozen=True, slots=True)
class Organ:
    """A body as printed, with its level (5 central … 1 hamlet, None unknown), group and offsets."""

    text: str
    level: int | None
    group: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Head:
    folded: str
    level: int | None
    group: str
    proper: bool


@cache
def _heads() -> tuple[_Head, ...]:
    rows = [_Head(fold(r["name"]), r["level"], r["group"], bool(r.get("proper"))) for r in load("organs")["heads"]]
    return tuple(sorted(rows, key=lambda h: -len(h.folded)))


@cache
def _head_pattern() -> re.Pattern[str]:
    names = sorted({h.folded for h in _heads()}, key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(n) for n in names) + r")(?!\w)")


@cache
def _verbs() -> frozenset[str]:
    return frozenset(str(v) for v in load("organs")["verbs"])


def level_of(name: str) -> tuple[int | None, str]:
    """Level and group of a body by its name.

    Parameters: `name` as printed. Returns (level or None, group); "UBND thành phố Hà Nội" is provincial, "UBND thành phố" unknown city is 3.
    """
    folded = fold(name)
    match = _head_pattern().search(folded)
    head = next((h for h in _heads() if match and h.folded == match.group()), None)
    level = head.level if head else None
    group = head.group if head else "hanh_chinh"
    if level is None:
        city = re.search(r"\bthanh pho\s+(\S+\s+\S+)", folded)
        central = {fold(c) for c in load("organs")["central_cities"]}
        if city and any(city.group(1).startswith(c) or c in folded for c in central):
            return 4, group
        for row in load("organs")["level_words"]:
            if re.search(rf"(?<!\w){re.escape(fold(row['word']))}(?!\w)", folded):
                return int(row["level"]), group
    return level, group


def organ_at(text: str, start: int, limit: int | None = None) -> Organ | None:
    """The body whose name starts at an offset.

    Parameters: `text`, clean text; `start`, where the name must begin (quotes and blanks skipped); `limit`, where to stop at the latest.
    Returns None where no known head of a body's name stands there.
    """
    limit = len(text) if limit is None else limit
    while start < limit and text[start] in " \t\"“":
        start += 1
    folded = fold(text[start:limit])
    match = _head_pattern().match(folded)
    if not match:
        return None
    heads = [h for h in _heads() if h.folded == match.group()]
    head = heads[0]
    if head.proper and not text[start:start + 1].isupper():
        return None
    end = _name_end(text, start, start + match.end(), limit)
    level, group = level_of(text[start:end])
    return Organ(text[start:end], level, group, start, end)


def _name_end(text: str, start: int, end: int, limit: int) -> int:
    """Extend a name over capitalised words, names of levels and joiners until a verb or other text."""
    last = end
    count = 0
    pieces = list(_WORD.finditer(text, end, limit))
    for index, piece in enumerate(pieces):
        word = piece.group()
        if word in ";:.()\"“”" or count > _MAX_WORDS:
            break
        following = pieces[index + 1].group() if index + 1 < len(pieces) else ""
        pair = f"{word} {following}"
        if word[:1].islower() and (pair in _verbs() or (word in _verbs() and word not in _JOINERS and pair not in (
                "quản lý", "kiểm tra", "thanh tra"))):
            break
        if word in _JOINERS:
            ahead = following[:1].isupper() or following in _LEVEL_NAMES or following in ("các", "Ủy", "những")
            if not ahead:
                break
            count += 1
            continue
        if word[:1].isupper() or word in _LEVEL_NAMES or word.isdigit():
            last = piece.end()
            count += 1
            continue
        break
    return last


def find_organs(text: str, start: int, end: int) -> list[Organ]:
    """Every body named between two offsets, in order, names that overlap left out."""
    found: list[Organ] = []
    folded = fold(text[start:end])
    position = 0
    while True:
        match = _head_pattern().search(folded, position)
        if not match:
            return found
        organ = organ_at(text, start + match.start(), end)
        if organ:
            found.append(organ)
            position = max(match.end(), organ.end - start)
        else:
            position = match.end()
