"""Names of offices, firms and bodies: a head word and the words that go on with it."""

from __future__ import annotations

import re
from functools import cache

from nlp.petitions.intake.rules import WordSet, packaged, word_set
from nlp.text.entities.lexicon import folded_key, lexicon, tone_key
from nlp.text.entities.types import Entity
from nlp.text.entities.view import UPPER, TextView

_GAP = re.compile(r"(?: ?[-–&] ?| ?\n? ?|\. ?)\Z")


_ABBREVIATION = re.compile(r"[a-z]|[bcdđghklmnpqrstvx]{2,3}")  # P., TP., TNHH is longer
# "Thuế cơ sở 3 tỉnh Khánh Hòa"
_SEAT = re.compile(rf" (?:tỉnh|thành phố|TP\.?|xã|phường|huyện|quận) [{UPPER}][^\W\d]*(?: [{UPPER}][^\W\d]*){{0,3}}")
LONGEST = 14


def _going_on() -> WordSet:
    return word_set("parties.yaml", "organisation_words")


def _heads() -> WordSet:
    return word_set("parties.yaml", "organisations")


def organisations(view: TextView) -> list[Entity]:
    """Find offices, firms and bodies that have a name: kind `co_quan`, disjoint, in order."""
    key = tone_key if view.accented else folded_key
    keys = [key(t.text) for t in view.tokens]
    heads, going_on = _heads(), _going_on()
    found: list[Entity] = []
    i = 0
    while i < len(keys):
        size = heads.at(keys, i, view.accented)
        inside_code = view.tokens[i].start > 0 and view.text[view.tokens[i].start - 1] in "-/&"  # 88/QĐ-UBND
        if not size or inside_code:
            i += 1
            continue
        end = _extent(view, keys, i, size, going_on)
        stop = _with_number(view, view.tokens[end - 1].end)
        numbered = size > 1 and view.tokens[i].capital and stop > view.tokens[end - 1].end  # Thuế cơ sở 3
        named = end - i > size or view.tokens[i].shouted or numbered
        if named and (
            numbered or view.tokens[i].capital or any(t.capital for t in view.tokens[i + 1 : end]) or end - i > size
        ):
            start = view.tokens[i].start
            found.append(
                Entity("co_quan", start, stop, 0.7, "organisation", " ".join(t.folded for t in view.tokens[i:end]))
            )
            i = end
        else:
            i += size
    return found


def _extent(view: TextView, keys: list[str], i: int, size: int, going_on: WordSet) -> int:
    """Past the last token of an organisation's name; a name of a person after it is not part of it."""
    end = i + size
    shouted = all(t.shouted for t in view.tokens[i:end])
    words = lexicon(view.accented)
    while end < len(keys) and end - i < LONGEST:
        gap, token = view.gap(end), view.tokens[end]
        part = gap == ", " and token.folded == "ha" and keys[i] == keys[end - 3]  # Phòng Kinh tế, Hạ tầng và Đô thị
        if not (_GAP.match(gap) or part) or ("\n" in gap and token.capital):
            break
        if "." in gap and not _ABBREVIATION.fullmatch(view.tokens[end - 1].folded):
            break
        more = 1 if token.capital else going_on.at(keys, end, view.accented)
        if not more and end == i + size:
            more = _trade(view, i, end)
        if not more or any(not _GAP.match(view.gap(k)) for k in range(end + 1, end + more)):
            break
        if (
            token.capital
            and words.honorifics.starts_at(keys, end)
            and end + 1 < len(keys)
            and view.tokens[end + 1].capital
            and not shouted
        ):
            break
        # "Phòng Công thương": the phrase is half in capitals.
        end += max(more, going_on.at(keys, end, view.accented)) if token.capital else more
    while end > i + size and keys[end - 1] in _TAILS[view.accented]:
        end -= 1
    return end


@cache
def _folded(name: str) -> frozenset[str]:
    return frozenset(packaged("parties.yaml")[name].split())


def _trade(view: TextView, i: int, end: int) -> int:
    """Words of trade between the head of a firm and its name; 0 where no name follows them."""
    firms, stops = _folded("firm_heads"), _folded("not_trade")
    if view.tokens[end - 1].folded not in firms:
        return 0
    for k in range(end, min(end + 5, len(view.tokens))):
        if view.gap(k) not in (" ", "\n") or view.tokens[k].folded in stops:
            return 0
        if view.tokens[k].capital:
            return k - end
    return 0


# A name does not end in one of these.
_TAILS = {a: frozenset((tone_key if a else folded_key)(w) for w in ("và", "số", "cơ", "tp")) for a in (True, False)}


def _with_number(view: TextView, end: int) -> int:
    """Take a number that belongs to the name along ("Đội quản lý thị trường số 4", "Thuế cơ sở 7")."""
    m = re.compile(r" (?:số )?\d{1,3}(?![\w.,/]\d|\d|\s?(?:ngày|tháng|hộ|người|triệu|m2|tỷ|đồng|lần))").match(
        view.text, end
    )
    if not m:
        return end
    seat = _SEAT.match(view.text, m.end())
    return seat.end() if seat else m.end()
