"""Numbers that Word computes and does not store: "II.", "1.2.", "a)" (ECMA-376 part 1, 17.9)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from nlp.documents.docx_styles import Styles
from nlp.documents.ooxml import W, child, switched_on, value

_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    form: str = "decimal"
    text: str = "%1."
    restart: int | None = None
    legal: bool = False


@dataclass
class _List:
    levels: dict[int, _Level] = field(default_factory=dict)
    style_link: str | None = None


class Numbering:
    """Counts the numbered paragraphs of one file in reading order."""

    def __init__(self, root: etree._Element | None, styles: Styles) -> None:
        self._lists: dict[str, _List] = {}
        self._numbers: dict[str, tuple[str, dict[int, int], dict[int, _Level]]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._started: set[tuple[str, int]] = set()
        self._styles = styles
        if root is None:
            return
        for node in root.iterchildren(W + "abstractNum"):
            identifier = node.get(W + "abstractNumId") or ""
            self._lists[identifier] = _List(_levels_of(node), value(node, "numStyleLink"))
        for node in root.iterchildren(W + "num"):
            self._read_number(node)

    def label(self, number: str | None, level: int) -> str | None:
        """Count one paragraph of list `number` at `level` (from 0) and return what Word shows before it.

        Returns None where the paragraph is not numbered, "" where its number is invisible.
        """
        if number is None or number == "0" or number not in self._numbers or not 0 <= level < _LEVELS:
            return None
        abstract, starts, overrides = self._numbers[number]
        levels = {**self._levels(abstract), **overrides}
        if not levels:
            return None
        counts = self._counts.setdefault(abstract, {})
        own = levels.get(level, _Level(text=f"%{level + 1}."))
        if level in starts and (number, level) not in self._started:
            counts.pop(level, None)
        self._started.add((number, level))
        counts[level] = counts[level] + 1 if level in counts else starts.get(level, own.start)
        for deeper in [key for key in counts if key > level]:
            restart = levels.get(deeper, _Level()).restart
            # w:lvlRestart 0: never; n: only after a paragraph of level n or above.
            if restart is None or (restart != 0 and level < restart):
                del counts[deeper]
        return _shown(own, level, levels, counts)

    def _read_number(self, node: etree._Element) -> None:
        identifier = node.get(W + "numId")
        abstract = value(node, "abstractNumId")
        if identifier is None or abstract is None:
            return
        starts: dict[int, int] = {}
        levels: dict[int, _Level] = {}
        for override in node.iterchildren(W + "lvlOverride"):
            level = _whole(override.get(W + "ilvl"), -1)
            start = value(override, "startOverride")
            if start is not None:
                starts[level] = _whole(start, 1)
            own = child(override, "lvl")
            if own is not None:
                levels[level] = _level_of(own, level)
        self._numbers[identifier] = (abstract, starts, levels)

    def _levels(self, abstract: str) -> dict[int, _Level]:
        found = self._lists.get(abstract)
        if found is None:
            return {}
        if not found.levels and found.style_link:
            linked = self._styles.get(found.style_link).numbering[0]
            target = self._numbers.get(linked or "")
            if target is not None and target[0] != abstract:
                other = self._lists.get(target[0])
                return other.levels if other is not None else {}
        return found.levels


def _levels_of(node: etree._Element) -> dict[int, _Level]:
    levels = {}
    for entry in node.iterchildren(W + "lvl"):
        level = _whole(entry.get(W + "ilvl"), -1)
        levels[level] = _level_of(entry, level)
    return levels


def _level_of(node: etree._Element, level: int) -> _Level:
    text = value(node, "lvlText")
    restart = value(node, "lvlRestart")
    return _Level(
        start=_whole(value(node, "start"), 0),
        form=value(node, "numFmt") or "decimal",
        text=f"%{level + 1}." if text is None else text,
        restart=None if restart is None else _whole(restart, 0),
        legal=switched_on(node, "isLgl"),
    )


def _shown(own: _Level, level: int, levels: dict[int, _Level], counts: dict[int, int]) -> str:
    if own.form == "bullet":
        return _bullet(own.text)
    if own.form == "none":
        return ""

    def number(match: re.Match[str]) -> str:
        at = int(match.group(1)) - 1
        other = levels.get(at, _Level())
        form = "decimal" if own.legal and at != level else other.form
        return format_number(counts.get(at, other.start), form)

    return _PLACE.sub(number, own.text).strip()


def _bullet(text: str) -> str:
    if text in {"-", "+", "*", "•", "–", "—", "◦", "▪", "■", "□", "➢", "✓", "→"}:
        return text
    if text in {"\uf02d", "\uf02b"}:
        return {"\uf02d": "-", "\uf02b": "+"}[text]
    return "•"


def format_number(number: int, form: str) -> str:
    """Write `number` in the number format `form` of Word; unknown formats are written as decimals."""
    if form in {"lowerRoman", "upperRoman"}:
        roman = _roman(number)
        return roman.upper() if form == "upperRoman" else roman
    if form in {"lowerLetter", "upperLetter"} and number > 0:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter.upper() if form == "upperLetter" else letter
    if form == "decimalZero":
        return f"{number:02d}"
    return "" if form == "none" else str(number)


def _roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    written = ""
    for size, sign in _ROMAN:
        while number >= size:
            written += sign
            number -= size
    return written


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.lstrip("-").isdigit() else otherwise
