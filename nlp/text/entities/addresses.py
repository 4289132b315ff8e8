"""Exact addresses: whatever is narrower than a commune (house, alley, hamlet, block), joined where parts follow on.

Commune, province and streets without a number stay: they do not lead to a door, and the reader of a redacted text
(and the classifier) needs them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from nlp.text.entities.lexicon import Words, folded_key, lexicon, tone_key, word_keys, word_list
from nlp.text.entities.types import Entity
from nlp.text.entities.view import UPPER, TextView

KIND = "dia_chi"
_CODE = r"[A-Za-zĐ]{0,2}\d{1,4}[A-Za-zĐ]?\d{0,2}(?:[/.\-][A-Za-zĐ]?\d{1,4}[A-Za-zĐ]?){0,4}"
_CAPWORD = rf"(?!(?:TP|TX|TT|KCN|UBND|P|Q|H)\b)[{UPPER}][^\W\d_]*(?:['’][^\W\d_]+)?"
_NAME = rf"{_CAPWORD}(?:[ ]{_CAPWORD}){{0,4}}(?:[ ](?:\d{{1,2}}[A-Za-z]?|I{{1,3}}|IV))?(?!\w)"
_NUMBER = r"\d{1,3}[A-ZĐa-zđ]?(?:[.\-]\d{1,3})?(?![\w/]|[.,]\d)"
_STREET = r"(?i:đường|phố|đg|quốc lộ|tỉnh lộ|hương lộ|duong|pho|dg|đt|ql|tl)"
_ON_STREET = rf"(?:,?[ ]{_STREET}[ ](?:{_NAME}|(?i:số[ ])?\d{{1,4}}[A-Z]?(?!\w))|,?[ ]{_NAME})"

_HAMLET = re.compile(rf"(?:[ ]{{1,3}}|[ ]?\n[ ]{{0,3}})(?:số[ ](?=\d))?(?:{_NUMBER}|{_NAME})")
# Typed in small letters: the name ends where punctuation or the commune follows.
_HAMLET_SMALL = re.compile(r"[ ][a-z]{2,7}(?:[ ][a-z]{2,7})?(?=\s*(?:[,.;(\n-]|\Z|xa\s|phuong\s|huyen\s|tt\s))")
_HAMLET_ABBREVIATED = re.compile(rf"(?:\.?[ ]?)(?:{_NUMBER}|{_NAME})")
_ALLEY = re.compile(rf"[ \n]{{1,3}}(?:số[ ])?{_CODE}(?!\w|[.,]\d){_ON_STREET}?|[ ]{_CAPWORD}(?:[ ]{_CAPWORD})?(?!\w)")
_HOUSE = re.compile(rf"[ \n]{{0,3}}(?:số[ ])?(?P<code>{_CODE}|[A-Z](?=[ ,]))(?![\w%]|[.,]\d|/[^\W\d]){_ON_STREET}?")
_NUMBERED = re.compile(
    rf"(?<![\w/.,\-])(?P<so>(?:số|so|Số|SỐ)[ ])?(?P<code>\d{{1,4}}[A-ZĐ]?(?:[/\-]\d{{1,4}}[A-ZĐ]?){{0,4}})"
    rf"(?:(?P<street>,?[ ]{_STREET}[ ](?:{_NAME}|\d{{1,4}}[A-Z]?(?!\w)))|(?P<name>[ ]{_CAPWORD}[ ]{_NAME})|"
    rf"(?![\w/]|[.,]\d))"
)
_RANGE = re.compile(r"[ ](?:đến|tới|-|–|và)[ ](?:số[ ])?\d{1,4}[A-ZĐ]?(?!\w)")
_JOIN = re.compile(r"[ ]?[,\-–][ \n]{0,2}|[ ]|\n {0,4}")
_COUNTED = re.compile(
    r"\s*(?:m2|m²|(?:mét|met|triệu|hộ|người|nhà|năm|tầng|đứa|con|cái|xe|đồng|k|tr|ha|tháng|ngày|lần|căn|phòng|nền|đất|km|m|bận)\b|,\d)"
)
# What may stand before "khu vực 2" where it is part of an address and not the region of a court.
_OPENS = re.compile(r"(?:\A|[\n,(]\s?|\d\s|ở\s|tại\s|trú\s|ngụ\s)\Z", re.IGNORECASE)
_DAY_BEFORE = re.compile(r"(?:ngày|sáng|chiều|tối|hôm|trước|đến|từ|lúc)\s\Z", re.IGNORECASE)
_DAY = re.compile(r"[0-3]?\d[/\-][01]?\d(?:[/\-](?:19|20)\d\d)?")
_SPOT_BEFORE = re.compile(r"(?:[\n(,:]\s?|\A)\Z")


@dataclass(frozen=True)
class _Units:
    hamlets: Words
    alleys: Words
    houses: Words
    after: frozenset[str]
    before: frozenset[str]
    not_house: Words
    house: Words
    street: Words
    communes: frozenset[str]
    firsts: frozenset[str]


@cache
def _units(accented: bool) -> _Units:
    def words(name: str) -> Words:
        return word_list("places.yaml", name, accented)

    key = tone_key if accented else folded_key
    hamlets, alleys, houses = words("hamlets"), words("alleys"), words("houses")
    firsts = (
        {p[0] for w in (hamlets, alleys, houses) for p in w.phrases} | hamlets.single | alleys.single | houses.single
    )
    return _Units(
        hamlets, alleys, houses, words("not_hamlet_after").single, words("not_hamlet_before").single,
        words("not_house_before"), words("house_before"), words("street_words"),
        frozenset(key(w) for w in ("xã", "phường", "trấn", "huyện", "quận", "tỉnh")), frozenset(firsts),
    )  # fmt: skip


def addresses(view: TextView) -> list[Entity]:
    """Find exact addresses.

    Returns
    -------
    list[Entity]
        kind `dia_chi`, disjoint, in order; parts that follow on each other are one span; `value` is the folded text.
    """
    merged: list[tuple[int, int, float]] = []
    for start, end, score in sorted(_parts(view), key=lambda p: (p[0], -p[1])):
        if merged and start < merged[-1][1]:
            if end > merged[-1][1]:
                merged[-1] = (merged[-1][0], end, max(merged[-1][2], score))
        elif merged and _JOIN.fullmatch(view.text, merged[-1][1], start):
            merged[-1] = (merged[-1][0], end, max(merged[-1][2], score))
        else:
            merged.append((start, end, score))
    return [Entity(KIND, s, e, score, "address_parts", " ".join(view.folded[s:e].split())) for s, e, score in merged]


def _parts(view: TextView) -> Iterator[tuple[int, int, float]]:
    units = _units(view.accented)
    keys = word_keys((t.text for t in view.tokens), view.accented)
    for i in range(len(view.tokens)):
        if keys[i] in units.firsts:
            yield from _at_unit(view, keys, i, units)
    ends = {t.end: i for i, t in enumerate(view.tokens)}
    for m in _NUMBERED.finditer(view.text):
        part = _numbered(view, keys, m, ends, units)
        if part:
            yield part


def _at_unit(view: TextView, keys: list[str], i: int, units: _Units) -> Iterator[tuple[int, int, float]]:
    tokens, text = view.tokens, view.text
    size = units.alleys.starts_at(keys, i)
    if size:
        m = _ALLEY.match(text, tokens[i + size - 1].end)
        if m and not (m.group().isupper() and m.group().strip().isalpha()):
            yield tokens[i].start, m.end(), 0.9
        return
    size = units.houses.starts_at(keys, i)
    if size and not (i and units.not_house.ends_at(keys, i) and view.gap(i) == " "):
        m = _HOUSE.match(text, tokens[i + size - 1].end)
        if m and _is_house(view, i, size, m, keys):
            yield tokens[i].start, m.end(), 0.85
            return
    place_words = lexicon(view.accented)
    size = units.hamlets.starts_at(keys, i)
    if not size or (i and keys[i - 1] in units.before and view.gap(i) == " "):
        return
    last = tokens[i + size - 1]
    short = len(last.text) <= 3 and not any(c in "aeiouy" for c in last.folded)
    m = (_HAMLET_ABBREVIATED if short else _HAMLET).match(text, last.end)
    if not m and not view.accented and last.folded in ("thon", "xom", "ap", "buon", "khom"):
        m = _HAMLET_SMALL.match(text, last.end)
    if not m:
        return
    value = m.group().strip(" .\n")
    value = value.removeprefix("số ")
    numbered = value[:1].isdigit()
    if not view.accented and last.folded in ("doi", "ban", "khoi", "lang", "soc", "bon"):
        return  # đòi, bán, khỏi …: without accents too many other words
    if value.isupper() and value.isalpha() and len(value) < 4 and not last.shouted:
        return  # khu CN, tổ TK
    if numbered and _COUNTED.match(view.text, m.end()):
        return
    if tokens[i].capital and (place_words.known_places.starts_at(keys, i) >= 2 or _is_unit_name(view, keys, i, units)):
        return  # Sóc Trăng, Buôn Ma Thuột, xã Bản Sen
    if (
        size > 1
        and tokens[i + 1].folded == "vuc"
        and not _OPENS.search(text[max(0, tokens[i].start - 12) : tokens[i].start])
    ):
        return  # Toà án khu vực 9
    if not numbered and "\n" in m.group() and i + size < len(keys) and keys[i + size] in units.firsts:
        return
    if not numbered and (tokens[i].folded == "doi" or _is_compound(view, keys, i, size, units)):
        return
    start = tokens[i].start
    head = tokens[i - 1].text.lower() if i else ""
    if (
        i
        and view.gap(i) == " "
        and (head in ("trưởng", "phó", "thư") or (not view.accented and head in ("truong", "pho")))
    ):
        # "trưởng thôn Đông Hồng" is a title; only the name of the hamlet leads to a place.
        start = m.end() - len(m.group().lstrip())
        if i > 1 and tokens[i + size].capital and _is_person_after_title(view, i + size):
            return
    end = m.end()
    if m.group().isupper() and m.group().count(" ") > 2:
        # In a line of capitals the name of a hamlet has no end; two words are most likely.
        end = m.start() + len(" ".join(m.group().split(" ")[:3]))
    yield start, end, 0.7


def _is_unit_name(view: TextView, keys: list[str], i: int, units: _Units) -> bool:
    """Whether the word belongs to another name: "xã Bản Sen", "suối Khuổi Ráo", "Lâm Sóc Kha"."""
    if not i or view.gap(i) != " ":
        return False
    before = view.tokens[i - 1]
    in_name = before.capital and not (before.shouted and len(before.text) > 1)
    return in_name or keys[i - 1] in units.communes or before.folded in ("suoi", "song", "cau", "deo", "nui")


def _is_compound(view: TextView, keys: list[str], i: int, size: int, units: _Units) -> bool:
    """Whether the unit's word is part of another word: bản án, tổ trưởng, khu công nghiệp, khu vực phía Nam."""
    if size > 1 and view.tokens[i + 1].folded == "vuc":
        return True
    following = i + size
    if following >= len(keys) or keys[following] not in units.after:
        return False
    token = view.tokens[following]
    lone = following + 1 >= len(keys) or not view.tokens[following + 1].capital
    return not token.capital or lone or (token.shouted and len(token.text) > 1) or view.tokens[i].folded == "buon"


def _is_person_after_title(view: TextView, i: int) -> bool:
    """Whether a full name follows "trưởng thôn" instead of the hamlet's name."""
    words = lexicon(view.accented)
    key = words.key(view.tokens[i].text)
    follows = i + 2 < len(view.tokens) and view.tokens[i + 1].capital
    return bool(follows and (key in words.surnames or words.minority.single and key in words.minority.single)
                and words.key(view.tokens[i + 1].text) in words.strong_middle)  # fmt: skip


def _is_house(view: TextView, i: int, size: int, m: re.Match[str], keys: list[str]) -> bool:
    """Whether a word like nhà, căn, lô with a code is a door and not a count ("nhà 5 người", "lô tôm")."""
    word, code, after = view.tokens[i].folded, m.group("code"), view.text[m.end() : m.end() + 14]
    if re.fullmatch(r"\d{1,4}m2?", code) or (word == "sn" and re.fullmatch(r"(?:19|20)\d\d", code)):
        return False
    if not re.search(r"\d", code):
        return word in ("day", "lo", "block", "toa") and code.isupper()
    if size > 1 or word in ("sn", "block", "toa", "day"):
        return True
    if re.fullmatch(r"\d{1,4}", code):
        if word == "nha":
            street = len(m.group()) > m.end("code") - m.start() or re.match(
                rf",?\s*(?:{_STREET}|ngõ|hẻm|kiệt|ngách|tổ|thôn|ấp|khu phố)\s", after
            )
            return bool(street) or (len(code) >= 3 and not _COUNTED.match(after))
        return word == "can" and len(code) >= 3 and not _COUNTED.match(after)
    return True


def _numbered(
    view: TextView, keys: list[str], m: re.Match[str], ends: dict[int, int], units: _Units
) -> tuple[int, int, float] | None:
    """A house number and its street, or a bare "số 101" after a word that says it is a house."""
    text, start = view.text, m.start()
    left = start - 1 if start and text[start - 1] == " " else start
    at = ends.get(left)
    after_word = at is not None and left < start
    if after_word and at is not None and units.not_house.ends_at(keys, at + 1):
        return None
    housed = bool(after_word and at is not None and units.house.ends_at(keys, at + 1))
    so, slash = m.group("so"), "/" in m.group("code")
    whole_day = m.group("code").count("/") == 2
    dated = whole_day or _DAY_BEFORE.search(text, max(0, start - 8), start)
    if slash and not so and dated and _DAY.fullmatch(m.group("code")):
        return None
    spot = housed or bool(_SPOT_BEFORE.search(text[max(0, start - 2) : start]))
    if m.group("street"):
        return (start, m.end(), 0.75) if so or slash or spot else None
    if m.group("name"):
        if m.group("name").isupper() and not (so and spot) and len(m.group("name")) > 4:
            return None
        return (start, m.end(), 0.7) if so or slash or spot else None
    if so and (housed or _after_street(view, keys, at, units)):
        more = _RANGE.match(text, m.end())
        return start, more.end() if more else m.end(), 0.65
    return None


def _after_street(view: TextView, keys: list[str], at: int | None, units: _Units) -> bool:
    """Whether a street is named in the few words before ("phố Trần Phú từ số 45")."""
    return at is not None and any(units.street.ends_at(keys, k + 1) for k in range(max(0, at - 5), at + 1))
