"""Names where capitals do not help: lines in capitals, text in lower case, and names said again by their last word."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.text.entities.names_scan import CUE_GAP, SPACES, Scan, before, place_before, signed_line
from nlp.text.entities.types import Entity, Taken

_STOPS_FIRST = frozenset(["do", "dang", "duong", "truong", "to", "ta", "luu", "tong", "ly", "luong", "dam"])
_AFTER_THI = frozenset(("truong", "xa", "tran", "tu", "luc", "giac", "uy"))
_BEFORE_RANK = frozenset(("nha", "ong", "ba", "chu", "anh", "chi", "co", "di", "ghe", "quan", "lo"))
_MIDDLE = frozenset(("van", "thi", "huu", "dinh"))


def in_capitals(scan: Scan, i: int, j: int) -> Iterator[Entity]:
    """Names inside a line of capitals (tokens `i` to `j`), where only the word lists tell where a name ends."""
    keys, words = scan.keys, scan.words
    a, b = scan.lines[scan.line_of[i]]
    k = i
    while k < j:
        if place_before(scan, k) or words.not_names.starts_at(keys, k) >= 2:
            k += 1
            continue
        call = before(scan, k, words.honorifics)
        cue = before(scan, k, words.roles) or before(scan, k, words.name_cues, CUE_GAP)
        end = _end_in_capitals(scan, k, j)
        size = end - k
        surname = size > 1 and scan.surname_at(k, end)
        alone = k == i == a and end == j == b and size <= 4
        sure = surname and keys[k + 1] in words.sure_middle
        strong = surname and keys[k] in words.core_surnames and keys[end - 1] in words.given
        if surname and (sure or call or cue or strong or alone):
            yield scan.entity(k, end, 0.9 if (call or cue) and sure else 0.8 if sure or alone else 0.6, "name_capitals")
            k = end
        elif call and keys[k] in words.given and (size > 1 or keys[k] not in words.common_given):
            yield scan.entity(k, min(end, k + 2), 0.6, "name_capitals")
            k = min(end, k + 2)
        else:
            k += 1


def _end_in_capitals(scan: Scan, k: int, j: int) -> int:
    keys, words = scan.keys, scan.words
    if j - k <= 4 and scan.surname_at(k, j) and not any(words.honorifics.starts_at(keys, x) for x in range(k + 1, j)):
        return j
    end = k + 1
    while end < j and end - k < 5 and (words.is_name_part(keys[end]) or keys[end - 1] in words.sure_middle):
        end += 1
    return end


def from_lower_case(scan: Scan) -> Iterator[Entity]:
    """Names typed in lower case: surname, middle and given names all from the lists, after a cue or with Văn, Thị …"""
    keys, words, tokens = scan.keys, scan.words, scan.view.tokens
    stops = frozenset() if words.accented else words.plain_stops
    # Only where hardly anything is capitalised is a lower-case name to be expected without a cue.
    lowered = sum(t.capital for t in tokens) < 0.06 * len(tokens) or not scan.view.cased
    for i in range(len(tokens) - 1):
        if (tokens[i].capital and scan.view.cased) or not SPACES.match(scan.view.gap(i + 1)):
            continue
        if keys[i] in words.surnames and tokens[i].text != "ng":  # ng: người
            end = i + 1
            while (
                end < len(tokens)
                and end - i < 4
                and SPACES.match(scan.view.gap(end))
                and keys[end] not in stops
                and words.roles.starts_at(keys, end) < 2
                and (words.is_name_part(keys[end]) or keys[end - 1] in words.sure_middle)
            ):
                end += 1
            size = end - i
            core, middle = keys[i] in words.core_surnames, tokens[i + 1].folded in _MIDDLE
            cue = before(scan, i, words.name_cues, CUE_GAP)
            call = before(scan, i, words.honorifics)
            sure = (
                size >= 3 and core and middle and (lowered or call) and (words.accented or keys[i] not in _STOPS_FIRST)
            )
            numbered = scan.view.text[tokens[i].start - 2 : tokens[i].start - 1].isdigit()
            if size >= 3 and tokens[i + 1].folded == "thi" and tokens[i + 2].folded in _AFTER_THI:
                continue  # quản lý thị trường
            likely = core or (keys[i + 1] in words.sure_middle and keys[i] not in words.weak_surnames)
            called = bool(call) and size >= 3 and likely
            signed = lowered and size >= 2 and signed_line(scan, i) and _ends_line(scan, end)
            if not numbered and (sure or called or signed or (size >= 3 and cue) or (size == 2 and cue and core)):
                yield scan.entity(i, end, 0.85 if cue else 0.7, "name_lower_case")
                continue
        ranked = keys[i] in words.ranks and not tokens[i].capital and tokens[i + 1].capital
        if ranked and words.accented and i and tokens[i - 1].folded in _BEFORE_RANK and keys[i + 1] in words.given:
            yield scan.entity(i, i + 2, 0.6, "name_rank")  # nhà tám Rạng
        rank = keys[i] in words.ranks and keys[i + 1] in words.given and keys[i + 1] not in stops
        if rank and not words.accented and i and keys[i - 1] in ("ong", "ba") and before(scan, i, words.honorifics):
            yield scan.entity(i, i + 2, 0.6, "name_lower_case")


def _ends_line(scan: Scan, end: int) -> bool:
    """Whether nothing but an address or a bracket follows before position `end`'s line ends."""
    return bool(re.match(r"\s*(?:\Z|\n|[,(–;-])", scan.view.text[scan.view.tokens[end - 1].end :][:3]))


def mentioned_again(scan: Scan, kept: list[Entity]) -> Iterator[Entity]:
    """The last words of names found, wherever the text repeats them ("ông Thắc" after "Đào Văn Thắc")."""
    keys, tokens, view, words = scan.keys, scan.view.tokens, scan.view, scan.words
    ends = {e.end for e in kept}
    given = {keys[i] for i, token in enumerate(tokens) if token.end in ends}
    taken = Taken()
    for entity in kept:
        taken.add(entity.start, entity.end)
    for i, token in enumerate(tokens):
        if keys[i] not in given or (not token.capital and view.cased and view.accented):
            continue
        if taken.overlaps(token.start, token.end) or place_before(scan, i):
            continue
        shouted = scan.line_of[i] in scan.shouted_lines
        follows = i + 1 < len(tokens) and tokens[i + 1].capital and bool(SPACES.match(view.gap(i + 1)))
        precedes = i > 0 and tokens[i - 1].capital and bool(SPACES.match(view.gap(i)))
        called = bool(before(scan, i, words.honorifics))
        acronym = precedes and tokens[i - 1].shouted and len(tokens[i - 1].text) > 1 and not token.shouted
        if not shouted and (follows or (precedes and not called and not acronym)):
            continue
        if called and (token.capital or not view.accented):
            yield scan.entity(i, i + 1, 0.75, "name_again")
        elif shouted:
            if len(token.text) > 2 and keys[i] not in words.common_given and words.is_name_part(keys[i]):
                yield scan.entity(i, i + 1, 0.5, "name_again")
        elif token.capital and view.cased:
            opens = bool(re.search(r"(?:[.!?:\"“]|\n|\A)\s*\Z", view.text[max(0, token.start - 3) : token.start]))
            if opens and keys[i] in words.openers:
                continue
            alone = bool(re.match(r"\s*(?:\n|\Z|\()", view.text[token.end : token.end + 4]))
            if alone or not (opens and keys[i] in words.common_given):
                yield scan.entity(i, i + 1, 0.6, "name_again")
