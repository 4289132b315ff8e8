"""Sentences of administrative text and of what citizens write, by rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from nlp.text.spans import Span

_CLOSERS = "\"'”’»)\\]"
# Where a sentence may end: a line end, a table bar, or final punctuation with the quotes and brackets that close it.
_CANDIDATE = re.compile(rf"\n|\f|\|| ?\./\.|(?:[.!?…]+)[{_CLOSERS}]*")
_OPENERS = "\"'“‘«([-–+*•"
# A number or letter that opens an item: "1.", "1.1.", "II.", "a.", "Điều 5.".
_NUMBERING = re.compile(
    r"(?:(?:điều|khoản|mục|chương|phần|bước|câu|điểm|phụ lục|bài)\s+)?"
    r"(?:\d{1,2}(?:\.\d{1,2}){0,4}|[ivxlc]{1,6}|[a-zđ])",
    re.IGNORECASE,
)
_OPENING = re.compile(r"(?:[.!?]\s{1,3}|\A\W{0,9})[^\W\d_]")
_BEFORE = re.compile(r"[^\s(\[\"“‘«]{1,24}\Z")
_LIST_LINE = re.compile(r"\s*(?:[-+*•]|\(?(?:\d{1,2}(?:\.\d{1,2})*|[a-zđA-ZĐ]|[IVXLC]{1,6})[.)/])\s")


def sentences(text: str) -> list[Span]:
    """Split clean text into sentences.

    A line end closes a sentence unless the next line plainly goes on with it. Numbering, abbreviations (file
    ``data/abbreviations.txt``), dates, amounts, addresses of the web and mail, and closing quotes are known; in a text
    without capital letters a full stop and a space are enough.

    Parameters
    ----------
    text : str
        Clean text, running or not.

    Returns
    -------
    list[Span]
        Ascending, disjoint, without outer white space, none empty.
    """
    spans = []
    start = 0
    for end in _ends(text):
        span = _trim(text, start, end)
        if span:
            spans.append(span)
        start = end
    span = _trim(text, start, len(text))
    if span:
        spans.append(span)
    return spans


def clauses(text: str, span: Span | None = None) -> list[Span]:
    """Split a sentence at the semicolons that separate the parts of a list; brackets and quotes are left whole.

    Parameters
    ----------
    text : str
        Clean text.
    span : Span, optional
        The sentence in `text`; the whole text by default.
    """
    span = span or Span(0, len(text))
    result = []
    depth = 0
    start = span.start
    for at in range(span.start, span.end):
        char = text[at]
        if char in "([“«":
            depth += 1
        elif char in ")]”»":
            depth = max(0, depth - 1)
        elif char == ";" and depth == 0:
            part = _trim(text, start, at + 1)
            if part:
                result.append(part)
            start = at + 1
    part = _trim(text, start, span.end)
    if part:
        result.append(part)
    return result


def _trim(text: str, start: int, end: int) -> Span | None:
    piece = text[start:end]
    stripped = piece.strip(" \t\n\f|")
    if not stripped:
        return None
    start += len(piece) - len(piece.lstrip(" \t\n\f|"))
    return Span(start, start + len(stripped))


def _ends(text: str) -> Iterator[int]:
    capitals = _has_capitals(text)
    opened = 0
    for match in _CANDIDATE.finditer(text):
        mark = match.group()
        if mark in "\f|":
            yield match.end()
            opened = match.end()
        elif mark == "\n":
            if not (capitals and _goes_on(text, opened, match.start(), match.end())):
                yield match.end()
                opened = match.end()
        elif _ends_sentence(text, opened, match, capitals):
            yield match.end()
            opened = match.end()


def _has_capitals(text: str) -> bool:
    # Text typed without capitals has next to none after a full stop; one name in capitals does not change that.
    letters = [match.group()[-1] for match in _OPENING.finditer(text, 0, 20_000)]
    return sum(map(str.isupper, letters)) >= sum(map(str.islower, letters))


def _goes_on(text: str, start: int, at: int, following: int) -> bool:
    """Say whether the line that ends at `at` is continued by the next one."""
    line_start = text.rfind("\n", 0, at) + 1
    line = text[max(start, line_start) : at].rstrip()
    ahead = text[following : following + 80].lstrip(" ")
    if not line or not ahead[:1].islower() or _LIST_LINE.match(ahead) or line[-1] in ".!?…:;|":
        return False
    letters = [c for c in line if c.isalpha()]
    return bool(letters) and not all(c.isupper() for c in letters)


def _ends_sentence(text: str, start: int, match: re.Match[str], capitals: bool) -> bool:
    mark = match.group()
    end = match.end()
    after = text[end : end + 1]
    if mark.strip() == "./.":
        return True
    if after and not after.isspace():
        return _glued(text, match)
    ahead = text[end : end + 40].lstrip(" ").lstrip(_OPENERS).lstrip(" ")
    if not ahead or ahead[0] == "\n":
        # The line end decides, unless this is its numbering.
        return bool(ahead) and not _is_numbering(text, start, match.start())
    follows_small = ahead[0].islower()
    if mark[0] in "?!":
        return not (follows_small and mark[-1] in "\"'”’»)")
    if mark[0] == "…" or mark.startswith(".."):
        return not follows_small and not ahead[0].isdigit()
    if mark != "." and mark[-1] in ")]" and follows_small:
        return False
    before = _BEFORE.search(text, max(start, match.start() - 24), match.start())
    word = before.group() if before else ""
    if _is_numbering(text, start, match.start()):
        return False
    may_end = _abbreviations().get(word.lower())
    if may_end is not None:
        return may_end and not follows_small
    if len(word) == 1 and word.isupper() and before and text[before.start() - 1 : before.start()] == ".":
        return False
    return not (follows_small and capitals)


def _glued(text: str, match: re.Match[str]) -> bool:
    """Say whether a full stop without a space after it ends a sentence: "rất nặng.Mong các cấp"."""
    at, end = match.span()
    if match.group() not in {".", "?", "!", "...", "…"}:
        return False
    before = _BEFORE.search(text, max(0, at - 24), at)
    word = before.group() if before else ""
    ahead = text[end : end + 3]
    return (
        len(word) >= 2
        and word.isalpha()
        and word.islower()
        and ahead[:1].isupper()
        and (ahead[1:2].islower() or ahead[1:2] in " ")
        and word not in _abbreviations()
    )


def _is_numbering(text: str, start: int, at: int) -> bool:
    """Say whether `text[start:at]`, or what follows its last colon or semicolon, is only an item's number."""
    if at - start > 60:
        lead = re.split(r"[:;]", text[at - 60 : at])
        if len(lead) == 1:
            return False
        opening = lead[-1]
    else:
        opening = re.split(r"[:;]", text[start:at])[-1]
    return _NUMBERING.fullmatch(opening.strip(" \n*#" + _OPENERS)) is not None


@cache
def _abbreviations() -> dict[str, bool]:
    words = {}
    for line in files("nlp.text").joinpath("data/abbreviations.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            word, _, flag = line.partition(" ")
            words[word.lower()] = flag == "?"
    return words
