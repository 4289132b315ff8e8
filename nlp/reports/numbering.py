"""Numbers and bullets in front of headings and items: "A.", "I-", "2.4.1.", "a)", "(1)", "-", "Thứ nhất,", "Một là,"."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ROMAN = r"(?:X{0,3}(?:IX|IV|V?I{1,3}|V)|X{1,3})"
_SEPARATOR = r"(?:[.)/:]\s*[-–—.]?|\s*[-–—](?=\s|[A-ZÀ-ỸĐ]))"
_PART = re.compile(
    r"(?P<label>(?:PHẦN|Phần|CHƯƠNG|Chương|MỤC|Mục)\s+(?:thứ\s+\w+|THỨ\s+\w+|[IVXivx]+|[A-ZĐ]|\d{1,2}))(?=\s*[.:\-–]|\s*$|\s+[A-ZÀ-ỸĐ])[ \t]*[.:\-–]*"
)
_STYLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("part", _PART),
    ("roman", re.compile(rf"(?P<label>{_ROMAN}){_SEPARATOR}(?=\s|[A-ZÀ-ỸĐ])")),
    ("upper", re.compile(rf"(?P<label>[A-HJ-UWYZĐ]){_SEPARATOR}(?=\s)")),
    ("decimal", re.compile(r"(?P<label>\d{1,2}(?:\.\d{1,2}){1,4})(?:[.)/:]?\s*[-–—]?)(?=\s|[A-ZÀ-ỸĐ])")),
    ("decimal", re.compile(rf"(?P<label>\d{{1,2}}){_SEPARATOR}(?=\s|[A-ZÀ-ỸĐa-zà-ỹđ\"“])")),
    ("lower", re.compile(r"(?P<label>[a-zđ]\d?)[.)](?=\s|[A-ZÀ-ỸĐ])")),
    ("lower", re.compile(r"(?P<label>[a-zđ]\.\d{1,2})[.)](?=\s|[A-ZÀ-ỸĐ])")),
    ("paren", re.compile(r"\((?P<label>\d{1,2}|[a-zđ]|[ivx]{1,4})\)")),
    ("bullet", re.compile(r"(?P<label>[-–—•·▪*+●○■□►➢✓o])(?=\s)")),
    ("bullet", re.compile(r"(?P<label>[-–—•·▪+●○■□►➢✓])(?=[A-ZÀ-ỸĐ])")),
)
_ORDINAL = re.compile(
    r"(?P<label>(?:Thứ|thứ)\s+(?:nhất|hai|ba|tư|bốn|năm|sáu|bảy|bẩy|tám|chín|mười)"
    r"|(?:Một|Hai|Ba|Bốn|Năm|Sáu|Bảy|Bẩy|Tám|Chín|Mười(?: một| hai)?|một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười)\s+là)\s*[,:]",
)
_BULLET_DEPTH = {"-": 1, "–": 1, "—": 1, "•": 1, "*": 0, "+": 2}


@dataclass(frozen=True, slots=True)
class Marker:
    """The number or bullet in front of a line.

    `style` is one of part, upper, roman, decimal, lower, paren, bullet, ordinal; `label` as printed with its
    punctuation; `depth` counts decimal parts ("2.4.1" → 3) and orders bullets; `end` is the offset in the line where
    the content starts.
    """

    style: str
    label: str
    depth: int
    end: int

    @property
    def rank(self) -> str:
        """Name of the numbering level: two lines of one rank stand beside each other in the outline."""
        if self.style == "decimal":
            return f"decimal{self.depth}"
        return f"bullet{self.label}" if self.style == "bullet" else self.style


def marker_of(line: str) -> Marker | None:
    """Read the number or bullet that opens a line.

    Parameters: `line`, one clean line without its line break. Returns the marker, or None where the line opens with
    content. An ordinal in words ("Thứ nhất,") is a marker whose content starts at the ordinal itself: the words
    belong to the sentence.
    """
    start = len(line) - len(line.lstrip(" \t#>"))
    for style, pattern in _STYLES:
        match = pattern.match(line, start)
        if not match:
            continue
        end = match.end()
        while end < len(line) and line[end] in " \t":
            end += 1
        label = match.group("label")
        if style == "bullet" and label == "o" and not line[end : end + 1].isupper():
            continue
        depth = label.count(".") + 1 if style == "decimal" else _BULLET_DEPTH.get(label, 1)
        printed = line[start : match.end()].strip()
        return Marker(style, label if style == "bullet" else printed, depth, end)
    match = _ORDINAL.match(line, start)
    if match:
        return Marker("ordinal", match.group("label"), 1, start)
    return None


INLINE_ITEM = re.compile(
    r"(?:(?<=[.;:,])|(?<=[.;:,]\s)|(?<=[.;:,]”)|(?<=và)|(?<=và\s))\s*(?P<label>\((?:\d{1,2}|[a-zđ]|[ivx]{1,4})\)|(?<=[:;]\s)(?:\d{1,2}|[a-zđ])\)|(?<=[.;:]\s)[-–+•](?=\s[A-ZÀ-ỸĐ]))\s*"
)
"""An item label inside a paragraph: "đó là: (1) …; (2) …"."""

ORDINAL = _ORDINAL
