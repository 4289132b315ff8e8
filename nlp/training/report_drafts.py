"""The authoring format of marked reports: a header, `§` headings, `^^` footnotes and `⟦…⟧` marks around the findings.

The format is described for authors in docs/annotation-reports.md. Parsing never guesses: every slip is an error with
the words it stands near, so that an author can find it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nlp.text import LangNgheError

KINDS: Mapping[str, str] = {
    "L": "limitation",
    "C": "cause",
    "R": "recommendation",
    "B": "lesson",
    "N": "negative",
    "X": "ignore",
}
GENRES = (
    "bao_cao_nam",
    "bao_cao_quy",
    "so_ket",
    "tong_ket",
    "giam_sat",
    "tiep_cong_dan",
    "cai_cach_hanh_chinh",
    "dan_van",
    "moi_truong",
    "dat_dai",
    "sang_kien",
    "thong_bao_ket_luan",
    "chi_thi",
    "nghi_quyet_hdnd",
    "bien_ban",
    "bai_viet",
)
METADATA = ("title", "kind", "issuer", "number", "place", "date", "period", "signer", "province")
_ATTRIBUTES = r"((?:\s+[a-z]+:(?:\"[^\"]*\"|[^\s|⟦⟧]+))*)"
_OPEN = re.compile(rf"⟦([LCRBENX])(\d*){_ATTRIBUTES}\s*\|")
_ATTRIBUTE = re.compile(r"([a-z]+):(\"[^\"]*\"|[^\s|]+)")
_FOOTNOTE_MARKS = "¹²³⁴⁵⁶⁷⁸⁹⁰"


class DraftError(LangNgheError):
    """A marked draft that cannot be read; the message names the place."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark: `kind` is the letter, `name` the letter with its number, offsets are of the draft's text."""

    kind: str
    name: str
    start: int
    end: int
    attributes: Mapping[str, str]
    inside: str | None


@dataclass(frozen=True, slots=True)
class DraftHeading:
    """One heading line: its level (number of §) and its offsets in the draft's text."""

    level: int
    start: int
    end: int


@dataclass(frozen=True)
class Draft:
    """A marked report: header, text without marks, marks, headings. Footnote lines are still in the text, after `^^
    `.
    """

    name: str
    hand: str
    header: Mapping[str, str]
    references: tuple[str, ...]
    text: str
    marks: tuple[Mark, ...]
    headings: tuple[DraftHeading, ...]

    @property
    def layout(self) -> tuple[str, ...]:
        """Names of the layouts the text is rendered in."""
        return tuple(part for part in re.split(r"[,\s]+", self.header.get("layout", "plain")) if part)

    @property
    def metadata(self) -> dict[str, str | None]:
        """Metadata of the document, None where the header says null."""
        values = {name: self.header.get(name, "null") for name in METADATA}
        return {name: None if value in ("null", "", "None") else value for name, value in values.items()}


def parse_draft(source: str, name: str, hand: str) -> Draft:
    """Read one marked draft.

    Parameters: `source`, the file's text; `name` and `hand`, of the file and of its folder. Raises DraftError with
    the first slip.
    """
    head, found, body = source.partition("\n---\n")
    if not found:
        raise DraftError("draft_header", f"{name}: thiếu dòng --- sau phần đầu")
    header: dict[str, str] = {}
    references: list[str] = []
    for line in head.split("\n"):
        field, colon, value = line.partition(":")
        if not colon:
            continue
        if field.strip() == "ref":
            references.append(value.strip())
        else:
            header[field.strip()] = value.strip()
    if header.get("genre") not in GENRES:
        raise DraftError("draft_genre", f"{name}: thể loại lạ: {header.get('genre')}")
    text, marks, headings = _strip_marks(body.strip("\n") + "\n", name)
    return Draft(name, hand, header, tuple(references), text, marks, headings)


def _strip_marks(body: str, name: str) -> tuple[str, tuple[Mark, ...], tuple[DraftHeading, ...]]:
    out: list[str] = []
    marks: list[Mark] = []
    headings: list[DraftHeading] = []
    open_marks: list[tuple[str, str, int, dict[str, str], str | None]] = []
    heading: tuple[int, int] | None = None
    at_line_start = True
    position = 0
    while position < len(body):
        char = body[position]
        if at_line_start and char == "§":
            level = len(body[position:]) - len(body[position:].lstrip("§"))
            position += level
            position += body[position] == " "
            heading, at_line_start = (level, len(out)), False
            continue
        opening = _OPEN.match(body, position) if char == "⟦" else None
        if opening:
            attributes = {k: v.strip('"') for k, v in _ATTRIBUTE.findall(opening.group(3))}
            inside = open_marks[-1][1] if open_marks else None
            open_marks.append((opening.group(1), opening.group(1) + opening.group(2), len(out), attributes, inside))
            position, at_line_start = opening.end(), False
            continue
        if char == "⟦":
            raise DraftError("draft_mark", f"{name}: dấu mở sai gần: {body[position : position + 40]!r}")
        if char == "⟧":
            if not open_marks:
                raise DraftError("draft_mark", f"{name}: dấu đóng thừa gần: {body[max(0, position - 40) : position]!r}")
            kind, label, start, attributes, inside = open_marks.pop()
            marks.append(Mark(kind, label, start, len(out), attributes, inside))
            position += 1
            continue
        if char == "\n" and heading:
            headings.append(DraftHeading(heading[0], heading[1], len(out)))
            heading = None
        out.append(char)
        at_line_start = char == "\n"
        position += 1
    if open_marks:
        raise DraftError("draft_mark", f"{name}: dấu {open_marks[-1][1]} chưa đóng")
    marks.sort(key=lambda m: (m.start, -m.end))
    counts = Counter(m.name for m in marks if m.kind in "LCRB")
    twice = [label for label, n in counts.items() if n > 1]
    if twice:
        raise DraftError("draft_number", f"{name}: số hiệu dùng hai lần: {', '.join(twice)}")
    return "".join(out), tuple(marks), tuple(headings)


def read_drafts(folder: Path) -> list[Draft]:
    """Read every `*.draft.md` below a folder, sorted by hand and name; the sub-folder's name is the hand."""
    return [
        parse_draft(path.read_text(encoding="utf-8"), path.name.removesuffix(".draft.md"), path.parent.name)
        for path in sorted(folder.rglob("*.draft.md"))
    ]


def footnote_marks() -> str:
    """Characters that mark a footnote in a draft's text."""
    return _FOOTNOTE_MARKS
