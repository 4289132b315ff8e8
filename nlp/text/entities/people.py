"""Names of persons by word lists and what stands around them; no model, so that it is fast and can say why.

A capitalised run is weighed by its surname and middle name, by what stands before it (ông, tôi tên là, trưởng thôn …,
or xã, đường, công ty … which speak against a person) and by its place (a line of its own near the end is a signature).
Given names are then found again wherever the same text repeats them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from nlp.text.entities.names_scan import (
    CALL_GAP,
    CUE_GAP,
    Scan,
    before,
    place_before,
    runs,
    scan_names,
    signature,
    titled,
)
from nlp.text.entities.names_shapes import from_lower_case, in_capitals, mentioned_again
from nlp.text.entities.types import Entity, best_disjoint
from nlp.text.entities.view import TextView

ACCEPT = 0.5
LONGEST = 6
_ABOUT_A_PERSON = re.compile(r"\s?\((?:sinh|sn|19|20)|,? sinh (?:năm|ngày)|, (?:trú|ngụ)")
# What stands between the members of a list of names or of places.
_LISTED = re.compile(r"\s?[,;\-–(/]\s{0,2}")
# A number of a house or an alley: the name after it is a street's, whatever its middle name.
_HOUSED = re.compile(
    r"(?:(?<!\w)(?:hẻm|hẽm|ngõ|ngách|kiệt|số|nhà|đường|hem|ngo|ngach|kiet|so|nha)\s[\w/.\-]{1,12}|\d/[\w/]{1,10})\s\Z",
    re.IGNORECASE,
)
_NUMBER_BEFORE = re.compile(r"\d[\dA-Za-z]?[ ]\Z")


def people(view: TextView) -> list[Entity]:
    """Find the names of persons in a text.

    Parameters
    ----------
    view : TextView
        from `nlp.text.entities.view`.

    Returns
    -------
    list[Entity]
        kind `ho_ten`, disjoint, in order; the span is the name alone (`ông` and titles stay outside), `value` is the
        folded name. Scores below 0.5 are left out.
    """
    if not view.tokens:
        return []
    scan = scan_names(view)
    found = [*_from_runs(scan), *from_lower_case(scan)]
    kept = best_disjoint(e for e in found if e.score >= ACCEPT)
    return best_disjoint([*kept, *mentioned_again(scan, kept)])


def _from_runs(scan: Scan) -> Iterator[Entity]:
    after_place = after_name = False
    for i, j in runs(scan):
        if scan.line_of[i] in scan.shouted_lines:
            yield from in_capitals(scan, i, j)
            after_place = after_name = False
            continue
        entity, is_place = _judge(scan, i, j, after_place)
        if entity is not None:
            core = scan.keys[i] in scan.words.core_surnames
            if after_name and entity.recogniser == "name_full" and (core or j - i > 2):
                entity = replace(entity, score=min(0.9, entity.score + 0.25))
            yield entity
        end = scan.view.tokens[j - 1].end
        listed = bool(_LISTED.match(scan.view.text, end))
        after_place, after_name = is_place and listed, entity is not None and listed and entity.end == end


def _judge(scan: Scan, i: int, j: int, after_place: bool) -> tuple[Entity | None, bool]:
    """Weigh one run; returns the name found in it, and whether the run names a place instead."""
    keys, words, tokens = scan.keys, scan.words, scan.view.tokens
    i = _skip_acronyms(scan, i, j)
    first = i
    i, honorific = _skip_heads(scan, i, j)
    if i > first and (place_before(scan, first) or scan.is_known_place(first, j)):
        return None, True  # cống Bà Lắm, chợ Ông Tạ, Bà Rịa, đường Hai Bà Trưng
    called = honorific or (_call_before(scan, i) if i < j else 0)
    if (
        not called
        and i < j - 1
        and len(keys[i]) > 1
        and keys[i] in words.before_place.single
        and keys[i] not in words.surnames
    ):
        return None, True  # Đường Nguyễn Lương Bằng
    honorific = called
    j = _trim(scan, i, j)
    if i >= j or (j - i == 1 and len(tokens[i].text) == 1 and scan.view.text[tokens[i].end : tokens[i].end + 1] == "."):
        return None, False
    role, cue = before(scan, i, words.roles), before(scan, i, words.name_cues, CUE_GAP)
    place = place_before(scan, i)
    if place and not honorific and not cue > place and not role > place:
        if titled(scan, i - place) and _like_person(scan, i, j):
            return scan.entity(i, j, 0.7, "name_after_title"), False
        return None, True
    if cue and not honorific and _names_a_shop(scan, i - cue):
        return None, True
    full = scan.surname_at(i, j)
    if honorific or cue or role:
        return _called(scan, i, j, full, honorific, cue)
    if full and i > 0 and keys[i - 1] in words.selves and CUE_GAP.match(scan.view.gap(i)):
        return scan.entity(i, j, 0.85, "name_after_self"), False  # Thay mặt 19 hộ, tôi, Cao Xuân Diệm
    named = i > 0 and keys[i - 1] in (words.key("là"), words.key("tên")) and CUE_GAP.match(scan.view.gap(i))
    if named and (full or keys[i] in words.ranks) and j - i > 1 and not scan.is_known_place(i, j):
        return scan.entity(i, j, 0.7, "name_after_la"), False
    return _bare(scan, i, j, full, after_place)


def _called(scan: Scan, i: int, j: int, full: bool, honorific: int, cue: int) -> tuple[Entity | None, bool]:
    """A run after ông, bà …, after "tôi tên là", or after a role."""
    keys, words, token = scan.keys, scan.words, scan.view.tokens[i]
    size = j - i
    if size == 1 and (keys[i] in words.titles or (keys[i] in words.not_single and not honorific and not cue)):
        return None, False
    if size == 1 and keys[i] in words.openers and not honorific:
        return None, False
    if size == 1 and len(token.text) == 1:
        return None, False
    if size == 1 and token.shouted and keys[i] not in words.given:
        return None, False
    if not honorific and size > 1 and words.known_places.starts_at(keys, i) >= (size if full else 1):
        return None, True
    if (
        all(t.shouted and len(t.text) > 1 for t in scan.view.tokens[i:j])
        and size > 1
        and not full
        and not all(words.is_name_part(k) for k in keys[i:j])
    ):
        return None, False
    if size > 4 and not full:
        j, size = i + 3, 3
    score = 0.92 if full and size > 1 else 0.8 if size > 1 else 0.75
    if not honorific and not cue:
        score = 0.85 if full and size > 1 else 0.6
    elif honorific and not cue and keys[i - 1] in words.weak_honorifics:
        score -= 0.1
    return scan.entity(i, j, score, "name_after_call" if honorific else "name_after_cue"), False


def _bare(scan: Scan, i: int, j: int, full: bool, after_place: bool) -> tuple[Entity | None, bool]:
    """A run that nothing announces: surname, middle name, length and place on the page decide."""
    keys, words, tokens, text = scan.keys, scan.words, scan.view.tokens, scan.view.text
    size = j - i
    signed = signature(scan, i, j)
    middle = size > 2 and keys[i + 1] in words.sure_middle
    numbered = _NUMBER_BEFORE.search(text, max(0, tokens[i].start - 3), tokens[i].start)
    housed = numbered and _HOUSED.search(text, max(0, tokens[i].start - 24), tokens[i].start)
    if numbered and (housed or keys[min(i + 1, j - 1)] != words.key("thị")):
        return None, True
    if (after_place and not middle and not signed) or (scan.is_known_place(i, j) and not signed):
        return None, True
    if re.match(r"[HK]['’ʼ]", tokens[i].text) and len(tokens[i].text) > 3:
        return scan.entity(i, min(j, i + 4), 0.75, "name_highland"), False
    at_home = bool(i) and tokens[i - 1].folded == "nha" and scan.view.gap(i) == " "
    if keys[i] in words.ranks and size == 2 and (keys[i + 1] in words.given or at_home) and not signed:
        return scan.entity(i, j, 0.55, "name_rank"), False
    if not full:
        if not signed or size not in (2, 3):
            return None, False
        listed = all(words.is_name_part(k) or k in words.ranks for k in keys[i:j])
        return scan.entity(i, j, 0.6 if listed else 0.5, "name_signature"), False
    weak = keys[i] in words.weak_surnames
    score = {2: 0.25 if weak else 0.4, 3: 0.4 if weak else 0.6, 4: 0.45 if weak else 0.62}.get(size, 0.3)
    score += 0.3 if middle else 0.12 if size > 2 and keys[i + 1] in words.strong_middle else 0.0
    score += 0.1 if keys[j - 1] in words.given else 0.0
    score += 0.3 if signed else 0.0
    score += 0.2 if _ABOUT_A_PERSON.match(text[tokens[j - 1].end : tokens[j - 1].end + 14].lower()) else 0.0
    return scan.entity(i, j, min(score, 0.9), "name_full"), False


def _skip_heads(scan: Scan, i: int, j: int) -> tuple[int, int]:
    """Step over pronouns and sentence openers at the head of a run; tells the honorific stepped over, if any."""
    keys, words = scan.keys, scan.words
    honorific = 0
    while i < j:
        if words.not_names.starts_at(keys, i) >= 2:
            return j, 0
        following = i + 1 < j
        if keys[i] in words.saints and following:
            return i, honorific
        rank_name = keys[i] in words.ranks and following and keys[i + 1] not in words.core_surnames
        own = keys[i] in words.surnames and i + 2 < j and not scan.surname_at(i + 1, j)
        call = words.honorifics.starts_at(keys, i) if len(keys[i]) > 1 else 0
        if call and following and not rank_name and not own:
            i, honorific = i + call, call
            continue
        # "Văn Tài" stays whole; "Nay Nguyễn Văn Tài" loses its first word.
        surname_follows = i + 2 < j and keys[i + 1] in words.surnames and keys[i + 1] not in words.weak_surnames
        if (
            keys[i] in words.openers
            and following
            and not rank_name
            and (keys[i] not in words.surnames or surname_follows)
        ):
            i, honorific = i + 1, 0
            continue
        break
    return i, honorific


def _skip_acronyms(scan: Scan, i: int, j: int) -> int:
    """Step over CD, HĐND … that stand before a name in one run of capitals."""
    while i + 2 < j:
        token, following = scan.view.tokens[i], scan.view.tokens[i + 1]
        if not (token.shouted and len(token.text) > 1 and not following.shouted) or scan.keys[i] in scan.words.saints:
            break
        i += 1
    return i


def _trim(scan: Scan, i: int, j: int) -> int:
    """Cut a run where a title or an organisation begins, and at six words."""
    for k in range(i, j):
        token = scan.view.tokens[k]
        acronym = token.shouted and len(token.text) > 1 and not scan.view.tokens[i if k > i else j - 1].shouted
        unit = k >= i + 2 and scan.keys[k] in scan.words.before_place.single and scan.keys[k] not in scan.words.given
        if acronym or unit or scan.words.not_names.starts_at(scan.keys, k) >= 2:
            return k
    return min(j, i + LONGEST)


def _call_before(scan: Scan, i: int) -> int:
    """Length of ông, bà, con … right before token `i`; the con of "bà con" calls nobody."""
    size = before(scan, i, scan.words.honorifics, CALL_GAP)
    call = scan.view.tokens[i - 1]
    dotted = size > 0 and "." in scan.view.gap(i)
    # "Ô. Dũng" and "a Phúc" call somebody; a capital A or a full stop after a longer word does not.
    if (len(call.text) == 1 and ((call.capital and not dotted) or scan.line_of[i] in scan.shouted_lines)) or (
        dotted and len(call.text) > 1
    ):
        return 0
    if size == 1 and i > 1 and scan.view.tokens[i - 1].folded == "con" and scan.view.tokens[i - 2].folded == "ba":
        return 0
    return size


def _names_a_shop(scan: Scan, i: int) -> bool:
    """Whether `tên` belongs to a shop or a firm ("cửa hàng tên Hải Lý")."""
    named = scan.keys[i] == scan.words.key("tên")
    return named and i > 0 and scan.view.gap(i) == " " and bool(scan.words.before_place.ends_at(scan.keys, i))


def _like_person(scan: Scan, i: int, j: int) -> bool:
    strong = j - i >= 3 and scan.keys[i + 1] in scan.words.strong_middle
    return strong and not scan.is_known_place(i, j) and scan.surname_at(i, j)
