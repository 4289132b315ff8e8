"""Marks of Markdown and HTML that text recognition and web pages leave in a text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from nlp.text.alignment import Edit

# A text without any of these characters has no marks.
_ANY = re.compile(r"[*<`#\\~\]>⁰¹²³⁴⁵⁶⁷⁸⁹&]|__")
_RAISED = str.maketrans("0123456789()[]", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾⁽⁾")
_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_TAGS = (
    "a|abbr|article|b|big|blockquote|body|br|center|cite|code|dd|del|details|div|dl|dt|em|figcaption|figure|font|footer|"
    "h[1-6]|header|hr|html|i|img|ins|jsontable|li|main|mark|nav|o:p|ol|p|pre|q|s|section|small|span|strike|strong|sub|"
    "summary|sup|table|tbody|td|tfoot|th|thead|tr|tt|u|ul|var"
)
_PATTERN = re.compile(
    rf"""
    (?P<image>!\[[^\]\n]{{0,300}}\]\([^)\s]{{0,500}}\))
  | (?P<sup><sup>\s*(?P<mark>[\[(]?\d{{1,3}}[\])]?|\*{{1,3}})\s*</sup>)
  | (?P<raised>(?:[{_DIGITS}]{{1,3}}|⁽[{_DIGITS}]{{1,3}}⁾))
  | (?P<cell></?t[dh](?:\s[^<>\n]{{0,300}})?>)
  | (?P<row></tr>)
  | (?P<line><br\s*/?>)
  | (?P<tag></?(?:{_TAGS})(?:\s[^<>\n]{{0,300}})?/?>|<!--[^<>\n]{{0,300}}-->)
  | (?P<entity>&(?:nbsp|amp|lt|gt|quot|ndash|mdash|hellip|\#\d{{1,6}});)
  | (?P<escape>\\(?=[\\`*_{{}}\[\]()\#+.!|>~<-]))
  | (?P<strong>\*{{2,3}}|(?<!\w)__(?=\w)|(?<=\w)__(?!\w)|~~)
  | (?P<heading>^[ ]{{0,3}}\#{{1,6}}[ ]+|[ ]{{1,4}}\#{{1,6}}[ ]{{0,4}}$)
  | (?P<quoted>^(?:[ ]{{0,3}}>[ ]?)+)
  | (?P<open>(?<![\w*\\])\*(?=[^\s*)]))(?=[^*\n]{{1,400}}?[^\s*\\]\*(?![\w*]))
  | (?P<code>`{{1,3}})
    """,
    re.VERBOSE | re.MULTILINE | re.IGNORECASE,
)
_CLOSE = re.compile(r"[^*\n]{1,400}?[^\s*\\](\*)(?![\w*])")
_ENTITIES = {"nbsp": " ", "amp": "&", "lt": "<", "gt": ">", "quot": '"', "ndash": "-", "mdash": "-", "hellip": "…"}
# "m²", "km³", "10⁶" are quantities, not notes.
_UNIT = re.compile(r"(?:(?<![^\W\d_])(?:[kdchm]?m|dam)|\d)\Z", re.IGNORECASE)

Lifted = tuple[str, int, int]


def markup_edits(text: str) -> tuple[list[Edit], list[Lifted], Counter[str]]:
    """Return the edits that take the marks out of `text`.

    Parameters
    ----------
    text : str
        Clean text.

    Returns
    -------
    tuple[list[Edit], list[tuple[str, int, int]], Counter[str]]
        Edits in ascending order; what was lifted out as (kind, start, end), kinds ``markup`` and ``footnote_mark``; how
        often each. A raised number at the start of a line stays as "¹": it opens a footnote.
    """
    counts: Counter[str] = Counter()
    lifted: list[Lifted] = []
    if not _ANY.search(text):
        return [], lifted, counts
    edits = list(_edits(text, lifted))
    counts.update(kind for kind, _, _ in lifted)
    return edits, lifted, counts


def _edits(text: str, lifted: list[Lifted]) -> Iterator[Edit]:
    closing: list[int] = []
    at = 0
    while True:
        match = _PATTERN.search(text, at)
        while closing and (match is None or closing[0] < match.start()):
            star = closing.pop(0)
            if star >= at:
                lifted.append(("markup", star, star + 1))
                yield Edit(star, star + 1, "")
        if match is None:
            return
        at = match.end()
        if closing and closing[0] < at:
            closing.pop(0)
        kind = match.lastgroup
        start, end = match.span()
        if kind in {"sup", "mark", "raised"} or match.group("sup"):
            new = _note(text, match, lifted)
            if new is None:
                continue
        elif match.group("open"):
            end = at = start + 1
            close = _CLOSE.match(text, at)
            if close is None or closing:
                continue
            closing.append(close.start(1))
            new = ""
        elif kind == "cell":
            new = "" if match.group().startswith("</") else "| "
        elif kind in {"row", "line"}:
            new = "\n"
        elif kind == "entity":
            name = match.group()[1:-1].lower()
            new = _ENTITIES.get(name) or _numeric(name)
        else:
            new = ""
        lifted_kind = "footnote_mark" if match.group("sup") or match.group("raised") else "markup"
        if new == "" or lifted_kind == "markup":
            lifted.append((lifted_kind, start, end))
        yield Edit(start, end, new)


def _note(text: str, match: re.Match[str], lifted: list[Lifted]) -> str | None:
    """Return what a raised number becomes; None leaves it as it is."""
    start = match.start()
    before = text[max(0, start - 4) : start]
    line_start = text.rfind("\n", 0, start) + 1
    opening = not text[line_start:start].strip(" *_>#-")
    raised = match.group("raised")
    mark = raised or match.group("mark")
    if opening:
        return None if raised else mark.translate(_RAISED)
    if _UNIT.search(before) and mark.strip("[]()") not in {"*"}:
        return None if raised else mark.translate(_RAISED)
    return ""


def _numeric(name: str) -> str:
    code = int(name[1:])
    char = chr(code) if 31 < code < 0x110000 and not 0xD800 <= code < 0xE000 else " "
    return {"\u00a0": " ", "\u2013": "-", "\u2014": "-"}.get(char, char)
