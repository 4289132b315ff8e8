"""Whether a line break belongs to the text or to the column it was printed in."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from nlp.text.lines import Line, is_caps, was_full
from nlp.text.syllables import is_syllable

# What opens a list item or a heading.
MARKER = re.compile(
    r"(?:[-+•*◦▪■□➢✓→]\s|\(?(?:\d{1,2}(?:\.\d{1,2}){0,4}|[a-zđ]|[A-ZĐ]|[IVXLC]{1,6})(?:[.)](?:\s|(?=[^\W\d_]))|/\s)"
    r"|\(?\d{1,2}(?:\.\d{1,2}){1,4}\s+[^\W\d_a-zà-ỹ]|(?:[IVX]{1,5}|[A-ZĐ]|\d{1,2})\s?-\s?[^\W\d_]"
    r"|(?:Điều|Chương|Mục|Phần|Phụ lục)\s+(?:\d|[IVXLC]+\b|thứ\b)|(?:Thứ|Một|Hai|Ba|Bốn|Năm|Sáu|Bảy|Tám|Chín|Mười)\s"
    r"(?:nhất|hai|ba|tư|bốn|năm|sáu|bảy|tám|là)\b)"
)
_DASH_ITEM = re.compile(r"[-+*]\s+[^\W\d_]")
_NUMBER_ITEM = re.compile(r"\(?\d{1,2}[.)]")
_PIECE = 20
_ENDERS = ".!?…:;"
_CLOSERS = "\"'”’»)]*"
_LAST_WORD = re.compile(r"[^\W\d_]+\Z")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
# A number of a document cut behind its stroke: "25-NQ/", "12/QĐ-".
_CUT_NUMBER = re.compile(r"\d[\w/.-]*[A-ZĐ\d][-/]\Z")
_DATE_WORD = re.compile(r"(?:ngày|tháng|năm|số|khoản|điều|điểm|mục|quý|lần|kỳ|chương|phần)\Z", re.IGNORECASE)


def joins(before: Line, after: Line, width: int, *, page: bool, gap: bool) -> str | None:
    """Decide how two neighbouring lines of text hang together.

    Parameters
    ----------
    before, after : Line
        Lines with the role ``text`` and nothing but lifted or blank lines between them.
    width : int
        Width of the column, 0 where lines were not wrapped.
    page : bool
        Whether something of a page (its end, number, header, footnotes) stands between them.
    gap : bool
        Whether blank lines stand between them.

    Returns
    -------
    str or None
        What replaces the break inside a paragraph (" " or ""); None where a paragraph ends.
    """
    if before.table or after.table:
        return None
    first, last = before.text, after.text
    if not _belongs(before, after, width, page, gap):
        return None
    if first[-1] in "-/" and first[-2:-1].isalnum() and last[0].isalnum():
        return "" if first[-1] == "/" or not last[0].islower() or breaks_syllable(first[:-1], last) else " "
    if last[0] in "-/" and last[1:2].isalpha() and first[-1].isalnum():
        return ""
    return "" if breaks_syllable(first, last) else " "


def _belongs(before: Line, after: Line, width: int, page: bool, gap: bool) -> bool:
    first, last = before.text, after.text
    full = was_full(before, last, width)
    ending = first.rstrip(_CLOSERS) or first
    small = last[0].islower() or (last[0] in ",;.):%" and not last.startswith("..."))
    if gap and not page:
        # A blank line ends a paragraph, unless a page broke there and left no other trace.
        return (
            small
            and len(first) >= 40
            and len(last) >= 15
            and first[-1].isalpha()
            and not before.caps
            and not MARKER.match(last)
            and (not MARKER.match(first) or full or _asks_for_more(first))
        )
    indented = after.indent >= before.indent + 2
    if MARKER.match(last):
        return _false_marker(first, last, full)
    if _CUT_NUMBER.search(first[-30:]) and last[0].isalnum():
        return True
    if before.caps != after.caps and (before.caps or len(after.text) > 12) and not small:
        return False
    if last[0].isdigit() and _DATE_WORD.search(first[-12:]):
        return True
    if ending[-1] in _ENDERS:
        if ending[-1] in ":;":
            return small and full and ending[-1] == ";"
        if ending[-1] == "." and _abbreviated(first):
            return True
        # Two paragraphs of which the first happens to fill its last line, or one: the margin must have been reached.
        return was_full(before, last, width, tight=True) and not indented
    if small:
        # Outside a printed column, short lines are cells of a table or items of a list, no pieces of a sentence.
        return (not before.caps or full) and (width > 0 or len(first) >= _PIECE or _asks_for_more(first))
    if _asks_for_more(first):
        return not after.caps or before.caps
    if page and not width and not after.caps and len(first) >= (100 if MARKER.match(first) else 50):
        # A long line that does not end a sentence, and then a new page: nothing but the page came between.
        return True
    if last[0].isdigit() or last[0] in "(\"“'":
        return len(first) >= 0.55 * width if width else False
    return full and not indented


def _false_marker(first: str, last: str, full: bool) -> bool:
    """Say whether what looks like an item is the rest of a sentence: "kinh tế / - xã hội", "ngày / 15. Sau đó"."""
    if _DASH_ITEM.match(last):
        return full and first[-1].isalpha() and last.lstrip("-+* ")[:1].islower()
    if _NUMBER_ITEM.match(last):
        return bool(_DATE_WORD.search(first[-12:]))
    return False


def _asks_for_more(text: str) -> bool:
    """Say whether the last one to three words of `text` cannot end a paragraph."""
    if text[-1] == ",":
        return True
    words = text[-40:].split()
    if is_caps(text):
        words = [word.lower() for word in words]
    return any(" ".join(words[-size:]) in _open_words() for size in (1, 2, 3) if len(words) >= size)


def _abbreviated(text: str) -> bool:
    return text.rsplit(maxsplit=1)[-1].lower() in {"tp.", "tx.", "đ/c.", "ths.", "ts.", "pgs.", "gs.", "q.", "p.", "h."}


def breaks_syllable(first: str, last: str) -> bool:
    """Say whether the line end between `first` and `last` cut a syllable in two."""
    head = _LAST_WORD.search(first[-12:])
    tail = _FIRST_WORD.match(last)
    if not head or not tail:
        return False
    left, right = head.group(), tail.group()
    if len(left) > 7 or len(right) > 7 or not right.islower() or left.isupper() and len(left) > 1:
        return False
    if is_syllable(left) and is_syllable(right):
        return False
    return is_syllable(left + right)


@cache
def _open_words() -> frozenset[str]:
    lines = files("nlp.text").joinpath("data/open_words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line and not line.startswith("#"))
