"""Which lines are the document's frame, not its content: letterhead, contents, recipients, signature, annex."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from nlp.reports.headings import zone_words
from nlp.reports.lexicon import key, load

BODY, LETTERHEAD, CONTENTS, RECIPIENTS, SIGNATURE, ANNEX, RULE, MARGIN = (
    "body",
    "letterhead",
    "contents",
    "recipients",
    "signature",
    "annex",
    "rule",
    "margin",
)
_DOTS = re.compile(r"(?:\.\s?){5,}\s*\d*\s*$|…{2,}\s*\d*\s*$|_{5,}\s*\d*\s*$")
_RULE = re.compile(r"^[\s*_\-–—=.~·•#|:]*$")
_PAGE_END = re.compile(r"\s\d{1,3}\s*$")
_SIGN = re.compile(
    r"^\s*(?:T/?M\.?|TM\.|K/?T\.?|TL\.|TUQ\.|Q\.)\s+[A-ZÀ-ỸĐ]|^\s*(?:ĐẠI DIỆN|CHỦ TỌA|CHỦ TRÌ CUỘC HỌP|THƯ KÝ|NGƯỜI (?:BÁO CÁO|VIẾT|LẬP|GHI))\b"
)
_FRAME = re.compile(
    r"CỘNG H[OÒ][ÀA]? X[ÃA] H[ỘO]I|Độc lập\s*[-–]\s*Tự do|ĐẢNG CỘNG SẢN VIỆT NAM|^\s*Số\s*:?\s*[\d.…]*\s*[-/]|,\s*ngày\s+[\d.…]*\s*tháng\s+[\d.…]*\s*năm\s"
)
_PLACE_DATE = re.compile(r"^\s*[A-ZĐÀ-Ỹ][\w'’ ]{1,40},\s*ngày\s+[\d.…]{1,6}\s*tháng\s+[\d.…]{1,6}\s*năm\s+\d{4}\s*$")
_SENTENCE_END = re.compile(r"[.;:]\s*$")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table as the format declares it: number of the table and (start, end, column from 0) of each cell that
    holds something, in the clean text. A row may fill several lines.
    """

    table: int
    cells: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the clean text: offsets, its zone, whether the source set it in bold or as a heading (`declared`
    where the format says so, not only Markdown), and the table row it belongs to where the format knows.
    """

    start: int
    end: int
    text: str
    zone: str = BODY
    emphasis: bool = False
    heading_level: int | None = None
    declared: bool = False
    row: Row | None = None


def _own_kind_lines() -> frozenset[str]:
    return frozenset(key(row["line"]) for row in load("references")["own_kinds"])


def _letterhead_end(texts: list[str]) -> int:
    """Index of the first line after the letterhead and the title block; 0 where there is none.

    The block ends at the first numbered heading or the first line long enough to be running text. Looks at 40 lines
    at most.
    """
    kinds = _own_kind_lines()
    seen_frame = False
    last = 0
    for index, text in enumerate(texts[:40]):
        stripped = text.strip()
        if not stripped or _RULE.match(stripped):
            continue
        words = stripped.split()
        folded = key(stripped)
        is_frame = bool(_FRAME.search(stripped)) or folded in kinds or folded.startswith("kinh gui")
        seen_frame = seen_frame or is_frame
        if stripped.startswith("|") and stripped.count("|") > 3 and not is_frame:
            # A letterhead is set in two columns; more are a table.
            break
        if re.match(r"^(?:#+\s*)?(?:[A-ZĐ]|[IVX]{1,4}|\d{1,2})\s*[.\-–/)]\s*\S", stripped) and not is_frame:
            break
        if re.match(r"^(?:PHẦN|Phần)\s", stripped) or folded in ("muc luc", "dat van de", "mo dau"):
            break
        if len(words) > 26 and _SENTENCE_END.search(stripped) and not is_frame:
            break
        if len(words) > 45 and not is_frame:
            break
        if is_frame or len(words) <= 45:
            last = index + 1
    return last if seen_frame else 0


def _contents_lines(texts: list[str]) -> set[int]:
    """Lines of the table of contents: dotted leaders, and short lines ending in a page number below "MỤC LỤC"."""
    found = {i for i, text in enumerate(texts) if _DOTS.search(text) and len(text.split()) < 60}
    dotted = found if len(found) >= 2 else set()
    for index, text in enumerate(texts):
        if key(text) not in zone_words("contents"):
            continue
        dotted.add(index)
        follow = index + 1
        while follow < len(texts) and (
            not texts[follow].strip() or _PAGE_END.search(texts[follow]) or _DOTS.search(texts[follow])
        ):
            dotted.add(follow)
            follow += 1
    return dotted


def _opens_annex(text: str) -> bool:
    folded = key(text)
    return (
        len(folded.split()) <= 14
        and any(folded.startswith(word) for word in zone_words("annex"))
        and (text.strip()[:4].isupper() or text.strip().startswith("Phụ lục"))
    )


def zone_lines(lines: list[Line]) -> list[Line]:
    """Give every line its zone.

    Parameters: `lines`, in order; a zone that the format declares (contents, margin) stays. Returns new lines with
    `zone` set. The recipients' block runs to the
    end of the document or to an annex; a signature block is recognised in the last quarter or near the recipients.
    """
    texts = ["" if line.zone == MARGIN else line.text for line in lines]
    zones = [RULE if _RULE.match(text) and text.strip() else BODY for text in texts]
    contents = _contents_lines(texts)
    first = _letterhead_end(list(texts))
    for index in range(len(lines)):
        if index in contents:
            zones[index] = CONTENTS
        elif index < first:
            zones[index] = LETTERHEAD
    current = BODY
    total = max(1, len(lines))
    for index, text in enumerate(texts):
        if index < first or zones[index] == CONTENTS:
            continue
        folded = key(text)
        if _opens_annex(text) and index > total * 0.5:
            current = ANNEX
        elif folded.startswith("noi nhan") and len(folded.split()) <= 20 and index > first + 3:
            current = RECIPIENTS
        elif (_SIGN.match(text) and len(text.split()) <= 14 and index > total * 0.4) or (
            _PLACE_DATE.match(text) and index > total * 0.6
        ):
            current = SIGNATURE
        elif current == SIGNATURE and len(text.split()) > 30:
            current = BODY
        if current != BODY:
            zones[index] = current
    return [line if line.zone != BODY else replace(line, zone=zone) for line, zone in zip(lines, zones, strict=True)]
