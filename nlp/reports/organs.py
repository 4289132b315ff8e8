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
    [
        "tỉnh",
        "huyện",
        "xã",
        "phường",
        "quận",
        "thị",
        "trấn",
        "thành",
        "phố",
        "trung",
        "ương",
        "cấp",
        "nhân",
        "dân",
        "dân",
        "tộc",
        "quốc",
        "gia",
        "nhà",
        "nước",
        "việt",
        "nam",
        "sở",
        "ban",
        "ngành",
        "đơn",
        "vị",
        "cơ",
        "quan",
        "thôn",
        "bản",
        "đặc",
        "khu",
        "địa",
        "phương",
        "phòng",
        "chuyên",
        "môn",
        "đoàn",
        "thể",
        "chính",
        "trị",
        "hội",
        "liên",
        "quan",
        "ngành",
        "bộ",
        "thị",
        "xã",
        "trên",
        "khu",
        "vực",
        "trực",
        "thuộc",
        "hiệp",
        "bệnh",
        "viện",
        "trung",
        "tâm",
        "y",
        "tế",
        "nông",
        "dân",
        "cựu",
        "chiến",
        "binh",
        "phụ",
        "nữ",
        "thanh",
        "niên",
        "liên",
        "công",
        "an",
        "quân",
        "sự",
        "kiểm",
        "sát",
        "tòa",
        "án",
        "đảng",
        "ủy",
        "cấp",
        "ủy",
        "chính",
        "quyền",
        "lãnh",
        "đạo",
        "hđnd",
        "ubnd",
        "hội",
        "đồng",
    ]
)
_UNITS = frozenset(["tỉnh", "huyện", "xã", "phường", "quận", "trấn", "phố", "ủy", "uỷ"])
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
    name: str
    folded: str
    level: int | None
    group: str
    proper: bool


@cache
def _heads() -> tuple[_Head, ...]:
    rows = [
        _Head(r["name"], fold(r["name"]), r["level"], r["group"], bool(r.get("proper")))
        for r in load("organs")["heads"]
    ]
    return tuple(sorted(rows, key=lambda h: -len(h.folded)))


@cache
def _by_name() -> dict[str, _Head]:
    return {h.folded: h for h in reversed(_heads())}


@cache
def _head_pattern() -> re.Pattern[str]:
    names = sorted({h.folded for h in _heads()}, key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(n) for n in names) + r")(?!\w)")


@cache
def _verbs() -> frozenset[str]:
    return frozenset(str(v) for v in load("organs")["verbs"])


def level_of(name: str) -> tuple[int | None, str]:
    """Level and group of a body by its name.

    Parameters: `name` as printed. Returns (level or None, group); "UBND thành phố Hà Nội" is provincial, "UBND thành
    phố" unknown city is 3.
    """
    folded = fold(name)
    head = _naming_head(folded)
    level = head.level if head else None
    group = head.group if head else "hanh_chinh"
    if level is None:
        city = re.search(r"\bthanh pho\s+(\S+\s+\S+)", folded)
        central = {fold(c) for c in load("organs")["central_cities"]}
        if city and any(city.group(1).startswith(c) or c in folded for c in central):
            return 4, group
        # Accents matter here: "cơ quan" holds no "quận". A name without any accents is compared folded.
        plain = folded if name.isascii() else name.lower()
        for row in load("organs")["level_words"]:
            word = fold(row["word"]) if name.isascii() else row["word"]
            if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", plain):
                return int(row["level"]), group
    return level, group


def _naming_head(folded: str) -> _Head | None:
    """The head that says whose body a name is: "Ban Pháp chế HĐND tỉnh" is the council's, though it begins like any
    board.
    """
    found = [_by_name()[m.group()] for m in _head_pattern().finditer(folded)]
    if not found:
        return None
    general = found[0].proper and found[0].level is None and found[0].group in ("hanh_chinh", "dang")
    return next((h for h in found if not (h.proper and h.level is None)), found[0]) if general else found[0]


def organ_at(text: str, start: int, limit: int | None = None) -> Organ | None:
    """The body whose name starts at an offset.

    Parameters: `text`, clean text; `start`, where the name must begin (quotes and blanks skipped); `limit`, where to
    stop at the latest. Returns None where no known head of a body's name stands there.
    """
    limit = len(text) if limit is None else limit
    while start < limit and text[start] in ' \t"“':
        start += 1
    head = next((h for h in _heads_at(text, start, limit) if _fits(text, start, h)), None)
    if head is None:
        return None
    end = _name_end(text, start, start + len(head.folded), limit)
    level, group = level_of(text[start:end])
    return Organ(text[start:end], level, group, start, end)


def _heads_at(text: str, start: int, limit: int) -> list[_Head]:
    """Heads whose folded name stands at an offset, longest first; the pattern rules most places out at once."""
    folded = fold(text[start : min(limit, start + 60)])
    if not _head_pattern().match(folded):
        return []
    return [
        h for h in _heads() if folded.startswith(h.folded) and not folded[len(h.folded) : len(h.folded) + 1].isalnum()
    ]


def _fits(text: str, start: int, head: _Head) -> bool:
    """A head of one syllable must carry its accents ("Bộ", not "Bố"); a proper head needs a capital in itself or
    right after it.
    """
    written = text[start : start + len(head.folded)]
    if any(text[start : start + 24].lower().startswith(w) for w in _not_names()):
        return False
    if " " not in head.folded and written.lower() != head.name.lower():
        return False
    if not head.proper:
        return True
    ahead = text[start + len(head.folded) : start + len(head.folded) + 3].strip()
    following = _WORD.match(text, start + len(head.folded) + 1)
    known = following is not None and (following.group() in _LEVEL_NAMES or following.group() in _name_words())
    return ahead[:1].isupper() or (written[:1].isupper() and known)


def _name_end(text: str, start: int, end: int, limit: int) -> int:
    """Extend a name over capitalised words, names of levels and joiners until a verb or other text."""
    last = end
    count = 0
    pieces = list(_WORD.finditer(text, end, limit))
    for index, piece in enumerate(pieces):
        word = piece.group()
        if word in ';:.()"“”' or count > _MAX_WORDS:
            break
        following = pieces[index + 1].group() if index + 1 < len(pieces) else ""
        pair = f"{word} {following}"
        if word[:1].islower() and (
            pair in _verbs()
            or (word in _verbs() and word not in _JOINERS and pair not in ("quản lý", "kiểm tra", "thanh tra"))
        ):
            break
        if (
            word[:1].islower()
            and text[start:last].split()[-1].lower() in _UNITS
            and word not in _LEVEL_NAMES
            and word not in _JOINERS
        ):
            break
        if word in _JOINERS:
            ahead = (
                following[:1].isupper()
                or following in _LEVEL_NAMES
                or following in _name_words()
                or following in ("các", "những")
            )
            if not ahead:
                break
            count += 1
            continue
        if word[:1].isupper() or word in _LEVEL_NAMES or word.isdigit() or word in _name_words():
            last = piece.end()
            count += 1
            continue
        break
    return last


@cache
def _not_names() -> tuple[str, ...]:
    return tuple(str(w) for w in load("organs")["not_names"])


@cache
def _name_words() -> frozenset[str]:
    return frozenset(str(w) for w in load("organs")["name_words"])


def inside(issuer: str, target: str) -> bool | None:
    """Whether a body stands within the issuer's own hierarchy, None where the names do not tell.

    Parameters: `issuer` and `target`, names as printed. A committee of the Party leads every body of its place but
    enterprises, a people's committee its offices and those below, a people's council or a mass organisation only its
    own bodies; an office (Sở, Ban Dân vận) leads neither its committee nor its fellows. Source: Luật Tổ chức chính
    quyền địa phương, Điều lệ Đảng.
    """
    (level, group), (other, kind) = level_of(issuer), level_of(target)
    own, theirs = fold(issuer), fold(target)
    if theirs in own and not _leading(theirs):
        return True
    if kind not in load("organs")["leads"].get(group, [group]):
        return False
    if level is None or other is None or (level == 2 and theirs.startswith("phong")):
        return None
    if _leading(own) or group in ("dan_cu", "doan_the"):
        return other <= level
    return other < level and not _leading(theirs)


def _leading(folded: str) -> bool:
    """True for the committee that leads a place, not for the offices under it."""
    return any(re.match(rf"{re.escape(fold(str(w)))}(?!\w)", folded) for w in load("organs")["leading"])


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
